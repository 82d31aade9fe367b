#include "tools/bench/ContractRunner.h"
#include "compiler/Passes.h"
#include "compiler/schedule/Contract.h"
#include "compiler/schedule/ContractGroups.h"
#include "compiler/target/Cpu.h"
#include "compiler/target/Jit.h"
#include "compiler/target/Stage.h"
#include "dialects/exec/Exec.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include <chrono>
#include <sys/mman.h>

using namespace mlir;

namespace tgc::test {
namespace {

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

MLIRContext &context() {
  static std::unique_ptr<MLIRContext> made = [] {
    DialectRegistry registry;
    registry.insert<arith::ArithDialect, func::FuncDialect, linalg::LinalgDialect, math::MathDialect,
                    memref::MemRefDialect, scf::SCFDialect, tensor::TensorDialect, vector::VectorDialect,
                    LLVM::LLVMDialect, cf::ControlFlowDialect, exec::ExecDialect>();
    registerBuiltinDialectTranslation(registry);
    registerLLVMDialectTranslation(registry);
    auto fresh = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
    fresh->loadAllAvailableDialects();
    return fresh;
  }();
  return *made;
}

/// MLIR has no bare pointer for memory like memref<3x0xf32>; such arguments are never touched, so any empty
/// type will do.
void flattenEmptyArguments(func::FuncOp kernel) {
  Block &body = kernel.getBody().front();
  for (BlockArgument argument : body.getArguments())
    if (auto type = dyn_cast<MemRefType>(argument.getType()); type && type.getNumElements() == 0)
      argument.setType(MemRefType::get({0}, type.getElementType()));
  kernel.setType(FunctionType::get(kernel.getContext(), body.getArgumentTypes(), {}));
}

std::string tensorType(const ContractCase &test, const std::string &letters, const std::string &element) {
  std::string text = "tensor<";
  for (char letter : letters)
    text += std::to_string(test.extents.at(letter)) + "x";
  return text + element + ">";
}

std::string tensorType(const ContractCase &test, int operand, const std::string &element) {
  return tensorType(test, test.letters(operand), element);
}

std::string mapText(const std::string &loops, const std::string &letters) {
  std::string text = "affine_map<(";
  for (size_t at = 0; at < loops.size(); ++at)
    text += (at ? ", " : "") + std::string(1, loops[at]) + "0";
  text += ") -> (";
  for (size_t at = 0; at < letters.size(); ++at)
    text += (at ? ", " : "") + std::string(1, letters[at]) + "0";
  return text + ")>";
}

std::string genericText(std::vector<std::string> maps, const std::string &loops, const std::string &kept) {
  std::string text = "linalg.generic {indexing_maps = [";
  for (size_t at = 0; at < maps.size(); ++at)
    text += (at ? ", " : "") + maps[at];
  text += "], iterator_types = [";
  for (size_t at = 0; at < loops.size(); ++at)
    text += std::string(at ? ", " : "") +
            (kept.find(loops[at]) == std::string::npos ? "\"reduction\"" : "\"parallel\"");
  return text + "]}";
}

/// The body of the product on %x, %z (the scale), %y and %s (the sum), yielding %n.
std::string multiplyAddText(const ContractCase &test, const std::string &sum) {
  if (test.element == "i1")
    return "    %l = arith.trunci %x : i8 to i1\n    %r = arith.trunci %y : i8 to i1\n    %t = arith.trunci "
           "%s : i8 to i1\n"
           "    %m = arith.andi %l, %r : i1\n    %o = arith.ori %t, %m : i1\n    %n = arith.extui %o : i1 "
           "to i8\n";
  if (test.element == "bf16" || test.element == "f16")
    return "    %l = arith.extf %x : " + test.element + " to f32\n    %r = arith.extf %y : " + test.element +
           " to f32\n    %m = arith.mulf %l, %r : f32\n    %n = arith.addf %s, %m : f32\n";
  std::string kind = test.element[0] != 'i' ? "f" : "i", text;
  if (!test.scale.empty()) text = "    %w = arith.mul" + kind + " %x, %z : " + sum + "\n";
  return text + "    %m = arith.mul" + kind + (test.scale.empty() ? " %x" : " %w") + ", %y : " + sum +
         "\n    %n = arith.add" + kind + " %s, %m : " + sum + "\n";
}

} // namespace

std::string ContractCase::letters(int operand) const {
  size_t comma = equation.find(','), arrow = equation.find("->");
  if (operand == 0) return equation.substr(0, comma);
  return operand == 1 ? equation.substr(comma + 1, arrow - comma - 1) : equation.substr(arrow + 2);
}

int ContractCase::inputs() const { return 2 - twice + !scale.empty() + tailBias; }

int64_t ContractCase::elements(int operand) const {
  int64_t count = 1;
  for (char letter : letters(operand))
    count *= extents.at(letter);
  return count;
}

std::string ContractCase::kernelText() const {
  bool isBool = element == "i1", isFloat = element[0] != 'i', half = element == "bf16" || element == "f16";
  std::string stored = isBool ? "i8" : element, sum = half ? "f32" : stored;
  std::string a = tensorType(*this, 0, stored), b = tensorType(*this, 1, stored),
              c = tensorType(*this, 2, sum);
  std::string last = tensorType(*this, 2, stored), bias;
  if (tailBias) bias = "tensor<" + std::to_string(extents.at(letters(2).back())) + "x" + stored + ">";
  std::string loops = letters(2);
  for (char letter : letters(0) + letters(1))
    if (loops.find(letter) == std::string::npos) loops += letter;
  std::string s = tensorType(*this, scale, stored);
  std::string right = twice ? "%left" : "%right";
  std::vector<std::string> maps = {mapText(loops, letters(0)), mapText(loops, letters(1)),
                                   mapText(loops, letters(2))};
  if (!scale.empty()) maps.insert(maps.begin() + 1, mapText(loops, scale));
  std::string text = "func.func private @kernel(%left: " + a + (twice ? "" : ", %right: " + b) +
                     (scale.empty() ? "" : ", %scale: " + s) + (tailBias ? ", %bias: " + bias : "") +
                     ") -> " + last + " attributes {exec.kernel} {\n";
  text += "  %zero = arith.constant " + std::string(isFloat ? "0.0" : "0") + " : " + sum +
          "\n  %e = tensor.empty() : " + c + "\n  %f = linalg.fill ins(%zero : " + sum + ") outs(%e : " + c +
          ") -> " + c + "\n  %p = " + genericText(maps, loops, letters(2)) + " ins(%left" +
          (scale.empty() ? "" : ", %scale") + ", " + right + " : " + a + (scale.empty() ? "" : ", " + s) +
          ", " + b + ") outs(%f : " + c + ") {\n  ^bb0(%x: " + stored +
          (scale.empty() ? "" : ", %z: " + stored) + ", %y: " + stored + ", %s: " + sum + "):\n";
  text += multiplyAddText(*this, sum);
  text += "    linalg.yield %n : " + sum + "\n  } -> " + c + "\n";
  std::string result = "%p", kept = letters(2), type = c;
  auto same = mapText(kept, kept);
  if (half) {
    text += "  %h0 = tensor.empty() : " + last + "\n  %h = " + genericText({same, same}, kept, kept) +
            " ins(%p : " + c + ") outs(%h0 : " + last + ") {\n  ^bb0(%x: f32, %y: " + element +
            "):\n    %n = arith.truncf %x : f32 to " + element + "\n    linalg.yield %n : " + element +
            "\n  } -> " + last + "\n";
    result = "%h", type = last;
  }
  if (!tail.empty()) {
    text += "  %t0 = tensor.empty() : " + last + "\n  %t = " +
            genericText(tailBias ? std::vector{same, mapText(kept, kept.substr(kept.size() - 1)), same}
                                 : std::vector{same, same},
                        kept, kept) +
            " ins(" + result + (tailBias ? ", %bias" : "") + " : " + type + (tailBias ? ", " + bias : "") +
            ") outs(%t0 : " + last + ") {\n  ^bb0(%x: " + stored + (tailBias ? ", %b: " + stored : "") +
            ", %out: " + stored + "):\n" + tail + "\n    linalg.yield %y : " + stored + "\n  } -> " + last +
            "\n";
    result = "%t", type = last;
  }
  return text + "  return " + result + " : " + last + "\n}\n";
}

void CompiledContract::runWith(std::vector<void *> buffers,
                               const std::function<void(const ContractStep &, void **)> &call) const {
  constexpr uintptr_t hugePage = 2 << 20;
  auto aligned = [](std::vector<char> &bytes) {
    return reinterpret_cast<void *>((reinterpret_cast<uintptr_t>(bytes.data()) + hugePage - 1) / hugePage *
                                    hugePage);
  };
  if (scratch.empty())
    for (int64_t bytes : scratchBytes) {
      // As the runtime's arena: huge pages, asked for before the first touch.
      scratch.emplace_back();
      scratch.back().reserve(bytes + 2 * hugePage);
      madvise(aligned(scratch.back()), bytes, MADV_HUGEPAGE);
    }
  for (std::vector<char> &bytes : scratch)
    buffers.push_back(aligned(bytes));
  for (const ContractStep &step : steps) {
    std::vector<void *> own;
    for (int buffer : step.buffers)
      own.push_back(buffers[buffer]);
    call(step, own.data());
  }
}

void CompiledContract::run(std::vector<void *> buffers, int64_t chunk, bool backwards) const {
  runWith(std::move(buffers), [&](const ContractStep &step, void **own) {
    int64_t size = chunk ? chunk : std::max<int64_t>(step.items, 1), chunks = (step.items + size - 1) / size;
    for (int64_t at = 0; at < chunks; ++at) {
      int64_t begin = (backwards ? chunks - 1 - at : at) * size;
      step.call(begin, std::min(step.items, begin + size), own);
    }
  });
}

int64_t CompiledContract::nanoseconds() const {
  int64_t sum = 0;
  for (const ContractStep &step : steps)
    sum += step.nanoseconds;
  return sum;
}

CompiledContract compileContract(const ContractCase &test, const schedule::Machine &machine, bool keepText) {
  CompiledContract result;
  double start = seconds();
  auto module = parseSourceString<ModuleOp>(test.kernelText(), &context());
  if (!module) return result.error = "the kernel's text does not parse:\n" + test.kernelText(), result;
  auto kernel = *module->getOps<func::FuncOp>().begin();
  if (auto contraction = schedule::matchContraction(kernel)) {
    auto numbers = contractNumbers(*contraction, machine);
    auto panels = chooseContractPanels(*contraction, numbers, machine);
    result.tile =
        panels ? describe(*panels) : describe(chooseContractTile(contraction->indices, numbers, machine));
  }
  double parsed = seconds();
  if (!schedule::isContraction(kernel) || failed(schedule::emitContract(kernel, machine)))
    return result.error = "not taken", result;
  if (failed(verify(*module))) return result.error = "the loop form does not verify", result;
  result.emitSeconds = seconds() - parsed;
  int inputs = test.inputs();
  ContractStep step;
  step.items = kernel->getAttrOfType<IntegerAttr>(exec::itemsAttr).getInt();
  step.nanoseconds = kernel->getAttrOfType<IntegerAttr>(exec::nanosecondsAttr).getInt();
  for (int buffer = 0; buffer <= inputs; ++buffer)
    step.buffers.push_back(buffer);
  if (keepText) {
    llvm::raw_string_ostream stream(result.loops);
    module->print(stream);
  }
  flattenEmptyArguments(kernel);
  if (kernel.getNumArguments() > static_cast<unsigned>(inputs + 3)) { // scratch follows the result
    auto type = cast<MemRefType>(kernel.getArgumentTypes().back());
    result.scratchBytes.push_back(type.getNumElements() * type.getElementTypeBitWidth() / 8);
    step.buffers.push_back(inputs + 1);
  }
  target::KernelFacts facts;
  facts.name = "kernel";
  facts.buffers = step.buffers.size();
  facts.mayAlias.assign(facts.buffers, false);
  PassManager passes(&context());
  Options options;
  options.keepLlvm = options.keepAssembly = keepText;
  addTarget(passes, options);
  if (failed(passes.run(*module))) return result.error = "the loop form does not become LLVM", result;
  static auto cpu = target::Cpu::make().value();
  auto unit = cpu->translate(*module, facts, options);
  if (!unit) return result.error = unit.error().message, result;
  auto code = cpu->generate(unit.value(), options);
  if (!code) return result.error = code.error().message, result;
  result.llvm = code.value().llvmText;
  result.assembly = code.value().assembly;
  auto loaded = target::load({std::move(code.value().object)}, {std::string("kernel")});
  if (!loaded) return result.error = loaded.error().message, result;
  result.compileSeconds = seconds() - start;
  step.call = reinterpret_cast<Kernel>(loaded.value().addresses[0]);
  result.code = loaded.value().code;
  result.steps.push_back(step);
  return result;
}

} // namespace tgc::test
