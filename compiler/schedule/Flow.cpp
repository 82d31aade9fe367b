#include "compiler/schedule/Flow.h"
#include <algorithm>
#include <numeric>

namespace tgc::schedule {
namespace {

constexpr std::int64_t never = -1;

class Placer {
public:
  explicit Placer(const Flow &flow)
      : flow(flow), made(flow.values.size(), never), lastRead(flow.values.size(), never) {
    placement.homes.resize(flow.values.size());
    for (std::uint32_t value = 0; value < flow.values.size(); ++value)
      placement.homes[value] = {flow.values[value].given ? Home::Kind::Given : Home::Kind::Arena, 0, value,
                                0};
    for (std::int64_t step = 0; step < std::int64_t(flow.steps.size()); ++step) {
      for (std::uint32_t value : flow.steps[step].inputs)
        lastRead[value] = step;
      for (std::uint32_t value : flow.steps[step].outputs)
        made[value] = step;
    }
    for (std::uint32_t value = 0; value < flow.values.size(); ++value)
      lives.push_back({flow.values[value].bytes, made[value], std::max(made[value], lastRead[value])});
  }

  Placement run() {
    bindResults();
    mergeCarried();
    for (std::int64_t step = 0; step < std::int64_t(flow.steps.size()); ++step)
      for (auto [input, output] : flow.steps[step].inplace)
        tryInPlace(step, input, output);
    orderCopies();
    return std::move(placement);
  }

private:
  void bindResults();
  void mergeCarried();
  std::string keepsFrom(std::uint32_t value, std::uint32_t result, std::uint32_t donor) const;
  void tryInPlace(std::int64_t step, std::uint32_t input, std::uint32_t output);
  void orderCopies();
  std::optional<std::uint32_t> donorOf(std::uint32_t result) const {
    for (const FlowDonation &donation : flow.donated)
      if (donation.result == result) return donation.argument;
    return std::nullopt;
  }

