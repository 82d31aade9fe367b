#include "tgc/UnitFactors.h"

namespace tgc {

static char letter(std::int64_t axis) {
  return static_cast<char>(axis < 26 ? 'a' + axis : 'A' + axis - 26); // at most twice the largest rank, 16
}

std::vector<std::int64_t> UnitFactors::coreExtents() const {
  std::vector<std::int64_t> out;
  for (std::int64_t axis : core)
    out.push_back(extents[static_cast<std::size_t>(axis)]);
  return out;
}

std::string UnitFactors::letters() const {
  std::string out;
  for (std::size_t axis = 0; axis < extents.size(); ++axis)
    out += letter(static_cast<std::int64_t>(axis));
  for (auto [first, second] : units) // a unit of an axis that is tied already ties both
    for (char gone = out[static_cast<std::size_t>(second)]; char &each : out)
      if (each == gone) each = out[static_cast<std::size_t>(first)];
  return out;
}

std::string UnitFactors::coreLetters() const {
  std::string dense = letters(), out;
  for (std::int64_t axis : core)
    out += dense[static_cast<std::size_t>(axis)];
  return out;
}

std::string UnitFactors::text() const {
  std::string out = "dense[", inner;
  for (std::size_t axis = 0; axis < extents.size(); ++axis)
    out += letter(static_cast<std::int64_t>(axis));
  for (std::int64_t axis : core)
    inner += letter(axis);
  out += "] = core[" + inner + "]";
  for (auto [first, second] : units)
    out += std::string(" unit[") + letter(first) + letter(second) + "]";
  return out;
}

} // namespace tgc
