#include "frontend/language/Ast.h"
#include <algorithm>
#include <charconv>

namespace tgc::language {

std::string_view nameOf(Operator op) {
  static constexpr std::string_view table[] = {
#define ROW(name, text, precedence) #name,
      TGC_OPERATORS(ROW)
#undef ROW
  };
  return table[static_cast<int>(op)];
}

std::string_view textOf(Operator op) {
  static constexpr std::string_view table[] = {
#define ROW(name, text, precedence) text,
      TGC_OPERATORS(ROW)
#undef ROW
  };
  return table[static_cast<int>(op)];
}

int precedenceOf(Operator op) {
  static constexpr int table[] = {
#define ROW(name, text, precedence) precedence,
      TGC_OPERATORS(ROW)
#undef ROW
  };
  return table[static_cast<int>(op)];
}

std::optional<Constant> constantNamed(std::string_view name) {
  struct Word {
    std::string_view text;
    Constant constant;
  };
  static constexpr Word words[] = {
      {"true", Constant::True}, {"false", Constant::False}, {"none", Constant::None},
      {"None", Constant::None}, {"inf", Constant::Inf},     {"nan", Constant::Nan},
      {"pi", Constant::Pi},
  };
  for (const Word &word : words)
    if (word.text == name) return word.constant;
  if (dtypeNamed(name)) return Constant::DTypeName;
  return std::nullopt;
}

std::optional<std::uint64_t> integerValue(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool isLarge(const Ast &ast, NodeId id) {
  if (ast[id].kind != NodeKind::Integer) return false;
  auto value = integerValue(ast.text(id)); // none of the least i64, whose sign is part of it
  return value && *value > static_cast<std::uint64_t>(INT64_MAX);
}

std::optional<double> floatValue(std::string_view text) {
  double value = 0;
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code == std::errc()) return value;
  // from_chars says out of range for both ends; the sign of the scientific exponent tells them apart.
  std::size_t exponentAt = text.find_first_of("eE");
  std::string_view mantissa = text.substr(0, exponentAt);
  std::int64_t magnitude = 0;
  if (exponentAt != std::string_view::npos) {
    std::string_view digits = text.substr(exponentAt + 1);
    if (digits.front() == '+') digits.remove_prefix(1);
    auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), magnitude);
    if (parsed.ec != std::errc())
      magnitude = digits.front() == '-' ? -(std::int64_t(1) << 40) : std::int64_t(1) << 40;
  }
  auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
  std::size_t first = mantissa.find_first_not_of("0.");
  if (first == std::string_view::npos) return 0.0;
  auto lead = point - static_cast<std::int64_t>(first);
  if (magnitude + lead > 0) return std::nullopt;
  return 0.0;
}

std::span<const std::string_view> transformationNames() {
  static constexpr std::string_view names[] = {
      "grad", "value_and_grad", "jvp",     "vjp",        "hvp",
      "vmap", "jacobian",       "hessian", "checkpoint", "custom_derivative"};
  return names;
}

bool isTransformation(std::string_view name) {
  auto names = transformationNames();
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace tgc::language
