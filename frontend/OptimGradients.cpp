// See tgc/OptimGradients.h.
#include "tgc/OptimGradients.h"
#include "frontend/Fields.h"
#include "frontend/Leaves.h"
#include "tgc/Ops.h"
#include <algorithm>
#include <cmath>

namespace tgc::optim {

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

static Tensors scaledTo(const Tensors &tensors, const Expr &norm, const Arg &most) {
  Expr factor = where(norm > most, most / maximum(norm, most), 1);
  return each(tensors.size(), [&](std::size_t at) { return tensors[at] * factor; });
}

Tensors clipByGlobalNorm(const Tensors &tensors, Arg most, double p) {
  if (tensors.empty()) return {};
  return scaledTo(tensors, globalNorm(tensors, p), most);
}

Tensors clipByValue(const Tensors &tensors, double most) {
  return each(tensors.size(), [&](std::size_t at) { return tgc::clip(tensors[at], -most, most); });
}

QuantileClipStep clip(const QuantileClip &method, const Tensors &gradients, Arg history, Arg time) {
  QuantileClipStep made;
  Expr held = history + 0, norm = globalNorm(gradients);
  Result<Shape> shape = held.shape();
  const std::int64_t size = shape && shape->rank() == 1 ? shape->extents()[0] : 1;
  Expr places = astype(arange(size), norm.dtype() ? *norm.dtype() : f64);
  made.history = where(places == (time - 1) % size, norm, held);
  // Places without a norm yet sort behind all others.
  Expr filled = minimum(time, size);
  Expr sorted = sort(where(places < filled, made.history, std::numeric_limits<double>::infinity()));
  Expr place = method.quantile * (filled - 1), low = floor(place), high = minimum(low + 1, filled - 1);
  Expr below = index(sorted, {Item(astype(low, i64))}), above = index(sorted, {Item(astype(high, i64))});
  made.bound = below + (place - low) * (above - below);
  made.gradients = scaledTo(gradients, norm, made.bound);
  return made;
}

TrackedClipStep clip(const TrackedClip &method, const Tensors &gradients, Arg bound) {
  Expr norm = globalNorm(gradients);
  Expr within = where(norm <= bound, 1 - method.quantile, -method.quantile);
  return {scaledTo(gradients, norm, bound), bound * exp(-method.rate * within)};
}

Tensors addNoise(const Noise &noise, const Tensors &gradients, Arg key, Arg time) {
  Expr keys = split_key(fold_in(key, astype(time, i64)), static_cast<std::int64_t>(gradients.size()));
  Expr deviation = sqrt(noise.scale / power(1 + time, noise.decay));
  return each(gradients.size(), [&](std::size_t at) {
    Result<Shape> shape = gradients[at].shape();
    Result<DType> dtype = gradients[at].dtype();
    if (!shape || !dtype) return gradients[at];
    Ints extents(shape->extents().begin(), shape->extents().end());
    return gradients[at] + deviation * normal(index(keys, {at}), extents, *dtype);
  });
}

SmoothStep smooth(double decay, const Tensors &averages, const Tensors &tensors, Arg time) {
  SmoothStep made;
  made.averages = each(tensors.size(), [&](std::size_t at) {
    return decay * entry(averages, at) + (1 - decay) * tensors[at];
  });
  Expr whole = 1 - power(decay, time);
  made.corrected = each(tensors.size(), [&](std::size_t at) { return made.averages[at] / whole; });
  return made;
}

Tensors accumulate(const std::vector<Tensors> &gradients, const std::vector<Arg> &counts) {
  if (gradients.empty()) return {};
  auto count = [&](std::size_t part) {
    return part < counts.size() ? scalarLike(entry(gradients[0], 0), counts[part]) : Expr();
  };
  Expr all = count(0);
  Tensors sums = each(gradients[0].size(), [&](std::size_t at) { return all * gradients[0][at]; });
  for (std::size_t part = 1; part < gradients.size(); ++part) {
    Expr own = count(part);
    all = all + own;
    for (std::size_t at = 0; at < sums.size(); ++at)
      sums[at] = sums[at] + own * entry(gradients[part], at);
  }
  return each(sums.size(), [&](std::size_t at) { return sums[at] / all; });
}

AccumulateStep accumulate(const Tensors &sums, Arg count, const Tensors &gradients, Arg examples) {
  AccumulateStep made;
  made.count = count + examples;
  made.sums =
      each(gradients.size(), [&](std::size_t at) { return entry(sums, at) + examples * gradients[at]; });
  made.mean = each(gradients.size(), [&](std::size_t at) { return made.sums[at] / made.count; });
  return made;
}

Function inMicroBatches(const Function &f, const std::vector<std::string> &batched, std::int64_t parts,
                        Arg::Here here) {
  if (f.error()) return f;
  std::vector<Param> params = f.params();
  std::vector<bool> cut(params.size(), false);
  auto refuse = [&](std::string message) {
    return detail::refused(f.name() + "_micro", f.params(), "inMicroBatches: " + std::move(message), here);
  };
  if (parts < 1) return refuse("parts is " + std::to_string(parts) + " but must be 1 or more");
  for (const std::string &name : batched) {
    bool found = false;
    for (std::size_t k = 0; k < params.size(); ++k) {
      if (!detail::names(name, params[k])) continue;
      found = true;
      if (params[k].extents.empty()) return refuse("parameter " + params[k].name + " has no axis to cut");
      if (cut[k]) return refuse("parameter " + params[k].name + " is named twice");
      cut[k] = true;
      params[k].extents[0] *= parts;
    }
    if (!found) return refuse(f.name() + " has no parameter " + name);
  }
  auto body = [&](std::span<const Expr> all) {
    std::vector<Expr> sums;
    for (std::int64_t part = 0; part < parts; ++part) {
      std::vector<Arg> arguments;
      for (std::size_t k = 0; k < all.size(); ++k) {
        if (!cut[k]) {
          arguments.push_back(all[k]);
          continue;
        }
        const std::int64_t rows = f.params()[k].extents[0];
        arguments.push_back(index(all[k], {Slice{part * rows, (part + 1) * rows}}));
      }
      std::vector<Expr> own = f(arguments);
      for (std::size_t k = 0; k < own.size(); ++k)
        part == 0 ? sums.push_back(own[k]) : void(sums[k] = sums[k] + own[k]);
    }
    return each(sums.size(), [&](std::size_t at) { return sums[at] / static_cast<double>(parts); });
  };
  return Function(f.name() + "_micro", params, body, here);
}

Tensors freeze(const Tensors &before, const Tensors &next, const std::vector<bool> &trained) {
  return each(next.size(), [&](std::size_t at) {
    return at < trained.size() && trained[at] ? next[at] : entry(before, at);
  });
}

} // namespace tgc::optim
