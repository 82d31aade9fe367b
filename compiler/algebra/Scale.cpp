// Factors of a contraction's operands become operands of the contraction: the planner then multiplies each
// where it is cheapest, on a vector rather than on a matrix. Products are reassociated as any contraction
// order does.
#include "compiler/algebra/Patterns.h"
#include "dialects/graph/Indices.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::algebra {
namespace {

template <typename Op> using Rule = OpRewritePattern<Op>;

Equation parsed(ContractOp op) {
  return std::get<Equation>(parseEquation({op.getEquation().data(), op.getEquation().size()}));
}

DenseElementsAttr splatOf(Value value) {
  auto constant = value.getDefiningOp<ConstantOp>();
  auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
  return dense && dense.isSplat() && !dense.empty() && isa<FloatType>(dense.getElementType())
             ? dense
             : DenseElementsAttr();
}

/// Whether every letter of operand `which` stands in another operand too.
bool allKnownElsewhere(const Equation &equation, size_t which) {
  return llvm::all_of(equation.operands[which], [&](Index letter) {
    for (auto [k, letters] : llvm::enumerate(equation.operands))
      if (k != which && llvm::is_contained(letters, letter)) return true;
    return false;
  });
}

// contract(-x, ...) = -contract(x, ...)
struct Negated : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    if (!isFloatTensor(op.getType())) return failure();
    for (auto [k, operand] : llvm::enumerate(op.getTensors())) {
      auto negative = operand.getDefiningOp<NegativeOp>();
      if (!negative) continue;
      SmallVector<Value> operands(op.getTensors());
      operands[k] = negative.getX();
      Value inner = ContractOp::create(rewriter, op.getLoc(), op.getType(), operands, op.getEquationAttr());
      rewriter.replaceOpWithNewOp<NegativeOp>(op, op.getType(), inner);
      return success();
    }
    return failure();
  }
};

// contract(c everywhere, ...) = contract(c, ...) with c a scalar; a c of 1 goes. Letters must be known
// elsewhere.
struct Splat : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    if (op.getTensors().size() < 2) return failure();
    Equation equation = parsed(op);
    for (auto [k, operand] : llvm::enumerate(op.getTensors())) {
      DenseElementsAttr splat = splatOf(operand);
      if (!splat || !allKnownElsewhere(equation, k)) continue;
      bool one = splat.getSplatValue<llvm::APFloat>().isExactlyValue(1);
      if (!one && equation.operands[k].empty()) continue;
      SmallVector<Value> operands(op.getTensors());
      if (one) {
        operands.erase(operands.begin() + k);
        equation.operands.erase(equation.operands.begin() + static_cast<ptrdiff_t>(k));
      } else {
        auto scalar = splat.resizeSplat(RankedTensorType::get({}, splat.getElementType()));
        operands[k] = ConstantOp::create(rewriter, op.getLoc(), scalar.getType(), scalar);
        equation.operands[k].clear();
      }
      rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), operands,
                                              rewriter.getStringAttr(printEquation(equation)));
      return success();
    }
    return failure();
  }
};

