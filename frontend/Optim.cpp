// See tgc/Optim.h.
#include "tgc/Optim.h"
#include "tgc/Ops.h"
#include <cmath>

namespace tgc::optim {
namespace {

/// One tensor for each place of the first list; where another list ends earlier the missing Expr is an error
/// of whatever reads it.
template <typename Make> Tensors each(std::size_t count, Make make) {
  Tensors made;
  for (std::size_t at = 0; at < count; ++at)
    made.push_back(make(at));
  return made;
}

Expr entry(const Tensors &tensors, std::size_t at) { return at < tensors.size() ? tensors[at] : Expr(); }

/// 1 / x, and 0 where x is not positive, without a division by zero on the way.
Expr inversePositive(const Expr &x) {
  Expr positive = x > 0;
  return where(positive, 1 / where(positive, x, 1), 0);
}

} // namespace

Expr globalNorm(const Tensors &tensors, double p) {
  Expr total;
  for (const Expr &tensor : tensors) {
    Expr size = abs(tensor);
    Expr part = std::isinf(p) ? max(size)
                : p == 2      ? sum(tensor * tensor)
                : p == 1      ? sum(size)
                              : sum(power(size, p));
    bool first = &tensor == &tensors.front();
    total = first ? part : std::isinf(p) ? maximum(total, part) : total + part;
  }
  if (std::isinf(p) || p == 1) return total;
  return p == 2 ? sqrt(total) : power(total, 1 / p);
}

Tensors clipByGlobalNorm(const Tensors &tensors, Arg most, double p) {
  if (tensors.empty()) return {};
  Expr norm = globalNorm(tensors, p);
  Expr factor = where(norm > most, most / maximum(norm, most), 1);
  return each(tensors.size(), [&](std::size_t at) { return tensors[at] * factor; });
}

Tensors clipByValue(const Tensors &tensors, double most) {
  return each(tensors.size(), [&](std::size_t at) { return clip(tensors[at], -most, most); });
}

Tensors sgd(const Tensors &parameters, const Tensors &gradients, Arg rate) {
  return each(parameters.size(),
              [&](std::size_t at) { return parameters[at] - rate * entry(gradients, at); });
}

MomentumStep step(const Momentum &method, const Tensors &parameters, const Tensors &gradients,
                  const Tensors &velocities, Arg rate) {
  MomentumStep made;
  made.velocities = each(parameters.size(), [&](std::size_t at) {
    return method.decay * entry(velocities, at) + entry(gradients, at);
  });
  made.parameters = each(parameters.size(), [&](std::size_t at) {
    Expr velocity = made.velocities[at];
    return parameters[at] -
           rate * (method.nesterov ? entry(gradients, at) + method.decay * velocity : velocity);
  });
  return made;
}

AdamStep step(const Adam &method, const Tensors &parameters, const Tensors &gradients, const Tensors &first,
              const Tensors &second, Arg time, Arg rate) {
  AdamStep made;
  Expr wholeFirst = 1 - power(method.first, time), wholeSecond = 1 - power(method.second, time);
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    Expr gradient = entry(gradients, at);
    made.first.push_back(method.first * entry(first, at) + (1 - method.first) * gradient);
    made.second.push_back(method.second * entry(second, at) + (1 - method.second) * gradient * gradient);
    Expr root = sqrt(made.second[at] / wholeSecond) + method.epsilon;
    Expr move = made.first[at] / wholeFirst / root;
    if (method.decay != 0) move = move + method.decay * parameters[at];
    made.parameters.push_back(parameters[at] - rate * move);
  }
  return made;
}

LionStep step(const Lion &method, const Tensors &parameters, const Tensors &gradients,
              const Tensors &momentum, Arg rate) {
  LionStep made;
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    Expr gradient = entry(gradients, at), held = entry(momentum, at);
    Expr move = sign(method.first * held + (1 - method.first) * gradient);
    if (method.decay != 0) move = move + method.decay * parameters[at];
    made.parameters.push_back(parameters[at] - rate * move);
    made.momentum.push_back(method.second * held + (1 - method.second) * gradient);
  }
  return made;
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
  Expr result = q, found;
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

Expr conjugateGradients(const std::function<Expr(Expr)> &product, Expr b, int count) {
  Expr x = b * 0, residual = b, direction = b, size = sum(b * b);
  for (int round = 0; round < count; ++round) {
    Expr image = product(direction);
    Expr length = size * inversePositive(sum(direction * image));
    x = x + length * direction;
    if (round + 1 == count) break;
    residual = residual - length * image;
    Expr next = sum(residual * residual);
    direction = residual + next * inversePositive(size) * direction;
    size = next;
  }
  return x;
}

} // namespace tgc::optim
