#include "runtime/cpu/Pool.h"
#include <algorithm>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

namespace tgc {
namespace {

constexpr int pauses = 1000; // about 40 us: a program's next step comes sooner
constexpr int yields = 500;  // then others may have the processor, then the thread sleeps

void pause() {
#if defined(__SSE__)
  _mm_pause();
#endif
}

constexpr std::uint64_t word(std::uint32_t call, int first, int left) {
  return std::uint64_t(call) << 32 | std::uint64_t(first) << 16 | std::uint64_t(left);
}

} // namespace

Pool &Pool::shared() {
  // state: the threads; they outlive everything that could ask for them, so it is never destroyed
  static Pool *const pool = new Pool;
  return *pool;
}

std::optional<int> Pool::claim(std::uint32_t call, bool near) {
  std::uint64_t now = claims.load(std::memory_order_acquire);
  for (;;) {
    const int first = int(now >> 16 & 0xffff), left = int(now & 0xffff);
    if (std::uint32_t(now >> 32) != call || left == 0) return std::nullopt;
    const std::uint64_t next = word(call, near ? first + 1 : first, left - 1);
    if (claims.compare_exchange_weak(now, next, std::memory_order_acq_rel, std::memory_order_acquire))
      return near ? first : first + left - 1;
  }
}

std::uint32_t Pool::wait(Seat &seat, std::uint32_t seen) {
  for (int round = 0; round < pauses + yields; ++round) {
    if (std::uint32_t now = seat.posted.load(std::memory_order_acquire); now != seen) return now;
    round < pauses ? pause() : void(sched_yield());
  }
  seat.posted.wait(seen, std::memory_order_acquire);
  return seat.posted.load(std::memory_order_acquire);
}

void *Pool::serve(void *place) {
  auto &seat = *static_cast<Seat *>(place);
  Pool &pool = *seat.pool;
  for (std::uint32_t call = 0;;) {
    call = wait(seat, call);
    while (auto range = pool.claim(call, false)) {
      pool.task(*range, pool.data);
      pool.finished.fetch_add(1, std::memory_order_release);
    }
  }
}

/// Makes the threads that are missing; fewer where the system gives no more.
void Pool::seat(int helpers) {
  if (seated >= helpers) return;
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before); // the host's signals are for the host's threads
  pthread_attr_t detached;
  pthread_attr_init(&detached);
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  for (; seated < helpers; ++seated) {
    seats[seated].pool = this;
    pthread_t thread;
    if (pthread_create(&thread, &detached, serve, &seats[seated])) break;
  }
  pthread_attr_destroy(&detached);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

bool Pool::run(int count, int helpers, Task what, void *context) {
  if (busy.exchange(true, std::memory_order_acquire)) return false;
  helpers = std::clamp(helpers, 0, mostHelpers);
  seat(helpers);
  task = what, data = context, ++call;
  finished.store(0, std::memory_order_relaxed);
  claims.store(word(call, 0, count), std::memory_order_release);
  for (int helper = 0; helper < std::min(helpers, seated); ++helper) {
    seats[helper].posted.store(call, std::memory_order_release);
    seats[helper].posted.notify_one();
  }
  int own = 0;
  for (; auto range = claim(call, true); ++own)
    task(*range, data);
  for (int round = 0; finished.load(std::memory_order_acquire) != count - own; ++round)
    round < pauses ? pause() : void(sched_yield());
  busy.store(false, std::memory_order_release);
  return true;
}

} // namespace tgc
