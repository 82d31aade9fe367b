// NumPy's indexing: what stands in the brackets becomes a list of subscripts; the graph reads or writes at
// them. Errors that have a place inside the brackets are found here.
#include "dialects/graph/Subscript.h"
#include "frontend/language/Build.h"

namespace tgc::language {

/// One x[...]: its subscripts.
class Indexing {
public:
  Indexing(Build &build, Frame &frame, NodeId id, const Argument &base)
      : build(build), ast(build.ast), frame(frame), id(id), type(base.as<graph::Sym>()->type()),
        text(describe(base)) {}

  bool run() {
    if (!count()) return false;
    for (NodeId item : ast.children(id).subspan(1))
      if (!take(item)) return false;
    return true;
  }

  std::vector<graph::Subscript> items;

private:
  Build &build;
  const Ast &ast;
  Frame &frame;
  NodeId id;
  mlir::RankedTensorType type;
  std::string text;     ///< "x: f64[4, 3]"
  std::size_t used = 0; ///< items that take an axis
  std::size_t axis = 0; ///< of the next item

  std::size_t rank() const { return static_cast<std::size_t>(type.getRank()); }
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
      if (isEllipsis && ellipsis)
        return fail(ast[item].span, "'...' stands twice in this index",
                    "one '...' stands for all axes that no other index takes");
      ellipsis |= isEllipsis;
      used += !isNone(item) && !isEllipsis;
    }
    if (used <= rank()) return true;
    return fail({ast[id].mark.begin, ast[id].span.end},
                std::to_string(used) + (used == 1 ? " index" : " indices") + " for " + text + ", which has " +
                    std::to_string(rank()) + (rank() == 1 ? " axis" : " axes"),
                rank() ? "at most one index for each axis; none adds one"
                       : "a scalar has no element to choose");
  }

  bool take(NodeId item) {
    const Node &node = ast[item];
    if (node.kind == NodeKind::Ellipsis) {
      axis += rank() - used;
      return add({graph::Subscript::Ellipsis()});
    }
    if (node.kind == NodeKind::Slice) return ++axis, slice(item);
    auto held = build.value(frame, item);
    if (!held) return false;
    if (held->isNone()) return add({graph::Subscript::NewAxis()});
    ++axis;
    if (auto *integer = held->as<int64_t>()) return element(node.span, *integer);
    if (auto *sym = held->as<graph::Sym>()) return add({*sym});
    if (auto *list = held->as<Argument::List>()) return positions(node.span, *list);
    return fail(node.span,
                "an index is an integer, a slice, none, '...' or a tensor, and this is " + describe(*held),
                held->as<double>() ? "write an integer; astype(x, i64) converts a tensor" : "");
  }

  bool add(graph::Subscript item) { return items.push_back(std::move(item)), true; }

  bool element(Span span, std::int64_t index) {
    std::int64_t extent = type.getDimSize(static_cast<unsigned>(axis - 1));
    std::int64_t at = index < 0 ? index + extent : index;
    if (at < 0 || at >= extent)
      return fail(span,
                  "index " + std::to_string(index) + " is outside axis " + std::to_string(axis - 1) + " of " +
                      text + ", whose extent is " + std::to_string(extent),
                  extent == 0 ? "an axis of extent 0 has no element"
                              : "indices go from " + std::to_string(-extent) + " to " +
                                    std::to_string(extent - 1) + "; negative ones count from the end");
    return add({index});
  }

  bool positions(Span span, const Argument::List &list) {
    llvm::SmallVector<std::int64_t> numbers;
    for (const Argument &one : list) {
      if (!one.as<int64_t>())
        return fail(span, "a list in an index holds integers, and this one " + describe(one));
      numbers.push_back(*one.as<int64_t>());
    }
    auto type =
        mlir::RankedTensorType::get(static_cast<int64_t>(numbers.size()), frame.ink.builder.getI64Type());
    frame.ink.setLoc(build.location(span));
    return add({frame.ink.constant(mlir::DenseElementsAttr::get(type, llvm::ArrayRef<int64_t>(numbers)))});
  }

  std::optional<std::int64_t> bound(NodeId part) {
    auto held = build.value(frame, part);
    if (!held) return std::nullopt;
    if (auto *integer = held->as<int64_t>()) return *integer;
    fail(ast[part].span,
         "the bounds of a slice are integers known when the function is compiled, and this is " +
             describe(*held),
         held->as<graph::Sym>() ? "an integer tensor in the brackets chooses elements: x[positions]" : "");
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
    if (bounds[2] == 0)
      return fail(ast[item].span, "a slice's step is not 0",
                  "::1 takes every element, ::-1 from the last to the first");
    return add({graph::Subscript::Range{bounds[0], bounds[1], bounds[2].value_or(1)}});
  }
};

