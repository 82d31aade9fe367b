// The contraction planner alone: the order of one einsum network, nothing is compiled or run.
#pragma once
#include "tgc/Result.h"
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tgc {

/// A network: the index numbers of each operand's axes and of the result, and the extent of each index
/// number.
struct PathNetwork {
  std::vector<std::vector<std::uint32_t>> inputs;
  std::vector<std::uint32_t> output;
  std::vector<std::int64_t> extents;
};

struct PathOptions {
  enum class Objective : std::uint8_t { Flops, Largest, Written, Seconds };
  enum class Effort : std::uint8_t { Greedy, Auto, Optimal };
  Objective objective = Objective::Flops;
  Effort effort = Effort::Auto;
  std::uint64_t seed = 0;
  std::uint32_t rounds = 0; ///< at most; 0 takes a number that suits the size, or the time limit
  double maxSeconds = 0;    ///< 0 is none; decides only how many rounds run
  double memoryBytes = 0;   ///< of intermediates alive at once; 0 is unlimited; beyond it indices are sliced
  double bytesPerElement = 8;
  unsigned threads = 1;                            ///< never changes the outcome
  const std::atomic<bool> *cancel = nullptr;       ///< when it turns true the best order so far is returned
  std::function<void(double log10Flops)> progress; ///< after each improvement
};

/// `steps` are pairs of positions: remove two operands, append their product (opt_einsum's linear
/// convention). Flops count a multiply-add as two and a bare multiplication as one, over all slices.
struct Path {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> steps;
  double log10Flops = 0;
  double log2Largest = 0; ///< elements of the largest intermediate of one slice
  double predictedSeconds = 0;
  double slices = 1;
  std::vector<std::uint32_t> sliced; ///< index numbers run one value at a time
  std::uint32_t rounds = 0;
  bool exact = false; ///< proven best
};

/// Searches an order. Errors: Invalid for a malformed network, Limit if no slicing fits in memoryBytes.
/// Cost: 1 to 10 microseconds an operand for greedy, more the more legs intermediates have; see PathOptions.
Result<Path> findPath(const PathNetwork &network, const PathOptions &options = {});

/// The index numbers of an explicit or implicit equation without ellipsis, extents in the order of first
/// appearance. Errors: Invalid, with the column of the text in `place`.
Result<PathNetwork> pathNetwork(std::string_view equation, const std::vector<std::int64_t> &extents);

} // namespace tgc
