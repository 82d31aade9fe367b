// Methods of second order, matrix-free: limited-memory BFGS, Newton and Gauss-Newton by conjugate gradients.
#pragma once
#include "tgc/OptimSteps.h"

namespace tgc::optim {

/// All elements of all tensors, one after another; and such a vector as tensors like `like`.
Expr flattened(const Tensors &tensors);
Tensors unflattened(const Expr &vector, const Tensors &like);

/// Nocedal and Wright, "Numerical optimization", algorithm 7.4: the inverse Hessian of limited memory times a
/// gradient. `steps` and `changes` are [m, n], oldest first: differences of parameters and of gradients. A
/// row whose product with its partner is not positive (a place not filled yet) is passed over. n: the
/// direction is minus the result.
Expr lbfgsProduct(Arg gradient, Arg steps, Arg changes);

/// A scalar at given parameters.
using ValueOf = std::function<Expr(const Tensors &parameters)>;
/// Nocedal and Wright, algorithm 3.1: of the lengths first, first shrink, first shrink^2, ... the first with
/// f(p + length d) <= f(p) + decrease length <g, d>, and 0 where none of `trials` has. Cost: `trials` values
/// of f.
struct Backtracking {
  double first = 1, shrink = 0.5, decrease = 1e-4;
  int trials = 12;
};
Expr lineSearch(const Backtracking &method, const ValueOf &value, const Tensors &parameters,
                const Tensors &direction, Arg valueHere, Arg slope);

/// A step of limited-memory BFGS, by backtracking from `search.first` or, with one trial, a step of just that
/// length. State: `steps` and `changes` as lbfgsProduct takes them, [m, n] and zero at the start, and
/// parameters and gradients (flattened, n) of the step before; `time` counts from 1. The first step goes
/// along the gradient, shortened to length 1 where it is longer.
struct Lbfgs {
  Backtracking search = {};
  bool fixed = false; ///< take search.first without a test
};
struct LbfgsState {
  Expr steps, changes, parameters, gradients;
};
struct LbfgsStep {
  Tensors parameters;
  LbfgsState state;
  Expr length;
};
LbfgsStep step(const Lbfgs &method, const ValueOf &value, const Tensors &parameters, Arg valueHere,
               const Tensors &gradients, const LbfgsState &state, Arg time);

/// Hestenes and Stiefel 1952: `count` steps from zero towards the solution of A x = b, A symmetric and
/// positive definite, given as a product. Stops moving at curvature or residual zero or below. With a
/// Hessian-vector product and b = -gradient this is Newton's direction.
Expr conjugateGradients(const std::function<Expr(Expr)> &product, Expr b, int count);
/// The same over trees.
Tensors conjugateGradients(const std::function<Tensors(const Tensors &)> &product, const Tensors &b,
                           int count);

/// Newton's and Gauss-Newton's method by conjugate gradients: p + rate d with (A + damping) d = -g, A given
/// by products. Cost: `iterations` products with A, a small multiple of f's cost each.
struct Curvature {
  int iterations = 10;
  double damping = 0, rate = 1;
};
/// A the Hessian of f's first result, a scalar. Parameters: f's. Results: f's, then the next parameters, in
/// wrt's order under their names. Errors: as grad.
Function newtonStep(const Function &f, const Wrt &wrt, const Curvature &method = {},
                    Arg::Here here = Arg::Here::current());
/// For 1/2 |r|^2 of f's first result r: A = J' J, by one tangent and one cotangent a product, positive
/// semidefinite everywhere; damping makes it Levenberg's. Parameters and results as newtonStep's. Errors: as
/// jvp.
Function gaussNewtonStep(const Function &f, const Wrt &wrt, const Curvature &method = {},
                         Arg::Here here = Arg::Here::current());

} // namespace tgc::optim
