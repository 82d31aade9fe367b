// Greedy list scheduling, after "Reducing peak memory of neural network inference" style schedulers: of the
// steps that can run next, the one that leaves least alive. From the back the same with reads and writes
// exchanged, which is what delays large values until they are read.
#include "compiler/schedule/Reorder.h"
#include <algorithm>

namespace tgc::schedule {
namespace {

/// Comparisons of steps; beyond it the order stays as it is.
constexpr std::int64_t mostWork = 1 << 26;

struct Readers {
  explicit Readers(const Flow &flow) : maker(flow.values.size(), -1), readers(flow.values.size()) {
    for (std::uint32_t step = 0; step < flow.steps.size(); ++step) {
      for (std::uint32_t value : flow.steps[step].outputs)
        maker[value] = step;
      for (std::uint32_t value : distinct(flow.steps[step].inputs))
        readers[value].push_back(step);
    }
  }
  static std::vector<std::uint32_t> distinct(std::vector<std::uint32_t> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  }
  std::vector<std::int64_t> maker; ///< a step, or -1
  std::vector<std::vector<std::uint32_t>> readers;
};

/// One greedy order; `backward` chooses from the last step to the first.
class Lister {
public:
  Lister(const Flow &flow, bool backward)
      : flow(flow), backward(backward), graph(flow), waits(flow.steps.size()), open(flow.values.size()) {
    const Placement placement = placeWithoutOffsets(flow);
    counts.resize(flow.values.size());
    for (std::uint32_t value = 0; value < flow.values.size(); ++value) {
      open[value] = std::uint32_t(graph.readers[value].size());
      if (placement.homes[value].kind == Home::Kind::Arena) counts[value] = flow.values[value].bytes;
    }
    for (std::uint32_t step = 0; step < flow.steps.size(); ++step) {
      inputs.push_back(Readers::distinct(flow.steps[step].inputs));
      if (backward)
        for (std::uint32_t value : flow.steps[step].outputs)
          waits[step] += std::uint32_t(graph.readers[value].size());
      else
        for (std::uint32_t value : inputs[step])
          waits[step] += graph.maker[value] >= 0;
    }
  }

  /// Empty where it would take too long.
  std::vector<std::uint32_t> run() {
    std::vector<std::uint32_t> order, ready;
    for (std::uint32_t step = 0; step < flow.steps.size(); ++step)
      if (waits[step] == 0) ready.push_back(step);
    std::int64_t work = 0;
    while (!ready.empty()) {
      work += std::int64_t(ready.size());
      if (work > mostWork) return {};
      const auto best = std::min_element(ready.begin(), ready.end(), [&](std::uint32_t a, std::uint32_t b) {
        const std::int64_t left = growth(a), right = growth(b);
        return left != right ? left < right : backward ? a > b : a < b;
      });
      const std::uint32_t step = *best;
      ready.erase(best);
      order.push_back(step);
      take(step, ready);
    }
    if (backward) std::reverse(order.begin(), order.end());
    return order;
  }

private:
  /// Bytes more alive once `step` has run, from this side.
  std::int64_t growth(std::uint32_t step) const {
    std::int64_t bytes = 0;
    for (std::uint32_t value : flow.steps[step].outputs)
      bytes += graph.readers[value].empty() ? 0 : backward ? -counts[value] : counts[value];
    for (std::uint32_t value : inputs[step])
      if (backward)
        bytes += open[value] == graph.readers[value].size() ? counts[value] : 0;
      else
        bytes -= open[value] == 1 ? counts[value] : 0;
    return bytes;
  }

  void take(std::uint32_t step, std::vector<std::uint32_t> &ready) {
    for (std::uint32_t value : inputs[step])
      --open[value];
    const auto release = [&](std::uint32_t next) {
      if (--waits[next] == 0) ready.push_back(next);
    };
    if (backward) {
      for (std::uint32_t value : inputs[step])
        if (graph.maker[value] >= 0) release(std::uint32_t(graph.maker[value]));
    } else {
      for (std::uint32_t value : flow.steps[step].outputs)
        for (std::uint32_t next : graph.readers[value])
          release(next);
    }
  }

  const Flow &flow;
  const bool backward;
  Readers graph;
  std::vector<std::vector<std::uint32_t>> inputs; ///< of steps, each once
  std::vector<std::uint32_t> waits;               ///< of steps: edges not yet satisfied
  std::vector<std::uint32_t> open;                ///< of values: readers not yet taken
  std::vector<std::int64_t> counts;               ///< of values: bytes in the arena
};

Flow inOrder(const Flow &flow, const std::vector<std::uint32_t> &order) {
  Flow made = flow;
  for (std::size_t at = 0; at < order.size(); ++at)
    made.steps[at] = flow.steps[order[at]];
  return made;
}

} // namespace

Flow reordered(const Flow &flow) {
  Flow best = flow;
  std::int64_t least = placeValues(flow).arenaBytes;
  for (bool backward : {false, true}) {
    const std::vector<std::uint32_t> order = Lister(flow, backward).run();
    if (order.size() != flow.steps.size()) continue;
    Flow next = inOrder(flow, order);
    if (const std::int64_t bytes = placeValues(next).arenaBytes; bytes < least) {
      least = bytes;
      best = std::move(next);
    }
  }
  return best;
}

Flow withDonationsLast(const Flow &flow) {
  Flow made = flow;
  for (const FlowDonation &donation : flow.donated) {
    const std::uint32_t value = flow.returned[donation.result];
    std::int64_t writer = -1, reader = -1, user = std::int64_t(made.steps.size());
    for (std::int64_t at = 0; at < std::int64_t(made.steps.size()); ++at) {
      const FlowStep &step = made.steps[std::size_t(at)];
      if (std::count(step.outputs.begin(), step.outputs.end(), value)) writer = at;
      if (std::count(step.inputs.begin(), step.inputs.end(), donation.argument)) reader = at;
    }
    if (writer < 0 || reader <= writer) continue;
    for (std::int64_t at = user - 1; at > writer; --at)
      for (std::uint32_t output : made.steps[std::size_t(writer)].outputs)
        if (std::count(made.steps[std::size_t(at)].inputs.begin(), made.steps[std::size_t(at)].inputs.end(),
                       output))
          user = at;
    if (user <= reader) continue; // somebody needs it before the argument is free
    const auto first = made.steps.begin() + writer;
    std::rotate(first, first + 1, made.steps.begin() + reader + 1);
  }
  return made;
}

} // namespace tgc::schedule
