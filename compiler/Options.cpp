#include "compiler/Options.h"

namespace tgc {

std::optional<Stage> stageNamed(std::string_view name) {
  for (std::size_t index = 0; index < stageNames.size(); ++index)
    if (stageNames[index] == name) return static_cast<Stage>(index);
  return std::nullopt;
}

} // namespace tgc
