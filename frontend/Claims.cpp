// Differences: f(x + h t) - f(x) - h J t falls like h^2 where J t is right, like h where it is wrong. Steps
// are halved until only rounding is left. At a kink the slopes of both sides differ and any between them will
// do.
#include "frontend/Claims.h"
#include "frontend/Differences.h"
#include <cmath>
#include <cstdio>

namespace tgc::detail {
namespace {

constexpr std::int64_t mostUnits = 64; ///< unit directions tried to name the worst element

std::vector<std::size_t> positionsOf(const Function &f, const Wrt &wrt) {
  std::vector<std::size_t> out;
  for (const std::string &name : wrt)
    for (std::size_t k = 0; k < f.params().size(); ++k)
      if (f.params()[k].name == name) out.push_back(k);
  return out;
}

Result<Buffers> directions(const std::vector<Param> &like, std::mt19937_64 &bits) {
  Buffers out;
  for (const Param &one : like) {
    auto made = randomLike(one, bits);
    if (!made) return made.error();
    out.push_back(std::move(*made));
  }
  return out;
}

std::vector<Param> chosen(const std::vector<Param> &from, const std::vector<std::size_t> &positions) {
  std::vector<Param> out;
  for (std::size_t k : positions)
    out.push_back(from[k]);
  return out;
}

std::vector<Param> floats(const std::vector<Param> &from) {
  std::vector<Param> out;
  std::copy_if(from.begin(), from.end(), std::back_inserter(out),
               [](const Param &one) { return isFloat(one.dtype); });
  return out;
}

/// The sum of the products of elements, and of their sizes.
struct Product {
  double total = 0, size = 0;
  void add(double a, double b) {
    total += a * b;
    size += std::abs(a * b);
  }
};

/// Tensors `from` and following of the results against `with`.
Product dot(const Buffers &results, std::size_t from, const Buffers &with) {
  Product out;
  for (std::size_t k = 0; k < with.size(); ++k)
    for (std::int64_t at = 0; at < with[k].elements(); ++at)
      out.add(realAt(results[from + k], at), realAt(with[k], at));
  return out;
}

std::string text(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.9g", value);
  return buffer;
}

/// Calls `visit(k, at)` with tensors of zeros but for a one, for the first elements of all of them.
template <typename Visit> Result<void> eachUnit(const std::vector<Param> &like, Visit visit) {
  Buffers units;
  for (const Param &one : like) {
    auto zeros = Buffer::zeros(one.dtype, Shape(one.extents));
    if (!zeros) return zeros.error();
    units.push_back(std::move(*zeros));
  }
  std::int64_t count = 0;
  for (std::size_t k = 0; k < units.size(); ++k)
    for (std::int64_t at = 0; at < units[k].elements() && count < mostUnits; ++at, ++count) {
      setReal(units[k], at, 1);
      if (auto done = visit(units, k, at); !done) return done;
      setReal(units[k], at, 0);
    }
  return {};
}

std::string elementText(const std::vector<Param> &of, std::size_t k, std::int64_t at) {
  return of[k].name + " element " + std::to_string(at);
}

} // namespace

Result<Wrt> differentiable(const Function &f, const Wrt &wanted) {
  for (const auto *list : {&f.params(), &f.results()})
    for (const Param &param : *list)
      if (isComplex(param.dtype)) {
        Error error{ErrorKind::Unsupported,
                    "derivatives are checked of real tensors, and " + param.name + " of " + f.name() +
                        " is " + std::string(nameOf(param.dtype)),
                    {},
                    1,
                    {}};
        error.notes.push_back({"give it two real ones and write complex(re, im)", {}, Note::Kind::Help});
        return error;
      }
  Wrt out = {};
  for (const Param &param : f.params())
    if (wanted.empty() && isFloat(param.dtype)) out.push_back(param.name);
  for (const std::string &name : wanted) {
    auto found = std::find_if(f.params().begin(), f.params().end(),
                              [&](const Param &one) { return one.name == name; });
    if (found == f.params().end() || !isFloat(found->dtype))
      return Error{ErrorKind::Invalid,
                   "check_derivatives: " + f.name() + " has no floating-point parameter " + name};
    out.push_back(name);
  }
  if (out.empty()) return Error{ErrorKind::Invalid, "no floating-point parameter to differentiate by"};
  if (floats(f.results()).empty())
    return Error{ErrorKind::Invalid, "no floating-point result to differentiate"};
  return out;
}

Tolerances tolerancesOf(const Function &f, const CheckOptions &options) {
  bool narrow = false;
  for (const auto *list : {&f.params(), &f.results()})
    for (const Param &one : *list)
      narrow |= isFloat(one.dtype) && one.dtype != DType::f64;
  Tolerances out = narrow ? Tolerances{2e-2, 2e-2} : Tolerances{};
  if (options.tolerance > 0) out.differences = options.tolerance;
  return out;
}

Result<void> Claims::firstOrder(const Function &f, const Wrt &wrt, const Buffers &at,
                                const std::string &prefix) {
  auto value = Evaluator::make(f), forward = Evaluator::make(jvp(f, wrt)),
       reverse = Evaluator::make(vjp(f, wrt));
  for (auto *one : {&value, &forward, &reverse})
    if (!*one) return one->error();
  std::mt19937_64 bits(options.seed);
  const auto by = positionsOf(f, wrt);
  const std::vector<Param> inputs = chosen(f.params(), by), outputs = floats(f.results());
  auto tangents = directions(inputs, bits), cotangents = directions(outputs, bits);
  if (!tangents) return tangents.error();
  if (!cotangents) return cotangents.error();
  auto pushed = (*forward)(at, *tangents), pulled = (*reverse)(at, *cotangents);
  if (!pushed) return pushed.error();
  if (!pulled) return pulled.error();
  const std::size_t count = f.results().size();
  auto differences = againstDifferences({f, *value, at, by, *tangents, *pushed}, allowed.differences);
  if (!differences) return differences.error();
  differences->name = prefix + "tangent against differences";
  add(std::move(*differences));

  CheckedClaim adjoint{prefix + "cotangent against tangent"};
  adjoint.allowed = allowed.products;
  const Product left = dot(*pushed, count, *cotangents), right = dot(*pulled, count, *tangents);
  const double difference = std::abs(left.total - right.total);
  adjoint.error = difference == 0 ? 0 : difference / std::max(left.size, right.size);
  adjoint.holds = adjoint.error <= adjoint.allowed;
  if (!adjoint.holds) {
    adjoint.where = "<ct, J t> = " + text(left.total) + ", <J' ct, t> = " + text(right.total);
    double worst = 0;
    auto done =
        eachUnit(inputs, [&](const Buffers &units, std::size_t k, std::int64_t element) -> Result<void> {
          auto column = (*forward)(at, units);
          if (!column) return column.error();
          const double wanted = dot(*column, count, *cotangents).total,
                       got = realAt((*pulled)[count + k], element);
          if (std::abs(wanted - got) <= worst) return {};
          worst = std::abs(wanted - got);
          adjoint.where =
              elementText(inputs, k, element) + ": cotangent " + text(got) + ", by tangents " + text(wanted);
          return {};
        });
    if (!done) return done;
  }
  add(std::move(adjoint));
  return {};
}

Result<void> Claims::symmetry(const Function &f, const Function &back, const Wrt &wrt, const Buffers &at) {
  auto curvature = Evaluator::make(jvp(back, wrt));
  if (!curvature) return curvature.error();
  std::mt19937_64 bits(options.seed + 1);
  const std::vector<Param> inputs = chosen(f.params(), positionsOf(f, wrt));
  auto cotangents = directions(floats(f.results()), bits);
  auto first = directions(inputs, bits), second = directions(inputs, bits), point = cloned(at);
  for (auto *one : {&cotangents, &first, &second, &point})
    if (!*one) return one->error();
  std::move(cotangents->begin(), cotangents->end(), std::back_inserter(*point));
  auto along = (*curvature)(*point, *first), other = (*curvature)(*point, *second);
  if (!along) return along.error();
  if (!other) return other.error();
  const std::size_t from = along->size() - inputs.size(); // tangents of the cotangents come last
  CheckedClaim claim{"symmetry of second derivatives"};
  claim.allowed = allowed.products;
  const Product left = dot(*along, from, *second), right = dot(*other, from, *first);
  const double difference = std::abs(left.total - right.total);
  claim.error = difference == 0 ? 0 : difference / std::max(left.size, right.size);
  claim.holds = claim.error <= claim.allowed;
  if (!claim.holds) {
    claim.where = "<u, H v> = " + text(right.total) + ", <v, H u> = " + text(left.total);
    // One row against one column: of the element that u and v weigh most unevenly, every partner.
    std::vector<Reals> columns;
    std::vector<std::pair<std::size_t, std::int64_t>> places;
    auto done =
        eachUnit(inputs, [&](const Buffers &units, std::size_t k, std::int64_t element) -> Result<void> {
          auto column = (*curvature)(*point, units);
          if (!column) return column.error();
          column->erase(column->begin(), column->begin() + static_cast<std::ptrdiff_t>(from));
          columns.push_back(realsOf(*column));
          places.push_back({k, element});
          return {};
        });
    if (!done) return done;
    double worst = 0;
    for (std::size_t i = 0; i < places.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const double lower = columns[j][places[i].first][static_cast<std::size_t>(places[i].second)],
                     upper = columns[i][places[j].first][static_cast<std::size_t>(places[j].second)];
        if (std::abs(lower - upper) <= worst) continue;
        worst = std::abs(lower - upper);
        claim.where = elementText(inputs, places[i].first, places[i].second) + " and " +
                      elementText(inputs, places[j].first, places[j].second) + ": " + text(lower) + " and " +
                      text(upper);
      }
  }
  add(std::move(claim));
  return {};
}

Result<void> Claims::batch(const Function &f, const Buffers &at, const std::string &prefix) {
  auto one = Evaluator::make(f), many = Evaluator::make(vmap(f, options.batch));
  if (!one) return one.error();
  if (!many) return many.error();
  std::vector<Buffers> instances; // floats a little smaller from one to the next
  Buffers stacked;
  for (std::int64_t instance = 0; instance < options.batch; ++instance) {
    auto near = cloned(at);
    if (!near) return near.error();
    for (Buffer &buffer : *near)
      for (std::int64_t e = 0; isFloat(buffer.dtype()) && e < buffer.elements(); ++e)
        setReal(buffer, e, realAt(buffer, e) * (1 - 0.03 * static_cast<double>(instance)));
    instances.push_back(std::move(*near));
  }
  for (std::size_t k = 0; k < at.size(); ++k) {
    Ints extents = at[k].shape().vector();
    extents.insert(extents.begin(), options.batch);
    auto all = Buffer::make(at[k].dtype(), Shape(extents));
    if (!all) return all.error();
    for (std::size_t instance = 0; instance < instances.size(); ++instance) {
      const Buffer &from = instances[instance][k];
      std::copy_n(static_cast<const std::byte *>(from.data()), from.sizeBytes(),
                  static_cast<std::byte *>(all->data()) +
                      static_cast<std::int64_t>(instance) * from.sizeBytes());
    }
    stacked.push_back(std::move(*all));
  }
  auto mapped = (*many)(stacked);
  if (!mapped) return mapped.error();
  CheckedClaim claim{prefix + "batch against a loop"};
  claim.allowed = allowed.products;
  for (std::size_t instance = 0; instance < instances.size(); ++instance) {
    auto alone = (*one)(instances[instance]);
    if (!alone) return alone.error();
    for (std::size_t k = 0; k < alone->size(); ++k) {
      const Buffer &want = (*alone)[k];
      double scale = 1e-300;
      for (std::int64_t e = 0; e < want.elements(); ++e)
        if (std::isfinite(realAt(want, e))) scale = std::max(scale, std::abs(realAt(want, e)));
      for (std::int64_t e = 0; e < want.elements(); ++e) {
        const double wanted = realAt(want, e),
                     got = realAt((*mapped)[k], static_cast<std::int64_t>(instance) * want.elements() + e);
        if (wanted == got || (std::isnan(wanted) && std::isnan(got))) continue;
        const double error = std::isfinite(wanted - got) ? std::abs(wanted - got) / scale : INFINITY;
        if (error <= claim.error) continue;
        claim.error = error;
        claim.where = elementText(f.results(), k, e) + " of instance " + std::to_string(instance) + ": " +
                      text(got) + " in the map, " + text(wanted) + " alone";
      }
    }
  }
  claim.holds = claim.error <= claim.allowed;
  if (claim.holds) claim.where.clear();
  add(std::move(claim));
  return {};
}

Result<void> Claims::zeroDirections(const Function &f, const Wrt &wrt, const Buffers &at) {
  const Function derivatives[] = {jvp(f, wrt), vjp(f, wrt)};
  CheckedClaim claim{"zero directions give zero"};
  for (const Function &one : derivatives) {
    auto code = Evaluator::make(one);
    if (!code) return code.error();
    Buffers zeros;
    for (std::size_t k = at.size(); k < one.params().size(); ++k) {
      auto zero = Buffer::zeros(one.params()[k].dtype, Shape(one.params()[k].extents));
      if (!zero) return zero.error();
      zeros.push_back(std::move(*zero));
    }
    auto results = (*code)(at, zeros);
    if (!results) return results.error();
    for (std::size_t k = f.results().size(); k < results->size(); ++k)
      for (std::int64_t element = 0; element < (*results)[k].elements(); ++element) {
        const double value = realAt((*results)[k], element); // NaN: an infinite slope times zero
        if (!(std::abs(value) > claim.error)) continue;
        claim.error = std::abs(value);
        claim.where = one.name() + ", " + elementText(one.results(), k, element) + ": " + text(value) +
                      " where all directions are zero, so a rule adds something that is not linear in them";
      }
  }
  claim.holds = claim.error == 0;
  add(std::move(claim));
  return {};
}

Result<void> Claims::all(const Function &f, const Wrt &wrt, const Buffers &at) {
  if (auto done = firstOrder(f, wrt, at, ""); !done) return done;
  if (auto done = zeroDirections(f, wrt, at); !done) return done;
  const Function forward = jvp(f, wrt), back = vjp(f, wrt);
  std::mt19937_64 bits(options.seed + 2);
  // The derivatives are functions too, at the point and at one direction more.
  auto extended = [&](const Function &g) -> Result<std::pair<Buffers, Wrt>> {
    auto point = cloned(at);
    if (!point) return point.error();
    Wrt all = wrt;
    for (std::size_t k = at.size(); k < g.params().size(); ++k) {
      auto direction = randomLike(g.params()[k], bits);
      if (!direction) return direction.error();
      point->push_back(std::move(*direction));
      all.push_back(g.params()[k].name);
    }
    return std::pair(std::move(*point), std::move(all));
  };
  auto tangent = extended(forward), cotangent = extended(back);
  if (!tangent) return tangent.error();
  if (!cotangent) return cotangent.error();
  if (options.order > 1) {
    if (auto done = firstOrder(forward, tangent->second, tangent->first, "jvp: "); !done) return done;
    if (auto done = firstOrder(back, cotangent->second, cotangent->first, "vjp: "); !done) return done;
    if (auto done = symmetry(f, back, wrt, at); !done) return done;
  }
  if (options.batch == 0) return {};
  if (auto done = batch(f, at, ""); !done) return done;
  if (auto done = batch(forward, tangent->first, "jvp: "); !done) return done;
  return batch(back, cotangent->first, "vjp: ");
}

} // namespace tgc::detail
