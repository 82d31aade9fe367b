// tgc-path: `tgc path` by itself, without MLIR: it starts in a millisecond.
#include "tools/path/Path.h"
#include <vector>

int main(int argc, char **argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  return tgc::tools::pathMain(arguments);
}
