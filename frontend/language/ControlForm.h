// Calls that take functions: branches and loops. Which parameters are functions is known from the text alone.
#pragma once
#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace tgc::language {

struct ControlForm {
  std::string_view name;
  std::array<std::string_view, 7> parameters; ///< in order; empty ones are unused
  unsigned functions;                         ///< bit k: parameter k is a function
  unsigned required;                          ///< bit k: parameter k has to be given
  bool rest = false;                          ///< takes more positional arguments behind the parameters

  std::size_t count() const {
    return std::size_t(std::find(parameters.begin(), parameters.end(), "") - parameters.begin());
  }
  bool isFunction(std::size_t parameter) const { return functions >> parameter & 1; }
  /// The parameter called so, or count().
  std::size_t parameter(std::string_view wanted) const {
    return std::size_t(std::find(parameters.begin(), parameters.begin() + std::ptrdiff_t(count()), wanted) -
                       parameters.begin());
  }
};

inline constexpr ControlForm controlForms[] = {
    {"cond", {"p", "f", "g"}, 0b110, 0b111, true},
    {"while_loop", {"condition", "body", "init", "shared", "slots"}, 0b11, 0b111},
    {"fori_loop", {"lower", "upper", "body", "init", "shared", "memory"}, 0b100, 0b1111},
    {"scan", {"f", "init", "xs", "shared", "length", "reverse", "memory"}, 0b1, 0b11},
    {"map", {"f", "xs", "shared", "memory"}, 0b1, 0b11},
};

/// Null for any other name.
constexpr const ControlForm *controlForm(std::string_view name) {
  for (const ControlForm &form : controlForms)
    if (form.name == name) return &form;
  return nullptr;
}

} // namespace tgc::language
