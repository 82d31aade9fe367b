// NumPy's basic indexing: integers, slices, none and `...` become one slice and one reshape.
#include "frontend/language/Build.h"

namespace tgc::language {

namespace {

struct Part {
  std::int64_t start = 0, stop = 0, step = 1;
};

/// NumPy's rule for a positive step: negative bounds count from the end, then both are clamped.
std::int64_t clampBound(std::int64_t bound, std::int64_t extent) {
  if (bound < 0) bound += extent;
  return std::min(std::max<std::int64_t>(bound, 0), extent);
}

} // namespace

/// The state of one x[...]: what was taken of each axis so far, and the extents of the result.
class Indexing {
public:
  Indexing(const Argument &base) : type(base.as<graph::Sym>()->type()), text(describe(base)) {}
  mlir::RankedTensorType type;
  std::string text; ///< "x: f64[4, 3]"
  std::vector<Part> parts;
  std::vector<std::int64_t> extents;

  std::int64_t extent() const { return type.getDimSize(static_cast<unsigned>(parts.size())); }
  void whole() {
    extents.push_back(extent());
    parts.push_back({0, extent(), 1});
  }
  bool full() const {
    for (std::size_t i = 0; i < parts.size(); ++i)
      if (parts[i].start != 0 || parts[i].stop != type.getDimSize(static_cast<unsigned>(i)) ||
          parts[i].step != 1)
        return false;
    return true;
  }
  Argument::List field(std::int64_t Part::*member) const {
    Argument::List out;
    for (const Part &part : parts)
      out.push_back(Argument(part.*member));
    return out;
  }
  void slice(std::optional<std::int64_t> start, std::optional<std::int64_t> stop, std::int64_t step) {
    std::int64_t first = clampBound(start.value_or(0), extent());
    std::int64_t last = std::max(first, clampBound(stop.value_or(extent()), extent()));
    // `step` may be near the largest i64, so nothing is added to it.
    extents.push_back(last == first ? 0 : (last - first - 1) / step + 1);
    parts.push_back({first, last, std::min(step, std::max<std::int64_t>(extent(), 1))});
  }
};

std::optional<Argument> Build::index(Frame &frame, NodeId id, Argument base) {
  auto items = ast.children(id).subspan(1);
  Span mark = ast[id].mark;
  if (!base.as<graph::Sym>())
    return fail(ast[ast.child(id, 0)].span, "only tensors can be indexed, and this is " + describe(base));
  Indexing state(base);
  std::size_t rank = static_cast<std::size_t>(state.type.getRank()), used = 0;
  bool ellipsis = false;
  for (NodeId item : items) {
    bool isNone = ast[item].kind == NodeKind::Name && constantNamed(ast.text(item)) == Constant::None;
    bool isEllipsis = ast[item].kind == NodeKind::Ellipsis;
    if (isEllipsis && ellipsis) return fail(ast[item].span, "'...' stands twice in this index");
    ellipsis |= isEllipsis;
    used += !isNone && !isEllipsis;
  }
  if (used > rank)
    return fail({mark.begin, ast[id].span.end}, std::to_string(used) + (used == 1 ? " index" : " indices") +
                                                    " for " + state.text + ", which has " +
                                                    std::to_string(rank) + (rank == 1 ? " axis" : " axes"));
  auto number = [&](NodeId node) -> std::optional<std::int64_t> {
    auto held = value(frame, node);
    if (!held) return std::nullopt;
    if (auto *integer = held->as<int64_t>()) return *integer;
    return fail(ast[node].span,
                "the bounds of a slice are integers known when the function is compiled, and this is " +
                    describe(*held));
  };
  for (NodeId item : items) {
    const Node &node = ast[item];
    if (node.kind == NodeKind::Ellipsis) {
      for (std::size_t k = used; k < rank; ++k)
        state.whole();
      continue;
    }
    if (node.kind == NodeKind::Slice) {
      std::optional<std::int64_t> bounds[3];
      for (std::uint32_t k = 0; k < 3; ++k) {
        NodeId part = ast.child(item, k);
        bool isNone = part == noNode ||
                      (ast[part].kind == NodeKind::Name && constantNamed(ast.text(part)) == Constant::None);
        if (isNone) continue;
        bounds[k] = number(part);
        if (!bounds[k]) return std::nullopt;
      }
      std::int64_t step = bounds[2].value_or(1);
      if (step == 0) return fail(node.span, "a slice's step is not 0");
      if (step < 0)
        return fail(node.span, "slices with negative steps are not built yet",
                    "flip(x, axis=...) reverses an axis", ErrorKind::Unsupported);
      state.slice(bounds[0], bounds[1], step);
      continue;
    }
    auto held = value(frame, item);
    if (!held) return std::nullopt;
    if (held->isNone()) {
      state.extents.push_back(1);
      continue;
    }
    auto *integer = held->as<int64_t>();
    if (!integer) {
      bool gathers = held->as<graph::Sym>() || held->as<Argument::List>() || held->as<bool>();
      if (gathers)
        return fail(node.span, "indexing by tensors is not built yet",
                    "take(x, indices, axis=...) picks along one axis", ErrorKind::Unsupported);
      return fail(node.span,
                  "an index is an integer, a slice, none or '...', and this is " + describe(*held));
    }
    std::int64_t extent = state.extent(), at = *integer < 0 ? *integer + extent : *integer;
    if (at < 0 || at >= extent)
      return fail(node.span, "index " + std::to_string(*integer) + " is outside axis " +
                                 std::to_string(state.parts.size()) + " of " + state.text +
                                 ", whose extent is " + std::to_string(extent));
    state.parts.push_back({at, at + 1, 1});
  }
  while (state.parts.size() < rank)
    state.whole();

  std::optional<Argument> result = std::move(base);
  if (!state.full())
    result = operation(
        frame, "slice", mark,
        {std::move(*result), state.field(&Part::start), state.field(&Part::stop), state.field(&Part::step)});
  if (!result) return std::nullopt;
  if (llvm::ArrayRef<int64_t>(state.extents) == result->as<graph::Sym>()->shape()) return result;
  return operation(frame, "reshape", mark,
                   {std::move(*result), Argument(llvm::ArrayRef<int64_t>(state.extents))});
}

} // namespace tgc::language
