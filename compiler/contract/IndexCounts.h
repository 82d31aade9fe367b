// Indices with counts in one block of memory: what a node with thousands of legs keeps of them.
#pragma once
#include <cstdint>
#include <utility>
#include <vector>

namespace tgc::contract {

/// A hash table with linear probing; taking out moves what follows back, so that no marks are left behind.
class IndexCounts {
public:
  std::size_t size() const { return used; }

  /// Adds to the count of an index, which starts at nothing; the sum.
  std::uint32_t add(std::uint32_t index, std::uint32_t count) {
    if (2 * (used + 1) > slots.size()) grow();
    Slot &slot = slots[place(index)];
    if (slot.count == 0) {
      slot.index = index;
      ++used;
    }
    return slot.count += count;
  }

  void erase(std::uint32_t index) {
    std::size_t hole = place(index);
    if (slots[hole].count == 0) return;
    --used;
    for (std::size_t next = after(hole); slots[next].count != 0; next = after(next)) {
      // An entry may fill the hole if its way from home leads over it.
      std::size_t way = (next - home(slots[next].index)) & (slots.size() - 1);
      if (way < ((next - hole) & (slots.size() - 1))) continue;
      slots[hole] = slots[next];
      hole = next;
    }
    slots[hole] = {};
  }

  template <typename Visit> void each(Visit visit) const {
    for (const Slot &slot : slots)
      if (slot.count != 0) visit(slot.index, slot.count);
  }

  void fetchAhead(std::uint32_t index) const {
    if (!slots.empty()) __builtin_prefetch(&slots[home(index)]);
  }

private:
  struct Slot {
    std::uint32_t index = 0, count = 0; ///< count 0: free
  };
  std::size_t home(std::uint32_t index) const {
    return (index * std::uint64_t(0x9e3779b97f4a7c15)) >> 32 & (slots.size() - 1);
  }
  std::size_t after(std::size_t slot) const { return (slot + 1) & (slots.size() - 1); }
  std::size_t place(std::uint32_t index) const {
    std::size_t slot = home(index);
    while (slots[slot].count != 0 && slots[slot].index != index)
      slot = after(slot);
    return slot;
  }
  void grow() {
    std::vector<Slot> old(slots.empty() ? 256 : 2 * slots.size());
    std::swap(old, slots);
    for (const Slot &slot : old)
      if (slot.count != 0) slots[place(slot.index)] = slot;
  }

  std::vector<Slot> slots; ///< a power of two, at most half full
  std::size_t used = 0;
};

} // namespace tgc::contract
