// The first failure is kept; what it says is copied at once, since it lasts only until the next call.
#include "runtime/Foreign.h"
#include "runtime/cpu/Parallel.h"
#include <array>
#include <atomic>

namespace tgc {
namespace {

/// A step under way; the first error of any thread.
struct Items {
  const ForeignCall &call;
  void **buffers;
  std::atomic<bool> failed = false;
  std::mutex telling = {};
  std::string said = {};
};

void callItem(Items &items, std::int64_t item, void **places) {
  const ForeignCall &call = items.call;
  for (std::size_t k = 0; k < call.strides.size(); ++k)
    places[k] = static_cast<std::byte *>(items.buffers[k]) + item * call.strides[k];
  std::unique_lock<std::mutex> held;
  if (call.alone) held = std::unique_lock(*call.alone);
  const char *said = call.function(call.user, places, places + call.arguments);
  if (!said) return;
  const std::lock_guard lock(items.telling);
  if (items.failed) return;
  items.said = said;
  items.failed = true;
}

void callItems(std::int64_t begin, std::int64_t end, void *context) {
  Items &items = *static_cast<Items *>(context);
  std::array<void *, 32> few;
  std::vector<void *> many;
  void **places = few.data();
  if (items.call.strides.size() > few.size()) {
    many.resize(items.call.strides.size());
    places = many.data();
  }
  for (std::int64_t item = begin; item < end && !items.failed; ++item)
    callItem(items, item, places);
}

} // namespace

Result<void> callForeign(const ForeignCall &call, std::int64_t count, void **buffers,
                         const RunOptions &options) {
  Items items{call, buffers};
  if (call.alone || count < 2 || options.threads == 1)
    callItems(0, count, &items);
  else if (options.executor.parallelFor)
    parallelFor(options.executor, count, callItems, &items);
  else
    parallelFor(count, options.threads > 0 ? options.threads : availableThreads(), 1, callItems, &items);
  if (!items.failed) return {};
  return Error{ErrorKind::Unavailable, "foreign function " + call.name + ": " + items.said};
}

} // namespace tgc
