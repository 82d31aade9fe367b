// Unit matrices meet linear algebra and leave it: a delta in a contraction renames an index, a delta times
// something waits as a factor until a contraction takes it in. So the derivative by every unit vector comes
// out as the contraction a human would write (Laue, Mitterreiter, Giesen: Computing higher order derivatives
// of matrix and tensor expressions, 2018). Each rule has its identity above it; d stands for a delta, seen
// through views.
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

void replaceContraction(PatternRewriter &rewriter, ContractOp op, ValueRange operands,
                        const Equation &equation) {
  rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), operands,
                                          rewriter.getStringAttr(printEquation(equation)));
}

bool onlyOnes(ReshapeOp op) {
  auto kept = [](ArrayRef<int64_t> shape) {
    return llvm::to_vector(llvm::make_filter_range(shape, [](int64_t extent) { return extent != 1; }));
  };
  return kept(shapeOf(op.getX())) == kept(tensorOf(op.getType()).getShape());
}

/// A delta that only moved or was repeated.
bool isUnit(Value value) {
  for (int steps = 0; steps < 16; ++steps) {
    Operation *op = value.getDefiningOp();
    if (isa_and_nonnull<DeltaOp>(op)) return true;
    auto reshape = dyn_cast_or_null<ReshapeOp>(op);
    if (!isa_and_nonnull<PermuteDimsOp, BroadcastToOp>(op) && !(reshape && onlyOnes(reshape))) return false;
    value = op->getOperand(0);
  }
  return false;
}

/// Whether a delta is a factor of the value, or of a term of it.
bool hasUnit(Value value, int depth = 8) {
  Operation *op = value.getDefiningOp();
  if (!op || depth == 0) return false;
  if (isa<DeltaOp>(op)) return true;
  if (auto reshape = dyn_cast<ReshapeOp>(op); reshape && !onlyOnes(reshape)) return false;
  if (isa<ReshapeOp, PermuteDimsOp, BroadcastToOp, NegativeOp>(op))
    return hasUnit(op->getOperand(0), depth - 1);
  if (isa<MultiplyOp, AddOp, SubtractOp>(op))
    return hasUnit(op->getOperand(0), depth - 1) || hasUnit(op->getOperand(1), depth - 1);
  return isa<StrongMultiplyOp>(op) && isUnit(op->getOperand(1));
}

// contract(u * d, ...) = contract(u, d, ...)
struct AbsorbProduct : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    for (auto [k, operand] : llvm::enumerate(op.getTensors())) {
      Operation *product = operand.getDefiningOp();
      if (!isa_and_nonnull<MultiplyOp, StrongMultiplyOp>(product) || !hasUnit(operand)) continue;
      Equation equation = parsed(op);
      SmallVector<Value> operands(op.getTensors());
      equation.operands.insert(equation.operands.begin() + static_cast<ptrdiff_t>(k), equation.operands[k]);
      operands[k] = product->getOperand(0);
      operands.insert(operands.begin() + k + 1, product->getOperand(1));
      return replaceContraction(rewriter, op, operands, equation), success();
    }
    return failure();
  }
};

// contract(u + d, ...) = contract(u, ...) + contract(d, ...); the same for -
struct DistributeSum : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    for (auto [k, operand] : llvm::enumerate(op.getTensors())) {
      Operation *sum = operand.getDefiningOp();
      if (!isa_and_nonnull<AddOp, SubtractOp, NegativeOp>(sum) || !hasUnit(operand)) continue;
      SmallVector<Value> terms;
      for (Value term : sum->getOperands()) {
        SmallVector<Value> operands(op.getTensors());
        operands[k] = term;
        terms.push_back(
            ContractOp::create(rewriter, op.getLoc(), op.getType(), operands, op.getEquationAttr()));
      }
      OperationState state(op.getLoc(), sum->getName(), terms, op->getResultTypes());
      rewriter.replaceOp(op, rewriter.create(state));
      return success();
    }
    return failure();
  }
};

// contract(reshape(d), ...) = contract(d, ...) where the reshape adds or drops extents of 1 that nobody else
// reads
struct AbsorbOnes : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    for (auto [k, operand] : llvm::enumerate(op.getTensors())) {
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      if (!reshape || !onlyOnes(reshape) || !hasUnit(operand)) continue;
      Equation equation = parsed(op);
      std::vector<Index> letters;
      bool lost = false;
      for (auto [axis, letter] : llvm::enumerate(equation.operands[k])) {
        if (shapeOf(operand)[axis] != 1)
          letters.push_back(letter);
        else
          lost |= llvm::is_contained(equation.output, letter) && !elsewhere(equation, k, letter);
      }
      if (lost) continue;
      std::vector<Index> inner;
      size_t next = 0;
      for (int64_t extent : shapeOf(reshape.getX())) {
        if (extent != 1) {
          inner.push_back(letters[next++]);
          continue;
        }
        inner.push_back(static_cast<Index>(equation.names.size())); // a letter of extent 1, summed
        equation.names.push_back(0);
      }
      equation.operands[k] = inner;
      SmallVector<Value> operands(op.getTensors());
      operands[k] = reshape.getX();
      return replaceContraction(rewriter, op, operands, equation), success();
    }
    return failure();
  }
  static bool elsewhere(const Equation &equation, size_t which, Index letter) {
    for (auto [k, letters] : llvm::enumerate(equation.operands))
      if (k != which && llvm::is_contained(letters, letter)) return true;
    return false;
  }
};

