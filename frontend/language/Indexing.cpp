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

/// One x[...]: what was taken of each axis so far, and the extents of the result.
class Indexing {
public:
  Indexing(Build &build, Frame &frame, NodeId id, const Argument &base)
      : build(build), ast(build.ast), frame(frame), id(id), type(base.as<graph::Sym>()->type()),
        text(describe(base)) {}

  bool run() {
    if (!count()) return false;
    for (NodeId item : ast.children(id).subspan(1))
      if (!take(item)) return false;
    while (parts.size() < rank())
      whole();
    return true;
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
  graph::Arguments sliceArguments(Argument base) const {
    return {std::move(base), field(&Part::start), field(&Part::stop), field(&Part::step)};
  }

  std::vector<std::int64_t> extents;

private:
  Build &build;
  const Ast &ast;
  Frame &frame;
  NodeId id;
  mlir::RankedTensorType type;
  std::string text; ///< "x: f64[4, 3]"
  std::vector<Part> parts;
  std::size_t used = 0; ///< items that take an axis

  std::size_t rank() const { return static_cast<std::size_t>(type.getRank()); }
  std::int64_t extent() const { return type.getDimSize(static_cast<unsigned>(parts.size())); }
  bool fail(Span span, std::string message, std::string advice = {}, ErrorKind kind = ErrorKind::Invalid) {
    build.fail(span, std::move(message), std::move(advice), kind);
    return false;
  }
  bool isNone(NodeId item) const {
    return ast[item].kind == NodeKind::Name && constantNamed(ast.text(item)) == Constant::None;
  }

  bool count() {
    bool ellipsis = false;
    for (NodeId item : ast.children(id).subspan(1)) {
      bool isEllipsis = ast[item].kind == NodeKind::Ellipsis;
      if (isEllipsis && ellipsis) return fail(ast[item].span, "'...' stands twice in this index");
      ellipsis |= isEllipsis;
      used += !isNone(item) && !isEllipsis;
    }
    if (used <= rank()) return true;
    return fail({ast[id].mark.begin, ast[id].span.end},
                std::to_string(used) + (used == 1 ? " index" : " indices") + " for " + text + ", which has " +
                    std::to_string(rank()) + (rank() == 1 ? " axis" : " axes"));
  }

  bool take(NodeId item) {
    const Node &node = ast[item];
    if (node.kind == NodeKind::Ellipsis) {
      for (std::size_t k = used; k < rank(); ++k)
        whole();
      return true;
    }
    if (node.kind == NodeKind::Slice) return slice(item);
    auto held = build.value(frame, item);
    if (!held) return false;
    if (held->isNone()) return extents.push_back(1), true;
    if (auto *integer = held->as<int64_t>()) return element(node.span, *integer);
    if (held->as<graph::Sym>() || held->as<Argument::List>() || held->as<bool>())
      return fail(node.span, "indexing by tensors is not built yet",
                  "take(x, indices, axis=0) picks along one axis", ErrorKind::Unsupported);
    return fail(node.span, "an index is an integer, a slice, none or '...', and this is " + describe(*held));
  }

  void whole() {
    extents.push_back(extent());
    parts.push_back({0, extent(), 1});
  }

  bool element(Span span, std::int64_t index) {
    std::int64_t at = index < 0 ? index + extent() : index;
    if (at < 0 || at >= extent())
      return fail(span, "index " + std::to_string(index) + " is outside axis " +
                            std::to_string(parts.size()) + " of " + text + ", whose extent is " +
                            std::to_string(extent()));
    parts.push_back({at, at + 1, 1});
    return true;
  }

  std::optional<std::int64_t> bound(NodeId part) {
    auto held = build.value(frame, part);
    if (!held) return std::nullopt;
    if (auto *integer = held->as<int64_t>()) return *integer;
    fail(ast[part].span,
         "the bounds of a slice are integers known when the function is compiled, and this is " +
             describe(*held));
    return std::nullopt;
  }

  bool slice(NodeId item) {
    std::optional<std::int64_t> bounds[3];
    for (std::uint32_t k = 0; k < 3; ++k) {
      NodeId part = ast.child(item, k);
      if (part == noNode || isNone(part)) continue;
      bounds[k] = bound(part);
      if (!bounds[k]) return false;
    }
    std::int64_t step = bounds[2].value_or(1);
    if (step == 0) return fail(ast[item].span, "a slice's step is not 0");
    if (step < 0)
      return fail(ast[item].span, "slices with negative steps are not built yet",
                  "flip(x, axis=0) reverses an axis", ErrorKind::Unsupported);
    std::int64_t first = clampBound(bounds[0].value_or(0), extent());
    std::int64_t last = std::max(first, clampBound(bounds[1].value_or(extent()), extent()));
    // `step` may be near the largest i64, so nothing is added to it.
    extents.push_back(last == first ? 0 : (last - first - 1) / step + 1);
    parts.push_back({first, last, std::min(step, std::max<std::int64_t>(extent(), 1))});
    return true;
  }
};

std::optional<Argument> Build::index(Frame &frame, NodeId id, Argument base) {
  if (!base.as<graph::Sym>())
    return fail(ast[ast.child(id, 0)].span, "only tensors can be indexed, and this is " + describe(base));
  Indexing taken(*this, frame, id, base);
  if (!taken.run()) return std::nullopt;
  Span mark = ast[id].mark;
  std::optional<Argument> result = base;
  if (!taken.full()) result = operation(frame, "slice", mark, taken.sliceArguments(std::move(base)));
  if (!result) return std::nullopt;
  llvm::ArrayRef<int64_t> extents(taken.extents);
  if (extents == result->as<graph::Sym>()->shape()) return result;
  return operation(frame, "reshape", mark, {std::move(*result), Argument(extents)});
}

} // namespace tgc::language
