// See tgc/OptimSteps.h.
#include "tgc/OptimSteps.h"
#include "frontend/Fields.h"
#include "frontend/Leaves.h"
#include "tgc/Ops.h"
#include <algorithm>

namespace tgc::optim {

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

GradientOf sharpnessAware(GradientOf gradient, double radius) {
  return [gradient = std::move(gradient), radius](const Tensors &parameters) {
    Tensors here = gradient(parameters);
    Expr norm = globalNorm(here), nonzero = norm > 0;
    Expr factor = where(nonzero, radius / where(nonzero, norm, 1), 0);
    return gradient(each(parameters.size(), [&](std::size_t at) {
      return parameters[at] + factor * stop_gradient(entry(here, at));
    }));
  };
}

namespace {

/// Places of names among parameters, a struct's of all its fields; one behind the last for a name that is
/// not there.
std::vector<std::size_t> placesOf(const std::vector<Param> &params, const Wrt &names) {
  std::vector<std::size_t> places;
  for (const std::string &name : names) {
    const std::size_t before = places.size();
    for (std::size_t at = 0; at < params.size(); ++at)
      if (detail::names(name, params[at])) places.push_back(at);
    if (places.size() == before) places.push_back(params.size());
  }
  return places;
}

/// The first name that is no parameter's.
std::string unknownOf(const std::vector<Param> &params, const Wrt &names) {
  for (const std::string &name : names)
    if (std::none_of(params.begin(), params.end(),
                     [&](const Param &one) { return detail::names(name, one); }))
      return name;
  return "";
}

std::vector<Arg> argumentsOf(std::span<const Expr> all) { return {all.begin(), all.end()}; }

} // namespace

Function sharpnessAware(const Function &f, const Wrt &wrt, double radius, Arg::Here here) {
  Function slope = value_and_grad(f, wrt, here);
  if (slope.error()) return slope;
  const auto places = placesOf(f.params(), wrt);
  const std::size_t values = f.results().size();
  return Function("sharpness_aware(" + f.name() + ")", f.params(), [&](std::span<const Expr> all) {
    std::vector<Arg> arguments = argumentsOf(all);
    std::vector<Expr> results = slope(arguments);
    auto gradient = [&](const Tensors &parameters) {
      for (std::size_t at = 0; at < places.size(); ++at)
        arguments[places[at]] = parameters[at];
      std::vector<Expr> made = slope(arguments);
      return Tensors(made.begin() + static_cast<std::ptrdiff_t>(std::min(values, made.size())), made.end());
    };
    Tensors trained = each(places.size(), [&](std::size_t at) { return all[places[at]]; });
    Tensors sharp = sharpnessAware(gradient, radius)(trained);
    for (std::size_t at = 0; at < places.size() && values + at < results.size(); ++at)
      results[values + at] = entry(sharp, at);
    return results;
  });
}

Rate::Rate(double rate) : std::function<Expr(Expr)>([rate](Expr time) { return scalarLike(time, rate); }) {}

Update sgd(Rate rate) {
  return {{}, [=](const Tensors &p, const Tensors &g, const std::vector<Tensors> &, Expr time) {
            return std::pair(sgd(p, g, rate(time)), std::vector<Tensors>());
          }};
}

Update update(const Momentum &method, Rate rate) {
  return {{"velocity"},
          [=](const Tensors &p, const Tensors &g, const std::vector<Tensors> &state, Expr time) {
            MomentumStep made = step(method, p, g, state[0], rate(time));
            return std::pair(made.parameters, std::vector<Tensors>{made.velocities});
          }};
}

Update update(const Adam &method, Rate rate) {
  return {{"first", "second"},
          [=](const Tensors &p, const Tensors &g, const std::vector<Tensors> &state, Expr time) {
            AdamStep made = step(method, p, g, state[0], state[1], time, rate(time));
            return std::pair(made.parameters, std::vector<Tensors>{made.first, made.second});
          }};
}

Update update(const Lion &method, Rate rate) {
  return {{"momentum"},
          [=](const Tensors &p, const Tensors &g, const std::vector<Tensors> &state, Expr time) {
            LionStep made = step(method, p, g, state[0], rate(time));
            return std::pair(made.parameters, std::vector<Tensors>{made.momentum});
          }};
}

Function trainingStep(const Function &slope, const Wrt &wrt, const Update &update,
                      const std::function<Tensors(const Tensors &)> &prepare, Arg::Here here) {
  if (slope.error()) return slope;
  const auto places = placesOf(slope.params(), wrt);
  const std::size_t own = slope.params().size(), count = places.size();
  const std::string name = "step(" + slope.name() + ")";
  auto refuse = [&](std::string message) {
    return detail::refused(name, slope.params(), "trainingStep: " + std::move(message), here);
  };
  if (std::find(places.begin(), places.end(), own) != places.end())
    return refuse(slope.name() + " has no parameter " + unknownOf(slope.params(), wrt));
  if (count == 0) return refuse("no parameter to train");
  if (slope.results().size() < count)
    return refuse(slope.name() + " has " + std::to_string(slope.results().size()) + " results for " +
                  std::to_string(count) + " parameters to train");
  std::vector<Param> params = slope.params();
  params.push_back({"time", params[places[0]].dtype, {}});
  for (const std::string &slot : update.slots)
    for (std::size_t at : places)
      params.push_back({slot + "." + params[at].name, params[at].dtype, params[at].extents});
  auto body = [&](std::span<const Expr> all) -> Results {
    std::vector<Expr> made = slope(argumentsOf(all.first(own)));
    const std::size_t values = slope.results().size() - count;
    Tensors parameters = each(count, [&](std::size_t at) { return all[places[at]]; });
    Tensors gradients = each(count, [&](std::size_t at) { return entry(made, values + at); });
    if (prepare) gradients = prepare(gradients);
    std::vector<Tensors> state;
    for (std::size_t slot = 0; slot < update.slots.size(); ++slot)
      state.push_back(each(count, [&](std::size_t at) { return all[own + 1 + slot * count + at]; }));
    auto [next, nextState] = update.next(parameters, gradients, state, all[own]);
    Results results;
    for (std::size_t k = 0; k < values; ++k)
      results.emplace_back(slope.results()[k].name, entry(made, k));
    for (std::size_t at = 0; at < count; ++at)
      results.emplace_back(params[places[at]].name, entry(next, at));
    for (std::size_t slot = 0; slot < update.slots.size(); ++slot)
      for (std::size_t at = 0; at < count; ++at)
        results.emplace_back(params[own + 1 + slot * count + at].name, entry(nextState[slot], at));
    return results;
  };
  return Function(name, params, body, here);
}

} // namespace tgc::optim