// contract(d_ab, ...) without a in the result = contract(...) with a called b; d_aa = 1. With a and b both in
// the result: contract(...) over a alone, times d_ab.
struct Eliminate : Rule<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    if (op.getTensors().size() < 2) return onlyDelta(op, rewriter);
    Equation equation = parsed(op);
    for (auto [k, operand] : llvm::enumerate(op.getTensors())) {
      if (!operand.getDefiningOp<DeltaOp>()) continue;
      Index first = equation.operands[k][0], second = equation.operands[k][1];
      Equation without = equation;
      without.operands.erase(without.operands.begin() + static_cast<ptrdiff_t>(k));
      SmallVector<Value> operands(op.getTensors());
      operands.erase(operands.begin() + k);
      bool firstKept = llvm::is_contained(equation.output, first),
           secondKept = llvm::is_contained(equation.output, second);
      Index gone = firstKept ? second : first, stays = firstKept ? first : second;
      for (auto &letters : without.operands)
        std::replace(letters.begin(), letters.end(), gone, stays);
      bool known = llvm::any_of(without.operands,
                                [&](const auto &letters) { return llvm::is_contained(letters, stays); });
      if (first != second && firstKept && secondKept)
        return factorOut(op, rewriter, operands, without, gone, stays, known, operand), success();
      if (known) return replaceContraction(rewriter, op, operands, without), success();
      // Else the delta alone gives the index its extent.
    }
    return failure();
  }

  // contract(d_ab -> ab) = d; -> ba = d; -> a = ones; -> "" = n
  static LogicalResult onlyDelta(ContractOp op, PatternRewriter &rewriter) {
    auto delta = op.getTensors()[0].getDefiningOp<DeltaOp>();
    if (!delta) return failure();
    Equation equation = parsed(op);
    if (equation.output.size() == 2) return rewriter.replaceOp(op, op.getTensors()[0]), success();
    if (!isFloatTensor(op.getType())) return failure();
    double number = equation.output.empty() ? static_cast<double>(delta.getExtent()) : 1;
    auto value = DenseElementsAttr::get(tensorOf(op.getType()),
                                        rewriter.getFloatAttr(elementOf(op.getType()), number));
    rewriter.replaceOpWithNewOp<ConstantOp>(op, op.getType(), value);
    return success();
  }

  static void factorOut(ContractOp op, PatternRewriter &rewriter, ArrayRef<Value> operands, Equation inner,
                        Index gone, Index stays, bool known, Value delta) {
    auto full = tensorOf(op.getType());
    SmallVector<int64_t> shape, spread, unit;
    std::vector<Index> output;
    for (auto [axis, letter] : llvm::enumerate(inner.output)) {
      int64_t extent = full.getDimSize(axis);
      unit.push_back(letter == gone || letter == stays ? extent : 1);
      bool inCore = letter != gone && (letter != stays || known);
      spread.push_back(inCore ? extent : 1);
      if (!inCore) continue;
      output.push_back(letter);
      shape.push_back(extent);
    }
    inner.output = output;
    Location loc = op.getLoc();
    Value core = ContractOp::create(rewriter, loc, RankedTensorType::get(shape, full.getElementType()),
                                    operands, rewriter.getStringAttr(printEquation(inner)));
    auto widen = [&](Value x, ArrayRef<int64_t> ones) {
      Value reshaped = ReshapeOp::create(rewriter, loc, RankedTensorType::get(ones, full.getElementType()), x,
                                         rewriter.getDenseI64ArrayAttr(ones));
      return BroadcastToOp::create(rewriter, loc, full, reshaped,
                                   rewriter.getDenseI64ArrayAttr(full.getShape()));
    };
    rewriter.replaceOpWithNewOp<MultiplyOp>(op, full, widen(core, spread), widen(delta, unit));
  }
};

