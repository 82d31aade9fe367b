// Pull-based code generation: ask for the element of a tensor at a position, get the scalar or vector that
// computes it.
//
// A position is one affine expression per axis over loop variables. Producers inside the kernel are computed
// on the fly; kernel arguments are loaded. What does not depend on an inner loop is emitted outside it, and
// what was asked before is not emitted again. At most one variable of a position runs over the lanes of a
// vector.
#pragma once
#include "compiler/schedule/Extents.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include <memory>

namespace tgc::schedule {

using Position = llvm::SmallVector<mlir::AffineExpr, 4>;

// A place where code may be put: the function body or the body of an open loop.
struct Scope {
  Scope *parent = nullptr;
  unsigned depth = 0;
  mlir::Block *block = nullptr;
  mlir::Block::iterator at; // new code goes before this
  mlir::scf::ForOp loop;    // null for the function body
  mlir::Block::iterator resume;
  std::unique_ptr<mlir::ImplicitLocOpBuilder> builder; // one each: arguments of a create may build elsewhere
  llvm::DenseMap<mlir::Value, llvm::SmallVector<std::pair<Position, mlir::Value>, 1>> known;
  llvm::DenseMap<mlir::AffineExpr, mlir::Value> knownIndex;
};

// What stands behind one affine dimension.
struct Variable {
  enum Kind { Scalar, Lanes, Vector } kind = Scalar;
  mlir::Value value; // Scalar: index; Lanes: index of the first lane; Vector: one index per lane
  mlir::Value mask;  // active lanes, null for all
  Scope *scope = nullptr;
  mlir::AffineExpr inner =
      {}; // Vector: `value` is this, kept between `low` and `high`; null for other indices
  int64_t low = 0, high = 0;
  bool computed = false; // from what a tensor holds: it need not meet every place
};

class Elements {
public:
  // `buffers`: what each tensor argument of the old body is now. `lanes` 1 gives scalar code only.
  Elements(mlir::func::FuncOp function, llvm::DenseMap<mlir::Value, mlir::Value> buffers, int64_t lanes);

  int64_t lanes() const { return laneCount; }
  Scope *root() { return scopes.front().get(); }
  mlir::MLIRContext *context() const { return builder.getContext(); }
  llvm::ArrayRef<int64_t> extents() const { return variableExtents; }
  const Variable &variable(unsigned id) const { return variables[id]; }

  // Builder positioned in a scope; values made through it must be declared with `own`.
  mlir::ImplicitLocOpBuilder &in(Scope *scope);
  mlir::Value own(Scope *scope, mlir::Value value);
  Scope *ownerOf(mlir::Value value);
  Scope *ownerOf(llvm::ArrayRef<mlir::Value> values);
  Scope *ownerOf(llvm::ArrayRef<mlir::AffineExpr> position);

  // Opens `for iv = low to high step step` at the end of `parent`; code asked for in `parent` meanwhile goes
  // before it.
  Scope *openLoop(Scope *parent, mlir::Value low, mlir::Value high, mlir::Value step,
                  mlir::ValueRange carried);
  // Closes it, yielding `next`; returns the loop's results.
  llvm::SmallVector<mlir::Value> closeLoop(Scope *loop, llvm::ArrayRef<mlir::Value> next);

  mlir::AffineExpr scalarVariable(Scope *scope, mlir::Value iv, int64_t extent);
  mlir::AffineExpr laneVariable(Scope *scope, mlir::Value first, int64_t extent, mlir::Value mask);
  // A variable without code behind it, for asking how addresses would look; give it back before emitting.
  mlir::AffineExpr trialVariable(int64_t extent);
  void dropTrials(size_t keep);

  mlir::Value constantIndex(int64_t value);
  mlir::Value constant(mlir::TypedAttr value);
  mlir::Value index(mlir::AffineExpr expr);
  mlir::Value asVector(mlir::Value value);
  // Operation `op` of the old body on new operands, vectorised if any operand is a vector.
  llvm::SmallVector<mlir::Value> repeat(mlir::Operation *op, llvm::ArrayRef<mlir::Value> operands);

  mlir::Value at(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> position);
  // Makes later requests for this element answer `value`.
  void remember(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> position, mlir::Value value);
  // The body of `op` at an iteration point; `outs` are the values of the output arguments (empty: read the
  // inits).
  llvm::SmallVector<mlir::Value> body(mlir::linalg::GenericOp op, llvm::ArrayRef<mlir::AffineExpr> point,
                                      llvm::ArrayRef<mlir::Value> outs);

  // Element `linear` of a buffer read or written flat.
  mlir::Value load(mlir::Value buffer, mlir::AffineExpr linear);
  void store(Scope *scope, mlir::Value buffer, mlir::AffineExpr linear, mlir::Value value, bool streaming);
  mlir::Value flatBuffer(mlir::Value buffer);
  mlir::Value bufferOf(mlir::Value tensor) const { return buffers.lookup(tensor); }
  mlir::AffineExpr addressOf(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> position);

  // Addresses (and indices, and positions of reductions) that the element depends on.
  void leaves(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> position,
              llvm::SmallVectorImpl<mlir::AffineExpr> &found);
  void bodyLeaves(mlir::linalg::GenericOp op, llvm::ArrayRef<mlir::AffineExpr> point,
                  llvm::SmallVectorImpl<mlir::AffineExpr> &found);

  // Where along `variable` something that the element is computed from changes from inside of bounds to
  // beyond them, as padding and joining make it: the first element behind each change, in order, without 0.
  llvm::SmallVector<int64_t> edges(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> position,
                                   unsigned variable);

