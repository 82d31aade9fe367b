// Checks the compiler's work once, so that a call need not: after `make`, every reference lies inside its
// buffer.
#include "runtime/Program.h"
#include "runtime/Run.h"
#include <algorithm>
#include <cstring>

namespace tgc {
namespace {

constexpr std::int64_t lineBytes = 64; // a cache line and the widest vector

std::int64_t roundUp(std::int64_t bytes) { return (bytes + lineBytes - 1) / lineBytes * lineBytes; }

Error broken(std::string why) {
  return Error{ErrorKind::Internal, "the compiled program is broken: " + std::move(why)};
}

} // namespace

void copyBytesKernel(std::int64_t begin, std::int64_t end, void **buffers) {
  std::memcpy(static_cast<std::byte *>(buffers[1]) + begin,
              static_cast<const std::byte *>(buffers[0]) + begin, std::size_t(end - begin));
}

Result<Program> Program::make(ProgramParts parts) {
  Program program;
  program.parts = std::move(parts);
  if (program.parts.arenaBytes < 0 || program.parts.arenaBytes > maxElements)
    return Error{ErrorKind::Limit, "the program needs an arena of " +
                                       std::to_string(program.parts.arenaBytes) +
                                       " bytes, over the limit of 2^48"};
  for (const auto *ports : {&program.parts.arguments, &program.parts.results})
    for (const Port &port : *ports)
      if (auto checked = port.shape.check(); !checked) return checked.error();
  program.resolved.reserve(program.parts.buffers.size());
  for (const BufferRef &ref : program.parts.buffers)
    if (auto checked = program.resolve(ref); !checked) return checked.error();
  for (const Step &step : program.parts.steps)
    if (auto checked = program.checkStep(step); !checked) return checked.error();
  program.layOut();
  return program;
}

Result<void> Program::checkStep(const Step &step) const {
  if (!step.kernel && step.foreign >= parts.foreign.size())
    return broken("step " + step.name + " has no kernel");
  if (!step.kernel && parts.foreign[step.foreign].strides.size() != step.lastBuffer - step.firstBuffer)
    return broken("step " + step.name + " has no stride for some buffer");
  if (step.firstBuffer > step.lastBuffer || step.lastBuffer > parts.buffers.size())
    return broken("step " + step.name + " names buffers " + std::to_string(step.firstBuffer) + " to " +
                  std::to_string(step.lastBuffer) + " of " + std::to_string(parts.buffers.size()));
  if (step.items < 0) return broken("step " + step.name + " has " + std::to_string(step.items) + " items");
  return {};
}

Result<void> Program::resolve(const BufferRef &ref) {
  const std::size_t arguments = parts.arguments.size(), results = parts.results.size();
  std::size_t count = 1, base = arguments + results;
  std::int64_t bytes = parts.arenaBytes;
  std::uint64_t start = 0;
  const auto of = [&](const std::vector<Port> &ports, std::size_t first) {
    count = ports.size();
    base = first + ref.index;
    if (ref.index < count) bytes = ports[ref.index].shape.sizeBytes(ports[ref.index].dtype);
  };
  switch (ref.kind) {
  case BufferRef::Kind::Argument:
    of(parts.arguments, 0);
    break;
  case BufferRef::Kind::Result:
    of(parts.results, arguments);
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
  resolved.push_back({std::uint32_t(base), start + ref.offsetBytes});
  return {};
}

void Program::layOut() {
  for (const Step &step : parts.steps)
    widestStep = std::max<std::size_t>(widestStep, step.lastBuffer - step.firstBuffer);
  for (const auto *ports : {&parts.arguments, &parts.results})
    for (const Port &port : *ports) {
      packOffsets.push_back(tailBytes);
      tailBytes += roundUp(port.shape.sizeBytes(port.dtype));
    }
  totalBytes = roundUp(parts.arenaBytes) + roundUp(callTableBytes(*this));
}

} // namespace tgc
