// Structs of expressions as one value that goes round in a loop:
//   struct Body { Expr place, speed; };
//   Body end = fori_loop(0, 100, [&](Expr, Body b) { return Body{b.place + h * b.speed, b.speed - h *
//   b.place}; }, start);
#pragma once
#include "tgc/Control.h"
#include "tgc/Struct.h"
#include <concepts>
#include <utility>

namespace tgc {

namespace detail {
template <Struct S> S stateOf(ExprSpan leaves) { return unflatten<S>(Exprs(leaves.begin(), leaves.end())); }
} // namespace detail

/// The loops of Control.h with a struct that goes round. Errors: as there.
template <Struct S, typename Body>
  requires std::convertible_to<std::invoke_result_t<Body, Expr, S>, S>
S fori_loop(std::int64_t lower, std::int64_t upper, Body &&body, const S &init,
            LoopMemory memory = LoopMemory::All, Arg::Here here = Arg::Here::current()) {
  auto step = [&](Expr i, ExprSpan carry) { return flatten<Expr>(S(body(i, detail::stateOf<S>(carry)))); };
  return unflatten<S>(
      fori_loop(lower, upper, std::function<Exprs(Expr, ExprSpan)>(step), flatten<Expr>(init), memory, here));
}

template <Struct S, typename Condition, typename Body>
  requires std::convertible_to<std::invoke_result_t<Condition, S>, Expr> &&
           std::convertible_to<std::invoke_result_t<Body, S>, S>
S while_loop(Condition &&condition, Body &&body, const S &init, std::int64_t slots = 32,
             Arg::Here here = Arg::Here::current()) {
  auto holds = [&](ExprSpan carry) { return condition(detail::stateOf<S>(carry)); };
  auto step = [&](ExprSpan carry) { return flatten<Expr>(S(body(detail::stateOf<S>(carry)))); };
  return unflatten<S>(while_loop(std::function<Expr(ExprSpan)>(holds), std::function<Exprs(ExprSpan)>(step),
                                 flatten<Expr>(init), slots, here));
}

/// `step(state, x)` gives the next state and what is stacked.
template <Struct S, typename Step>
  requires std::convertible_to<std::invoke_result_t<Step, S, ExprSpan>, std::pair<S, Exprs>>
std::pair<S, Exprs> scan(Step &&step, const S &init, const Exprs &xs = {}, const ScanOptions &options = {},
                         Arg::Here here = Arg::Here::current()) {
  auto all = [&](ExprSpan carry, ExprSpan x) {
    std::pair<S, Exprs> next = step(detail::stateOf<S>(carry), x);
    return Steps{flatten<Expr>(next.first), std::move(next.second)};
  };
  Steps end = scan(std::function<Steps(ExprSpan, ExprSpan)>(all), flatten<Expr>(init), xs, options, here);
  return {unflatten<S>(end.carry), std::move(end.stacked)};
}

} // namespace tgc
