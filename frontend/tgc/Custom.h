// Functions with derivative and batching rules of their own, and functions of the host's program.
#pragma once
#include "tgc/Foreign.h"
#include "tgc/Function.h"

namespace tgc {

/// A rule: a Function, or a body over Exprs, which then gets the parameters that the rule has to have:
///   Rule([](Expr x, Expr y, Expr d_x) { return where(x > 0, d_x, 0); })
class Rule {
public:
  Rule() = default;
  Rule(Function f) : held(std::make_shared<const Make>([f](auto &&...) { return f; })), fixed(true) {}
  template <typename F>
    requires(!std::same_as<std::decay_t<F>, Rule> && !std::same_as<std::decay_t<F>, Function>)
  Rule(F body, Arg::Here here = Arg::Here::current())
      : held(std::make_shared<const Make>([body, here](std::string name, std::vector<Param> params) {
          return Function(std::move(name), std::move(params), body, here);
        })) {}

  explicit operator bool() const { return held != nullptr; }
  /// Whether it is a Function, whose parameters are what they are.
  bool isFunction() const { return fixed; }
  /// The body traced on these parameters, or the Function given.
  Function on(std::string name, std::vector<Param> params) const {
    return (*held)(std::move(name), std::move(params));
  }

private:
  using Make = std::function<Function(std::string, std::vector<Param>)>;
  std::shared_ptr<const Make> held;
  bool fixed = false;
};

/// What a function of one's own is differentiated and mapped by; any may be left out. In all of them come
/// first the function's arguments, then all its results, so that a rule need not compute them again.
struct Rules {
  /// Then a tangent for each floating-point argument; gives a tangent for each floating-point result. Linear
  /// in the tangents: zero where they are zero, so d_x + 1 is none. That is looked at where the rule is
  /// transposed, and measured by check_derivatives; else a rule is taken at its word. Left out: the transpose
  /// of `vjp`.
  Rule jvp = {};
  /// Then a cotangent for each floating-point result; gives a cotangent for each floating-point argument.
  /// Linear in the cotangents. Left out: the transpose of `jvp`.
  Rule vjp = {};
  /// Alone: the arguments with one more leading axis, of the same extent; gives all results with that axis. A
  /// body is traced for each extent that a vmap of C++ asks for; a Function serves its own extent only. What
  /// no rule serves (left out, another extent, a map inside a Jacobian) maps the function's body.
  Rule batch = {};
  /// The last so many results of f are kept for the rules alone: callers do not see them, and the rules'
  /// tangents and cotangents leave them out. Where nobody differentiates they cost nothing.
  std::size_t residuals = 0;
};

/// f under its name with these rules. Without jvp and vjp its body is differentiated. Rules are graph
/// functions, so they are differentiated and mapped in turn, to any order. Statistics: a result nobody
/// differentiates by (its cotangent is zero) reports from the forward part; the cotangent of a further
/// argument, which f ignores, reports from the reverse part. Cost: none of its own, f and the rules are
/// inlined. Errors: Invalid, naming the rule and both types, where a rule takes or gives something else;
/// when a derivative is compiled, where it follows from a rule that is not linear.
Function custom_derivative(const Function &f, const Rules &rules, Arg::Here here = Arg::Here::current());

/// A function of the host's program as a graph function: a step of its own in compiled programs, never fused,
/// and what the reference evaluation calls. It is a function of its arguments: calls whose results nobody
/// reads are dropped, equal ones become one.
struct Foreign {
  ForeignFunction call = nullptr;
  void *user = nullptr;
  /// Whether calls may overlap. If not, they wait for each other, over all programs made of this Function,
  /// and it must not itself run such a program.
  bool concurrent = false;
};
/// Without rules it has no derivative; vmap calls it once for each instance. Errors: Invalid without code or
/// results, for two parameters of one name, and as custom_derivative; runs end with Unavailable where it
/// says that it failed.
Function foreign(std::string name, std::vector<Param> params, std::vector<Param> results, const Foreign &code,
                 const Rules &rules = {}, Arg::Here here = Arg::Here::current());

} // namespace tgc
