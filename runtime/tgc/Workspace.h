// Scratch memory of one call at a time: sized once, reused, from the host's allocator if it wants.
#pragma once
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace tgc {

/// Where a workspace takes its memory. `allocate` gives `bytes` at a multiple of 64, or null; `deallocate`
/// gets the same `bytes` back. Without functions: mmap with huge pages asked for from 2 MiB on, aligned_alloc
/// below.
struct MemoryHook {
  void *(*allocate)(std::size_t bytes, void *context) = nullptr;
  void (*deallocate)(void *memory, std::size_t bytes, void *context) = nullptr;
  void *context = nullptr;
};

/// Memory for one concurrent call; make one for each thread that calls. A second call at the same time is
/// refused. Making it allocates, calls do not; the exception is the first call with a view that is not dense,
/// which adds the room to pack it (`reserveTail` does it beforehand). Fresh pages are expensive: keep a
/// workspace between calls.
class Workspace {
public:
  Workspace() = default;
  explicit Workspace(std::int64_t sizeBytes, MemoryHook hook = {});
  /// For anything that says how much it needs, such as an Executable.
  template <typename Runnable>
    requires requires(const Runnable &runnable) {
      { runnable.workspaceBytes() } -> std::convertible_to<std::int64_t>;
    }
  explicit Workspace(const Runnable &runnable, MemoryHook hook = {})
      : Workspace(std::int64_t(runnable.workspaceBytes()), hook) {}
  Workspace(Workspace &&other) noexcept;
  Workspace &operator=(Workspace &&other) noexcept;
  ~Workspace();

  /// Usable bytes; less than asked for only when memory ran out (the call then says so).
  std::int64_t sizeBytes() const { return main.bytes; }
  /// The most bytes any call has used, the tail included.
  std::int64_t highWaterBytes() const { return highWater; }
  /// Room to pack strided arguments and results. Returns false when memory runs out.
  bool reserveTail(std::int64_t bytes);

  // For the runtime.
  std::byte *data() { return main.start; }
  std::byte *tail() { return packed.start; }
  std::int64_t tailBytes() const { return packed.bytes; }
  void noteUse(std::int64_t bytes) { highWater = bytes > highWater ? bytes : highWater; }
  bool acquire() { return !busy.exchange(true, std::memory_order_acquire); }
  void release() { busy.store(false, std::memory_order_release); }

private:
  struct Block {
    std::byte *start = nullptr;
    std::int64_t bytes = 0;
  };
  Block take(std::int64_t bytes) const;
  void give(Block &block) const;

  MemoryHook hook;
  Block main, packed;
  std::int64_t highWater = 0;
  std::atomic<bool> busy = false;
};

} // namespace tgc
