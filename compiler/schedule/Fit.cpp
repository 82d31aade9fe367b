#include "compiler/schedule/Fit.h"
#include "compiler/schedule/Reorder.h"
#include <algorithm>
#include <map>
#include <queue>

namespace tgc::schedule {
namespace {

constexpr std::size_t fewSteps = 512;     ///< flows up to it climb value by value
constexpr std::int64_t rungShare = 20;    ///< above, a rung frees this part of the peak
constexpr std::size_t mostTogether = 16;  ///< steps that run again for one value
constexpr std::size_t mostTries = 32;     ///< choices tried for a rung
constexpr std::int64_t mostTimesOver = 8; ///< a program grows to so many times its steps

/// How much is alive, step by step.
struct Profile {
  explicit Profile(const Flow &flow) : bytes(aliveBytes(flow, placeWithoutOffsets(flow))) {
    peak = *std::max_element(bytes.begin(), bytes.end());
    first = std::uint32_t(std::find(bytes.begin(), bytes.end(), peak) - bytes.begin());
    places = std::count(bytes.begin(), bytes.end(), peak);
  }
  bool below(const Profile &other) const {
    return peak != other.peak ? peak < other.peak : places < other.places;
  }
  std::vector<std::int64_t> bytes;
  std::int64_t peak = 0, places = 0; ///< the most, and at how many steps
  std::uint32_t first = 0;           ///< the first of those
};

/// Steps that run again before `before`, so that values need not live through a peak.
struct Choice {
  std::vector<std::uint32_t> steps; ///< in order; the last made the values
  std::vector<std::uint32_t> values;
  std::uint32_t before = 0;
  std::int64_t freed = 0, nanoseconds = 0;

  /// More bytes for the time first; a step costs something even where it is free.
  double worth() const { return double(freed) / double(nanoseconds + 100); }
  bool operator<(const Choice &other) const {
    return worth() != other.worth() ? worth() < other.worth() : steps.back() > other.steps.back();
  }
};

/// What is alive at one step, and what would free it.
class Around {
public:
  Around(const Flow &flow, std::uint32_t peak)
      : flow(flow), peak(peak), made(flow.values.size(), -1), before(flow.values.size(), -1),
        after(flow.values.size(), -1), kept(flow.values.size()) {
    const Placement placement = placeWithoutOffsets(flow);
    for (std::uint32_t value = 0; value < flow.values.size(); ++value)
      kept[value] = placement.homes[value].kind != Home::Kind::Arena;
    for (std::int64_t step = 0; step < std::int64_t(flow.steps.size()); ++step) {
      for (std::uint32_t value : flow.steps[std::size_t(step)].outputs)
        made[value] = step;
      for (std::uint32_t value : flow.steps[std::size_t(step)].inputs)
        if (step <= peak)
          before[value] = step;
        else if (after[value] < 0)
          after[value] = step;
    }
    for (std::uint32_t value : flow.returned)
      if (!kept[value]) pinned.push_back(value);
  }

  std::priority_queue<Choice> choices() const {
    std::priority_queue<Choice> all;
    for (std::uint32_t step = 0; step < std::min<std::size_t>(peak, flow.steps.size()); ++step)
      if (auto choice = choiceOf(step)) all.push(std::move(*choice));
    return all;
  }

  /// Freeing what `step` made; nothing where that frees nothing.
  std::optional<Choice> choiceOf(std::uint32_t step) const {
    Choice choice;
    std::int64_t use = -1;
    for (std::uint32_t value : flow.steps[step].outputs)
      if (crosses(value) && before[value] != peak) {
        choice.values.push_back(value);
        choice.freed += flow.values[value].bytes;
        use = use < 0 ? after[value] : std::min(use, after[value]);
      }
    if (choice.freed == 0 || flow.steps[step].once || !close(choice, step)) return std::nullopt;
    choice.before = std::uint32_t(use);
    return choice;
  }

private:
  /// Whether a value lies in the arena before and after the peak.
  bool crosses(std::uint32_t value) const {
    return !kept[value] && made[value] >= 0 && made[value] < peak && after[value] >= 0 &&
           std::find(pinned.begin(), pinned.end(), value) == pinned.end();
  }
  /// Whether a step that runs again after the peak may read it without adding to the peak.
  bool there(std::uint32_t value) const {
    return kept[value] ||
           (made[value] >= 0 && made[value] <= peak && (after[value] >= 0 || before[value] == peak));
  }

  /// Adds the steps that make what is gone by then.
  bool close(Choice &choice, std::uint32_t last) const {
    std::vector<std::uint32_t> work{last};
    choice.steps = {last};
    while (!work.empty()) {
      const std::uint32_t step = work.back();
      work.pop_back();
      choice.nanoseconds += flow.steps[step].nanoseconds;
      for (std::uint32_t value : flow.steps[step].inputs) {
        if (there(value)) continue;
        const auto maker = std::uint32_t(made[value]);
        if (std::find(choice.steps.begin(), choice.steps.end(), maker) != choice.steps.end()) continue;
        if (choice.steps.size() == mostTogether || flow.steps[maker].once) return false;
        choice.steps.push_back(maker);
        work.push_back(maker);
      }
    }
    std::sort(choice.steps.begin(), choice.steps.end());
    return true;
  }