std::optional<Argument> Build::index(Frame &frame, NodeId id, Argument base) {
  if (!base.as<graph::Sym>())
    return fail(ast[ast.child(id, 0)].span, "only tensors can be indexed, and this is " + describe(base));
  Indexing taken(*this, frame, id, base);
  if (!taken.run()) return std::nullopt;
  frame.ink.setLoc(location(ast[id].mark));
  graph::Sym result = graph::readAt(frame.ink, *base.as<graph::Sym>(), taken.items);
  if (!result || failure) return std::nullopt;
  return Argument(result);
}

namespace {
struct Options {
  std::string how = "set", mode = "clamp";
  std::optional<int64_t> size; ///< of a read at a mask
};
} // namespace

// get(x[index], mode=...), get(x[mask], size=...) and set(x[index], value, how=..., mode=...)
std::optional<Values> Build::place(Frame &frame, NodeId id) {
  auto children = ast.children(id);
  Span callee = ast[children[0]].span;
  bool writes = ast.text(callee) == "set";
  std::string form = writes ? "set(x[index], value, how=\"set\", mode=\"clamp\")"
                            : "get(x[index], mode=\"clamp\"), or get(x[mask], size=n)";
  std::size_t needed = writes ? 3 : 2;
  if (children.size() < needed || ast[children[1]].kind != NodeKind::Index)
    return fail(callee,
                std::string(writes ? "set" : "get") + " takes an indexed tensor" +
                    (writes ? " and what is written there" : ""),
                "its form is " + form),
           std::nullopt;
  Options options;
  for (NodeId child : children.subspan(needed)) {
    std::string name = ast[child].kind == NodeKind::Named ? word(ast[child].mark) : "";
    bool known = name == "mode" || name == (writes ? "how" : "size");
    auto held = known ? value(frame, ast.child(child, 0)) : std::nullopt;
    if (failure) return std::nullopt;
    if (auto *number = held && name == "size" ? held->as<int64_t>() : nullptr) {
      options.size = *number;
      continue;
    }
    auto *text = held && name != "size" ? held->as<std::string>() : nullptr;
    if (!text) return fail(ast[child].span, "this is no argument here", "its form is " + form), std::nullopt;
    (name == "how" ? options.how : options.mode) = *text;
  }
  auto base = value(frame, ast.child(children[1], 0));
  if (!base) return std::nullopt;
  if (!base->as<graph::Sym>())
    return fail(ast[children[1]].span, "only tensors can be indexed, and this is " + describe(*base)),
           std::nullopt;
  Indexing taken(*this, frame, children[1], *base);
  if (!taken.run()) return std::nullopt;
  std::optional<Argument> written;
  if (writes) written = value(frame, children[2]);
  if (failure || (writes && !written)) return std::nullopt;
  frame.ink.setLoc(location(callee));
  graph::Sym x = *base->as<graph::Sym>();
  if (options.size) {
    graph::Sym mask = graph::onlyMask(taken.items);
    if (!mask)
      return fail(callee, "size belongs to a read at a mask, and this index is none", "its form is " + form),
             std::nullopt;
    graph::Syms read = graph::readMasked(frame.ink, x, mask, *options.size);
    if (read.empty() || failure) return std::nullopt;
    return Values(read.begin(), read.end());
  }
  graph::Sym result = writes ? graph::writeAt(frame.ink, x, taken.items, *written, options.how, options.mode)
                             : graph::readAt(frame.ink, x, taken.items, options.mode);
  if (!result || failure) return std::nullopt;
  return Values{Argument(result)};
}

} // namespace tgc::language
