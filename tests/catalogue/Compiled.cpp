// Between host arrays and memory as compiled code sees it.
#include "tests/catalogue/Compiled.h"
#include "runtime/Run.h"
#include "llvm/ADT/APFloat.h"
#include <cstring>

using namespace mlir;
using namespace tgc::graph;

namespace tgc::catalogue {
namespace {

using Bytes = std::vector<std::byte>;

uint64_t bitsAt(const HostTensor &tensor, int64_t at) {
  if (!tensor.isFloat()) return static_cast<uint64_t>(tensor.get<int64_t>(at));
  llvm::APFloat value(tensor.get<double>(at));
  bool lost = false;
  value.convert(cast<FloatType>(tensor.element()).getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven,
                &lost);
  return value.bitcastToAPInt().getZExtValue();
}

void setBits(HostTensor &tensor, int64_t at, uint64_t bits) {
  if (!tensor.isFloat()) return tensor.set(at, static_cast<int64_t>(bits));
  unsigned width = bitsOf(tensor.element());
  llvm::APFloat value(cast<FloatType>(tensor.element()).getFloatSemantics(),
                      llvm::APInt(width, bits, false, true));
  bool lost = false;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lost);
  tensor.set(at, value.convertToDouble());
}

// Little-endian, as every machine we compile for.
Bytes pack(const HostTensor &tensor, size_t width) {
  Bytes bytes(tensor.count() * width + 1);
  for (int64_t at = 0; at < tensor.count(); ++at) {
    uint64_t bits = bitsAt(tensor, at);
    std::memcpy(bytes.data() + at * width, &bits, width);
  }
  return bytes;
}

void unpack(const std::byte *bytes, size_t width, HostTensor &tensor) {
  for (int64_t at = 0; at < tensor.count(); ++at) {
    uint64_t bits = 0;
    std::memcpy(&bits, bytes + at * width, width);
    setBits(tensor, at, bits);
  }
}

/// Memory of a result between two fences, so that a store beyond it is seen.
struct Fenced {
  static constexpr size_t fence = 64;
  static constexpr std::byte untouched{0xA5};

  explicit Fenced(size_t size) : bytes(size + 2 * fence, untouched) {}
  std::byte *data() { return bytes.data() + fence; }
  bool whole() const {
    auto isUntouched = [](std::byte byte) { return byte == untouched; };
    return std::all_of(bytes.begin(), bytes.begin() + fence, isUntouched) &&
           std::all_of(bytes.end() - fence, bytes.end(), isUntouched);
  }

  Bytes bytes;
};

} // namespace

Result<HostTensors> runProgram(const Program &program, HostTensorsRef inputs,
                               ArrayRef<RankedTensorType> types, int threads) {
  HostTensors results(types.begin(), types.end());
  std::vector<Bytes> memory;
  std::vector<Fenced> written;
  std::vector<View> views;
  std::vector<MutableView> outputs;
  for (auto [port, tensor] : llvm::zip_equal(program.arguments(), inputs))
    memory.push_back(pack(tensor, sizeBytes(port.dtype)));
  for (const Port &port : program.results())
    written.emplace_back(port.shape.sizeBytes(port.dtype));
  for (auto [port, bytes] : llvm::zip_equal(program.arguments(), memory))
    views.emplace_back(port.dtype, bytes.data(), port.shape);
  for (auto [port, result] : llvm::zip_equal(program.results(), written))
    outputs.emplace_back(port.dtype, result.data(), port.shape);
  Workspace workspace(program);
  RunOptions run;
  run.threads = threads;
  auto done = tgc::run(program, views, outputs, workspace, run);
  if (!done) return done.error();
  for (auto [k, port] : llvm::enumerate(program.results())) {
    if (!written[k].whole())
      return Error{
          ErrorKind::Internal, "result " + std::to_string(k) + " is written beyond its end", {}, 1, {}};
    unpack(written[k].data(), sizeBytes(port.dtype), results[k]);
  }
  return results;
}

Result<HostTensors> runCompiled(Compiler &compiler, Written written, HostTensorsRef inputs,
                                const Options &options) {
  SmallVector<RankedTensorType> types;
  for (Type type : written.function.getResultTypes())
    types.push_back(tensorOf(type));
  auto compiled = compiler.compile({*written.module}, options);
  if (!compiled) return compiled.error();
  return runProgram(*compiled->program, inputs, types, 1);
}

Written functionOf(ArrayRef<const Case *> cases, MLIRContext *context) {
  std::vector<RankedTensorType> types;
  for (const Case *one : cases)
    llvm::append_range(types, one->types);
  return write(context, types, [&](Ink &ink, SymsRef tensors) -> FailureOr<Syms> {
    Syms all;
    for (const Case *one : cases) {
      auto results = apply(*one, ink, tensors.take_front(one->types.size()));
      if (failed(results)) return failure();
      tensors = tensors.drop_front(one->types.size());
      llvm::append_range(all, *results);
    }
    return all;
  });
}

} // namespace tgc::catalogue
