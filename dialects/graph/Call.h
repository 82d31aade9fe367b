// The single path from a public call to the op: binds arguments to a row's parameters, types literals,
// promotes, broadcasts, normalises axes, infers the type. Used by the C++ API, the language and the rules of
// the ops themselves.
#pragma once
#include "dialects/graph/Rows.h"
#include "dialects/graph/Sym.h"
#include <cmath>
#include <complex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tgc::graph {

/// An argument of a call: none, a tensor, a plain number (complex too) or bool, a text, a dtype, or a list of
/// arguments.
struct Argument {
  using List = std::vector<Argument>;
  std::variant<std::monostate, Sym, bool, int64_t, double, std::complex<double>, std::string, mlir::Type,
               List>
      held;

  Argument() = default;
  Argument(Sym sym) {
    if (sym.isLiteral()) {
      double number = sym.number();
      if (std::abs(number) < 9e18 && number == std::trunc(number))
        held = static_cast<int64_t>(number);
      else
        held = number;
    } else if (sym)
      held = sym;
  }
  Argument(bool value) : held(value) {}
  Argument(int value) : held(static_cast<int64_t>(value)) {}
  Argument(int64_t value) : held(value) {}
  Argument(double value) : held(value) {}
  Argument(std::complex<double> value) : held(value) {}
  Argument(const char *value) : held(std::string(value)) {}
  Argument(llvm::StringRef value) : held(value.str()) {}
  Argument(std::string value) : held(std::move(value)) {}
  Argument(mlir::Type value) : held(value) {}
  Argument(List value) : held(std::move(value)) {}
  Argument(llvm::ArrayRef<int64_t> values) : held(List(values.begin(), values.end())) {}
  Argument(llvm::ArrayRef<Sym> values) : held(List(values.begin(), values.end())) {}
  template <typename T> Argument(std::optional<T> value) {
    if (value) *this = Argument(*value);
  }

  bool isNone() const { return std::holds_alternative<std::monostate>(held); }
  template <typename T> const T *as() const { return std::get_if<T>(&held); }
  bool isNumber() const { return as<bool>() || as<int64_t>() || as<double>() || as<std::complex<double>>(); }
};
using Arguments = std::vector<Argument>;
using NamedArguments = std::vector<std::pair<std::string, Argument>>;

/// Calls an op by its public name. Errors are reported at `ink.loc()` (or at the operand's own place where a
/// note says so) and give failure. `ink.failed()` is then true.
llvm::FailureOr<Syms> call(Ink &ink, llvm::StringRef name, const Arguments &positional,
                           const NamedArguments &named = {});
/// The same for ops with one result; absent on failure.
Sym callOne(Ink &ink, llvm::StringRef name, const Arguments &positional, const NamedArguments &named = {});

/// The shape two or more broadcast to by NumPy's rule; reports the clash with both operands.
llvm::FailureOr<llvm::SmallVector<int64_t>> broadcastShape(Ink &ink, llvm::StringRef name,
                                                           llvm::ArrayRef<Sym> operands);

/// All results of a call; empty on failure.
Syms callAll(Ink &ink, llvm::StringRef name, const Arguments &positional, const NamedArguments &named = {});
/// The ink of the first operand that has one.
Ink &inkAmong(llvm::ArrayRef<Sym> operands);

} // namespace tgc::graph

// One function per row over Sym, generated: `softmax(x, -1)`, `where(c, a, b)`, ... Creation rows take the
// ink first.
#include "dialects/graph/Rules.h.inc"
