// Reading and writing at an index: items become subscripts, the graph does the rest.
#include "compiler/Diagnostics.h"
#include "dialects/graph/Subscript.h"
#include "frontend/Graph.h"

namespace tgc {

namespace detail {

std::optional<std::vector<tgc::graph::Subscript>> Trace::subscripts(const std::vector<Item> &items,
                                                                    Arg::Here here) {
  std::vector<tgc::graph::Subscript> all;
  for (const Item &item : items) {
    tgc::graph::Subscript one;
    if (auto *at = std::get_if<std::int64_t>(&item.held)) {
      one.held = *at;
    } else if (auto *slice = std::get_if<Slice>(&item.held)) {
      one.held = tgc::graph::Subscript::Range{slice->start, slice->stop, slice->step};
    } else if (std::holds_alternative<NewAxis>(item.held)) {
      one.held = tgc::graph::Subscript::NewAxis();
    } else if (std::holds_alternative<Ellipsis>(item.held)) {
      one.held = tgc::graph::Subscript::Ellipsis();
    } else {
      auto tensor = converted(Arg(std::get<Expr>(item.held), here));
      if (!tensor) return std::nullopt;
      one.held = *tensor->as<tgc::graph::Sym>();
    }
    all.push_back(std::move(one));
  }
  return all;
}

Expr Trace::indexed(const Arg &x, const std::vector<Item> &items, std::string_view mode, const Arg *written,
                    std::string_view how) {
  std::lock_guard lock(graph->mutex);
  const Expr none = Expr::of(shared_from_this(), Expr::failed);
  if (!isOpen(x.here)) return none;
  DiagnosticCollector diagnostics(&graph->context);
  ink.setLoc(locationOf(x.here));
  auto places = subscripts(items, x.here);
  auto base = places ? converted(x) : std::nullopt;
  std::optional<tgc::graph::Argument> value;
  if (base && written) value = converted(*written);
  if (!base || (written && !value)) return none;
  tgc::graph::Sym sym = *base->as<tgc::graph::Sym>();
  llvm::StringRef wanted(mode.data(), mode.size());
  tgc::graph::Sym result =
      written ? tgc::graph::writeAt(ink, sym, *places, *value, {how.data(), how.size()}, wanted)
              : tgc::graph::readAt(ink, sym, *places, wanted);
  if (result && !ink.failed()) return add(result.value());
  fail(diagnostics.take(Stage::Algebra));
  return none;
}

std::pair<Expr, Expr> Trace::masked(const Arg &x, const std::vector<Item> &items, std::int64_t size) {
  std::lock_guard lock(graph->mutex);
  const Expr none = Expr::of(shared_from_this(), Expr::failed);
  if (!isOpen(x.here)) return {none, none};
  DiagnosticCollector diagnostics(&graph->context);
  ink.setLoc(locationOf(x.here));
  auto places = subscripts(items, x.here);
  auto base = places ? converted(x) : std::nullopt;
  if (!base) return {none, none};
  tgc::graph::Sym mask = tgc::graph::onlyMask(*places);
  if (!mask) {
    fail({ErrorKind::Invalid, "select takes one bool tensor as its index", placeOf(locationOf(x.here))});
    return {none, none};
  }
  tgc::graph::Syms read = tgc::graph::readMasked(ink, *base->as<tgc::graph::Sym>(), mask, size);
  if (!ink.failed() && read.size() == 2 && read[0] && read[1])
    return {add(read[0].value()), add(read[1].value())};
  fail(diagnostics.take(Stage::Algebra));
  return {none, none};
}

} // namespace detail

/// Where an index is read or written: in the innermost function that has a part in it.
static std::shared_ptr<detail::Trace> traceOf(const Expr &x, const std::vector<Item> &items,
                                              const Arg *value) {
  std::shared_ptr<detail::Trace> trace = x.trace;
  for (const Item &item : items)
    if (auto *expr = std::get_if<Expr>(&item.held)) detail::widen(trace, *expr);
  if (value) detail::widen(trace, *value);
  return detail::homeOf(trace);
}

Expr index(Arg x, const std::vector<Item> &items, std::string_view mode) {
  auto *expr = std::get_if<Expr>(&x.held);
  if (!expr || !expr->trace) return expr ? *expr : Expr();
  return traceOf(*expr, items, nullptr)->indexed(x, items, mode, nullptr, "");
}

At Expr::at(std::vector<Item> items) const { return At(*this, std::move(items)); }

Expr At::get(std::string_view mode, Arg::Here here) const { return index(Arg(x, here), items, mode); }

std::pair<Expr, Expr> At::select(std::int64_t size, Arg::Here here) const {
  return x.trace ? traceOf(x, items, nullptr)->masked(Arg(x, here), items, size) : std::pair(x, x);
}

Expr At::write(const Arg &value, std::string_view how, std::string_view mode) const {
  return x.trace ? traceOf(x, items, &value)->indexed(Arg(x, value.here), items, mode, &value, how) : x;
}

} // namespace tgc
