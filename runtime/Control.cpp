// Branches and loops. What goes round has two places and changes between them, unless the body writes it in
// place; the last step writes into the result, so that nothing is copied when the number of steps is known.
#include "runtime/Control.h"
#include "runtime/Steps.h"
#include <algorithm>
#include <cstring>

namespace tgc {
namespace {

constexpr std::int64_t saturated = std::int64_t(1) << 62;

/// How many steps go back with `slots` places when none is taken more than `times` times forward: (slots +
/// times) choose `slots`; from the number for one time less.
std::int64_t reachNext(std::int64_t before, std::int64_t slots, std::int64_t times) {
  if (before > saturated / (slots + times)) return saturated;
  return before * (slots + times) / times;
}

std::int64_t sum(std::span<const std::int64_t> bytes) {
  std::int64_t total = 0;
  for (const std::int64_t one : bytes)
    total += lined(one);
  return total;
}

/// A body under way: its table of base pointers.
struct Frame {
  const Body &body;
  std::byte **arguments, **results;

  Frame(const Program &program, std::byte **nested, std::uint32_t index)
      : body(program.bodies()[index]), arguments(nested + program.bodyTable(index)),
        results(arguments + body.argumentBytes.size()) {}
  void setArena(std::byte *arena) {
    results[body.resultBytes.size()] = arena;
    results[body.resultBytes.size() + 1] = nullptr;
  }
};

/// The pointers of one control step, by what they are.
class Round {
public:
  Round(const Call &call, std::size_t index, std::byte **at)
      : call(call), control(call.program.controls()[index]), parts(call.program.controlScratch(index)),
        first(call.program, call.nested, control.first), second(call.program, call.nested, control.second),
        head(at), carried(head + (control.hasHead() ? 1 : 0)), sliced(carried + control.carried),
        shared(sliced + control.sliced), adjoints(shared + control.shared),
        streamed(adjoints + control.adjoints), results(streamed + control.streamed) {
    const std::size_t outputs = control.kind == Control::Kind::Branch ? first.body.resultBytes.size()
                                                                      : control.loops() + control.stacked;
    scratch = results[outputs];
    first.setArena(scratch + parts.arena);
    second.setArena(scratch + parts.arena);
  }

  Result<void> branch();
  Result<void> whileLoop();
  Result<void> scan();
  Result<void> unwind();

private:
  Result<void> run(const Frame &frame) const { return runSteps(call, frame.body.steps, frame.arguments); }
  std::int64_t *counter() const { return reinterpret_cast<std::int64_t *>(scratch + parts.counter); }
  void share(Frame &frame, std::size_t at) {
    std::copy(shared, shared + control.shared, frame.arguments + at);
  }
  void slice(Frame &frame, std::size_t at, std::byte **tensors, std::size_t count, std::int64_t step);
  void stack(Frame &frame, std::size_t at, std::int64_t step);
  void begin(Frame &frame, std::size_t at, std::byte **initial);
  void aim(Frame &frame, std::size_t at, bool last);
  void settle(Frame &frame, std::size_t at);
  void turn(Frame &frame, std::size_t at) {
    std::copy(frame.results, frame.results + control.loops(), frame.arguments + at);
  }

  std::int64_t number(std::int64_t done) const { return control.reversed ? count - 1 - done : done; }
  void restore(std::int64_t slot);
  Result<void> advance(std::int64_t from, std::int64_t to, std::int64_t slot);
  Result<void> goBack(std::int64_t done);
  std::byte *keptPlace(std::int64_t slot) const {
    const std::span bytes(first.body.resultBytes.data(), control.carried);
    return scratch + parts.kept + slot * sum(bytes);
  }

