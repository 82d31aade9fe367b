// See tgc/OptimCurvature.h.
#include "tgc/OptimCurvature.h"
#include "frontend/Fields.h"
#include "frontend/Leaves.h"
#include "tgc/Ops.h"
#include <algorithm>

namespace tgc::optim {
namespace {

/// 1 / x, and 0 where x is not positive, without a division by zero on the way.
Expr inversePositive(const Expr &x) {
  Expr positive = x > 0;
  return where(positive, 1 / where(positive, x, 1), 0);
}

Expr inner(const Tensors &a, const Tensors &b) {
  Expr total;
  for (std::size_t at = 0; at < a.size(); ++at) {
    Expr part = sum(a[at] * entry(b, at));
    total = at == 0 ? part : total + part;
  }
  return total;
}

/// a + factor b
Tensors moved(const Tensors &a, const Expr &factor, const Tensors &b) {
  return each(a.size(), [&](std::size_t at) { return a[at] + factor * entry(b, at); });
}

Ints extentsOf(const Expr &tensor) {
  Result<Shape> shape = tensor.shape();
  return shape ? Ints(shape->extents().begin(), shape->extents().end()) : Ints();
}

std::int64_t elementsOf(const Expr &tensor) {
  Result<Shape> shape = tensor.shape();
  return shape ? shape->elements() : 0;
}

} // namespace

Expr flattened(const Tensors &tensors) {
  std::vector<Arg> pieces;
  for (const Expr &tensor : tensors)
    pieces.push_back(reshape(tensor, Ints{elementsOf(tensor)}));
  return concat(pieces);
}

Tensors unflattened(const Expr &vector, const Tensors &like) {
  std::int64_t begin = 0;
  return each(like.size(), [&](std::size_t at) {
    const std::int64_t end = begin + elementsOf(like[at]);
    Expr piece = index(vector, {Slice{begin, end}});
    begin = end;
    return reshape(piece, extentsOf(like[at]));
  });
}

Expr lbfgsProduct(Arg gradient, Arg steps, Arg changes) {
  const Expr *rows = std::get_if<Expr>(&steps.held), *others = std::get_if<Expr>(&changes.held);
  Result<Shape> shape =
      rows ? rows->shape() : Result<Shape>(Error{ErrorKind::Invalid, "steps must be a tensor"});
  if (!shape || !others || shape->rank() != 2) return gradient + sum(steps * changes); // carries the error
  std::int64_t count = shape->extents()[0];
  Expr q = gradient + 0, scale;
  std::vector<Expr> factors(count), weights(count), s(count), y(count);
  for (std::int64_t k = count; k-- > 0;) {
    s[k] = index(*rows, {k}), y[k] = index(*others, {k});
    factors[k] = inversePositive(sum(s[k] * y[k]));
    weights[k] = factors[k] * sum(s[k] * q);
    q = q - weights[k] * y[k];
  }
  // The newest pair that counts gives the scale.
  Expr result = q;
  for (std::int64_t k = 0; k < count; ++k) {
    Expr product = sum(s[k] * y[k]);
    Expr here = where(product > 0, product * inversePositive(sum(y[k] * y[k])), k == 0 ? Arg(1) : Arg(scale));
    scale = here;
  }
  if (count > 0) result = scale * q;
  for (std::int64_t k = 0; k < count; ++k)
    result = result + s[k] * (weights[k] - factors[k] * sum(y[k] * result));
  return result;
}

Expr lineSearch(const Backtracking &method, const ValueOf &value, const Tensors &parameters,
                const Tensors &direction, Arg valueHere, Arg slope) {
  Expr chosen = scalarLike(parameters.empty() ? Expr() : parameters[0], 0);
  std::vector<double> lengths;
  double length = method.first;
  for (int trial = 0; trial < method.trials; ++trial, length *= method.shrink)
    lengths.push_back(length);
  std::reverse(lengths.begin(), lengths.end()); // the longest that will do is chosen last
  for (double length : lengths) {
    Expr there = value(each(parameters.size(),
                            [&](std::size_t at) { return parameters[at] + length * entry(direction, at); }));
    chosen = where(there <= valueHere + method.decrease * length * slope, length, chosen);
  }
  return chosen;
}

LbfgsStep step(const Lbfgs &method, const ValueOf &value, const Tensors &parameters, Arg valueHere,
               const Tensors &gradients, const LbfgsState &state, Arg time) {
  LbfgsStep made;
  Expr p = flattened(parameters), g = flattened(gradients), first = time <= 1;
  // The newest pair comes last, the oldest goes; the first step has none.
  auto pushed = [&](const Expr &rows, const Expr &difference) {
    Expr older = index(rows, {Slice{1, std::nullopt}});
    Expr newest = reshape(where(first, 0, difference), Ints{1, elementsOf(p)});
    return concat({older, newest});
  };
  made.state = {pushed(state.steps, p - state.parameters), pushed(state.changes, g - state.gradients), p, g};
  Expr product = lbfgsProduct(g, made.state.steps, made.state.changes);
  Expr downhill = g / maximum(sqrt(sum(g * g)), 1);
  Expr flat = -where(first, downhill, product);
  Tensors direction = unflattened(flat, parameters);
  made.length = method.fixed
                    ? scalarLike(p, method.search.first)
                    : lineSearch(method.search, value, parameters, direction, valueHere, sum(g * flat));
  made.parameters = moved(parameters, made.length, direction);
  return made;
}

Tensors conjugateGradients(const std::function<Tensors(const Tensors &)> &product, const Tensors &b,
                           int count) {
  Tensors x = each(b.size(), [&](std::size_t at) { return zeros_like(b[at]); }), residual = b, direction = b;
  Expr size = inner(b, b);
  for (int round = 0; round < count; ++round) {
    Tensors image = product(direction);
    Expr length = size * inversePositive(inner(direction, image));
    x = moved(x, length, direction);
    if (round + 1 == count) break;
    residual = moved(residual, -length, image);
    Expr next = inner(residual, residual);
    direction = moved(residual, next * inversePositive(size), direction);
    size = next;
  }
  return x;
}

Expr conjugateGradients(const std::function<Expr(Expr)> &product, Expr b, int count) {
  auto one = [&](const Tensors &x) { return Tensors{product(x[0])}; };
  return conjugateGradients(one, Tensors{b}, count)[0];
}

namespace {

/// f's parameters that are moved, and the function that moves them.
class Stepper {
public:
  Stepper(const Function &f, const Wrt &wrt, std::span<const Expr> all) : all(all.begin(), all.end()) {
    for (const std::string &name : wrt)
      for (std::size_t k = 0; k < f.params().size(); ++k)
        if (detail::names(name, f.params()[k]))
          trained.push_back(all[k]), names.push_back(f.params()[k].name);
    values = f.results().size();
  }

