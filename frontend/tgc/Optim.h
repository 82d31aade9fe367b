// Training steps as graph code: every function here builds expressions, so a whole step (gradient, clipping,
// update) is one Function and compiles to one program. Parameters, gradients and the state of a method are
// lists of tensors of equal shapes; rates and counters are numbers or scalar expressions. Cost: a few
// operations an element; nothing is kept outside the lists. Errors are those of the operations, and Invalid
// expressions where lists differ in length.
#pragma once
#include "tgc/Expr.h"
#include <functional>
#include <limits>

namespace tgc::optim {

using Tensors = std::vector<Expr>;

/// (sum |g|^p)^(1/p) over all elements of all tensors; p of infinity is the largest |g|. p >= 1. A scalar.
Expr globalNorm(const Tensors &tensors, double p = 2);
/// Tensors times min(1, most / norm): their norm is at most `most` after it, their direction the same. Norm 0
/// stays 0. Pascanu, Mikolov, Bengio 2013, "On the difficulty of training recurrent neural networks".
Tensors clipByGlobalNorm(const Tensors &tensors, Arg most, double p = 2);
/// Every element into [-most, most].
Tensors clipByValue(const Tensors &tensors, double most);

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

/// Nocedal and Wright, "Numerical optimization", algorithm 7.4: the inverse Hessian of limited memory times a
/// gradient. `steps` and `changes` are [m, n], oldest first: differences of parameters and of gradients. A
/// row whose product with its partner is not positive (a place not filled yet) is passed over. n: the
/// direction is minus the result.
Expr lbfgsProduct(Arg gradient, Arg steps, Arg changes);

/// Hestenes and Stiefel 1952: `count` steps from zero towards the solution of A x = b, A symmetric and
/// positive definite, given as a product. Stops moving at curvature or residual zero. With a Hessian-vector
/// product and b = -gradient this is Newton's direction.
Expr conjugateGradients(const std::function<Expr(Expr)> &product, Expr b, int count);

} // namespace tgc::optim