  const Call &call;
  const Control &control;
  const ControlScratch &parts;
  Frame first, second;
  std::byte **head, **carried, **sliced, **shared, **adjoints, **streamed, **results;
  std::byte *scratch = nullptr;
  std::int64_t count = control.length; ///< of steps
};

void Round::slice(Frame &frame, std::size_t at, std::byte **tensors, std::size_t count, std::int64_t step) {
  for (std::size_t k = 0; k < count; ++k)
    frame.arguments[at + k] = tensors[k] + step * frame.body.argumentBytes[at + k];
}

void Round::stack(Frame &frame, std::size_t at, std::int64_t step) {
  for (std::size_t k = 0; k < control.stacked; ++k)
    frame.results[at + k] = results[at + k] + step * frame.body.resultBytes[at + k];
}

/// Where the first step finds what goes round: at the caller's place, or in the result where it is written in
/// place.
void Round::begin(Frame &frame, std::size_t at, std::byte **initial) {
  for (std::size_t k = 0; k < control.loops(); ++k) {
    std::byte *start = initial[k];
    if (frame.body.inPlace[k]) {
      if (start != results[k] && frame.body.resultBytes[k])
        std::memcpy(results[k], start, std::size_t(frame.body.resultBytes[k]));
      start = results[k];
    }
    frame.arguments[at + k] = start;
  }
}

/// Where the next step writes: the result if that is the last place (`last`: the number of steps after this
/// one is even), else the second place.
void Round::aim(Frame &frame, std::size_t at, bool last) {
  std::byte *other = scratch + parts.others;
  for (std::size_t k = 0; k < control.loops(); ++k) {
    const bool inPlace = frame.body.inPlace[k];
    frame.results[k] = inPlace ? frame.arguments[at + k] : last ? results[k] : other;
    if (!inPlace) other += lined(frame.body.resultBytes[k]);
  }
}

/// What went round ends in the result.
void Round::settle(Frame &frame, std::size_t at) {
  for (std::size_t k = 0; k < control.loops(); ++k)
    if (frame.arguments[at + k] != results[k] && frame.body.resultBytes[k])
      std::memcpy(results[k], frame.arguments[at + k], std::size_t(frame.body.resultBytes[k]));
}

Result<void> Round::branch() {
  Frame &taken = *reinterpret_cast<const bool *>(head[0]) ? first : second;
  share(taken, 0);
  std::copy(results, results + taken.body.resultBytes.size(), taken.results);
  return run(taken);
}

Result<void> Round::whileLoop() {
  share(first, control.carried);
  share(second, control.carried);
  auto *flag = scratch + parts.flag;
  first.results[0] = flag;
  begin(second, 0, carried);
  for (bool last = false;; last = !last) {
    std::copy(second.arguments, second.arguments + control.carried, first.arguments);
    if (auto done = run(first); !done) return done;
    if (*flag == std::byte(0)) break;
    aim(second, 0, last);
    if (auto done = run(second); !done) return done;
    turn(second, 0);
  }
  settle(second, 0);
  return {};
}

Result<void> Round::scan() {
  share(first, 1 + control.carried + control.sliced);
  first.arguments[0] = reinterpret_cast<std::byte *>(counter());
  begin(first, 1, carried);
  for (std::int64_t done = 0; done < count; ++done) {
    const std::int64_t step = *counter() = number(done);
    slice(first, 1 + control.carried, sliced, control.sliced, step);
    aim(first, 1, (count - 1 - done) % 2 == 0);
    stack(first, control.carried, step);
    if (auto ran = run(first); !ran) return ran;
    turn(first, 1);
  }
  settle(first, 1);
  return {};
}

/// The carried values as they were at a slot's step; -1 stands for the initial ones.
void Round::restore(std::int64_t slot) {
  std::byte *place = slot < 0 ? nullptr : keptPlace(slot);
  for (std::size_t k = 0; k < control.carried; ++k) {
    first.arguments[1 + k] = slot < 0 ? carried[k] : place;
    place += slot < 0 ? 0 : lined(first.body.resultBytes[k]);
  }
}

/// Steps [from, to) of the loop forward; the last one writes into the slot, if there is one.
Result<void> Round::advance(std::int64_t from, std::int64_t to, std::int64_t slot) {
  const std::int64_t walk = sum({first.body.resultBytes.data(), control.carried});
  for (std::int64_t done = from; done < to; ++done) {
    const std::int64_t step = *counter() = number(done);
    slice(first, 1 + control.carried, sliced, control.sliced, step);
    const bool keep = slot >= 0 && done + 1 == to;
    std::byte *place = keep ? keptPlace(slot) : scratch + parts.walks + (done % 2) * walk;
    for (std::size_t k = 0; k < control.carried; ++k) {
      first.results[k] = place;
      place += lined(first.body.resultBytes[k]);
    }
    if (auto ran = run(first); !ran) return ran;
    std::copy(first.results, first.results + control.carried, first.arguments + 1);
  }
  return {};
}

Result<void> Round::goBack(std::int64_t done) {
  const std::size_t at = 1 + control.carried + control.sliced + control.shared;
  const std::int64_t step = *counter() = number(done);
  std::copy(first.arguments + 1, first.arguments + 1 + control.carried, second.arguments + 1);
  slice(second, 1 + control.carried, sliced, control.sliced, step);
  slice(second, at + control.adjoints, streamed, control.streamed, step);
  aim(second, at, done % 2 == 0);
  stack(second, control.adjoints, step);
  if (auto ran = run(second); !ran) return ran;
  turn(second, at);
  return {};
}

Result<void> Round::unwind() {
  const std::size_t at = 1 + control.carried + control.sliced + control.shared;
  share(first, 1 + control.carried + control.sliced);
  share(second, 1 + control.carried + control.sliced);
  first.arguments[0] = second.arguments[0] = reinterpret_cast<std::byte *>(counter());
  begin(second, at, adjoints);
  std::memcpy(&count, head[0], sizeof count);
  auto *marks = reinterpret_cast<std::int64_t *>(scratch + parts.marks);
  std::int64_t used = 0;
  for (std::int64_t done = count - 1; done >= 0; --done) {
    while (used > 0 && marks[used - 1] > done)
      --used;
    std::int64_t begin = used > 0 ? marks[used - 1] : 0;
    restore(used - 1);
    while (begin < done) {
      const std::int64_t left = control.slots - used;
      const std::int64_t next = left > 0 ? begin + checkpointDistance(done - begin + 1, left) : done;
      if (auto ran = advance(begin, next, left > 0 ? used : -1); !ran) return ran;
      if (left > 0) marks[used++] = next;
      begin = next;
    }
    if (auto ran = goBack(done); !ran) return ran;
  }
  settle(second, at);
  return {};
}

} // namespace

std::int64_t checkpointDistance(std::int64_t steps, std::int64_t free) {
  const std::int64_t slots = free + 1; // the one the steps begin at is kept, too
  std::int64_t times = 0, reach = 1, before = 0, beforeThat = 0;
  while (reach < steps) {
    beforeThat = before;
    before = reach;
    reach = reachNext(reach, slots, ++times);
  }
  // Behind the new slot there is one place less; so many steps that still go `times` times.
  const std::int64_t behind = reach >= saturated ? steps - 1
                                                 : reach / (slots + times) * slots +
                                                       reach % (slots + times) * slots / (slots + times);
  return std::clamp<std::int64_t>(std::max(steps - behind, beforeThat), 1,
                                  std::max<std::int64_t>(steps - 1, 1));
}

ControlScratch scratchOf(const Control &control, std::span<const Body> bodies) {
  const Body &first = bodies[control.first], &second = bodies[control.second];
  const Body &round = control.kind == Control::Kind::Scan ? first : second;
  const bool unwinds = control.kind == Control::Kind::Unwind;
  ControlScratch parts;
  const auto take = [&](std::int64_t &part, std::int64_t bytes) {
    part = parts.total;
    parts.total += lined(bytes);
  };
  if (control.kind != Control::Kind::Branch) {
    take(parts.counter, sizeof(std::int64_t));
    take(parts.flag, 1);
    std::int64_t others = 0;
    for (std::uint32_t k = 0; k < control.loops(); ++k)
      others += round.inPlace[k] ? 0 : lined(round.resultBytes[k]);
    take(parts.others, others);
  }
  if (unwinds) {
    const std::int64_t carried = sum({first.resultBytes.data(), control.carried});
    take(parts.walks, 2 * carried);
    take(parts.kept, control.slots * carried);
    take(parts.marks, control.slots * std::int64_t(sizeof(std::int64_t)));
  }
  take(parts.arena, std::max(first.arenaBytes, second.arenaBytes));
  return parts;
}

Result<void> runControl(const Call &call, const Step &step, std::byte **bases) {
  const Program::Slot *slots = call.program.slots().data();
  const auto index = std::size_t(step.control);
  std::byte **at = call.nested + call.program.controlTable(index);
  for (std::uint32_t i = step.firstBuffer; i < step.lastBuffer; ++i)
    at[i - step.firstBuffer] = reinterpret_cast<std::byte *>(
        reinterpret_cast<std::uintptr_t>(bases[slots[i].base]) + slots[i].offsetBytes);
  Round round(call, index, at);
  switch (call.program.controls()[index].kind) {
  case Control::Kind::Branch:
    return round.branch();
  case Control::Kind::While:
    return round.whileLoop();
  case Control::Kind::Scan:
    return round.scan();
  case Control::Kind::Unwind:
    return round.unwind();
  }
  return {};
}

} // namespace tgc
