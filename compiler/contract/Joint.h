// All networks of a function planned together: a value and its cotangents contract much the same tensors, so
// what one network makes, others take. Networks keep their order. Several rules of how much a wanted
// intermediate is worth are tried and the cheapest plan wins; the rule that shares nothing on purpose is
// among them.
#pragma once
#include "compiler/contract/Cost.h"

namespace tgc::contract {

/// A network on numbered values; `result` is the number of what it computes, other networks may contract that
/// again.
struct JointNetwork {
  Network network;
  std::vector<std::uint32_t> values;
  std::uint32_t result = 0;
  double bytesPerElement = 8;
};

/// A contraction of one or two values.
struct JointStep {
  std::vector<std::uint32_t> operands;
  std::vector<std::vector<std::uint32_t>> inputs;
  std::vector<std::uint32_t> output;
  std::uint32_t result = 0;
  double seconds = 0; ///< predicted
};

struct JointPlan {
  struct Part {
    std::vector<JointStep> steps;
    std::uint32_t value =
        0; ///< holds the network's result: a step's, or an operand that is the result already
  };
  std::vector<Part> parts; ///< one for each network, in their order
  double seconds = 0;      ///< predicted
  /// The first network that has no order at all, its figures being beyond doubles; then `parts` end before
  /// it.
  std::optional<std::size_t> failed;
};

struct JointOptions {
  std::uint32_t maxRank = 0;         ///< of intermediates, kept to where an order can; 0 is no limit
  std::uint32_t sharedOperands = 10; ///< networks beyond it share nothing on purpose
};

/// Value numbers below `valueCount` are taken; new ones count on from there.
JointPlan planJointly(const std::vector<JointNetwork> &networks, std::uint32_t valueCount,
                      const JointOptions &options);

/// One contraction on that roofline: indices of the operands and of the result, extents by index.
double predictedSeconds(const std::vector<std::vector<std::uint32_t>> &inputs,
                        const std::vector<std::uint32_t> &output, const std::vector<std::int64_t> &extents,
                        const Roofline &roofline);

/// What the roofline assumes of a core, fixed so that the same program gives the same plan on every machine.
Roofline planningRoofline(double bytesPerElement);

} // namespace tgc::contract
