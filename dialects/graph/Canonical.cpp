// Canonical forms of ops that only move values, and of the contractions and sums that absorb them; the stage
// algebra applies what ops offer here. Each rule has its identity above it.
#include "dialects/graph/Indices.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/SparseMatrix.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace tgc::graph {
namespace {

template <typename Op> using Rule = OpRewritePattern<Op>;

// reshape(x, shape of x) = x; reshape(reshape(x)) = reshape(x)
struct Reshape : Rule<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    if (op.getX().getType() == op.getType()) return rewriter.replaceOp(op, op.getX()), success();
    auto inner = op.getX().getDefiningOp<ReshapeOp>();
    if (!inner) return failure();
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), inner.getX(), op.getShapeAttr());
    return success();
  }
};

// broadcast_to(x, shape of x) = x; broadcast_to(broadcast_to(x)) = broadcast_to(x)
struct Broadcast : Rule<BroadcastToOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastToOp op, PatternRewriter &rewriter) const override {
    if (op.getX().getType() == op.getType()) return rewriter.replaceOp(op, op.getX()), success();
    auto inner = op.getX().getDefiningOp<BroadcastToOp>();
    if (!inner) return failure();
    rewriter.replaceOpWithNewOp<BroadcastToOp>(op, op.getType(), inner.getX(), op.getShapeAttr());
    return success();
  }
};

// permute(permute(x, p), q) = permute(x, p[q]); permute(x, identity) = x; a permutation that moves only
// extents of 1 is a reshape
struct Permute : Rule<PermuteDimsOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PermuteDimsOp op, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> axes(op.getAxes());
    if (auto inner = op.getX().getDefiningOp<PermuteDimsOp>()) {
      for (int64_t &axis : axes)
        axis = inner.getAxes()[axis];
      rewriter.replaceOpWithNewOp<PermuteDimsOp>(op, op.getType(), inner.getX(),
                                                 rewriter.getDenseI64ArrayAttr(axes));
      return success();
    }
    if (llvm::is_sorted(axes)) return rewriter.replaceOp(op, op.getX()), success();
    llvm::erase_if(axes, [&](int64_t axis) { return shapeOf(op.getX())[axis] == 1; });
    if (!llvm::is_sorted(axes)) return failure();
    auto shape = rewriter.getDenseI64ArrayAttr(tensorOf(op.getType()).getShape());
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getX(), shape);
    return success();
  }
};

// sum over no axes = x; sum over axes of extent 1 = reshape (same dtype only)
struct TrivialSum : Rule<SumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SumOp op, PatternRewriter &rewriter) const override {
    if (elementOf(op.getX()) != elementOf(op.getType())) return failure();
    for (int64_t axis : op.getAxes())
      if (shapeOf(op.getX())[axis] != 1) return failure();
    // A float sum starts from +0 and turns -0 into +0; only integers keep every bit here.
    if (kindOf(elementOf(op.getX())) == 'f' && !op.getAxes().empty()) return failure();
    auto shape = rewriter.getDenseI64ArrayAttr(tensorOf(op.getType()).getShape());
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getX(), shape);
    return success();
  }
};

Equation parsed(ContractOp op) {
  return std::get<Equation>(parseEquation({op.getEquation().data(), op.getEquation().size()}));
}

// contract(permute(x), ...) = contract(x, ...) with the letters of that operand permuted
struct AbsorbPermutation : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    Equation equation = parsed(op);
    SmallVector<Value> operands(op.getTensors());
    bool changed = false;
    for (auto [k, operand] : llvm::enumerate(operands)) {
      auto permute = operand.getDefiningOp<PermuteDimsOp>();
      if (!permute) continue;
      std::vector<Index> letters(equation.operands[k].size());
      for (auto [at, axis] : llvm::enumerate(permute.getAxes()))
        letters[axis] = equation.operands[k][at];
      equation.operands[k] = letters;
      operand = permute.getX();
      changed = true;
    }
    if (!changed) return failure();
    rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), operands,
                                            rewriter.getStringAttr(printEquation(equation)));
    return success();
  }
};

// permute(contract(...)) = contract(...) with the output's letters permuted, where nobody else reads the
// contraction
struct PermuteOutput : Rule<PermuteDimsOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PermuteDimsOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<ContractOp>();
    if (!inner || !inner->hasOneUse()) return failure();
    Equation equation = parsed(inner);
    std::vector<Index> output;
    for (int64_t axis : op.getAxes())
      output.push_back(equation.output[axis]);
    equation.output = output;
    rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), inner.getTensors(),
                                            rewriter.getStringAttr(printEquation(equation)));
    return success();
  }
};

// sum(contract(...), axes) = contract(...) without those output letters, where nobody else reads the
// contraction
struct SumOutput : Rule<SumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SumOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getX().getDefiningOp<ContractOp>();
    if (!inner || !inner->hasOneUse() || op.getKeepdims() ||
        elementOf(op.getType()) != elementOf(inner.getType()))
      return failure();
    Equation equation = parsed(inner);
    std::vector<Index> output;
    for (auto [axis, letter] : llvm::enumerate(equation.output))
      if (!llvm::is_contained(op.getAxes(), static_cast<int64_t>(axis))) output.push_back(letter);
    equation.output = output;
    rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), inner.getTensors(),
                                            rewriter.getStringAttr(printEquation(equation)));
    return success();
  }
};

