// A builder for kernels: index arithmetic that folds constants, loops that vanish when they run once, and
// vector reads and writes that know about masks and strides. No decision is taken here.
#pragma once
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace tgc::schedule {

/// An index: `value + constant`, where a null value means the constant alone.
struct ContractIndexValue {
  mlir::Value value;
  int64_t constant = 0;

  bool isConstant() const { return !value; }
};

class ContractCode : public mlir::ImplicitLocOpBuilder {
public:
  ContractCode(mlir::Location loc, mlir::Block &body);

  /// The same constant is made once, at the top of the function.
  mlir::Value indexConstant(int64_t value);
  mlir::Value splat(mlir::TypedAttr element, int64_t lanes);
  mlir::Value zeros(mlir::Type element, int64_t lanes);
  mlir::Value prefixMask(int64_t set, int64_t lanes);

  mlir::Value materialize(ContractIndexValue index);
  ContractIndexValue add(ContractIndexValue a, ContractIndexValue b);
  ContractIndexValue scale(ContractIndexValue a, int64_t factor);
  ContractIndexValue min(ContractIndexValue a, ContractIndexValue b);
  ContractIndexValue max(ContractIndexValue a, ContractIndexValue b);
  ContractIndexValue quotient(ContractIndexValue a, int64_t divisor);
  ContractIndexValue remainder(ContractIndexValue a, int64_t divisor);

  /// Runs `body` for low, low + step, ... below high; straight-line when that is known to be once.
  void forEach(ContractIndexValue low, ContractIndexValue high,
               llvm::function_ref<void(ContractIndexValue)> body);

  /// Views a static array as one dimension.
  mlir::Value flat(mlir::Value memory);

  /// Reads `count` elements (of `lanes`; the rest is zero) that lie `stride` apart; stride 0 repeats one
  /// element.
  mlir::Value load(mlir::Value flatMemory, ContractIndexValue at, int64_t stride, int64_t lanes,
                   int64_t count);
  void store(mlir::Value vector, mlir::Value flatMemory, ContractIndexValue at, int64_t stride,
             int64_t count);

  /// Stores a whole vector past the caches; its address is a multiple of its size.
  void storeUncached(mlir::Value vector, mlir::Value flatMemory, ContractIndexValue at);

  /// The lanes below `count`.
  mlir::Value laneMask(ContractIndexValue count, int64_t lanes);
  /// The lanes from `first` on.
  mlir::Value lanesFrom(ContractIndexValue first, int64_t lanes);
  /// Reads the lanes of `mask` (the others are `otherwise`), or stores them.
  mlir::Value loadMasked(mlir::Value flatMemory, ContractIndexValue at, mlir::Value mask,
                         mlir::Value otherwise);
  void storeMasked(mlir::Value vector, mlir::Value flatMemory, ContractIndexValue at, mlir::Value mask);
  /// Stores the first `count` elements in pieces of 8, 4, 2, 1: for machines whose masked stores are slow.
  void storePieces(mlir::Value vector, mlir::Value flatMemory, ContractIndexValue at, int64_t count);
  /// Lane l at `at` + offsets[l], zero behind the mask; no mask takes all lanes.
  mlir::Value gather(mlir::Value flatMemory, ContractIndexValue at, mlir::Value offsets, mlir::Value mask);
  void scatter(mlir::Value vector, mlir::Value flatMemory, ContractIndexValue at, mlir::Value offsets,
               mlir::Value mask);

  ContractIndexValue readIndex(mlir::Value table, ContractIndexValue at);
  void writeIndex(ContractIndexValue value, mlir::Value table, ContractIndexValue at);
  mlir::Value compare(mlir::arith::CmpIPredicate how, ContractIndexValue a, ContractIndexValue b);

  /// Runs one of the two; their values are of equal types.
  mlir::SmallVector<mlir::Value> choose(mlir::Value condition, mlir::TypeRange types,
                                        llvm::function_ref<mlir::SmallVector<mlir::Value>()> then,
                                        llvm::function_ref<mlir::SmallVector<mlir::Value>()> otherwise);
  void when(mlir::Value condition, llvm::function_ref<void()> then,
            llvm::function_ref<void()> otherwise = nullptr);

private:
  mlir::Value compareLanes(mlir::arith::CmpIPredicate how, ContractIndexValue with, int64_t lanes);
  mlir::Value atTop(mlir::TypedAttr attribute);

  mlir::Block &top;
  llvm::DenseMap<mlir::Attribute, mlir::Value> constants;
};

} // namespace tgc::schedule
