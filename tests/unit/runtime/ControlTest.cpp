// Branches and loops of programs made by hand; every number is a whole one, so results are compared exactly.
#include "runtime/Control.h"
#include "runtime/Run.h"
#include <doctest/doctest.h>
#include <map>
#include <numeric>

using namespace tgc;

namespace {

using Kind = BufferRef::Kind;
using Number = std::int64_t;

Number forwardSteps = 0; // state: counted by the test's own kernel, on one thread

Number &at(void **buffers, int k) { return *static_cast<Number *>(buffers[k]); }

/// Small enough to go on with.
constexpr Number bounded(Number value) { return value % 1000003; }

/// next = 3 carry + 2 x + step
void stepKernel(std::int64_t, std::int64_t, void **b) {
  ++forwardSteps;
  at(b, 3) = bounded(3 * at(b, 1) + 2 * at(b, 2) + at(b, 0));
}
/// (step, carry, x) -> (next, y): y = carry - x
void scanKernel(std::int64_t, std::int64_t, void **b) {
  const Number carry = at(b, 1), x = at(b, 2); // the next carry may lie where the carry does
  at(b, 3) = 3 * carry + 2 * x + at(b, 0);
  at(b, 4) = carry - x;
}
/// (step, carry, x, adjoint, z) -> (adjoint, u): an order of terms that shows every operand and the step's
/// number
void backKernel(std::int64_t, std::int64_t, void **b) {
  const Number step = at(b, 0), carry = at(b, 1), x = at(b, 2), adjoint = at(b, 3), z = at(b, 4);
  at(b, 5) = bounded(5 * adjoint + 7 * carry + 11 * x + z + step);
  at(b, 6) = adjoint - carry;
}
/// flag = carry < limit
void lessKernel(std::int64_t, std::int64_t, void **b) { *static_cast<bool *>(b[2]) = at(b, 0) < at(b, 1); }
void doubleKernel(std::int64_t, std::int64_t, void **b) { at(b, 1) = 2 * at(b, 0); }
void negateKernel(std::int64_t, std::int64_t, void **b) { at(b, 1) = -at(b, 0); }

/// A body of one kernel on all its arguments, then its results.
struct BodyMaker {
  ProgramParts &parts;

