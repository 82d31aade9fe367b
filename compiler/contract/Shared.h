// Sub-contractions that exist already, under a name that does not depend on how a network spells its indices.
// Forward values and cotangents contract much the same tensors: what one network made, the next takes.
#pragma once
#include "compiler/contract/Network.h"
#include <unordered_map>

namespace tgc::contract {

/// A subset of a network's operands, contracted over everything that nothing else needs.
class SharedContractions {
public:
  /// The name of the contraction of the operands in `mask`, and the network's open indices of it by their
  /// number in the name. `values` identifies the operands; at most 32 operands.
  struct Name {
    std::string text;
    std::vector<std::uint32_t> indices; ///< index of the network, by number in the name
  };
  static Name nameOf(const Network &network, const std::vector<std::uint32_t> &values, std::uint32_t mask);

  /// A tensor and the order of its axes, in the name's numbers.
  struct Entry {
    std::uint32_t value;
    std::vector<std::uint32_t> axes;
  };
  void add(const Name &name, std::uint32_t value, const std::vector<std::uint32_t> &order);
  const Entry *find(const Name &name) const;
  /// Whether some contraction of the value is known: what never took part can be skipped.
  bool knows(std::uint32_t value) const { return value < members.size() && members[value]; }
  void noteMember(std::uint32_t value);
  bool empty() const { return entries.empty(); }

private:
  std::unordered_map<std::string, Entry> entries;
  std::vector<char> members;
};

} // namespace tgc::contract
