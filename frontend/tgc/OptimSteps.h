// Methods of first order: from gradients to the next parameters. Cost: a few operations an element.
#pragma once
#include "tgc/OptimGradients.h"
#include "tgc/Transforms.h"

namespace tgc::optim {

/// p - rate g.
Tensors sgd(const Tensors &parameters, const Tensors &gradients, Arg rate);

/// Velocities start at zero: v' = decay v + g, p' = p - rate v'. With `nesterov` p' = p - rate (g + decay
/// v'). Sutskever, Martens, Dahl, Hinton 2013, "On the importance of initialization and momentum in deep
/// learning".
struct Momentum {
  double decay = 0.9;
  bool nesterov = false;
};
struct MomentumStep {
  Tensors parameters, velocities;
};
MomentumStep step(const Momentum &method, const Tensors &parameters, const Tensors &gradients,
                  const Tensors &velocities, Arg rate);

/// Kingma and Ba 2015, "Adam: a method for stochastic optimization", algorithm 1: first = a first + (1 - a)
/// g, second = b second + (1 - b) g^2, p -= rate (first / (1 - a^t)) / (sqrt(second / (1 - b^t)) + epsilon).
/// `decay` is that of Loshchilov and Hutter 2019, "Decoupled weight decay regularization" (AdamW): p -= rate
/// decay p besides. State starts at zero; `time` counts steps from 1 and is a floating-point scalar.
struct Adam {
  double first = 0.9, second = 0.999, epsilon = 1e-8, decay = 0;
};
struct AdamStep {
  Tensors parameters, first, second;
};
AdamStep step(const Adam &method, const Tensors &parameters, const Tensors &gradients, const Tensors &first,
              const Tensors &second, Arg time, Arg rate);

/// Chen et al. 2023, "Symbolic discovery of optimization algorithms", algorithm 2: p -= rate (sign(a m + (1 -
/// a) g) + decay p), then m' = b m + (1 - b) g.
struct Lion {
  double first = 0.9, second = 0.99, decay = 0;
};
struct LionStep {
  Tensors parameters, momentum;
};
LionStep step(const Lion &method, const Tensors &parameters, const Tensors &gradients,
              const Tensors &momentum, Arg rate);

/// Gradients at given parameters.
using GradientOf = std::function<Tensors(const Tensors &parameters)>;
/// Sharpness-aware minimisation: the gradient where the loss is, to first order, largest within `radius` in
/// the 2-norm: at p + radius g / |g|. Foret, Kleiner, Mobahi, Neyshabur 2021, "Sharpness-aware minimization
/// for efficiently improving generalization", algorithm 1. At a gradient of zero it is the gradient there.
/// Cost: two gradients.
GradientOf sharpnessAware(GradientOf gradient, double radius);
/// value_and_grad of f with the gradient of sharpness-aware minimisation; f's results are those at the
/// parameters themselves. Errors: as value_and_grad.
Function sharpnessAware(const Function &f, const Wrt &wrt, double radius,
                        Arg::Here here = Arg::Here::current());

/// A method with its state as lists of tensors beside the parameters, one list a slot; state starts at zero.
struct Update {
  std::vector<std::string> slots;
  /// Next parameters and next state; `time` counts from 1.
  std::function<std::pair<Tensors, std::vector<Tensors>>(const Tensors &parameters, const Tensors &gradients,
                                                         const std::vector<Tensors> &state, Expr time)>
      next;
};
/// A rate of the time: a schedule, or a number for all times.
struct Rate : std::function<Expr(Expr time)> {
  Rate(double rate);
  template <typename F>
    requires std::is_invocable_r_v<Expr, F, Expr>
  Rate(F schedule) : std::function<Expr(Expr)>(std::move(schedule)) {}
};
Update sgd(Rate rate);
Update update(const Momentum &method, Rate rate);
Update update(const Adam &method, Rate rate);
Update update(const Lion &method, Rate rate);

/// One function for a whole step. `slope` is value_and_grad(f, wrt), or what gives the same results in the
/// same order. Parameters: slope's own, then "time", a scalar of the first trained parameter's dtype, then
/// "SLOT.NAME" for each slot and trained parameter. Results: f's, then the next parameters under their own
/// names, then the next state: what goes in under a name comes out under it. `prepare` sees the gradients
/// first (clipping, noise). Errors: as slope's; Invalid for a name slope has not.
Function trainingStep(const Function &slope, const Wrt &wrt, const Update &update,
                      const std::function<Tensors(const Tensors &gradients)> &prepare = {},
                      Arg::Here here = Arg::Here::current());

} // namespace tgc::optim
