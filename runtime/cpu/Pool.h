// Threads that help whoever calls. The caller takes ranges from the near end, helpers from the far one, so
// repeated calls find their data in the same caches; a helper that comes late finds nothing left. A call
// waits only for ranges that somebody has begun: on a busy machine it does the work of threads that get no
// processor.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

namespace tgc {

class Pool {
public:
  static constexpr int mostRanges = 256;
  using Task = void (*)(int range, void *data);

  /// The process's pool. It has no threads before the first call that wants one.
  static Pool &shared();

  /// Calls `task` for every range in [0, count), count <= mostRanges, here and on at most `helpers` threads;
  /// false, and nothing done, while another thread has the pool. Cost: below 1 us when the helpers are awake;
  /// they sleep when nothing has come for about half a millisecond.
  bool run(int count, int helpers, Task task, void *data);

private:
  static constexpr int mostHelpers = mostRanges - 1;

  /// Where one helper waits: the number of the last call that wanted it.
  struct alignas(64) Seat {
    std::atomic<std::uint32_t> posted{0};
    Pool *pool = nullptr;
  };

  static void *serve(void *seat);
  static std::uint32_t wait(Seat &seat, std::uint32_t seen);
  void seat(int helpers);
  std::optional<int> claim(std::uint32_t call, bool near);

  /// Call number, first range left, ranges left: one word, so that a claim belongs to one call.
  alignas(64) std::atomic<std::uint64_t> claims{0};
  alignas(64) std::atomic<int> finished{0}; // by helpers
  alignas(64) std::atomic<bool> busy{false};
  // Written by the one caller before its ranges can be claimed, read only by who has claimed one.
  Task task = nullptr;
  void *data = nullptr;
  std::uint32_t call = 0;
  int seated = 0;
  std::array<Seat, mostHelpers> seats;
};

} // namespace tgc