  std::uint32_t add(Kernel kernel, std::vector<std::int64_t> arguments, std::vector<std::int64_t> results,
                    bool inPlace, std::vector<int> reads) {
    Body body;
    body.name = "body";
    body.argumentBytes = std::move(arguments);
    body.resultBytes = std::move(results);
    body.inPlace.assign(body.resultBytes.size(), inPlace);
    const auto first = std::uint32_t(parts.buffers.size());
    for (int read : reads)
      parts.buffers.push_back({Kind::Argument, std::uint32_t(read), 0});
    for (std::size_t k = 0; k < body.resultBytes.size(); ++k)
      parts.buffers.push_back({Kind::Result, std::uint32_t(k), 0});
    body.steps = {{kernel, first, std::uint32_t(parts.buffers.size()), 1, 0, "kernel"}};
    parts.bodies.push_back(std::move(body));
    return std::uint32_t(parts.bodies.size()) - 1;
  }
};

/// The program of one control step on the program's arguments and results.
Program whole(ProgramParts parts, Control control) {
  const auto first = std::uint32_t(parts.buffers.size());
  for (std::size_t k = 0; k < parts.arguments.size(); ++k)
    parts.buffers.push_back({Kind::Argument, std::uint32_t(k), 0});
  for (std::size_t k = 0; k < parts.results.size(); ++k)
    parts.buffers.push_back({Kind::Result, std::uint32_t(k), 0});
  parts.buffers.push_back({Kind::Arena, 0, 0});
  parts.arenaBytes = scratchOf(control, parts.bodies).total;
  Step step{nullptr, first, std::uint32_t(parts.buffers.size()), 0, 0, "control"};
  step.control = 0;
  parts.steps = {step};
  parts.controls = {control};
  return Program::make(std::move(parts)).value();
}

std::vector<Number> numbers(std::int64_t count, Number first) {
  std::vector<Number> out(static_cast<std::size_t>(count));
  for (auto &one : out)
    one = first, first = first * 7 % 23 - 9;
  return out;
}

View view(const std::vector<Number> &values) { return View(values.data(), {std::int64_t(values.size())}); }
View scalar(const Number &value) { return View(&value, Shape{}); }

void call(const Program &program, std::vector<View> arguments, std::vector<MutableView> results) {
  Workspace space(program);
  const auto done = run(program, arguments, results, space, {.threads = 1});
  REQUIRE_MESSAGE(bool(done), (done ? "" : done.error().message));
}

Program scanProgram(std::int64_t length, bool reversed, bool inPlace) {
  ProgramParts parts;
  parts.arguments = {{"init", i64, {}}, {"x", i64, {length}}};
  parts.results = {{"last", i64, {}}, {"y", i64, {length}}};
  Control control;
  control.kind = Control::Kind::Scan;
  control.carried = control.sliced = control.stacked = 1;
  control.length = length;
  control.reversed = reversed;
  control.first = control.second = BodyMaker{parts}.add(scanKernel, {8, 8, 8}, {8, 8}, inPlace, {0, 1, 2});
  return whole(std::move(parts), control);
}

Program unwindProgram(std::int64_t length, std::int64_t slots, bool reversed, bool inPlace) {
  ProgramParts parts;
  parts.arguments = {{"count", i64, {}},
                     {"init", i64, {}},
                     {"x", i64, {length}},
                     {"adjoint", i64, {}},
                     {"z", i64, {length}}};
  parts.results = {{"adjoint0", i64, {}}, {"u", i64, {length}}};
  Control control;
  control.kind = Control::Kind::Unwind;
  control.carried = control.sliced = control.adjoints = control.streamed = control.stacked = 1;
  control.length = length;
  control.slots = slots;
  control.reversed = reversed;
  BodyMaker make{parts};
  control.first = make.add(stepKernel, {8, 8, 8}, {8}, false, {0, 1, 2});
  control.second = make.add(backKernel, {8, 8, 8, 8, 8}, {8, 8}, inPlace, {0, 1, 2, 3, 4});
  return whole(std::move(parts), control);
}

/// The least forward steps to go back `steps` with so many places, the first taken by the start (dynamic
/// programming over the place of the next one).
Number leastSteps(Number steps, Number places, std::map<std::pair<Number, Number>, Number> &known) {
  if (steps <= 1) return 0;
  if (places == 1) return steps * (steps - 1) / 2;
  const auto key = std::pair(steps, places);
  if (auto found = known.find(key); found != known.end()) return found->second;
  Number least = steps * steps;
  for (Number d = 1; d < steps; ++d)
    least = std::min(least, d + leastSteps(steps - d, places - 1, known) + leastSteps(d, places, known));
  return known[key] = least;
}

} // namespace

TEST_CASE("control: a scan carries on, reads and writes its parts where they lie, both ways round") {
  for (const bool inPlace : {false, true})
    for (const bool reversed : {false, true})
      for (const std::int64_t length : {0, 1, 2, 3, 8}) {
        const auto x = numbers(length, 4);
        std::vector<Number> y(x.size(), -1), expected(x.size());
        const Number init = 5;
        Number last = -1, carry = init;
        for (std::int64_t done = 0; done < length; ++done) {
          const std::int64_t step = reversed ? length - 1 - done : done;
          expected[std::size_t(step)] = carry - x[std::size_t(step)];
          carry = 3 * carry + 2 * x[std::size_t(step)] + step;
        }
        call(scanProgram(length, reversed, inPlace), {scalar(init), view(x)},
             {MutableView(&last, Shape{}), MutableView(y.data(), {length})});
        CHECK(last == carry);
        CHECK(y == expected);
        CHECK(init == 5);
      }
}

TEST_CASE("control: a while loop goes on as long as its condition holds, and may not begin") {
  for (const bool inPlace : {false, true})
    for (const Number limit : {0, 3, 100, 1000}) {
      ProgramParts parts;
      parts.arguments = {{"init", i64, {}}, {"limit", i64, {}}};
      parts.results = {{"last", i64, {}}};
      Control control;
      control.kind = Control::Kind::While;
      control.carried = control.shared = 1;
      BodyMaker make{parts};
      control.first = make.add(lessKernel, {8, 8}, {1}, false, {0, 1});
      control.second = make.add(doubleKernel, {8, 8}, {8}, inPlace, {0});
      const Number init = 3;
      Number last = -1, expected = init;
      while (expected < limit)
        expected *= 2;
      call(whole(std::move(parts), control), {scalar(init), scalar(limit)}, {MutableView(&last, Shape{})});
      CHECK(last == expected);
    }
}

