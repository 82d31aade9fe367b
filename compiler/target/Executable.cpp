#include "compiler/target/Executable.h"
#include "compiler/ControlParts.h"
#include "dialects/graph/Graph.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <algorithm>
#include <cstring>

using namespace mlir;

namespace tgc::target {
namespace {

Error internal(std::string message) { return tgc::Error{ErrorKind::Internal, std::move(message), {}, 1, {}}; }

// Plain copies move about this many bytes in a nanosecond.
constexpr std::int64_t copyBytesPerNanosecond = 20;

/// The bytes of a constant in storage form: a bool is one byte.
LogicalResult writeElements(ElementsAttr value, std::int64_t bytes, char *out) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || std::int64_t(blob->getData().size()) != bytes) return failure();
    std::memcpy(out, blob->getData().data(), bytes);
    return success();
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense) return failure();
  if (dense.getElementType().isInteger(1)) {
    for (bool element : dense.getValues<bool>())
      *out++ = element;
    return success();
  }
  ArrayRef<char> raw = dense.getRawData();
  if (!dense.isSplat()) {
    if (std::int64_t(raw.size()) != bytes) return failure();
    if (bytes) std::memcpy(out, raw.data(), bytes); // no bytes lie at no address
    return success();
  }
  for (std::int64_t at = 0; at < bytes; at += std::int64_t(raw.size()))
    std::memcpy(out + at, raw.data(), raw.size());
  return success();
}

/// What the functions of a program have in common.
struct Shared {
  Shared(ProgramParts &parts, const llvm::StringMap<ReadyKernel> &kernels) : parts(parts), kernels(kernels) {}
  ProgramParts &parts;
  const llvm::StringMap<ReadyKernel> &kernels;
  llvm::DenseMap<Attribute, std::uint32_t> constants; // equal constants are kept once
  llvm::StringMap<std::uint32_t> bodies;              // number by name
};

/// One outer function's steps.
class Assembler {
public:
  Assembler(Shared &shared, std::vector<Step> &steps)
      : shared(shared), parts(shared.parts), kernels(shared.kernels), steps(steps) {}

  Result<void> run(func::FuncOp planned, std::size_t arguments, std::size_t results);

private:
  Result<void> addArguments(func::FuncOp planned, std::size_t arguments, std::size_t results);
  Result<void> addOp(Operation &op);
  Result<void> addConstant(exec::ConstantOp constant);
  Result<void> addLaunch(exec::LaunchOp launch);
  Result<void> addEnter(exec::EnterOp enter);
  Result<std::uint32_t> bodyOf(exec::EnterOp enter, FlatSymbolRefAttr name);
  Result<void> addForeign(exec::LaunchOp launch, Step &step);
  void addCopy(exec::CopyOp copy);
  void addBuffers(Step &step, ValueRange values);

  Shared &shared;
  ProgramParts &parts;
  const llvm::StringMap<ReadyKernel> &kernels;
  std::vector<Step> &steps;
  llvm::DenseMap<Value, BufferRef> refs;
};

Result<void> Assembler::run(func::FuncOp planned, std::size_t arguments, std::size_t results) {
  if (auto done = addArguments(planned, arguments, results); !done) return done;
  for (Operation &op : planned.front().without_terminator())
    if (auto done = addOp(op); !done) return done;
  return {};
}

Result<void> Assembler::addArguments(func::FuncOp planned, std::size_t arguments, std::size_t results) {
  if (planned.getNumArguments() != arguments + results + 1)
    return internal("the planned function has " + std::to_string(planned.getNumArguments()) + " places for " +
                    std::to_string(arguments) + " arguments, " + std::to_string(results) +
                    " results and the arena");
  for (BlockArgument argument : planned.getArguments()) {
    const std::size_t index = argument.getArgNumber();
    if (index < arguments)
      refs[argument] = {BufferRef::Kind::Argument, std::uint32_t(index), 0};
    else if (index < arguments + results)
      refs[argument] = {BufferRef::Kind::Result, std::uint32_t(index - arguments), 0};
    else
      refs[argument] = {BufferRef::Kind::Arena, 0, 0};
  }
  return {};
}

Result<void> Assembler::addOp(Operation &op) {
  if (auto slot = dyn_cast<exec::SlotOp>(op)) {
    refs[slot.getOutput()] = {BufferRef::Kind::Arena, 0, std::uint64_t(slot.getOffset())};
  } else if (auto reshape = dyn_cast<exec::ReshapeOp>(op)) {
    refs[reshape.getOutput()] = refs.lookup(reshape.getInput());
  } else if (auto constant = dyn_cast<exec::ConstantOp>(op)) {
    return addConstant(constant);
  } else if (auto launch = dyn_cast<exec::LaunchOp>(op)) {
    return addLaunch(launch);
  } else if (auto enter = dyn_cast<exec::EnterOp>(op)) {
    return addEnter(enter);
  } else if (auto copy = dyn_cast<exec::CopyOp>(op)) {
    addCopy(copy);
  } else {
    return internal("the planned function holds " + op.getName().getStringRef().str());
  }
  return {};
}

/// The number of a body; assembled where it is first named, inner bodies before it.
Result<std::uint32_t> Assembler::bodyOf(exec::EnterOp enter, FlatSymbolRefAttr name) {
  if (auto known = shared.bodies.find(name.getValue()); known != shared.bodies.end()) return known->second;
  auto planned = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(enter, name);
  if (!planned || !planned->hasAttr(exec::argumentsAttr))
    return internal("body " + name.getValue().str() + " has no planned memory");
  Body body = bodySizes(planned);
  Assembler inner(shared, body.steps);
  if (auto done = inner.run(planned, body.argumentBytes.size(), body.resultBytes.size()); !done)
    return done.error();
  parts.bodies.push_back(std::move(body));
  return shared.bodies[name.getValue()] = std::uint32_t(parts.bodies.size()) - 1;
}

