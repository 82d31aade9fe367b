// Structs of expressions as one value that goes round in a loop:
//   struct Body { Expr place, speed; };
//   Body end = fori_loop(0, 100, [&](Expr, Body b) { return Body{b.place + h * b.speed, b.speed - h *
//   b.place}; }, start);
#pragma once
#include "tgc/Control.h"
#include <concepts>
#include <tuple>
#include <utility>

namespace tgc {

namespace detail {
struct AnyExpr {
  operator Expr() const;
};
inline constexpr std::size_t mostFields = 8;

template <typename T, typename... Fields> constexpr std::size_t fieldCount() {
  if constexpr (sizeof...(Fields) < mostFields && requires { T{Fields{}..., AnyExpr{}}; })
    return fieldCount<T, Fields..., AnyExpr>();
  else
    return sizeof...(Fields);
}

template <typename T> Exprs fieldsOf(const T &state) {
  constexpr std::size_t count = fieldCount<T>();
  if constexpr (count == 1) {
    const auto &[a] = state;
    return {a};
  } else if constexpr (count == 2) {
    const auto &[a, b] = state;
    return {a, b};
  } else if constexpr (count == 3) {
    const auto &[a, b, c] = state;
    return {a, b, c};
  } else if constexpr (count == 4) {
    const auto &[a, b, c, d] = state;
    return {a, b, c, d};
  } else if constexpr (count == 5) {
    const auto &[a, b, c, d, e] = state;
    return {a, b, c, d, e};
  } else if constexpr (count == 6) {
    const auto &[a, b, c, d, e, f] = state;
    return {a, b, c, d, e, f};
  } else if constexpr (count == 7) {
    const auto &[a, b, c, d, e, f, g] = state;
    return {a, b, c, d, e, f, g};
  } else {
    const auto &[a, b, c, d, e, f, g, h] = state;
    return {a, b, c, d, e, f, g, h};
  }
}

template <typename T> T stateOf(ExprSpan fields) {
  return [&]<std::size_t... k>(std::index_sequence<k...>) {
    return T{fields[k]...};
  }(std::make_index_sequence<fieldCount<T>()>());
}
} // namespace detail

/// A plain struct of one to eight Exprs.
template <typename T>
concept State = std::is_aggregate_v<T> && !std::is_array_v<T> && (detail::fieldCount<T>() > 0);

/// The loops of Control.h with a struct that goes round. Errors: as there.
template <State S, typename Body>
  requires std::convertible_to<std::invoke_result_t<Body, Expr, S>, S>
S fori_loop(std::int64_t lower, std::int64_t upper, Body &&body, const S &init,
            LoopMemory memory = LoopMemory::All, Arg::Here here = Arg::Here::current()) {
  auto step = [&](Expr i, ExprSpan carry) { return detail::fieldsOf<S>(body(i, detail::stateOf<S>(carry))); };
  return detail::stateOf<S>(fori_loop(lower, upper, std::function<Exprs(Expr, ExprSpan)>(step),
                                      detail::fieldsOf(init), memory, here));
}

template <State S, typename Condition, typename Body>
  requires std::convertible_to<std::invoke_result_t<Condition, S>, Expr> &&
           std::convertible_to<std::invoke_result_t<Body, S>, S>
S while_loop(Condition &&condition, Body &&body, const S &init, std::int64_t slots = 32,
             Arg::Here here = Arg::Here::current()) {
  auto holds = [&](ExprSpan carry) { return condition(detail::stateOf<S>(carry)); };
  auto step = [&](ExprSpan carry) { return detail::fieldsOf<S>(body(detail::stateOf<S>(carry))); };
  return detail::stateOf<S>(while_loop(std::function<Expr(ExprSpan)>(holds),
                                       std::function<Exprs(ExprSpan)>(step), detail::fieldsOf(init), slots,
                                       here));
}

/// `step(state, x)` gives the next state and what is stacked.
template <State S, typename Step>
  requires std::convertible_to<std::invoke_result_t<Step, S, ExprSpan>, std::pair<S, Exprs>>
std::pair<S, Exprs> scan(Step &&step, const S &init, const Exprs &xs = {}, const ScanOptions &options = {},
                         Arg::Here here = Arg::Here::current()) {
  auto all = [&](ExprSpan carry, ExprSpan x) {
    std::pair<S, Exprs> next = step(detail::stateOf<S>(carry), x);
    return Steps{detail::fieldsOf<S>(next.first), std::move(next.second)};
  };
  Steps end = scan(std::function<Steps(ExprSpan, ExprSpan)>(all), detail::fieldsOf(init), xs, options, here);
  return {detail::stateOf<S>(end.carry), std::move(end.stacked)};
}

} // namespace tgc
