// When a search must stop: a clock, a flag from outside, or never.
#pragma once
#include <atomic>
#include <chrono>

namespace tgc::contract {

struct Budget {
  using Clock = std::chrono::steady_clock;
  Clock::time_point deadline = Clock::time_point::max();
  const std::atomic<bool> *cancel = nullptr;

  /// Reading the clock costs some 25 ns: ask every few microseconds of work.
  bool over() const {
    if (cancel && cancel->load(std::memory_order_relaxed)) return true;
    return deadline != Clock::time_point::max() && Clock::now() >= deadline;
  }
};

} // namespace tgc::contract
