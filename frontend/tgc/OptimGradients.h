// What happens to gradients before a method sees them: clipping, noise, smoothing, accumulation, freezing.
// Cost: a few operations an element unless stated.
#pragma once
#include "tgc/Function.h"
#include <functional>
#include <limits>

namespace tgc::optim {

/// Leaves of a tree of tensors, in the order of its names.
using Tensors = std::vector<Expr>;

/// (sum |g|^p)^(1/p) over all elements of all tensors; p of infinity is the largest |g|. p >= 1. A scalar.
Expr globalNorm(const Tensors &tensors, double p = 2);
/// Tensors times min(1, most / norm): their norm is at most `most` after it, their direction the same. Norm 0
/// stays 0. Pascanu, Mikolov, Bengio 2013, "On the difficulty of training recurrent neural networks".
Tensors clipByGlobalNorm(const Tensors &tensors, Arg most, double p = 2);
/// Every element into [-most, most].
Tensors clipByValue(const Tensors &tensors, double most);

/// Clipping by a quantile of the norms seen so far. Seetharaman, Wichern, Pardo, Le Roux 2020, "AutoClip:
/// adaptive gradient clipping for source separation networks", with a window: the norm takes its place in
/// `history`, [m], the newest instead of the oldest, and the bound is the quantile of the min(time, m) norms
/// there, between two of them in proportion. History starts as anything; `time` counts steps from 1 and is a
/// floating-point scalar. Cost besides: a sort of m numbers.
struct QuantileClip {
  double quantile = 0.1;
};
struct QuantileClipStep {
  Tensors gradients;
  Expr history, bound;
};
QuantileClipStep clip(const QuantileClip &method, const Tensors &gradients, Arg history, Arg time);

/// The same without a history: the bound moves towards the quantile by a factor a step, bound' = bound
/// exp(-rate (b - quantile)), b one where the norm is within the bound and zero elsewhere; gradients are
/// clipped by the bound before it moves. Andrew, Thakkar, McMahan, Ramaswamy 2021, "Differentially private
/// learning with adaptive clipping", algorithm 1 without its noise.
struct TrackedClip {
  double quantile = 0.5, rate = 0.2;
};
struct TrackedClipStep {
  Tensors gradients;
  Expr bound;
};
TrackedClipStep clip(const TrackedClip &method, const Tensors &gradients, Arg bound);

/// Gradients plus normal numbers of variance scale / (1 + time)^decay, time counting from 0. Neelakantan et
/// al. 2015, "Adding gradient noise improves learning for very deep networks". `key` is that of a run: the
/// numbers of a step are those of fold_in(key, time) split into one key for each tensor.
struct Noise {
  double scale = 0.01, decay = 0.55;
};
Tensors addNoise(const Noise &noise, const Tensors &gradients, Arg key, Arg time);

/// Exponential smoothing: average' = decay average + (1 - decay) x, from zero; `corrected` is average' / (1 -
/// decay^time), whose expectation is x's (Kingma and Ba 2015, section 3). `time` counts from 1.
struct SmoothStep {
  Tensors averages, corrected;
};
SmoothStep smooth(double decay, const Tensors &averages, const Tensors &tensors, Arg time);

/// The mean over all examples from means over micro-batches of `counts` examples each: sum counts[k] g_k /
/// sum counts. Equal micro-batches count equally.
Tensors accumulate(const std::vector<Tensors> &gradients, const std::vector<Arg> &counts);
/// The same over several calls: sums and the number of examples so far start at zero; `mean` is that of all
/// examples since then.
struct AccumulateStep {
  Tensors sums;
  Expr count;
  Tensors mean;
};
AccumulateStep accumulate(const Tensors &sums, Arg count, const Tensors &gradients, Arg examples);
/// A function of means over examples (losses, gradients) with its `batched` parameters `parts` times longer
/// on axis 0: the means of `parts` micro-batches, one after another in one program, averaged. Peak memory is
/// that of one micro-batch and the results. Errors: Invalid for a name f has not, no part, or a parameter
/// without axes.
Function inMicroBatches(const Function &f, const std::vector<std::string> &batched, std::int64_t parts,
                        Arg::Here here = Arg::Here::current());

/// `next` where `trained`, `before` elsewhere: parameters and state that a step leaves as they are. What is
/// not asked for is not computed.
Tensors freeze(const Tensors &before, const Tensors &next, const std::vector<bool> &trained);

} // namespace tgc::optim
