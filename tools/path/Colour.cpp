#include "tools/path/Colour.h"
#include <cstdlib>
#include <unistd.h>

namespace tgc::tools {

bool wantsColour(const std::string &choice) {
  if (choice == "always") return true;
  if (choice == "never") return false;
  const char *no = std::getenv("NO_COLOR"); // the driver, not a library, reads it
  return !(no && *no) && isatty(STDERR_FILENO);
}

} // namespace tgc::tools