  const Flow &flow;
  const std::int64_t peak;
  std::vector<std::int64_t> made, before,
      after;                         ///< steps: where made, last read up to the peak, first read after
  std::vector<bool> kept;            ///< not in the arena
  std::vector<std::uint32_t> pinned; ///< copied into a result at the end
};

void apply(Flow &flow, const Choice &choice) {
  std::map<std::uint32_t, std::uint32_t> renamed;
  std::vector<FlowStep> again;
  for (std::uint32_t at : choice.steps) {
    FlowStep step = flow.steps[at];
    for (std::uint32_t &value : step.inputs)
      if (const auto found = renamed.find(value); found != renamed.end()) value = found->second;
    for (std::uint32_t &value : step.outputs) {
      const auto fresh = std::uint32_t(flow.values.size());
      flow.values.push_back(flow.values[value]);
      renamed[value] = fresh;
      value = fresh;
    }
    again.push_back(std::move(step));
  }
  for (std::size_t at = choice.before; at < flow.steps.size(); ++at)
    for (std::uint32_t &value : flow.steps[at].inputs)
      if (std::find(choice.values.begin(), choice.values.end(), value) != choice.values.end())
        value = renamed.at(value);
  flow.steps.insert(flow.steps.begin() + choice.before, again.begin(), again.end());
}

/// Climbs from one flow to the next; each rung has a lower profile.
class Ladder {
public:
  explicit Ladder(const Flow &flow)
      : flow(flow), profile(flow), mostSteps(flow.steps.size() * mostTimesOver) {}

  bool next() {
    if (flow.steps.size() > mostSteps) return false;
    std::priority_queue<Choice> choices = Around(flow, profile.first).choices();
    if (flow.steps.size() > fewSteps && tryMany(choices)) return true;
    for (std::size_t tries = 0; tries < mostTries && !choices.empty(); ++tries, choices.pop()) {
      Flow candidate = flow;
      apply(candidate, choices.top());
      if (accept(std::move(candidate), choices.top().nanoseconds, choices.top().steps.size())) return true;
    }
    return accept(reordered(flow), 0, 0);
  }

  Flow flow;
  Profile profile;
  std::int64_t nanoseconds = 0, again = 0;

private:
  bool accept(Flow candidate, std::int64_t added, std::size_t steps) {
    Profile lower(candidate);
    if (!lower.below(profile)) return false;
    flow = std::move(candidate);
    profile = std::move(lower);
    nanoseconds += added;
    again += std::int64_t(steps);
    return true;
  }

  /// Lazy greedy: a choice that became dearer by the ones before it waits for its turn.
  bool tryMany(std::priority_queue<Choice> choices) {
    Flow candidate = flow;
    std::int64_t freed = 0, added = 0;
    std::size_t steps = 0;
    while (!choices.empty() && freed * rungShare < profile.peak) {
      auto choice = Around(candidate, profile.first).choiceOf(choices.top().steps.back());
      choices.pop();
      if (!choice) continue;
      if (!choices.empty() && *choice < choices.top()) {
        choices.push(std::move(*choice));
        continue;
      }
      freed += choice->freed;
      added += choice->nanoseconds;
      steps += choice->steps.size();
      apply(candidate, *choice);
    }
    return steps > 0 && accept(std::move(candidate), added, steps);
  }

  const std::size_t mostSteps;
};

} // namespace

Fitted fitInto(const Flow &flow, std::int64_t budgetBytes) {
  Fitted fitted{flow, placeValues(flow).arenaBytes, 0, 0, false};
  if (fitted.arenaBytes > budgetBytes) {
    fitted.flow = reordered(flow);
    fitted.arenaBytes = placeValues(fitted.flow).arenaBytes;
  }
  if (fitted.arenaBytes <= budgetBytes) {
    fitted.fits = true;
    return fitted;
  }
  Ladder ladder(fitted.flow);
  while (ladder.next()) {
    if (ladder.profile.peak > budgetBytes) continue;
    const std::int64_t bytes = placeValues(ladder.flow).arenaBytes;
    if (bytes > budgetBytes) continue;
    return {std::move(ladder.flow), bytes, ladder.nanoseconds, ladder.again, true};
  }
  const std::int64_t bytes = placeValues(ladder.flow).arenaBytes;
  return {std::move(ladder.flow), bytes, ladder.nanoseconds, ladder.again, false};
}

Bottleneck bottleneckOf(const Flow &flow) {
  const Placement placement = placeWithoutOffsets(flow);
  Bottleneck most;
  const auto bytesOf = [&](std::vector<std::uint32_t> values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    std::int64_t bytes = 0;
    for (std::uint32_t value : values)
      if (placement.homes[value].kind == Home::Kind::Arena) bytes += flow.values[value].bytes;
    return bytes;
  };
  for (std::uint32_t step = 0; step < flow.steps.size(); ++step) {
    const Bottleneck here{step, bytesOf(flow.steps[step].inputs), bytesOf(flow.steps[step].outputs)};
    if (here.readBytes + here.madeBytes > most.readBytes + most.madeBytes || step == 0) most = here;
  }
  return most;
}

} // namespace tgc::schedule