TEST_CASE("control: a branch runs one of two bodies") {
  for (const bool flag : {false, true}) {
    ProgramParts parts;
    parts.arguments = {{"flag", boolean, {}}, {"x", i64, {}}};
    parts.results = {{"y", i64, {}}};
    Control control;
    control.kind = Control::Kind::Branch;
    control.shared = 1;
    BodyMaker make{parts};
    control.first = make.add(doubleKernel, {8}, {8}, false, {0});
    control.second = make.add(negateKernel, {8}, {8}, false, {0});
    const Number x = 21;
    Number y = 0;
    call(whole(std::move(parts), control), {View(&flag, Shape{}), scalar(x)}, {MutableView(&y, Shape{})});
    CHECK(y == (flag ? 42 : -21));
  }
}

TEST_CASE("control: an unwinding gives the same with any number of places, in the fewest steps") {
  std::map<std::pair<Number, Number>, Number> known;
  for (const bool reversed : {false, true})
    for (const std::int64_t length : {0, 1, 2, 3, 7, 20, 41})
      for (const std::int64_t slots : {0, 1, 2, 3, 5, 50}) {
        const auto x = numbers(length, 3), z = numbers(length, -2);
        const Number init = 2, start = 9, count = length;
        // All carries kept.
        std::vector<Number> carries = {init}, u(x.size()), expected(x.size());
        const auto number = [&](std::int64_t done) {
          return std::size_t(reversed ? length - 1 - done : done);
        };
        for (std::int64_t done = 0; done < length; ++done)
          carries.push_back(bounded(3 * carries.back() + 2 * x[number(done)] + Number(number(done))));
        Number adjoint = start;
        for (std::int64_t done = length - 1; done >= 0; --done) {
          const Number carry = carries[std::size_t(done)];
          expected[number(done)] = adjoint - carry;
          adjoint = bounded(5 * adjoint + 7 * carry + 11 * x[number(done)] + z[number(done)] +
                            Number(number(done)));
        }
        Number last = -1;
        forwardSteps = 0;
        call(unwindProgram(length, slots, reversed, slots % 2 == 1),
             {scalar(count), scalar(init), view(x), scalar(start), view(z)},
             {MutableView(&last, Shape{}), MutableView(u.data(), {length})});
        CAPTURE(length);
        CAPTURE(slots);
        CHECK(last == adjoint);
        CHECK(u == expected);
        CHECK(forwardSteps == leastSteps(length, slots + 1, known));
      }
}

TEST_CASE("control: the places of an unwinding are the only memory that grows with them") {
  const std::int64_t one = unwindProgram(100, 1, false, false).arenaBytes();
  CHECK(unwindProgram(100, 11, false, false).arenaBytes() ==
        one + 10 * 64 + 64); // values at lines of 64; more marks
  CHECK(unwindProgram(100000, 1, false, false).arenaBytes() == one);
}

TEST_CASE("control: bodies that do not fit their loop are refused") {
  ProgramParts parts;
  parts.arguments = {{"init", i64, {}}, {"x", i64, {4}}};
  parts.results = {{"last", i64, {}}};
  Control control;
  control.kind = Control::Kind::Scan;
  control.carried = control.sliced = 1;
  control.length = 4;
  control.first = control.second = BodyMaker{parts}.add(doubleKernel, {8, 8}, {8}, false, {0});
  parts.buffers.push_back({Kind::Argument, 0, 0});
  Step step{nullptr, std::uint32_t(parts.buffers.size()) - 1, std::uint32_t(parts.buffers.size()), 0, 0,
            "scan"};
  step.control = 0;
  parts.steps = {step};
  parts.controls = {control};
  const auto made = Program::make(std::move(parts));
  REQUIRE(!made);
  CHECK(made.error().message ==
        "the compiled program is broken: loop or branch scan does not fit its bodies");
}
