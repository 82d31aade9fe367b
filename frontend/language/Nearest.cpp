#include "frontend/language/Nearest.h"
#include <algorithm>
#include <vector>

namespace tgc::language {

std::size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> beforeLast(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    beforeLast.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], beforeLast[j - 2] + 1);
    }
  }
  return row[b.size()];
}

/// Whether two texts differ in nothing but the case of ASCII letters.
static bool sameButCase(std::string_view a, std::string_view b) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 'a' - 'A') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates) {
  constexpr std::size_t longest = 64;
  std::string_view best;
  std::size_t least = ~std::size_t(0);
  if (name.size() > longest) return best;
  for (std::string_view candidate : candidates)
    if (sameButCase(name, candidate)) return candidate;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > longest) continue;
    std::size_t allowed = std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
    std::size_t apart = std::max(name.size(), candidate.size()) - std::min(name.size(), candidate.size());
    if (apart > allowed) continue;
    std::size_t distance = editDistance(name, candidate);
    // A name of one or two letters is not near to one that shares none of them.
    bool near = distance <= allowed && distance < std::max(name.size(), candidate.size());
    if (near && distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(std::string_view name, std::span<const std::string_view> candidates) {
  std::string_view found = nearest(name, candidates);
  return found.empty() ? std::string() : "did you mean " + std::string(found) + "?";
}

} // namespace tgc::language