// contract(broadcast(x), y) = contract(x, y) without a letter of x that another operand or nobody else needs
struct AbsorbBroadcast : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    Equation equation = parsed(op);
    for (auto [k, operand] : llvm::enumerate(op.getTensors())) {
      auto broadcast = operand.getDefiningOp<BroadcastToOp>();
      if (!broadcast) continue;
      auto from = shapeOf(broadcast.getX());
      size_t extra = broadcast.getShape().size() - from.size();
      std::vector<Index> letters;
      SmallVector<int64_t> shape;
      bool free = false;
      for (auto [axis, letter] : llvm::enumerate(equation.operands[k])) {
        bool repeated = axis < extra || (from[axis - extra] == 1 && broadcast.getShape()[axis] != 1);
        if (repeated && knownElsewhere(equation, k, letter)) {
          free = true;
          continue;
        }
        if (repeated) return failure(); // the letter lives here alone: its extent is needed
        letters.push_back(letter);
        shape.push_back(broadcast.getShape()[axis]);
      }
      if (!free) continue;
      equation.operands[k] = letters;
      SmallVector<Value> operands(op.getTensors());
      auto type = RankedTensorType::get(shape, elementOf(operand));
      operands[k] = ReshapeOp::create(rewriter, op.getLoc(), type, broadcast.getX(),
                                      rewriter.getDenseI64ArrayAttr(shape));
      rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), operands,
                                              rewriter.getStringAttr(printEquation(equation)));
      return success();
    }
    return failure();
  }
  static bool knownElsewhere(const Equation &equation, size_t which, Index letter) {
    for (auto [k, letters] : llvm::enumerate(equation.operands))
      if (k != which && llvm::is_contained(letters, letter)) return true;
    return false;
  }
};

// contract of one operand: a permutation, or a sum, where no letter stands twice
struct UnaryContract : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    Equation equation = parsed(op);
    if (equation.operands.size() != 1) return failure();
    std::vector<Index> letters = equation.operands[0];
    if (letters.size() != equation.indexCount()) return failure();
    Value x = op.getTensors()[0];
    SmallVector<int64_t> summed;
    std::vector<Index> left;
    for (auto [axis, letter] : llvm::enumerate(letters)) {
      if (llvm::is_contained(equation.output, letter))
        left.push_back(letter);
      else
        summed.push_back(axis);
    }
    if (!summed.empty()) {
      char kind = kindOf(elementOf(x));
      if (kind != 'f' && bitsOf(elementOf(x)) != 64) return failure(); // sum would widen
      auto type = RankedTensorType::get(reducedShape(shapeOf(x), summed, false), elementOf(x));
      x = SumOp::create(rewriter, op.getLoc(), type, x, rewriter.getDenseI64ArrayAttr(summed),
                        rewriter.getBoolAttr(false));
    }
    SmallVector<int64_t> axes;
    for (Index letter : equation.output)
      axes.push_back(llvm::find(left, letter) - left.begin());
    rewriter.replaceOpWithNewOp<PermuteDimsOp>(op, op.getType(), x, rewriter.getDenseI64ArrayAttr(axes));
    return success();
  }
};

// contract without a summed or repeated letter = product of the operands, each viewed in the output's index
// space
struct Hadamard : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    Equation equation = parsed(op);
    if (equation.operands.size() < 2 || equation.output.size() != equation.indexCount()) return failure();
    for (const auto &letters : equation.operands) {
      auto sorted = letters;
      llvm::sort(sorted);
      if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return failure();
    }
    Value product;
    for (auto [k, x] : llvm::enumerate(op.getTensors())) {
      Value factor = inOutputSpace(rewriter, op, x, equation.operands[k], equation.output);
      product = product ? MultiplyOp::create(rewriter, op.getLoc(), op.getType(), product, factor).getResult()
                        : factor;
    }
    rewriter.replaceOp(op, product);
    return success();
  }
  static Value inOutputSpace(PatternRewriter &rewriter, ContractOp op, Value x,
                             const std::vector<Index> &letters, const std::vector<Index> &output) {
    auto full = tensorOf(op.getType());
    SmallVector<int64_t> order, ones;
    for (auto [at, letter] : llvm::enumerate(output)) {
      auto found = llvm::find(letters, letter);
      if (found != letters.end()) order.push_back(found - letters.begin());
      ones.push_back(found != letters.end() ? full.getDimSize(at) : 1);
    }
    auto permuted = llvm::map_to_vector(order, [&](int64_t axis) { return shapeOf(x)[axis]; });
    auto element = full.getElementType();
    Value moved = PermuteDimsOp::create(rewriter, op.getLoc(), RankedTensorType::get(permuted, element), x,
                                        rewriter.getDenseI64ArrayAttr(order));
    Value spread = ReshapeOp::create(rewriter, op.getLoc(), RankedTensorType::get(ones, element), moved,
                                     rewriter.getDenseI64ArrayAttr(ones));
    return BroadcastToOp::create(rewriter, op.getLoc(), full, spread,
                                 rewriter.getDenseI64ArrayAttr(full.getShape()));
  }
};

} // namespace

void ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<Reshape>(context);
}

void BroadcastToOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<Broadcast>(context);
}

void PermuteDimsOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<Permute, PermuteOutput>(context);
}

void SumOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<TrivialSum, SumOutput>(context);
}

void ContractOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<AbsorbPermutation, AbsorbBroadcast, UnaryContract, Hadamard>(context);
  addSparsePlans(patterns);
}

} // namespace tgc::graph
