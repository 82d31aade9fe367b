// NumPy's basic indexing: one strided slice, then one reshape that drops positions and adds new axes.
#include "compiler/Diagnostics.h"
#include "frontend/Graph.h"

namespace tgc {

namespace {
struct Plan {
  Ints starts, stops, strides, shape;
};

std::string rangeText(std::int64_t position, std::size_t axis, std::int64_t extent) {
  return "index " + std::to_string(position) + " is out of range for axis " + std::to_string(axis) +
         " of extent " + std::to_string(extent);
}

/// What an index does to each axis, or the rule it breaks.
std::variant<Plan, std::string> planned(std::span<const std::int64_t> extents,
                                        const std::vector<Item> &items) {
  std::size_t named = 0, dots = 0;
  for (const Item &item : items) {
    named += std::holds_alternative<std::int64_t>(item.held) || std::holds_alternative<Slice>(item.held);
    dots += std::holds_alternative<Ellipsis>(item.held);
  }
  if (named > extents.size())
    return "too many entries in the index: " + std::to_string(named) + " for " +
           std::to_string(extents.size()) + " axes";
  if (dots > 1) return "an index has at most one ellipsis";
  Plan plan;
  auto whole = [&](std::size_t count) {
    for (; count > 0; --count) {
      std::int64_t extent = extents[plan.starts.size()];
      plan.starts.push_back(0);
      plan.stops.push_back(extent);
      plan.strides.push_back(1);
      plan.shape.push_back(extent);
    }
  };
  for (const Item &item : items) {
    if (std::holds_alternative<Ellipsis>(item.held)) {
      whole(extents.size() - named);
      continue;
    }
    if (std::holds_alternative<NewAxis>(item.held)) {
      plan.shape.push_back(1);
      continue;
    }
    std::size_t axis = plan.starts.size();
    std::int64_t extent = extents[axis];
    if (auto *position = std::get_if<std::int64_t>(&item.held)) {
      if (*position < -extent || *position >= extent) return rangeText(*position, axis, extent);
      plan.starts.push_back(*position < 0 ? *position + extent : *position);
      plan.stops.push_back(plan.starts.back() + 1);
      plan.strides.push_back(1);
      continue;
    }
    const Slice &slice = std::get<Slice>(item.held);
    if (slice.step < 1) return "a slice's step must be at least 1, got " + std::to_string(slice.step);
    auto clamped = [&](std::int64_t at) {
      return std::clamp<std::int64_t>(at < 0 ? at + extent : at, 0, extent);
    };
    std::int64_t start = clamped(slice.start.value_or(0)), stop = clamped(slice.stop.value_or(extent));
    stop = std::max(start, stop);
    plan.starts.push_back(start);
    plan.stops.push_back(stop);
    plan.strides.push_back(slice.step);
    plan.shape.push_back((stop - start + slice.step - 1) / slice.step);
  }
  whole(extents.size() - plan.starts.size());
  return plan;
}
} // namespace

Expr index(Arg x, const std::vector<Item> &items) {
  auto *expr = std::get_if<Expr>(&x.held);
  if (!expr || !expr->trace) return expr ? *expr : Expr();
  auto shape = expr->shape();
  if (!shape) return *expr;
  auto plan = planned(shape->extents(), items);
  if (auto *message = std::get_if<std::string>(&plan)) {
    expr->trace->fail({ErrorKind::Invalid, *message, placeOf(expr->trace->locationOf(x.here))});
    return Expr(expr->trace, Expr::failed);
  }
  const Plan &p = std::get<Plan>(plan);
  Expr cut =
      apply("slice", {{"x", x}, {"starts", p.starts}, {"stops", p.stops}, {"strides", p.strides}}, x.here);
  return apply("reshape", {{"x", Arg(cut, x.here)}, {"shape", p.shape}}, x.here);
}

} // namespace tgc
