// Formulas of losses, after torch.nn.functional.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph::formulas {

static Sym reduced(Ink &ink, llvm::StringRef name, Sym loss, llvm::StringRef reduction) {
  if (!loss) return {};
  if (reduction == "none") return loss;
  auto axes = allAxes(loss.rank());
  if (reduction == "sum") return sum(loss, Ints(axes));
  if (reduction == "mean") return formulas::mean(ink, loss, axes, false);
  return refuse(ink, name + ": reduction is mean, sum or none, not \"" + reduction + "\"");
}

Sym mseLoss(Ink &ink, Sym prediction, Sym target, llvm::StringRef reduction) {
  Sym off = widened(prediction) - widened(target);
  return like(prediction, reduced(ink, "mse_loss", off * off, reduction));
}

Sym huberLoss(Ink &ink, Sym prediction, Sym target, llvm::StringRef reduction, double delta) {
  if (!(delta > 0)) return refuse(ink, "huber_loss: delta has to be positive, got " + std::to_string(delta));
  Sym off = widened(prediction) - widened(target);
  if (!off) return {};
  Sym size = callOne(ink, "abs", {off});
  Sym loss = where(size <= delta, off * off * 0.5, (size - 0.5 * delta) * delta);
  return like(prediction, reduced(ink, "huber_loss", loss, reduction));
}

Sym binaryCrossEntropy(Ink &ink, Sym prediction, Sym target, llvm::StringRef reduction) {
  Sym p = widened(prediction), t = widened(target);
  Sym yes = callOne(ink, "maximum", {log(p), -100.0}), no = callOne(ink, "maximum", {log(1 - p), -100.0});
  Sym loss = -(t * yes + (1 - t) * no);
  return like(prediction, reduced(ink, "binary_cross_entropy", loss, reduction));
}

namespace {
struct Scores {
  Sym input, logs; ///< the scores, and their log_softmax
  int64_t axis, classes;
};
} // namespace

static Sym byClasses(Ink &ink, const Scores &scores, Sym target, llvm::StringRef reduction,
                     double smoothing) {
  SmallVector<int64_t> shape(scores.input.shape());
  shape.erase(shape.begin() + scores.axis);
  if (target.shape() != Ints(shape))
    return refuse(ink, "cross_entropy: the classes " + textOf(target.value()) +
                           " do not have the extents of " + textOf(scores.input.value()) + " without axis " +
                           Twine(scores.axis));
  Type i64 = ink.builder.getI64Type();
  Sym number = target.element() == i64 ? target : astype(target, i64);
  shape.assign(scores.input.rank(), 1);
  shape[scores.axis] = scores.classes;
  Sym hit = expandDims(ink, number, {scores.axis}) == graph::iota(ink, shape, scores.axis, i64);
  Sym loss = -sum(where(hit, scores.logs, 0), Ints{scores.axis});
  if (smoothing != 0)
    loss = loss * (1 - smoothing) -
           sum(scores.logs, Ints{scores.axis}) * (smoothing / static_cast<double>(scores.classes));
  Sym counts = (number >= 0) & (number < static_cast<double>(scores.classes));
  loss = where(counts, loss, 0);
  if (reduction != "mean" || !loss) return reduced(ink, "cross_entropy", loss, reduction);
  auto axes = allAxes(loss.rank());
  return sum(loss, Ints(axes)) / sum(astype(counts, loss.element()), Ints(axes));
}

static Sym byProbabilities(Ink &ink, const Scores &scores, Sym target, llvm::StringRef reduction,
                           double smoothing) {
  if (target.shape() != scores.input.shape())
    return refuse(ink, "cross_entropy: the probabilities " + textOf(target.value()) +
                           " do not have the extents of " + textOf(scores.input.value()));
  Sym p = target.element() == scores.logs.element() ? target : astype(target, scores.logs.element());
  if (smoothing != 0) p = p * (1 - smoothing) + smoothing / static_cast<double>(scores.classes);
  return reduced(ink, "cross_entropy", -sum(p * scores.logs, Ints{scores.axis}), reduction);
}

Sym crossEntropy(Ink &ink, Sym input, Sym target, llvm::StringRef reduction, double smoothing) {
  if (input.rank() == 0) return refuse(ink, "cross_entropy: a scalar has no classes");
  if (!(smoothing >= 0 && smoothing <= 1))
    return refuse(ink, "cross_entropy: label_smoothing lies from 0 to 1, got " + std::to_string(smoothing));
  int64_t axis = input.rank() == 1 ? 0 : 1;
  Scores scores = {input, logSoftmax(ink, widened(input), axis), axis, input.extent(axis)};
  if (!scores.logs) return {};
  char kind = kindOf(target.element());
  if (kind == 'b')
    return refuse(ink, "cross_entropy: a target holds class numbers or probabilities, got " +
                           textOf(target.value()));
  Sym loss = kind == 'f' ? byProbabilities(ink, scores, target, reduction, smoothing)
                         : byClasses(ink, scores, target, reduction, smoothing);
  return like(input, loss);
}

Sym klDivergence(Ink &ink, Sym prediction, Sym target, llvm::StringRef reduction, bool logs) {
  Sym q = widened(prediction), t = widened(target);
  Sym some = t > 0;
  Sym loss = logs ? exp(t) * (t - q) : where(some, t * (log(where(some, t, 1)) - q), 0);
  if (reduction == "batchmean" && loss) {
    if (loss.rank() == 0) return refuse(ink, "kl_divergence: a scalar has no batch to take the mean over");
    auto axes = allAxes(loss.rank());
    return like(prediction, sum(loss, Ints(axes)) / static_cast<double>(loss.extent(0)));
  }
  return like(prediction, reduced(ink, "kl_divergence", loss, reduction));
}

} // namespace tgc::graph::formulas