// contract(a * x, ...) = contract(a, x, ...) where a is a number or a tensor of fewer axes that was repeated,
// and x lies in memory anyway: what a kernel would calculate on the way is left to fusion
struct Scaled : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    if (!isFloatTensor(op.getType()) || op.getTensors().size() > 8) return failure();
    for (auto [k, operand] : llvm::enumerate(op.getTensors())) {
      auto product = operand.getDefiningOp<MultiplyOp>();
      if (!product || !readHereOnly(product, op)) continue;
      bool fits = false;
      for (int side = 0; side < 2; ++side)
        fits |= isRepeated(product->getOperand(side)) && inMemory(product->getOperand(1 - side));
      if (!fits) continue;
      Equation equation = parsed(op);
      SmallVector<Value> operands(op.getTensors());
      equation.operands.insert(equation.operands.begin() + static_cast<ptrdiff_t>(k), equation.operands[k]);
      operands[k] = product->getOperand(0);
      operands.insert(operands.begin() + k + 1, product->getOperand(1));
      rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), operands,
                                              rewriter.getStringAttr(printEquation(equation)));
      return success();
    }
    return failure();
  }

  static bool readHereOnly(Operation *product, Operation *reader) {
    return llvm::all_of(product->getUsers(), [&](Operation *user) { return user == reader; });
  }
  static bool isRepeated(Value value) {
    if (splatOf(value)) return true;
    auto broadcast = value.getDefiningOp<BroadcastToOp>();
    return broadcast && countOf(shapeOf(broadcast.getX())) * 4 <= countOf(shapeOf(value));
  }
  static bool inMemory(Value value, int depth = 8) {
    Operation *op = value.getDefiningOp();
    if (!op || isa<ContractOp>(op)) return true;
    if (depth == 0) return false;
    if (isa<PermuteDimsOp, ReshapeOp, NegativeOp>(op)) return inMemory(op->getOperand(0), depth - 1);
    if (!isa<MultiplyOp>(op)) return false;
    for (int side = 0; side < 2; ++side)
      if (isRepeated(op->getOperand(side)) && inMemory(op->getOperand(1 - side), depth - 1)) return true;
    return false;
  }
};

// f(repeat(a), repeat(b)) = repeat(f(a, b)) where both are repeated from one shape, or one is a number
template <typename Op> struct BeforeRepeating : Rule<Op> {
  using Rule<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    BroadcastToOp first;
    for (Value operand : op->getOperands())
      if (!first) first = operand.getDefiningOp<BroadcastToOp>();
    if (!first) return failure();
    auto type = tensorOf(first.getX().getType());
    SmallVector<Value> small;
    for (Value operand : op->getOperands()) {
      auto repeated = operand.getDefiningOp<BroadcastToOp>();
      DenseElementsAttr splat = splatOf(operand);
      if (repeated && repeated.getX().getType() == type)
        small.push_back(repeated.getX());
      else if (splat)
        small.push_back(ConstantOp::create(rewriter, op.getLoc(), type, splat.resizeSplat(type)));
      else
        return failure();
    }
    OperationState state(op.getLoc(), op->getName(), small, Type(type));
    rewriter.replaceOpWithNewOp<BroadcastToOp>(op, op.getType(), rewriter.create(state)->getResult(0),
                                               first.getShapeAttr());
    return success();
  }
};

Value times(PatternRewriter &rewriter, Operation *op, double number, Value x) {
  auto type = tensorOf(x.getType());
  auto splat = DenseElementsAttr::get(type, rewriter.getFloatAttr(type.getElementType(), number));
  Value factor = ConstantOp::create(rewriter, op->getLoc(), type, splat);
  return MultiplyOp::create(rewriter, op->getLoc(), type, factor, x);
}

// x + x = 2 x, to the last bit
struct Doubled : Rule<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    if (op->getOperand(0) != op->getOperand(1) || !isFloatTensor(op.getType())) return failure();
    return rewriter.replaceOp(op, times(rewriter, op, 2, op->getOperand(0))), success();
  }
};

// (-x) - x = -2 x, to the last bit
struct DoubledNegative : Rule<SubtractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SubtractOp op, PatternRewriter &rewriter) const override {
    auto negative = op->getOperand(0).getDefiningOp<NegativeOp>();
    if (!negative || negative.getX() != op->getOperand(1) || !isFloatTensor(op.getType())) return failure();
    return rewriter.replaceOp(op, times(rewriter, op, -2, op->getOperand(1))), success();
  }
};

} // namespace

void addScale(RewritePatternSet &patterns) {
  patterns.add<Negated, Splat, Scaled, BeforeRepeating<MultiplyOp>, BeforeRepeating<AddOp>,
               BeforeRepeating<SubtractOp>, BeforeRepeating<NegativeOp>, Doubled, DoubledNegative>(
      patterns.getContext());
}

} // namespace tgc::algebra
