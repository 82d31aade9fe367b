// The known name that a mistyped one most likely meant.
#pragma once
#include <span>
#include <string>
#include <string_view>

namespace tgc::language {

/// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other (optimal
/// string alignment after Damerau and Levenshtein). Cost: product of the lengths.
std::size_t editDistance(std::string_view a, std::string_view b);

/// The candidate that differs in case only; else the first one at the least distance, if that is at most a
/// third of the longer name (at least 1); empty if there is none. Names over 64 bytes have no neighbours.
std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

/// "did you mean NAME?" or nothing.
std::string suggestion(std::string_view name, std::span<const std::string_view> candidates);

} // namespace tgc::language
