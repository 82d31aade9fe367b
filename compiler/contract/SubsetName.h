// A name for the contraction of some operands of a network that does not depend on how the network spells its
// indices: two networks that contract the same tensors in the same way give it the same name.
#pragma once
#include "compiler/contract/Network.h"

namespace tgc::contract {

struct SubsetName {
  std::string text;
  std::vector<std::uint32_t> indices; ///< index of the network, by number in the name
};

/// The contraction of the operands in `mask` over everything nothing else needs. `values` identifies the
/// operands; at most 32 operands.
SubsetName nameSubset(const Network &network, const std::vector<std::uint32_t> &values, std::uint32_t mask);

} // namespace tgc::contract
