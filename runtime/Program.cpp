// Checks the compiler's work once, so that a call need not: after `make`, every reference lies inside its
// buffer.
#include "runtime/Program.h"
#include "runtime/Run.h"
#include <algorithm>
#include <cstring>

namespace tgc {
namespace {

Error broken(std::string why) {
  return Error{ErrorKind::Internal, "the compiled program is broken: " + std::move(why)};
}

} // namespace

void copyBytesKernel(std::int64_t begin, std::int64_t end, void **buffers) {
  if (buffers[0] == buffers[1]) return; // a donated argument that is a result unchanged
  std::memcpy(static_cast<std::byte *>(buffers[1]) + begin,
              static_cast<const std::byte *>(buffers[0]) + begin, std::size_t(end - begin));
}

static Result<void> checkPort(const Port &port) {
  if (auto checked = port.shape.check(); !checked) return checked.error();
  if (!port.strides.empty() && port.strides.size() != std::size_t(port.shape.rank()))
    return broken(port.name + " has " + std::to_string(port.strides.size()) + " strides for " +
                  std::to_string(port.shape.rank()) + " axes");
  return {};
}

std::int64_t Port::storedBytes() const {
  std::int64_t elements = 1;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (strides.empty() || strides[std::size_t(axis)] != 0 || shape.extent(axis) == 0)
      elements *= shape.extent(axis);
  return elements * std::int64_t(sizeBytes(dtype));
}

bool Port::holdsStrided(const View &view) const {
  if (view.elements() == 0) return true;
  for (int axis = 0; axis < shape.rank(); ++axis)
    if (shape.extent(axis) > 1 && view.strideElements(axis) != strides[std::size_t(axis)]) return false;
  return true;
}

/// The sizes of the buffers that the steps of a list refer to.
struct Program::Places {
  std::vector<std::int64_t> arguments, results;
  std::int64_t arena = 0;
};

Result<Program> Program::make(ProgramParts parts) {
  Program program;
  program.parts = std::move(parts);
  if (program.parts.arenaBytes < 0 || program.parts.arenaBytes > maxElements)
    return Error{ErrorKind::Limit, "the program needs an arena of " +
                                       std::to_string(program.parts.arenaBytes) +
                                       " bytes, over the limit of 2^48"};
  for (const auto *ports : {&program.parts.arguments, &program.parts.results})
    for (const Port &port : *ports)
      if (auto checked = checkPort(port); !checked) return checked.error();
  program.resolved.resize(program.parts.buffers.size());
  Places own{{}, {}, program.parts.arenaBytes};
  for (const Port &port : program.parts.arguments)
    own.arguments.push_back(port.storedBytes());
  for (const Port &port : program.parts.results)
    own.results.push_back(port.storedBytes());
  if (auto checked = program.addList(program.parts.steps, own); !checked) return checked.error();
  for (const Body &body : program.parts.bodies)
    if (auto checked = program.addList(body.steps, {body.argumentBytes, body.resultBytes, body.arenaBytes});
        !checked)
      return checked.error();
  for (const Donation &donation : program.parts.donated)
    if (auto checked = program.checkDonation(donation); !checked) return checked.error();
  program.layOut();
  return program;
}

Result<void> Program::addList(const std::vector<Step> &steps, const Places &places) {
  for (const Step &step : steps) {
    if (auto checked = step.control >= 0 ? checkControl(step) : checkStep(step); !checked) return checked;
    for (std::uint32_t at = step.firstBuffer; at < step.lastBuffer; ++at) {
      auto slot = resolve(parts.buffers[at], places);
      if (!slot) return slot.error();
      resolved[at] = *slot;
    }
  }
  return {};
}

Result<void> Program::checkStep(const Step &step) const {
  const bool foreign = !step.kernel && step.control < 0;
  if (foreign && step.foreign >= parts.foreign.size()) return broken("step " + step.name + " has no kernel");
  if (foreign && parts.foreign[step.foreign].strides.size() != step.lastBuffer - step.firstBuffer)
    return broken("step " + step.name + " has no stride for some buffer");
  if (step.firstBuffer > step.lastBuffer || step.lastBuffer > parts.buffers.size())
    return broken("step " + step.name + " names buffers " + std::to_string(step.firstBuffer) + " to " +
                  std::to_string(step.lastBuffer) + " of " + std::to_string(parts.buffers.size()));
  if (step.items < 0) return broken("step " + step.name + " has " + std::to_string(step.items) + " items");
  return {};
}

Result<void> Program::checkDonation(const Donation &donation) const {
  if (donation.argument >= parts.arguments.size() || donation.result >= parts.results.size())
    return broken("argument " + std::to_string(donation.argument) + " is donated to result " +
                  std::to_string(donation.result) + ", one of which there is not");
  const Port &argument = parts.arguments[donation.argument], &result = parts.results[donation.result];
  if (argument.dtype != result.dtype || !(argument.shape == result.shape) ||
      argument.strides != result.strides)
    return broken("argument " + argument.name + " is donated to a result of another type or layout");
  return {};
}

/// A loop's bodies take and give what the loop hands them.
Result<void> Program::checkControl(const Step &step) const {
  if (auto checked = checkStep(step); !checked) return checked;
  const auto wrong = [&] { return broken("loop or branch " + step.name + " does not fit its bodies"); };
  if (std::size_t(step.control) >= parts.controls.size()) return wrong();
  const Control &control = parts.controls[std::size_t(step.control)];
  if (std::max(control.first, control.second) >= parts.bodies.size()) return wrong();
  const Body &first = parts.bodies[control.first], &second = parts.bodies[control.second];
  const std::size_t carried = control.carried, around = carried + control.sliced + control.shared;
  std::size_t takes = 0, gives = 0, outputs = control.loops() + control.stacked;
  bool fits = true;
  switch (control.kind) {
  case Control::Kind::Branch:
    takes = control.shared, gives = outputs = first.resultBytes.size();
    fits = second.argumentBytes.size() == takes && second.resultBytes == first.resultBytes;
    break;
  case Control::Kind::While:
    takes = around, gives = 1;
    fits = second.argumentBytes.size() == takes && second.resultBytes.size() == carried &&
           second.inPlace.size() == carried;
    break;
  case Control::Kind::Scan:
    takes = 1 + around, gives = outputs;
    fits = first.inPlace.size() == gives;
    break;
  case Control::Kind::Unwind:
    takes = 1 + around, gives = carried;
    fits = second.argumentBytes.size() == takes + control.adjoints + control.streamed &&
           second.resultBytes.size() == outputs && second.inPlace.size() == outputs;
    break;
  }
  fits &= first.argumentBytes.size() == takes && first.resultBytes.size() == gives && control.length >= 0 &&
          control.slots >= 0 && step.lastBuffer - step.firstBuffer == control.inputs() + outputs + 1;
  return fits ? Result<void>() : wrong();
}

Result<Program::Slot> Program::resolve(const BufferRef &ref, const Places &places) const {
  const std::size_t arguments = places.arguments.size(), results = places.results.size();
  std::size_t count = 1, base = arguments + results;
  std::int64_t bytes = places.arena;
  std::uint64_t start = 0;
  const auto of = [&](const std::vector<std::int64_t> &sizes, std::size_t first) {
    count = sizes.size();
    base = first + ref.index;
    if (ref.index < count) bytes = sizes[ref.index];
  };
  switch (ref.kind) {
  case BufferRef::Kind::Argument:
    of(places.arguments, 0);
    break;
  case BufferRef::Kind::Result:
    of(places.results, arguments);
    break;
  case BufferRef::Kind::Arena:
    break;
  case BufferRef::Kind::Constant:
    count = parts.constants.size();
    base = arguments + results + 1;
    if (ref.index >= count) break;
    bytes = parts.constants[ref.index].sizeBytes();
    start = reinterpret_cast<std::uintptr_t>(parts.constants[ref.index].data());
    break;
  }
  if (ref.kind != BufferRef::Kind::Arena && ref.index >= count)
    return broken("a reference to buffer " + std::to_string(ref.index) + " of " + std::to_string(count));
  if (ref.offsetBytes > std::uint64_t(bytes))
    return broken("a reference at byte " + std::to_string(ref.offsetBytes) + " of a buffer of " +
                  std::to_string(bytes));
  return Slot{std::uint32_t(base), start + ref.offsetBytes};
}

void Program::layOut() {
  const auto widen = [&](const std::vector<Step> &steps) {
    for (const Step &step : steps)
      widestStep = std::max<std::size_t>(widestStep, step.lastBuffer - step.firstBuffer);
  };
  widen(parts.steps);
  for (const Body &body : parts.bodies) {
    widen(body.steps);
    bodyTables.push_back(nested);
    nested += body.argumentBytes.size() + body.resultBytes.size() + 2;
  }
  for (const Control &control : parts.controls) {
    controlTables.push_back(nested);
    scratches.push_back(scratchOf(control, parts.bodies));
    const Body &first = parts.bodies[control.first];
    nested += control.inputs() + first.resultBytes.size() + control.loops() + control.stacked + 1;
  }
  for (const auto *ports : {&parts.arguments, &parts.results})
    for (const Port &port : *ports) {
      packOffsets.push_back(tailBytes);
      tailBytes += lined(port.storedBytes());
    }
  totalBytes = lined(parts.arenaBytes) + lined(callTableBytes(*this));
}

} // namespace tgc
