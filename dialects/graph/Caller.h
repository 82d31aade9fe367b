// One call under way, from arguments to the op; Call.cpp binds and promotes, ComplexCall.cpp answers for
// complex ones.
#pragma once
#include "dialects/graph/Call.h"
#include "dialects/graph/Complex.h"
#include "mlir/IR/Diagnostics.h"

namespace tgc::graph {

class Caller {
public:
  Caller(Ink &ink, const Row &row)
      : ink(ink), row(row), bound(row.params.size()), given(row.params.size(), false) {}
  llvm::FailureOr<Syms> run(const Arguments &positional, const NamedArguments &named);

private:
  struct Slot {
    Argument argument;
    unsigned operand; // index into row.operands
    Sym sym;
    Complex parts; // of a complex call
  };
  bool isNumeric(const Slot &slot) const; ///< takes part in promotion

  mlir::InFlightDiagnostic error() { return mlir::emitError(ink.loc()) << row.name << ": "; }
  llvm::LogicalResult bind(const Arguments &positional, const NamedArguments &named);
  llvm::LogicalResult fallbacks();
  llvm::LogicalResult collectOperands();
  llvm::LogicalResult checkOperand(const Argument &argument, const OperandRow &operand);
  llvm::LogicalResult promoteOperands();
  /// The common dtype of the numbers among the operands, of the parts of complex ones; null where none is a
  /// tensor. Nothing, reported, where they have none.
  std::optional<mlir::Type> commonReal();
  // ComplexCall.cpp: a call with a complex operand, literal or dtype.
  bool isComplex() const;
  llvm::FailureOr<Syms> runComplex();
  mlir::Type complexPart();
  llvm::LogicalResult splitOperands(mlir::Type part);
  llvm::LogicalResult broadcastParts();
  llvm::LogicalResult typeLiterals();
  llvm::LogicalResult broadcastOperands();
  llvm::LogicalResult attributes();
  llvm::FailureOr<mlir::Attribute> attribute(const Param &param, const Argument &argument);
  llvm::FailureOr<mlir::Attribute> axesAttribute(const Param &param, const Argument &argument);
  llvm::FailureOr<mlir::Attribute> listAttribute(const Param &param, const Argument &argument);
  llvm::LogicalResult normalise(int64_t &axis, int64_t rank);
  llvm::LogicalResult integers(const Param &param, const Argument &argument,
                               llvm::SmallVectorImpl<int64_t> &out, bool nested);
  mlir::Type literalType(const Argument &argument) const;
  llvm::FailureOr<Sym> constant(const Argument &argument, mlir::Type element, llvm::ArrayRef<int64_t> shape);

  Ink &ink;
  const Row &row;
  std::vector<Argument> bound;
  std::vector<bool> given;
  llvm::SmallVector<Slot> slots;
  llvm::SmallVector<int32_t> segments;
  mlir::NamedAttrList attrs;
};

/// An argument as messages show it.
std::string argumentText(const Argument &argument);

} // namespace tgc::graph