  const Flow &flow;
  Placement placement;
  std::vector<std::int64_t> made, lastRead; ///< steps, by value
  std::vector<Lifetime> lives;              ///< of roots, what was merged into them included
};

/// Why a value may not be computed as `result` over the argument `donor`; empty where it may.
std::string Placer::keepsFrom(std::uint32_t value, std::uint32_t result, std::uint32_t donor) const {
  for (std::uint32_t other = 0; other < flow.returned.size(); ++other)
    if (other != result && flow.returned[other] == donor)
      return "the argument whose memory it takes is a result too";
  if (lastRead[donor] < made[value]) return {};
  const FlowStep &step = flow.steps[std::size_t(made[value])];
  if (lastRead[donor] > made[value]) return "the argument whose memory it takes is read afterwards";
  for (auto [input, output] : step.inplace)
    if (step.inputs[input] == donor && step.outputs[output] == value &&
        std::count(step.inputs.begin(), step.inputs.end(), donor) == 1)
      return {};
  return "its kernel reads the argument whose memory it takes in another order";
}

/// A returned value is computed right in the caller's buffer, unless it has a home already.
void Placer::bindResults() {
  for (std::uint32_t result = 0; result < flow.returned.size(); ++result) {
    const std::uint32_t value = flow.returned[result];
    Home &home = placement.homes[value];
    if (home.kind == Home::Kind::Given) {
      placement.copied.push_back({result, "it is an argument or a constant"});
    } else if (home.kind == Home::Kind::Result) {
      placement.copied.push_back({result, "it is returned twice"});
    } else if (std::string why = donorOf(result) ? keepsFrom(value, result, *donorOf(result)) : "";
               !why.empty()) {
      placement.copied.push_back({result, why});
      lives[value].last = std::int64_t(flow.steps.size());
    } else {
      home.kind = Home::Kind::Result;
      home.result = result;
    }
  }
}

void Placer::mergeCarried() {
  for (const auto [argument, result] : flow.carried) {
    const std::uint32_t value = flow.returned[result];
    const Home &home = placement.homes[value];
    if (value == argument) { // it goes round as it is
      std::erase_if(placement.copied, [&](const CopiedResult &copy) { return copy.result == result; });
      placement.merged.push_back(result);
    } else if (home.kind == Home::Kind::Result && home.result == result &&
               keepsFrom(value, result, argument).empty()) {
      placement.merged.push_back(result);
    }
  }
}

void Placer::tryInPlace(std::int64_t at, std::uint32_t input, std::uint32_t output) {
  const FlowStep &step = flow.steps[std::size_t(at)];
  if (input >= step.inputs.size() || output >= step.outputs.size()) return;
  Home &target = placement.homes[step.outputs[output]];
  const Home &source = placement.homes[step.inputs[input]];
  if (source.kind != Home::Kind::Arena || target.kind != Home::Kind::Arena) return;
  Lifetime &bytes = lives[source.root], &wanted = lives[step.outputs[output]];
  if (target.root != step.outputs[output]) return; // it is written over another input already
  if (bytes.last != at || wanted.sizeBytes > bytes.sizeBytes) return;
  const auto here = [&](std::uint32_t value) {
    return placement.homes[value].kind == Home::Kind::Arena && placement.homes[value].root == source.root;
  };
  if (std::count_if(step.inputs.begin(), step.inputs.end(), here) != 1) return;
  if (std::any_of(step.outputs.begin(), step.outputs.end(), here)) return; // two results in the same bytes
  bytes.last = wanted.last;
  wanted.sizeBytes = 0;
  target.root = source.root;
}

/// A copy that reads a donated argument comes before the one that writes it.
void Placer::orderCopies() {
  if (flow.donated.empty() || placement.copied.size() < 2) return;
  std::vector<CopiedResult> ordered, left = std::move(placement.copied);
  while (!left.empty()) {
    const auto free = [&](const CopiedResult &copy) {
      const auto donor = donorOf(copy.result);
      return !donor || std::none_of(left.begin(), left.end(), [&](const CopiedResult &other) {
        return other.result != copy.result && flow.returned[other.result] == *donor;
      });
    };
    const auto next = std::find_if(left.begin(), left.end(), free);
    if (next == left.end()) {
      placement.exchanged = {left[0].result, left[1].result};
      ordered.insert(ordered.end(), left.begin(), left.end());
      break;
    }
    ordered.push_back(*next);
    left.erase(next);
  }
  placement.copied = std::move(ordered);
}

} // namespace

std::vector<Lifetime> livesOf(const Flow &flow, const Placement &placement) {
  std::vector<Lifetime> lives(flow.values.size());
  const auto rootOf = [&](std::uint32_t value) -> std::optional<std::uint32_t> {
    const Home &home = placement.homes[value];
    return home.kind == Home::Kind::Arena ? std::optional(home.root) : std::nullopt;
  };
  for (std::int64_t step = 0; step < std::int64_t(flow.steps.size()); ++step) {
    for (std::uint32_t value : flow.steps[std::size_t(step)].outputs)
      if (const auto root = rootOf(value)) {
        if (*root == value) lives[value] = {flow.values[value].bytes, step, step};
        lives[*root].last = step;
      }
    for (std::uint32_t value : flow.steps[std::size_t(step)].inputs)
      if (const auto root = rootOf(value)) lives[*root].last = step;
  }
  for (const CopiedResult &copy : placement.copied)
    if (const auto root = rootOf(flow.returned[copy.result]))
      lives[*root].last = std::int64_t(flow.steps.size());
  return lives;
}

std::vector<std::int64_t> aliveBytes(const Flow &flow, const Placement &placement) {
  std::vector<std::int64_t> alive(flow.steps.size() + 2);
  for (const Lifetime &life : livesOf(flow, placement)) {
    const std::int64_t bytes =
        (life.sizeBytes + slotAlignmentBytes - 1) / slotAlignmentBytes * slotAlignmentBytes;
    if (bytes == 0) continue;
    alive[std::size_t(life.first)] += bytes;
    alive[std::size_t(life.last) + 1] -= bytes;
  }
  alive.pop_back();
  std::partial_sum(alive.begin(), alive.end(), alive.begin());
  return alive;
}

Placement placeWithoutOffsets(const Flow &flow) { return Placer(flow).run(); }

Placement placeValues(const Flow &flow) {
  Placement placement = Placer(flow).run();
  const std::vector<Lifetime> all = livesOf(flow, placement);
  std::vector<Lifetime> lives;
  std::vector<std::size_t> slots(flow.values.size());
  for (std::size_t value = 0; value < all.size(); ++value) {
    const Home &home = placement.homes[value];
    if (home.kind != Home::Kind::Arena || home.root != value) continue;
    slots[value] = lives.size();
    lives.push_back(all[value]);
  }
  const Layout layout = assignOffsets(lives);
  for (Home &home : placement.homes)
    if (home.kind == Home::Kind::Arena) home.offsetBytes = layout.offsetsBytes[slots[home.root]];
  placement.arenaBytes = layout.totalBytes;
  return placement;
}

} // namespace tgc::schedule
