// A kernel between its two forms: the old body (tensors) is kept aside while the loops are written.
#pragma once
#include "compiler/schedule/Elements.h"
#include "compiler/schedule/Machine.h"

namespace tgc::schedule {

class Kernel {
public:
  // Takes the body of `function` aside and gives it the signature of the loop form.
  explicit Kernel(mlir::func::FuncOp function);
  // Puts the old body back unless `commit` was called.
  ~Kernel();

  mlir::func::FuncOp function;
  mlir::Value begin, end;                              // the items to run
  llvm::SmallVector<mlir::Value> results;              // tensors the old body returns
  llvm::SmallVector<mlir::Value> resultBuffers;        // where they go
  llvm::DenseMap<mlir::Value, mlir::Value> buffers;    // old argument -> memref
  llvm::SmallVector<mlir::linalg::GenericOp> generics; // in program order

  llvm::ArrayRef<int64_t> shapeOf(size_t result) const {
    return mlir::cast<mlir::RankedTensorType>(results[result].getType()).getShape();
  }
  // Nothing to compute: every result has an extent of zero.
  bool isEmpty() const;
  // Bytes of the widest number the bodies compute with; decides the lanes.
  int64_t widestBytes() const;
  // Elements to fetch ahead where inputs come from memory. Measured: 2 KiB ahead doubles the speed of sin(x)
  // + cos(x)^2 on 2^26 elements, since one core's own prefetcher does not run far enough ahead of long
  // bodies.
  int64_t fetchAhead(const Machine &machine) const;
  // Operations of all bodies, math functions counted as many.
  int64_t bodyCost() const;

  // Pairs (input, result): the result may be written over the input, since each element is read where it is
  // written.
  llvm::SmallVector<int64_t> inplace;

  // Writes the return, the attributes and forgets the old body; an error of `elements` becomes a diagnostic.
  mlir::LogicalResult commit(Elements &elements, int64_t items, double nanoseconds);

private:
  mlir::Region old;
  mlir::FunctionType oldType;
  bool committed = false;
};

// Estimated time of the whole kernel on one core, in nanoseconds, with `lanes` elements at a time.
double estimateNanoseconds(Kernel &kernel, const Machine &machine, int64_t lanes);
// Operations of one body, math functions counted as many.
int64_t costOf(mlir::linalg::GenericOp op);

} // namespace tgc::schedule