  /// The arguments, with vectors behind them.
  std::vector<Arg> with(const Tensors &vectors) const {
    std::vector<Arg> arguments(all.begin(), all.end());
    arguments.insert(arguments.end(), vectors.begin(), vectors.end());
    return arguments;
  }

  Tensors direction(const std::function<Tensors(const Tensors &)> &product, const Tensors &gradient,
                    const Curvature &method) const {
    auto damped = [&](const Tensors &x) {
      Tensors image = product(x);
      if (method.damping == 0) return image;
      return each(x.size(), [&](std::size_t at) { return entry(image, at) + method.damping * x[at]; });
    };
    Tensors down = each(gradient.size(), [&](std::size_t at) { return -gradient[at]; });
    return conjugateGradients(damped, down, method.iterations);
  }

  Results results(const Function &f, const std::vector<Expr> &made, const Tensors &direction, double rate) {
    Results out;
    for (std::size_t k = 0; k < values; ++k)
      out.emplace_back(f.results()[k].name, entry(made, k));
    for (std::size_t at = 0; at < trained.size(); ++at)
      out.emplace_back(names[at], trained[at] + rate * entry(direction, at));
    return out;
  }

  Tensors trained;
  std::size_t values = 0;

private:
  std::vector<Expr> all;
  std::vector<std::string> names;
};

/// The results behind the first `count`.
Tensors after(const std::vector<Expr> &results, std::size_t count) {
  return Tensors(results.begin() + static_cast<std::ptrdiff_t>(std::min(count, results.size())),
                 results.end());
}

} // namespace

Function newtonStep(const Function &f, const Wrt &wrt, const Curvature &method, Arg::Here here) {
  Function slope = value_and_grad(f, wrt, here), curved = hvp(f, wrt, here);
  if (slope.error()) return slope;
  return Function("newton(" + f.name() + ")", f.params(), [&](std::span<const Expr> all) {
    Stepper stepper(f, wrt, all);
    std::vector<Expr> made = slope(stepper.with({}));
    auto product = [&](const Tensors &x) { return Tensors(curved(stepper.with(x))); };
    Tensors direction = stepper.direction(product, after(made, stepper.values), method);
    return stepper.results(f, made, direction, method.rate);
  });
}

Function gaussNewtonStep(const Function &f, const Wrt &wrt, const Curvature &method, Arg::Here here) {
  Function tangent = jvp(f, wrt, here), cotangent = vjp(f, wrt, here);
  if (tangent.error()) return tangent;
  if (cotangent.error()) return cotangent;
  return Function("gauss_newton(" + f.name() + ")", f.params(), [&](std::span<const Expr> all) {
    Stepper stepper(f, wrt, all);
    // Results that are not the residual get a cotangent of zero.
    auto pulled = [&](const std::vector<Expr> &results, const Expr &residual) {
      Tensors cotangents;
      for (std::size_t k = 0; k < stepper.values; ++k)
        if (isDifferentiable(f.results()[k].dtype))
          cotangents.push_back(k == 0 ? residual : zeros_like(results[k]));
      return after(cotangent(stepper.with(cotangents)), stepper.values);
    };
    std::vector<Expr> made = f(stepper.with({}));
    auto product = [&](const Tensors &x) {
      std::vector<Expr> along = tangent(stepper.with(x));
      return pulled(made, entry(along, stepper.values));
    };
    Tensors direction = stepper.direction(product, pulled(made, entry(made, 0)), method);
    return stepper.results(f, made, direction, method.rate);
  });
}

} // namespace tgc::optim
