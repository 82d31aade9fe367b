// See tgc/OptimSchedules.h.
#include "tgc/OptimSchedules.h"
#include "frontend/Leaves.h"
#include "tgc/Ops.h"
#include <numbers>

namespace tgc::optim {
namespace {

/// From `first` to `last` by half a cosine while `part` goes from 0 to 1.
Expr halfCosine(double first, double last, Expr part) {
  return last + (first - last) * 0.5 * (1 + cos(std::numbers::pi * part));
}

Expr within(Expr part) { return clip(part, 0, 1); }

} // namespace

Expr constantRate(Arg time, double rate) {
  const Expr *held = std::get_if<Expr>(&time.held);
  return scalarLike(held ? *held : Expr(), rate);
}

Expr stepDecay(Arg time, double rate, double factor, double every) {
  return rate * power(factor, floor(time / every));
}

Expr exponentialDecay(Arg time, double rate, double factor, double every) {
  return rate * power(factor, time / every);
}

Expr cosineDecay(Arg time, const Cosine &schedule) {
  const double down = schedule.total - schedule.warmup;
  Expr fall = halfCosine(schedule.rate, schedule.last, within((time - schedule.warmup) / down));
  if (schedule.warmup <= 0) return fall;
  return where(time < schedule.warmup, schedule.rate / schedule.warmup * time, fall);
}

Expr oneCycle(Arg time, const OneCycle &schedule) {
  const double top = schedule.rise * schedule.total, low = schedule.rate / schedule.start;
  Expr up = halfCosine(low, schedule.rate, within(time / top));
  Expr down = halfCosine(schedule.rate, low / schedule.end, within((time - top) / (schedule.total - top)));
  return where(time < top, up, down);
}

Expr inverseSqrt(Arg time, double rate, double warmup) {
  return rate * minimum(time / warmup, sqrt(warmup / time));
}

} // namespace tgc::optim
