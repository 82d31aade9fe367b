// Function: a named graph function with named, typed parameters and results; immutable, cheap to copy.
#pragma once
#include "tgc/Expr.h"
#include "tgc/Struct.h"
#include <array>
#include <functional>
#include <span>
#include <tuple>

namespace tgc {

/// A parameter or result: name, dtype, extents.
struct Param {
  std::string name;
  DType dtype = DType::f64;
  Ints extents = {};
};

/// A description without a name, for structs: Layer<Param>{tensor(f64, {4, 3}), tensor(f64, {4})}.
inline Param tensor(DType dtype, Ints extents = {}) { return {"", dtype, std::move(extents)}; }

/// Parameters from names and descriptions, single or structs: params("model", model, "x", tensor(f64, {8,
/// 3})).
inline std::vector<Param> params() { return {}; }
template <typename T, typename... Rest>
std::vector<Param> params(const std::string &name, const T &described, const Rest &...rest) {
  std::vector<Param> out;
  detail::eachLeaf(name, described, [&](const std::string &leaf, const Param &param) {
    out.push_back({leaf, param.dtype, param.extents});
  });
  auto more = params(rest...);
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

/// Results with names; a plain Expr or a list of them is called out0, out1, ...
using Results = std::vector<std::pair<std::string, Expr>>;

namespace detail {
struct FunctionState;

template <typename T> struct Arity : Arity<decltype(&T::operator())> {};
template <typename R, typename... A> struct Arity<R (*)(A...)> {
  /// Tensors taken: a struct takes as many as it has leaves.
  static constexpr std::size_t count = (leafCount<std::decay_t<A>>() + ... + 0);
  template <typename F> static R call(F &body, std::span<const Expr> x) {
    std::size_t at = 0;
    return std::apply(body, std::tuple<std::decay_t<A>...>{taken<std::decay_t<A>>(x, at)...});
  }
};
template <typename C, typename R, typename... A> struct Arity<R (C::*)(A...) const> : Arity<R (*)(A...)> {};
template <typename C, typename R, typename... A> struct Arity<R (C::*)(A...)> : Arity<R (*)(A...)> {};

Results named(Expr result);
Results named(const std::vector<Expr> &results);
inline Results named(Results results) { return results; }
template <typename... T>
  requires(std::same_as<T, Expr> && ...)
Results named(const std::tuple<T...> &results) {
  return std::apply([](const auto &...one) { return named(std::vector<Expr>{one...}); }, results);
}
inline Results named(const std::pair<Expr, Expr> &results) {
  return named(std::vector<Expr>{results.first, results.second});
}
/// A struct's fields under their own names.
template <Struct S> Results named(const S &results) {
  Results out;
  eachLeaf("", results, [&](const std::string &name, const Expr &leaf) { out.emplace_back(name, leaf); });
  return out;
}
} // namespace detail

/// Built by running C++ once on symbolic arguments:
///   Function loss("loss", {{"X", f64, {n, d}}, {"y", f64, {n}}, {"w", f64, {d}}},
///                 [](Expr X, Expr y, Expr w) { return mean(softplus(-y * matmul(X, w))); });
/// The body takes one Expr for each parameter, or one std::span<const Expr>; structs of Exprs (Struct.h) take
/// as many as they have leaves. It returns an Expr, a list, a tuple, a struct, or Results with names. Errors
/// are kept and come out of `compile` or `error()`.
class Function {
public:
  using Body = std::function<Results(std::span<const Expr>)>;

  template <typename F>
    requires std::invocable<F, std::span<const Expr>>
  Function(std::string name, std::vector<Param> params, F &&body, Arg::Here here = Arg::Here::current())
      : Function(std::move(name), std::move(params),
                 Body([&](std::span<const Expr> x) { return detail::named(body(x)); }), here, 0) {}

  template <typename F>
    requires(!std::invocable<F, std::span<const Expr>>)
  Function(std::string name, std::vector<Param> params, F &&body, Arg::Here here = Arg::Here::current())
      : Function(std::move(name), std::move(params), Body([&](std::span<const Expr> x) {
                   return detail::named(detail::Arity<std::decay_t<F>>::call(body, x));
                 }),
                 here, detail::Arity<std::decay_t<F>>::count) {}

  // Copies only: a Function that was moved from is still what it was.
  Function(const Function &) = default;
  Function &operator=(const Function &) = default;

  const std::string &name() const;
  const std::vector<Param> &params() const;
  const std::vector<Param> &results() const;
  /// The first error of building, if there was one.
  std::optional<Error> error() const;

  /// The function's ops written into the graph the arguments belong to; gives its results. A plain number
  /// takes the parameter's type. Errors: Invalid, at the caller's line, if count, dtypes or extents differ
  /// from the parameters', or a number does not fit the parameter's dtype.
  std::vector<Expr> operator()(std::vector<Arg> arguments, Arg::Here here = Arg::Here::current()) const;
  std::vector<Expr> operator()(std::initializer_list<Arg> arguments,
                               Arg::Here here = Arg::Here::current()) const {
    return (*this)(std::vector<Arg>(arguments), here);
  }
  /// The same for functions with one result. The first argument becomes an Arg where the call is written, and
  /// brings that place.
  template <typename... Rest>
    requires(std::convertible_to<Rest, Arg> && ...)
  Expr operator()(Arg argument, Rest &&...rest) const {
    const Arg::Here here = argument.here;
    return first((*this)(std::vector<Arg>{std::move(argument), argumentAt(rest, here)...}, here));
  }
  Expr operator()(Arg::Here here = Arg::Here::current()) const {
    return first((*this)(std::vector<Arg>(), here));
  }

  /// The graph in MLIR's text.
  std::string text() const;

  // For the library.
  explicit Function(std::shared_ptr<const detail::FunctionState> state) : state(std::move(state)) {}
  std::shared_ptr<const detail::FunctionState> state;

private:
  Function(std::string name, std::vector<Param> params, const Body &body, Arg::Here here, std::size_t arity);
  template <typename T> static Arg argumentAt(const T &value, Arg::Here here) {
    if constexpr (std::is_constructible_v<Arg, const T &, Arg::Here>)
      return Arg(value, here);
    else
      return Arg(value);
  }
  static Expr first(std::vector<Expr> results) { return results.empty() ? Expr() : results.front(); }
};

} // namespace tgc
