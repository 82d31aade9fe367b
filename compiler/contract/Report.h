// Found paths as text.
#pragma once
#include "compiler/contract/Path.h"

namespace tgc::contract {

/// {"path": [[0, 1], ...], "log10_flops": F, "log2_largest": W, "seconds": T, "slices": S, ...}: linear
/// positions, flops with a multiply-add as two over all slices, elements of the largest intermediate of one
/// slice, predicted seconds of the whole. Beyond the language's five: sliced (names), log2_peak,
/// search_seconds, rounds, exact, within_memory. Networks whose extents are 0 compute nothing: their
/// logarithms are given as 0.
std::string pathReportJson(const Network &network, const SearchResult &result);

/// opt_einsum's table: scaling, flops and elements of each step, the step and what remains. At most
/// `mostSteps` lines, the dearest first if there are more.
std::string pathReportText(const Network &network, const SearchResult &result, const Roofline &roofline,
                           std::size_t mostSteps = 60);

} // namespace tgc::contract
