// The facts about the host that the choices of this folder use; plain data, so that tests can pretend.
#pragma once
#include <cstdint>

namespace tgc::schedule {

struct Machine {
  int64_t vectorBytes = 16;         // width of a full vector register
  int64_t vectorRegisters = 16;     // architectural vector registers
  int64_t l1Bytes = 32 << 10;       // data cache of one core
  int64_t l2Bytes = 512 << 10;      // second level of one core
  int64_t lastLevelBytes = 8 << 20; // last level, shared
  /// Multiply-adds from which a contraction copies both its factors; smaller ones are read where they lie
  /// (tgc-bench-gemm around 96 x 96 x 96).
  int64_t panelVolume = 96 * 96 * 96;
  int64_t cores = 1;             // hardware threads this process may use
  bool maskedMemory = false;     // masked loads and stores of every element width are one instruction
  bool fusedMultiplyAdd = false; // mul+add in one rounding is one instruction

  // Lanes of a full register for elements of `elementBytes`.
  int64_t lanes(int64_t elementBytes) const {
    return vectorBytes / elementBytes > 0 ? vectorBytes / elementBytes : 1;
  }

  // Whether so many bytes stay in no cache until they are read again; the last level is shared with others.
  bool leavesCaches(int64_t bytes) const {
    constexpr int64_t share = 32 << 20;
    return bytes > lastLevelBytes || bytes > share;
  }

  // The machine this process runs on; asks the processor and the system, costs some microseconds.
  static Machine host();
  // An imagined machine with registers of `vectorBytes` (16, 32 or 64); for tests.
  static Machine withVectorBytes(int64_t vectorBytes);
};

} // namespace tgc::schedule
