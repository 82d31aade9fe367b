// See SubsetName.h.
#include "compiler/contract/SubsetName.h"
#include <algorithm>

namespace tgc::contract {
namespace {

constexpr std::uint32_t none = ~std::uint32_t(0);

/// Whether anything outside `mask` needs the index.
bool isOpen(const Network &network, std::uint32_t mask, std::uint32_t index) {
  auto holds = [&](const std::vector<std::uint32_t> &list) {
    return std::find(list.begin(), list.end(), index) != list.end();
  };
  if (holds(network.output)) return true;
  for (std::uint32_t i = 0; i < network.inputs.size(); ++i)
    if (!(mask >> i & 1) && holds(network.inputs[i])) return true;
  return false;
}

} // namespace

SubsetName nameSubset(const Network &network, const std::vector<std::uint32_t> &values, std::uint32_t mask) {
  std::vector<std::uint32_t> operands;
  for (std::uint32_t i = 0; i < values.size(); ++i)
    if (mask >> i & 1) operands.push_back(i);
  // Equal values keep the network's order: some sharing among them is missed, nothing is shared wrongly.
  std::sort(operands.begin(), operands.end(), [&](std::uint32_t a, std::uint32_t b) {
    return values[a] != values[b] ? values[a] < values[b] : a < b;
  });
  SubsetName name;
  std::vector<std::uint32_t> number(network.extents.size(), none);
  for (std::uint32_t operand : operands) {
    name.text += std::to_string(values[operand]) + ":";
    for (std::uint32_t index : network.inputs[operand]) {
      if (number[index] == none) {
        number[index] = std::uint32_t(name.indices.size());
        name.indices.push_back(index);
      }
      name.text += std::to_string(number[index]) + ".";
    }
  }
  name.text += "->";
  for (std::uint32_t i = 0; i < name.indices.size(); ++i)
    if (isOpen(network, mask, name.indices[i])) name.text += std::to_string(i) + ".";
  return name;
}

} // namespace tgc::contract
