#include "compiler/target/Kernels.h"
#include "compiler/Notes.h"
#include "compiler/target/Jit.h"
#include "dialects/exec/Exec.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SHA1.h"
#include <algorithm>
#include <chrono>
#include <thread>

using namespace mlir;

namespace tgc::target {
namespace {

// Remembered kernels are dropped all at once above this many; each holds a few KiB of code.
constexpr std::size_t mostKnownKernels = 8192;
// A thread's own module costs about 5 ms, a kernel 1 to 3 ms.
constexpr std::size_t kernelsForAThread = 16;

tgc::Error internal(std::string message) {
  return tgc::Error{ErrorKind::Internal, std::move(message), {}, 1, {}};
}

/// Notes the seconds since the last part.
class Clock {
public:
  explicit Clock(Trace *trace) : trace(trace) {}
  void part(const char *name) {
    const auto end = std::chrono::steady_clock::now();
    if (trace) trace->addPart(name, std::chrono::duration<double>(end - start).count());
    start = end;
  }

private:
  Trace *trace;
  std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
};

std::int64_t countOf(func::FuncOp kernel, StringRef name) {
  auto value = kernel->getAttrOfType<IntegerAttr>(name);
  return value ? value.getInt() : 1;
}

/// Listings are of one module that holds everything.
bool isListing(const Options &options) { return options.keepLlvm || options.keepAssembly; }

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

/// Kernels some outer function launches, in the module's order; those of the host or all others.
std::vector<func::FuncOp> launchedKernels(ModuleOp module, bool foreign) {
  llvm::StringSet<> launched;
  for (auto function : module.getOps<func::FuncOp>())
    if (exec::isOuter(function))
      for (auto launch : function.getOps<exec::LaunchOp>())
        launched.insert(launch.getKernel());
  std::vector<func::FuncOp> kernels;
  for (auto function : module.getOps<func::FuncOp>())
    if (exec::isKernel(function) && exec::isForeign(function) == foreign &&
        launched.contains(function.getName()))
      kernels.push_back(function);
  return kernels;
}

} // namespace

/// Kernels that share a module, an object file and a thread.
struct KernelBuilder::Shard {
  OwningOpRef<ModuleOp> module;
  std::vector<KernelFacts> facts;
  Unit unit;
  MachineCode code;
  std::optional<tgc::Error> error;
};

/// What must be compiled now, in the module's order, and what it calls.
struct KernelBuilder::Fresh {
  std::vector<func::FuncOp> kernels, routines;
  std::vector<func::FuncOp> calls;         ///< every function the others may call
  std::vector<std::string> keys;           ///< empty when nothing is to be remembered
  std::vector<std::string> routineKeys;    ///< the same
  llvm::StringMap<void *> given;           ///< routines built before
  std::vector<std::shared_ptr<void>> code; ///< that the fresh kernels need: those routines'
  Location loc;
};

namespace {

/// Fills a shard with what its kernels may call: bodies in one shard, declarations in the others.
void addCalls(ModuleOp shard, ArrayRef<func::FuncOp> calls, ArrayRef<func::FuncOp> bodies) {
  for (func::FuncOp call : calls) {
    if (llvm::is_contained(bodies, call)) {
      shard.push_back(call.clone());
      continue;
    }
    auto declared = func::FuncOp::create(call.getLoc(), call.getName(), call.getFunctionType());
    declared.setPrivate();
    shard.push_back(declared);
  }
}

} // namespace

std::string KernelBuilder::keyOf(func::FuncOp kernel, const Options &options) const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << options.vectorBytes << ' ' << cpus.front()->fingerprint() << ' ';
  const std::string name = kernel.getName().str();
  kernel.setName("kernel"); // its name is no part of what it does
  kernel->print(stream, OpPrintingFlags().useLocalScope());
  kernel.setName(name);
  const auto hash = llvm::SHA1::hash(llvm::arrayRefFromStringRef(text));
  return std::string(hash.begin(), hash.end());
}

Result<std::size_t> KernelBuilder::shardCount(std::size_t kernels, const Options &options) {
  const std::size_t most = options.compileThreads > 0 ? std::size_t(options.compileThreads)
                                                      : std::max(1u, std::thread::hardware_concurrency());
  const std::size_t count =
      isListing(options) ? 1 : std::clamp<std::size_t>(kernels / kernelsForAThread, 1, most);
  while (cpus.size() < count) {
    auto cpu = Cpu::make();
    if (!cpu) return cpu.error();
    cpus.push_back(std::move(*cpu));
  }
  return count;
}

Result<void> KernelBuilder::generateAll(std::vector<Shard> &shards, const Options &options) {
  const auto generate = [&](std::size_t index) {
    auto code = cpus[index]->generate(shards[index].unit, options);
    if (code)
      shards[index].code = std::move(*code);
    else
      shards[index].error = code.error();
  };
  std::vector<std::thread> threads;
  for (std::size_t index = 1; index < shards.size(); ++index)
    threads.emplace_back(generate, index);
  generate(0);
  for (std::thread &thread : threads)
    thread.join();
  for (Shard &shard : shards)
    if (shard.error) return *shard.error;
  return {};
}

