#include "compiler/target/Kernels.h"
#include "compiler/target/Jit.h"
#include "dialects/exec/Exec.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/SHA1.h"
#include <chrono>

using namespace mlir;

namespace tgc::target {
namespace {

// Remembered kernels are dropped all at once above this many; each holds a few KiB of code.
constexpr std::size_t mostKnownKernels = 8192;

tgc::Error internal(std::string message) {
  return tgc::Error{ErrorKind::Internal, std::move(message), {}, 1, {}};
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t countOf(func::FuncOp kernel, StringRef name) {
  auto value = kernel->getAttrOfType<IntegerAttr>(name);
  return value ? value.getInt() : 1;
}

KernelFacts factsOf(func::FuncOp kernel) {
  KernelFacts facts;
  facts.name = kernel.getName().str();
  facts.buffers = kernel.getNumArguments() - 2;
  auto pairs = kernel->getAttrOfType<DenseI64ArrayAttr>(exec::inplaceAttr);
  // Input and result positions do not meet (results follow inputs), and how many inputs there are is not the
  // kernel's to say: one pair is enough to promise nothing.
  facts.mayAlias.assign(facts.buffers, pairs && !pairs.empty());
  return facts;
}

/// Kernels some outer function launches, in the module's order.
std::vector<func::FuncOp> launchedKernels(ModuleOp module) {
  llvm::StringSet<> launched;
  for (auto function : module.getOps<func::FuncOp>())
    if (!exec::isKernel(function) && !function.isExternal())
      for (auto launch : function.getOps<exec::LaunchOp>())
        launched.insert(launch.getKernel());
  std::vector<func::FuncOp> kernels;
  for (auto function : module.getOps<func::FuncOp>())
    if (exec::isKernel(function) && launched.contains(function.getName())) kernels.push_back(function);
  return kernels;
}

} // namespace

/// Kernels that must be compiled now, in a module of their own.
struct KernelBuilder::Fresh {
  OwningOpRef<ModuleOp> module;
  std::vector<KernelFacts> facts;
  std::vector<std::string> keys;
};

std::string KernelBuilder::keyOf(func::FuncOp kernel, const Options &options) const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << options.vectorBytes << ' ' << cpu->fingerprint() << ' ';
  const std::string name = kernel.getName().str();
  kernel.setName("kernel"); // its name is no part of what it does
  kernel->print(stream, OpPrintingFlags().useLocalScope());
  kernel.setName(name);
  const auto hash = llvm::SHA1::hash(llvm::arrayRefFromStringRef(text));
  return std::string(hash.begin(), hash.end());
}

Result<void> KernelBuilder::compileFresh(Fresh &fresh, PassManager &lowering, const Options &options,
                                         Trace *trace, BuiltKernels &built) {
  const double start = now();
  if (failed(lowering.run(*fresh.module))) return internal("");
  const double lowered = now();
  CpuSeconds seconds;
  auto code = cpu->compile(*fresh.module, fresh.facts, options, &seconds);
  if (!code) return code.error();
  std::vector<std::string> names;
  for (const KernelFacts &facts : fresh.facts)
    names.push_back(facts.name);
  const double generated = now();
  auto loaded = load(std::move(code->object), names);
  if (!loaded) return loaded.error();
  if (trace) {
    trace->addPart("to llvm dialect", lowered - start);
    trace->addPart("to llvm ir", seconds.translate);
    trace->addPart("llvm passes", seconds.optimize);
    trace->addPart("code generation", seconds.generate);
    trace->addPart("link", now() - generated);
  }
  built.llvmText = std::move(code->llvmText);
  built.assembly = std::move(code->assembly);
  for (std::size_t index = 0; index < names.size(); ++index) {
    built.ready[names[index]].function = loaded->kernels[index];
    if (!fresh.keys.empty()) known[fresh.keys[index]] = {loaded->kernels[index], loaded->code};
  }
  built.code = std::move(loaded->code);
  return {};
}

Result<BuiltKernels> KernelBuilder::build(ModuleOp module, PassManager &lowering, const Options &options,
                                          Trace *trace) {
  BuiltKernels built;
  Fresh fresh{ModuleOp::create(module.getLoc()), {}, {}};
  auto kept = std::make_shared<std::vector<std::shared_ptr<void>>>();
  const bool remember = options.reuseKernels && !options.keepLlvm && !options.keepAssembly;
  if (known.size() > mostKnownKernels) known.clear();
  for (func::FuncOp kernel : launchedKernels(module)) {
    ReadyKernel &ready = built.ready[kernel.getName()];
    ready = {nullptr, countOf(kernel, exec::itemsAttr), countOf(kernel, exec::nanosecondsAttr)};
    if (remember) {
      std::string key = keyOf(kernel, options);
      if (auto found = known.find(key); found != known.end()) {
        ready.function = found->second.function;
        if (kept->empty() || kept->back() != found->second.code) kept->push_back(found->second.code);
        built.reused.insert(kernel.getName());
        continue;
      }
      fresh.keys.push_back(std::move(key));
    }
    fresh.facts.push_back(factsOf(kernel));
    kernel->remove();
    fresh.module->push_back(kernel);
  }
  for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (function.isExternal()) fresh.module->push_back(function.clone());
  if (!fresh.facts.empty())
    if (auto done = compileFresh(fresh, lowering, options, trace, built); !done) return done.error();
  kept->push_back(std::move(built.code));
  built.code = std::move(kept);
  return built;
}

} // namespace tgc::target
