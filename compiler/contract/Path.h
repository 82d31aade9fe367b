// The search for a contraction order: what is tried, in which order, until when. Pure C++ on extents, no IR.
//
// Rounds: the first is plain greedy and its reconfiguration (and, for networks small enough, the exact
// search, which ends the matter). Every second one starts afresh (noisy greedy), the others start
// from the best tree so far; both anneal and reconfigure. Rounds come in generations of `generation` that all
// start from the same best tree, so the outcome depends on the seed and the number of rounds, not on threads
// or clocks.
#pragma once
#include "compiler/contract/Cost.h"
#include <atomic>
#include <functional>

namespace tgc::contract {

enum class Effort : std::uint8_t {
  Greedy,  ///< greedy only; further rounds add noisy greedy
  Auto,    ///< exact where it is quick, else rounds
  Optimal, ///< exact with a large budget first
};

struct Progress {
  std::uint32_t round = 0;
  double seconds = 0;
  double log10Flops = 0, log2Largest = 0;
};

struct SearchOptions {
  static constexpr std::uint32_t generation = 4;
  Objective objective = Objective::Flops;
  Roofline roofline; ///< bytesPerElement also turns memoryBytes into elements
  Effort effort = Effort::Auto;
  std::uint64_t seed = 0;
  std::uint32_t rounds = 0; ///< at most; 0 takes a number that suits the network's size, or the time limit
  double maxSeconds = 0;    ///< start no round after it, and give up the one that is running; 0 is none
  double memoryBytes = 0;   ///< of intermediates alive at once, in one slice; 0 is unlimited
  unsigned threads = 1;
  const std::atomic<bool> *cancel = nullptr;      ///< set from outside: the best so far is returned
  std::function<void(const Progress &)> progress; ///< called after each improvement
};

/// The best tree found. `figures` are totals over all slices, except largest and peak, which are of one
/// slice.
struct SearchResult {
  Tree tree;
  std::vector<std::uint32_t> sliced; ///< indices run one value at a time, ascending
  Wide slices = Wide(1);
  Figures figures;
  std::uint32_t rounds = 0;
  bool exact = false;       ///< proven best (among connected subsets beyond 14 operands)
  bool withinMemory = true; ///< false if no slicing meets the limit
  double searchSeconds = 0;
};

/// Error texts are those of Network::check.
std::optional<std::string> findPath(const Network &network, const SearchOptions &options,
                                    SearchResult &result);

/// findPath with `options.rounds`, and again with more of them where the network runs so long that one call
/// pays for the search: by the predicted seconds, so the outcome is the same everywhere.
std::optional<std::string> findWorthwhilePath(const Network &network, SearchOptions options,
                                              SearchResult &result);

/// A network with the extents of `sliced` set to 1: what one slice contracts.
Network oneSlice(const Network &network, const std::vector<std::uint32_t> &sliced);

} // namespace tgc::contract