Result<void> KernelBuilder::compileFresh(Fresh &fresh, PassManager &lowering, const Options &options,
                                         Trace *trace, BuiltKernels &built) {
  Clock clock(trace);
  auto count = shardCount(fresh.kernels.size(), options);
  if (!count) return count.error();
  std::vector<Shard> shards(*count);
  for (auto [index, kernel] : llvm::enumerate(fresh.kernels)) {
    Shard &shard = shards[index % shards.size()];
    if (!shard.module) shard.module = ModuleOp::create(fresh.loc);
    shard.facts.push_back(factsOf(kernel));
    kernel->remove();
    shard.module->push_back(kernel);
  }
  for (Shard &shard : shards) {
    addCalls(*shard.module, fresh.calls,
             &shard == &shards.front() ? ArrayRef(fresh.routines) : ArrayRef<func::FuncOp>());
    if (failed(lowering.run(*shard.module))) return internal(""); // the pass has said why
  }
  if (options.keepLlvm) llvm::raw_string_ostream(built.dialectText) << *shards.front().module;
  clock.part("to llvm dialect");
  for (Shard &shard : shards) {
    auto unit = cpus.front()->translate(*shard.module, shard.facts, options);
    if (!unit) return unit.error();
    shard.unit = std::move(*unit);
  }
  clock.part("to llvm ir");
  if (auto done = generateAll(shards, options); !done) return done;
  clock.part("code generation");
  auto linked = link(fresh, shards, built);
  clock.part("link");
  return linked;
}

/// Loads the shards' objects; fresh kernels get their addresses and are remembered.
Result<void> KernelBuilder::link(Fresh &fresh, std::vector<Shard> &shards, BuiltKernels &built) {
  std::vector<std::string> names;
  std::vector<llvm::SmallVector<char, 0>> objects;
  for (std::size_t index = 0; index < fresh.kernels.size(); ++index)
    names.push_back(shards[index % shards.size()].facts[index / shards.size()].name);
  for (func::FuncOp routine : fresh.routines)
    names.push_back(routine.getName().str());
  for (Shard &shard : shards)
    objects.push_back(std::move(shard.code.object));
  auto loaded = load(std::move(objects), names, fresh.given);
  if (!loaded) return loaded.error();
  fresh.code.push_back(std::move(loaded->code));
  built.code = std::make_shared<std::vector<std::shared_ptr<void>>>(std::move(fresh.code));
  const std::size_t kernels = fresh.kernels.size();
  for (std::size_t index = 0; index < kernels; ++index) {
    const auto function = reinterpret_cast<Kernel>(loaded->addresses[index]);
    built.ready[names[index]].function = function;
    if (!fresh.keys.empty()) known[fresh.keys[index]] = {function, built.code};
  }
  for (std::size_t index = 0; index < fresh.routineKeys.size(); ++index)
    knownRoutines[names[kernels + index]] = {std::move(fresh.routineKeys[index]),
                                             loaded->addresses[kernels + index], built.code};
  built.llvmText = std::move(shards.front().code.llvmText);
  built.assembly = std::move(shards.front().code.assembly);
  return {};
}

/// Splits launched kernels into remembered ones, whose code is returned, and fresh ones.
std::vector<std::shared_ptr<void>> KernelBuilder::collect(ModuleOp module, const Options &options,
                                                          Fresh &fresh, BuiltKernels &built) {
  std::vector<std::shared_ptr<void>> kept;
  const bool remember = options.reuseKernels && !isListing(options);
  for (func::FuncOp kernel : launchedKernels(module, true))
    built.ready[kernel.getName()] = {nullptr, countOf(kernel, exec::itemsAttr),
                                     countOf(kernel, exec::nanosecondsAttr),
                                     "a function of the host's program"};
  for (func::FuncOp kernel : launchedKernels(module, false)) {
    ReadyKernel &ready = built.ready[kernel.getName()];
    ready = {nullptr, countOf(kernel, exec::itemsAttr), countOf(kernel, exec::nanosecondsAttr),
             formOf(kernel.getLoc())};
    if (remember) {
      std::string key = keyOf(kernel, options);
      if (auto found = known.find(key); found != known.end()) {
        ready.function = found->second.function;
        if (kept.empty() || kept.back() != found->second.code) kept.push_back(found->second.code);
        built.reused.insert(kernel.getName());
        continue;
      }
      fresh.keys.push_back(std::move(key));
    }
    fresh.kernels.push_back(kernel);
  }
  return kept;
}

/// Splits routines into remembered ones and fresh ones. They are remembered even where kernels are not to be:
/// like a library's functions, they are the same for every program.
void KernelBuilder::collectCalls(ModuleOp module, const Options &options, Fresh &fresh) {
  for (auto function : module.getOps<func::FuncOp>()) {
    const bool routine = exec::isRoutine(function);
    if ((!function.isExternal() && !routine) || exec::isForeign(function)) continue;
    fresh.calls.push_back(function);
    if (!routine) continue;
    if (isListing(options)) {
      fresh.routines.push_back(function);
      continue;
    }
    std::string key = keyOf(function, options);
    auto found = knownRoutines.find(function.getName());
    if (found != knownRoutines.end() && found->second.key == key) {
      fresh.given[function.getName()] = found->second.address;
      fresh.code.push_back(found->second.code);
      continue;
    }
    fresh.routines.push_back(function);
    fresh.routineKeys.push_back(std::move(key));
  }
}

Result<BuiltKernels> KernelBuilder::build(ModuleOp module, PassManager &lowering, const Options &options,
                                          Trace *trace) {
  if (known.size() > mostKnownKernels) known.clear();
  BuiltKernels built;
  Fresh fresh{{}, {}, {}, {}, {}, {}, {}, module.getLoc()};
  auto kept = std::make_shared<std::vector<std::shared_ptr<void>>>(collect(module, options, fresh, built));
  if (!fresh.kernels.empty()) {
    collectCalls(module, options, fresh);
    if (auto done = compileFresh(fresh, lowering, options, trace, built); !done) return done.error();
  }
  kept->push_back(std::move(built.code));
  built.code = std::move(kept);
  return built;
}

} // namespace tgc::target