/// The estimate of one round of a loop, times the rounds where their number is known.
std::int64_t nanosecondsOf(const Control &control, const std::vector<Body> &bodies) {
  const auto round = [&](std::uint32_t index) {
    std::int64_t sum = 0;
    for (const Step &step : bodies[index].steps)
      sum += step.nanoseconds;
    return sum;
  };
  if (control.kind == Control::Kind::Branch) return std::max(round(control.first), round(control.second));
  const std::int64_t one =
      round(control.first) + (control.first == control.second ? 0 : round(control.second));
  return one * std::max<std::int64_t>(control.length, 1);
}

Result<void> Assembler::addEnter(exec::EnterOp enter) {
  auto first = bodyOf(enter, enter.getFirstAttr());
  if (!first) return first.error();
  auto second = enter.getSecondAttr() ? bodyOf(enter, enter.getSecondAttr()) : first;
  if (!second) return second.error();
  Step step;
  step.control = std::int32_t(parts.controls.size());
  parts.controls.push_back(controlOf(enter, *first, *second));
  step.nanoseconds = nanosecondsOf(parts.controls.back(), parts.bodies);
  step.name = enter.getKind().str();
  step.firstBuffer = std::uint32_t(parts.buffers.size());
  addBuffers(step, enter.getOperands()); // inputs, outputs, scratch
  steps.push_back(std::move(step));
  return {};
}

Result<void> Assembler::addConstant(exec::ConstantOp constant) {
  const auto [known, isNew] =
      shared.constants.try_emplace(constant.getValue(), std::uint32_t(parts.constants.size()));
  refs[constant.getOutput()] = {BufferRef::Kind::Constant, known->second, 0};
  if (!isNew) return {};
  const std::int64_t bytes = exec::storageBytes(cast<ShapedType>(constant.getOutput().getType()));
  auto buffer = Buffer::make(u8, Shape{bytes});
  if (!buffer) return buffer.error();
  if (failed(writeElements(constant.getValue(), bytes, static_cast<char *>(buffer->data()))))
    return internal("a constant's elements cannot be read");
  parts.constants.push_back(std::move(*buffer));
  return {};
}

void Assembler::addBuffers(Step &step, ValueRange values) {
  for (Value value : values)
    parts.buffers.push_back(refs.lookup(value));
  step.lastBuffer = std::uint32_t(parts.buffers.size());
}

Result<void> Assembler::addLaunch(exec::LaunchOp launch) {
  const auto found = kernels.find(launch.getKernel());
  if (found == kernels.end()) return internal("kernel " + launch.getKernel().str() + " has no machine code");
  Step step;
  if (!found->second.function) {
    if (auto done = addForeign(launch, step); !done) return done;
  }
  step.kernel = found->second.function;
  step.items = found->second.items;
  step.nanoseconds = found->second.nanoseconds;
  step.name = launch.getKernel().str();
  step.firstBuffer = std::uint32_t(parts.buffers.size());
  addBuffers(step, launch.getOperands()); // inputs, then outputs
  steps.push_back(std::move(step));
  return {};
}

/// The host's function behind a kernel without code.
Result<void> Assembler::addForeign(exec::LaunchOp launch, Step &step) {
  auto kernel = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(launch, launch.getKernelAttr());
  const std::string name = kernel->getAttrOfType<StringAttr>(exec::foreignAttr).str();
  const graph::ForeignFunctions &known =
      launch.getContext()->getLoadedDialect<graph::GraphDialect>()->foreign;
  const auto function = known.find(name);
  if (function == known.end())
    return tgc::Error{ErrorKind::Invalid, "no foreign function is called " + name, {}, 1, {}};
  ForeignCall call{function->second.call,     function->second.user,
                   function->second.alone,    name,
                   launch.getInputs().size(), {}};
  llvm::append_range(call.strides, kernel->getAttrOfType<DenseI64ArrayAttr>(exec::stridesAttr).asArrayRef());
  step.foreign = std::uint32_t(parts.foreign.size());
  parts.foreign.push_back(std::move(call));
  return {};
}

void Assembler::addCopy(exec::CopyOp copy) {
  Step step;
  step.kernel = copyBytesKernel;
  step.items = exec::storageBytes(cast<ShapedType>(copy.getInput().getType()));
  step.nanoseconds = step.items / copyBytesPerNanosecond;
  step.name = "copy";
  step.firstBuffer = std::uint32_t(parts.buffers.size());
  addBuffers(step, copy->getOperands());
  steps.push_back(std::move(step));
}

} // namespace

Result<Program> assemble(func::FuncOp planned, std::vector<Port> arguments, std::vector<Port> results,
                         const llvm::StringMap<ReadyKernel> &kernels, std::shared_ptr<void> code) {
  ProgramParts parts;
  parts.arguments = std::move(arguments);
  parts.results = std::move(results);
  parts.code = std::move(code);
  if (auto pairs = planned->getAttrOfType<DenseI64ArrayAttr>(exec::donatedAttr))
    for (std::int64_t at = 0; at + 1 < pairs.size(); at += 2)
      parts.donated.push_back({std::uint32_t(pairs[at]), std::uint32_t(pairs[at + 1])});
  parts.arenaBytes = cast<MemRefType>(planned.getArgumentTypes().back()).getDimSize(0);
  Shared shared(parts, kernels);
  Assembler whole(shared, parts.steps);
  if (auto done = whole.run(planned, parts.arguments.size(), parts.results.size()); !done)
    return done.error();
  return Program::make(std::move(parts));
}

} // namespace tgc::target
