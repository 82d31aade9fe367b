// The first places of a row's order without sorting the row: what is not before the worst one kept is passed
// over, sixteen elements at a time; what is kept is thinned when its room is full. Nothing is allocated.
#include "runtime/Calls.h"
#include "runtime/cpu/OrderKey.h"
#include <algorithm>

namespace tgc {
namespace {

struct Candidate {
  std::uint64_t key, at;
  bool operator<(const Candidate &other) const { return key != other.key ? key < other.key : at < other.at; }
};

/// The `wanted` first candidates of a row, in room for some times as many.
class Kept {
public:
  Kept(Candidate *room, std::int64_t wanted) : room(room), wanted(wanted), most(4 * wanted + 64) {}
  /// Keys from here on are not before what is kept already: later ones lose to equal earlier ones.
  std::uint64_t worst = ~std::uint64_t(0);
  bool full = false;

  void add(std::uint64_t key, std::int64_t at) {
    room[held++] = {key, std::uint64_t(at)};
    if (held == most) thin();
  }
  const Candidate *inOrder() {
    thin();
    std::sort(room, room + held);
    return room;
  }

private:
  void thin() {
    if (held < wanted) return;
    std::nth_element(room, room + wanted - 1, room + held);
    held = wanted;
    worst = room[wanted - 1].key;
    full = true;
  }
  Candidate *room;
  std::int64_t wanted, most, held = 0;
};

constexpr std::int64_t block = 16;

template <typename Bits>
void select(const KeyedRow &row, char kind, Bits infinity, bool descending, Kept &kept) {
  const auto key = [=](Bits bits) {
    const Bits ascending = keyOf(bits, kind, infinity);
    return descending ? Bits(~ascending) : ascending;
  };
  const auto offer = [&](std::int64_t at) {
    const Bits own = key(bitsAt<Bits>(row, at));
    if (!kept.full || own < kept.worst) kept.add(own, at);
  };
  std::int64_t at = 0;
  for (; row.keyStride == 1 && at + block <= row.count; at += block) {
    if (kept.full) {
      Bits elements[block];
      std::memcpy(elements, row.keys + at * std::int64_t(sizeof(Bits)), sizeof elements);
      const auto worst = Bits(kept.worst);
      Bits before = 0;
      for (Bits element : elements)
        before |= Bits(key(element) < worst);
      if (!before) continue;
    }
    for (std::int64_t one = at; one < at + block; ++one)
      offer(one);
  }
  for (; at < row.count; ++at)
    offer(at);
}

} // namespace
} // namespace tgc

void tgc_top_places(std::int64_t kind, std::int64_t bits, std::int64_t keys, std::int64_t keyStride,
                    std::int64_t order, std::int64_t orderStride, std::int64_t scratch, std::int64_t count,
                    std::int64_t descending, std::int64_t wanted) {
  using namespace tgc;
  const char plain = kind == 'B' ? 'f' : char(kind);
  const KeyedRow row = {reinterpret_cast<const char *>(keys), keyStride,
                        reinterpret_cast<std::int64_t *>(order), orderStride, count};
  Kept kept(reinterpret_cast<Candidate *>(scratch), wanted);
  withBitsOf(char(kind), bits, [&](auto infinity) {
    // The kind is fixed outside the loop over the elements.
    if (plain == 'f')
      select(row, 'f', infinity, descending != 0, kept);
    else if (plain == 'i')
      select(row, 'i', infinity, descending != 0, kept);
    else
      select(row, 'u', infinity, descending != 0, kept);
  });
  const Candidate *first = kept.inOrder();
  for (std::int64_t at = 0; at < wanted; ++at)
    row.order[at * row.orderStride] = std::int64_t(first[at].at);
}
