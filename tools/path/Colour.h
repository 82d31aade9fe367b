// Whether messages are coloured.
#pragma once
#include <string>

namespace tgc::tools {

/// `choice` is that of --color: always, never, or anything else for a terminal without NO_COLOR.
bool wantsColour(const std::string &choice);

} // namespace tgc::tools