  // All places of argument `buffer` that the element is computed from; nothing if some are known only when
  // running.
  std::optional<llvm::SmallVector<mlir::AffineExpr>>
  readsOf(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> position, mlir::Value buffer);

  // Called for an element of a reduction nobody remembered; emits it and remembers it.
  std::function<void(mlir::OpResult, llvm::ArrayRef<mlir::AffineExpr>)> reduce;
  // Called with each element computed on the fly.
  std::function<void(mlir::Value, llvm::ArrayRef<mlir::AffineExpr>, mlir::Value)> computed;

  // Asked before an element is computed on the fly; an answer is used instead.
  std::function<mlir::Value(mlir::Value, llvm::ArrayRef<mlir::AffineExpr>)> kept;

  // Asked before lanes that are not consecutive in a flat buffer are gathered; an answer is used instead.
  std::function<mlir::Value(mlir::Value, mlir::AffineExpr, unsigned)> tiled;

  // Whether constants of places are added last. Places that differ in them then share the rest, and
  // instructions add constants for nothing; first, they are added outside of loops.
  bool constantsLast = false;

  // Elements to fetch ahead of each full load of consecutive ones; 0 for none.
  int64_t fetchAhead = 0;

  // First thing that cannot be emitted; empty if all went well.
  const std::string &error() const { return problem; }
  void fail(const llvm::Twine &why);

private:
  Position normal(llvm::ArrayRef<mlir::AffineExpr> position, llvm::ArrayRef<int64_t> shape);
  mlir::Value lookup(mlir::Value tensor, const Position &position);
  mlir::Value compute(mlir::Value tensor, const Position &position);
  mlir::Value zero(mlir::Type type);
  mlir::Value atomIndex(Scope *scope, mlir::AffineExpr atom);
  mlir::Value vectorIndex(mlir::AffineExpr expr, mlir::Type type);
  mlir::Value vectorAtom(mlir::AffineExpr atom, mlir::Type type);
  mlir::Type vectorIndexType(mlir::AffineExpr expr);
  mlir::Value indexValue(mlir::AffineExpr expr);
  mlir::Value lanesAt(mlir::Value flat, mlir::AffineExpr linear, unsigned lane);
  mlir::Value spacedLanes(mlir::Value flat, mlir::AffineExpr linear, int64_t stride);
  mlir::Value gather(mlir::Value flat, mlir::AffineExpr linear, mlir::Value mask);
  mlir::Value clampedLanes(mlir::Value flat, mlir::AffineExpr linear, unsigned id);
  void fetch(Scope *scope, mlir::Value flat, mlir::Value base);
  void noteClamp(Variable &variable, mlir::Value index, llvm::ArrayRef<mlir::AffineExpr> point);
  mlir::Value extract(mlir::tensor::ExtractOp op, llvm::DenseMap<mlir::Value, mlir::Value> &map,
                      llvm::ArrayRef<mlir::AffineExpr> point);
  std::optional<mlir::AffineExpr> symbolic(mlir::Value index, llvm::ArrayRef<mlir::AffineExpr> point);
  std::optional<mlir::AffineExpr> symbolicUnbounded(mlir::Value index,
                                                    llvm::ArrayRef<mlir::AffineExpr> point);
  mlir::OpFoldResult settled(mlir::Operation &op, const llvm::DenseMap<mlir::Value, mlir::Value> &map,
                             llvm::ArrayRef<mlir::AffineExpr> point);
  mlir::Value maskOf(llvm::ArrayRef<mlir::AffineExpr> position);
  // What an element is computed from, collected without emitting anything.
  struct Walk {
    llvm::SmallVector<mlir::AffineExpr> leaves;
    llvm::SmallVector<std::pair<mlir::Value, Position>> seen;
    // Called with each operation of a body at its iteration point.
    llvm::function_ref<void(mlir::Operation &, llvm::ArrayRef<mlir::AffineExpr>)> inner = nullptr;
  };
  void walk(mlir::Value tensor, llvm::ArrayRef<mlir::AffineExpr> position, Walk &walked);
  void walkBody(mlir::linalg::GenericOp op, llvm::ArrayRef<mlir::AffineExpr> point, Walk &walked);
  std::optional<bool> decided(mlir::arith::CmpIOp test, llvm::ArrayRef<mlir::AffineExpr> point);
  bool isVectorKind(mlir::AffineExpr expr) const;

  mlir::ImplicitLocOpBuilder builder;
  llvm::DenseMap<mlir::Value, mlir::Value> buffers, flat;
  int64_t laneCount;
  std::vector<std::unique_ptr<Scope>> scopes;
  std::vector<Variable> variables;
  llvm::SmallVector<int64_t> variableExtents;
  llvm::DenseMap<mlir::Value, Scope *> owners;
  llvm::DenseMap<mlir::Attribute, mlir::Value> constants;
  llvm::DenseMap<mlir::Value, mlir::Value> broadcasts;
  std::string problem;
};

// The iteration point of `op` whose result number `result` lies at `position`; reduction dimensions take
// `reduced`.
Position iterationPoint(mlir::linalg::GenericOp op, unsigned result,
                        llvm::ArrayRef<mlir::AffineExpr> position, llvm::ArrayRef<mlir::AffineExpr> reduced);
// Extents of the reduction dimensions of `op`, in their order.
llvm::SmallVector<int64_t> reducedExtents(mlir::linalg::GenericOp op);
bool hasReduction(mlir::linalg::GenericOp op);

} // namespace tgc::schedule
