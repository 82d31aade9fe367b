// Learning rates as scalar expressions of the time, a floating-point scalar that counts steps; so a compiled
// step needs no other input for its rate. Time starts at 0 unless stated.
#pragma once
#include "tgc/Expr.h"

namespace tgc::optim {

/// `rate` at every time.
Expr constantRate(Arg time, double rate);
/// rate factor^floor(time / every).
Expr stepDecay(Arg time, double rate, double factor, double every);
/// rate factor^(time / every).
Expr exponentialDecay(Arg time, double rate, double factor, double every);

/// From `rate` to `last` by half a cosine over `total` steps, `last` after them; before that a straight line
/// from 0 over `warmup` of them. Loshchilov and Hutter 2017, "SGDR: stochastic gradient descent with warm
/// restarts", formula 5 without restarts; warm-up as in Goyal et al. 2017, "Accurate, large minibatch SGD".
struct Cosine {
  double rate = 1e-3, total = 1000, warmup = 0, last = 0;
};
Expr cosineDecay(Arg time, const Cosine &schedule);

/// From rate / start up to `rate` over `rise` of the steps, then down to rate / (start end), both by half a
/// cosine. Smith and Topin 2018, "Super-convergence: very fast training of neural networks using large
/// learning rates", with cosines as implementations have it.
struct OneCycle {
  double rate = 1e-2, total = 1000, rise = 0.3, start = 25, end = 1e4;
};
Expr oneCycle(Arg time, const OneCycle &schedule);

/// rate min(time / warmup, sqrt(warmup / time)), time from 1: largest at `warmup`. Vaswani et al. 2017,
/// "Attention is all you need", formula 3, with its width in `rate`.
Expr inverseSqrt(Arg time, double rate, double warmup);

} // namespace tgc::optim