// sum(u * d, axes) = contract(u, d); sum(u + d) = sum(u) + sum(d); the same for -
struct SumOfUnits : Rule<SumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SumOp op, PatternRewriter &rewriter) const override {
    Operation *inner = op.getX().getDefiningOp();
    if (op.getAxes().empty() || op.getKeepdims() || elementOf(op.getX()) != elementOf(op.getType()) ||
        !isa_and_nonnull<MultiplyOp, StrongMultiplyOp, AddOp, SubtractOp, NegativeOp>(inner) ||
        !hasUnit(op.getX()))
      return failure();
    if (isa<MultiplyOp, StrongMultiplyOp>(inner)) {
      auto [letters, output] = lettersOf(op);
      Equation equation{{letters, letters}, output, std::vector<char32_t>(letters.size(), 0), {}};
      rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), inner->getOperands(),
                                              rewriter.getStringAttr(printEquation(equation)));
      return success();
    }
    SmallVector<Value> terms;
    for (Value term : inner->getOperands())
      terms.push_back(
          SumOp::create(rewriter, op.getLoc(), op.getType(), term, op.getAxesAttr(), op.getKeepdimsAttr()));
    OperationState state(op.getLoc(), inner->getName(), terms, op->getResultTypes());
    rewriter.replaceOp(op, rewriter.create(state));
    return success();
  }
  static std::pair<std::vector<Index>, std::vector<Index>> lettersOf(SumOp op) {
    std::vector<Index> letters, output;
    for (int64_t axis = 0; axis < tensorOf(op.getX().getType()).getRank(); ++axis) {
      letters.push_back(static_cast<Index>(axis));
      if (!llvm::is_contained(op.getAxes(), axis)) output.push_back(static_cast<Index>(axis));
    }
    return {letters, output};
  }
};

// where(c, u * d, 0) = where(c, u, 0) * d, and so for d alone
struct SelectedUnits : Rule<WhereOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(WhereOp op, PatternRewriter &rewriter) const override {
    Value x = op.getOperand(1);
    if (!isZeroSplat(op.getOperand(2))) return failure();
    auto product = x.getDefiningOp<MultiplyOp>();
    for (int side = 0; product && side < 2; ++side) {
      if (!isUnit(product->getOperand(side))) continue;
      Value chosen = WhereOp::create(rewriter, op.getLoc(), op.getType(), op.getOperand(0),
                                     product->getOperand(1 - side), op.getOperand(2));
      rewriter.replaceOpWithNewOp<MultiplyOp>(op, op.getType(), chosen, product->getOperand(side));
      return success();
    }
    return failure();
  }
  static bool isZeroSplat(Value value) {
    auto constant = value.getDefiningOp<ConstantOp>();
    auto dense = constant ? dyn_cast<DenseElementsAttr>(constant.getValue()) : DenseElementsAttr();
    return dense && dense.isSplat() && !dense.empty() && isa<FloatType>(dense.getElementType()) &&
           dense.getSplatValue<llvm::APFloat>().isPosZero();
  }
};

// f * (u * d) = (f * u) * d; strong(f, u * d) = strong(strong(f, u), d): what is before the delta has fewer
// elements once a contraction has renamed its index
template <typename Op> struct FactorsFirst : Rule<Op> {
  using Rule<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    for (int which = 0; which < 2; ++which) {
      if (which == 0 && std::is_same_v<Op, StrongMultiplyOp>) continue;
      auto product = op->getOperand(which).template getDefiningOp<MultiplyOp>();
      if (!product || isUnit(op->getOperand(1 - which))) continue;
      for (int side = 0; side < 2; ++side) {
        if (!isUnit(product->getOperand(side))) continue;
        Value factor = Op::create(rewriter, op.getLoc(), op.getType(), op->getOperand(1 - which),
                                  product->getOperand(1 - side));
        rewriter.replaceOpWithNewOp<Op>(op, op.getType(), factor, product->getOperand(side));
        return success();
      }
    }
    return failure();
  }
};

// -(u * d) = (-u) * d
struct NegatedUnit : Rule<NegativeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(NegativeOp op, PatternRewriter &rewriter) const override {
    auto product = op.getX().getDefiningOp<MultiplyOp>();
    for (int side = 0; product && side < 2; ++side) {
      if (!isUnit(product->getOperand(side)) || isUnit(product->getOperand(1 - side))) continue;
      Value factor = NegativeOp::create(rewriter, op.getLoc(), op.getType(), product->getOperand(1 - side));
      rewriter.replaceOpWithNewOp<MultiplyOp>(op, op.getType(), factor, product->getOperand(side));
      return success();
    }
    return failure();
  }
};

// u * d + v * d = (u + v) * d; the same for -
template <typename Op> struct SameUnit : Rule<Op> {
  using Rule<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto left = op->getOperand(0).template getDefiningOp<MultiplyOp>(),
         right = op->getOperand(1).template getDefiningOp<MultiplyOp>();
    if (!left || !right) return failure();
    for (int side = 0; side < 2; ++side) {
      Value unit = left->getOperand(side);
      if (!isUnit(unit) || !llvm::is_contained(right->getOperands(), unit)) continue;
      Value second = right->getOperand(right->getOperand(0) == unit ? 1 : 0);
      Value both = Op::create(rewriter, op.getLoc(), op.getType(), left->getOperand(1 - side), second);
      rewriter.replaceOpWithNewOp<MultiplyOp>(op, op.getType(), both, unit);
      return success();
    }
    return failure();
  }
};

} // namespace

void addUnits(RewritePatternSet &patterns) {
  patterns
      .add<AbsorbProduct, DistributeSum, AbsorbOnes, Eliminate, SumOfUnits, SelectedUnits, NegatedUnit,
           FactorsFirst<MultiplyOp>, FactorsFirst<StrongMultiplyOp>, SameUnit<AddOp>, SameUnit<SubtractOp>>(
          patterns.getContext());
}

} // namespace tgc::algebra
