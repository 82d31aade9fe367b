#include "compiler/target/Executable.h"
#include "dialects/exec/Exec.h"
#include "dialects/graph/Graph.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include <cstring>

using namespace mlir;

namespace tgc::target {
namespace {

Error internal(std::string message) { return tgc::Error{ErrorKind::Internal, std::move(message), {}, 1, {}}; }

// Plain copies move about this many bytes in a nanosecond (facts.md, ceilings).
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

class Assembler {
public:
  Assembler(ProgramParts &parts, const llvm::StringMap<ReadyKernel> &kernels)
      : parts(parts), kernels(kernels) {}

  Result<void> run(func::FuncOp planned);

private:
  Result<void> addArguments(func::FuncOp planned);
  Result<void> addOp(Operation &op);
  Result<void> addConstant(exec::ConstantOp constant);
  Result<void> addLaunch(exec::LaunchOp launch);
  Result<void> addForeign(exec::LaunchOp launch, Step &step);
  void addCopy(exec::CopyOp copy);
  void addBuffers(Step &step, ValueRange values);

  ProgramParts &parts;
  const llvm::StringMap<ReadyKernel> &kernels;
  llvm::DenseMap<Value, BufferRef> refs;
  llvm::DenseMap<Attribute, std::uint32_t> constants; // equal constants are kept once
};

Result<void> Assembler::run(func::FuncOp planned) {
  if (auto done = addArguments(planned); !done) return done;
  for (Operation &op : planned.front().without_terminator())
    if (auto done = addOp(op); !done) return done;
  return {};
}

Result<void> Assembler::addArguments(func::FuncOp planned) {
  const std::size_t arguments = parts.arguments.size(), results = parts.results.size();
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
  parts.arenaBytes = cast<MemRefType>(planned.getArgumentTypes().back()).getDimSize(0);
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
  } else if (auto copy = dyn_cast<exec::CopyOp>(op)) {
    addCopy(copy);
  } else {
    return internal("the planned function holds " + op.getName().getStringRef().str());
  }
  return {};
}

Result<void> Assembler::addConstant(exec::ConstantOp constant) {
  const auto [known, isNew] =
      constants.try_emplace(constant.getValue(), std::uint32_t(parts.constants.size()));
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
  parts.steps.push_back(std::move(step));
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
  parts.steps.push_back(std::move(step));
}

} // namespace

Result<Program> assemble(func::FuncOp planned, std::vector<Port> arguments, std::vector<Port> results,
                         const llvm::StringMap<ReadyKernel> &kernels, std::shared_ptr<void> code) {
  ProgramParts parts;
  parts.arguments = std::move(arguments);
  parts.results = std::move(results);
  parts.code = std::move(code);
  if (auto done = Assembler(parts, kernels).run(planned); !done) return done.error();
  return Program::make(std::move(parts));
}

} // namespace tgc::target
