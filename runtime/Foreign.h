// Steps that are functions of the host's program.
#pragma once
#include "tgc/Executor.h"
#include "tgc/Foreign.h"
#include "tgc/Result.h"
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace tgc {

/// What a step without a kernel calls, once for each of its items.
struct ForeignCall {
  ForeignFunction function = nullptr;
  void *user = nullptr;
  std::shared_ptr<std::mutex> alone; ///< held during a call; null where calls may overlap
  std::string name;
  std::size_t arguments = 0;         ///< buffers before the results
  std::vector<std::int64_t> strides; ///< bytes from one item to the next, for each buffer
};

/// Calls the function on the items [0, items), side by side where calls may overlap and `options` gives
/// threads. Errors: Unavailable with the function's own words; items that were not begun are left out then.
/// Allocates only to tell an error, or for more than 32 buffers.
Result<void> callForeign(const ForeignCall &call, std::int64_t items, void **buffers,
                         const RunOptions &options);

} // namespace tgc
