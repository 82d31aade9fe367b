// Object files become callable kernels. Names a kernel calls are answered by runtime/Calls and nothing else.
#pragma once
#include "runtime/Program.h"
#include "tgc/Result.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include <memory>
#include <string>
#include <vector>

namespace tgc::target {

struct LoadedCode {
  std::shared_ptr<void> code;    ///< the pages live as long as this
  std::vector<void *> addresses; ///< in the order of the names
};

/// Links object files into this process and looks their kernels up in one batch; `names` may also hold names
/// of routines. `given` are addresses of routines linked before, which must outlive the code.
/// Errors: Internal when an object refers to a name that is neither given nor in runtime/Calls, or does not
/// link.
Result<LoadedCode> load(std::vector<llvm::SmallVector<char, 0>> objects, llvm::ArrayRef<std::string> names,
                        const llvm::StringMap<void *> &given = {});

} // namespace tgc::target
