#include "compiler/Compiler.h"
#include "compiler/Diagnostics.h"
#include "compiler/Forms.h"
#include "compiler/Pipeline.h"
#include "compiler/Ways.h"
#include "compiler/target/Kernels.h"
#include "dialects/exec/Exec.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include <chrono>

using namespace mlir;

namespace tgc {
namespace {

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::optional<DType> dtypeOf(Type element) {
  if (element.isF64()) return f64;
  if (element.isF32()) return f32;
  if (element.isBF16()) return bf16;
  if (element.isF16()) return f16;
  if (auto complex = dyn_cast<ComplexType>(element)) {
    if (complex.getElementType().isF64()) return c128;
    return complex.getElementType().isF32() ? std::optional(c64) : std::nullopt;
  }
  auto integer = dyn_cast<IntegerType>(element);
  if (!integer) return std::nullopt;
  const bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 1:
    return boolean;
  case 8:
    return isUnsigned ? u8 : i8;
  case 16:
    return isUnsigned ? u16 : i16;
  case 32:
    return isUnsigned ? u32 : i32;
  case 64:
    return isUnsigned ? u64 : i64;
  default:
    return std::nullopt;
  }
}

Result<Port> portOf(Type type, std::string name) {
  auto shaped = dyn_cast<ShapedType>(type);
  std::optional<DType> dtype =
      shaped && shaped.hasStaticShape() ? dtypeOf(shaped.getElementType()) : std::nullopt;
  if (!dtype) {
    std::string text;
    llvm::raw_string_ostream(text) << type;
    return tgc::Error{ErrorKind::Unsupported, name + " has type " + text, {}, 1, {}};
  }
  const ArrayRef<int64_t> extents = shaped.getShape();
  return Port{std::move(name), *dtype, Shape(std::span<const int64_t>(extents.data(), extents.size()))};
}

Result<std::vector<Port>> portsOf(ArrayRef<Type> types, const std::vector<std::string> &names,
                                  const char *fallback) {
  std::vector<Port> ports;
  for (auto [index, type] : llvm::enumerate(types)) {
    auto port = portOf(type, index < names.size() ? names[index] : fallback + std::to_string(index));
    if (!port) return port.error();
    ports.push_back(std::move(*port));
  }
  return ports;
}

/// The ports as the user wrote them, read before any stage changes types to what memory holds.
struct Ports {
  std::vector<Port> arguments, results;
};

Result<Ports> readPorts(func::FuncOp entry, const CompileInput &input) {
  ArrayRef<Type> arguments = entry.getArgumentTypes(), results = entry.getResultTypes();
  if (auto planned = entry->getAttrOfType<IntegerAttr>(exec::argumentsAttr)) {
    results = arguments.drop_front(planned.getInt()).drop_back();
    arguments = arguments.take_front(planned.getInt());
  }
  auto first = portsOf(arguments, input.argumentNames, "arg");
  if (!first) return first.error();
  auto second = portsOf(results, input.resultNames, "result");
  if (!second) return second.error();
  Ports ports{std::move(*first), std::move(*second)};
  for (const StoredPort &stored : input.stored) {
    Port &port = (stored.isResult ? ports.results : ports.arguments)[stored.position];
    port.shape = stored.shape;
    port.strides = stored.strides;
  }
  return ports;
}

/// The reason stage fuse noted on a launch.
std::string whyOf(exec::LaunchOp launch) {
  auto why = launch->getAttrOfType<StringAttr>("why");
  return why ? why.str() : "";
}

/// The planned function, then the bodies its loops run, each once.
SmallVector<func::FuncOp> runFunctions(func::FuncOp planned) {
  SmallVector<func::FuncOp> all = {planned};
  for (std::size_t k = 0; k < all.size(); ++k)
    for (auto enter : llvm::to_vector(all[k].getOps<exec::EnterOp>()))
      for (FlatSymbolRefAttr name : {enter.getFirstAttr(), enter.getSecondAttr()}) {
        auto body = name ? SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(enter, name) : nullptr;
        if (body && !llvm::is_contained(all, body)) all.push_back(body);
      }
  return all;
}

void fillReport(Report &report, func::FuncOp planned, const Program &program,
                const target::BuiltKernels &built) {
  report.arenaBytes = program.arenaBytes();
  for (const Buffer &constant : program.constants())
    report.constantBytes += constant.sizeBytes();
  report.launches = std::int64_t(program.steps().size());
  for (const Body &body : program.bodies())
    report.launches += std::int64_t(body.steps.size());
  llvm::StringMap<std::size_t> positions;
  for (func::FuncOp function : runFunctions(planned))
    for (auto launch : function.getOps<exec::LaunchOp>()) {
      const auto [position, isNew] = positions.try_emplace(launch.getKernel(), report.kernels.size());
      if (isNew) {
        const target::ReadyKernel &ready = built.ready.find(launch.getKernel())->second;
        report.kernels.push_back({launch.getKernel().str(), ready.items, ready.nanoseconds, 0,
                                  built.reused.contains(launch.getKernel()), ready.form, whyOf(launch)});
      }
      ++report.kernels[position->second].launches;
      if (!launch->hasAttr(exec::againAttr)) continue;
      ++report.again;
      report.againNanoseconds += report.kernels[position->second].nanoseconds;
    }
  const unsigned arguments = program.arguments().size();
  for (auto copy : planned.getOps<exec::CopyOp>()) {
    auto target = cast<BlockArgument>(copy.getOutput());
    auto why = copy->getAttrOfType<StringAttr>("why");
    report.copies.push_back({program.results()[target.getArgNumber() - arguments].name,
                             exec::storageBytes(cast<ShapedType>(target.getType())), why ? why.str() : ""});
  }
}

/// The promise of donated arguments, where every stage finds it.
void noteDonations(func::FuncOp entry, ArrayRef<Donation> donated) {
  SmallVector<int64_t> pairs;
  for (const Donation &donation : donated)
    pairs.append({donation.argument, donation.result});
  if (!pairs.empty()) entry->setAttr(exec::donatedAttr, Builder(entry).getDenseI64ArrayAttr(pairs));
}

/// Says on the kernels themselves which memory is theirs alone, so that their listing says all of them.
void noteOwnMemory(ModuleOp module) {
  for (auto kernel : module.getOps<func::FuncOp>()) {
    if (!exec::isKernel(kernel) || kernel.isExternal()) continue;
    auto pairs = kernel->getAttrOfType<DenseI64ArrayAttr>(exec::inplaceAttr);
    if (pairs && !pairs.empty()) continue;
    for (unsigned place = 2; place < kernel.getNumArguments(); ++place)
      kernel.setArgAttr(place, "llvm.noalias", UnitAttr::get(kernel.getContext()));
  }
}

} // namespace

struct Compiler::State {
  explicit State(MLIRContext &context) : context(context) {}

  /// The pass list of a stage, built once for equal options.
  PassManager &passesOf(Stage stage, const Options &options);
  Result<Compiled> compileOnce(const CompileInput &input, Ports ports, const Options &options, Trace *trace);
  Result<void> runStage(Stage stage, ModuleOp module, const Options &options, Trace *trace);
  Result<Compiled> runTarget(ModuleOp module, const CompileInput &input, Ports ports, const Options &options,
                             Trace *trace);

  MLIRContext &context;
  Options builtFor;
  std::array<std::unique_ptr<PassManager>, stageNames.size()> lists;
  std::unique_ptr<target::KernelBuilder> kernels;
};

PassManager &Compiler::State::passesOf(Stage stage, const Options &options) {
  if (!(options == builtFor)) {
    for (auto &list : lists)
      list.reset();
    builtFor = options;
  }
  auto &list = lists[static_cast<std::size_t>(stage)];
  if (!list) {
    list = std::make_unique<PassManager>(&context, ModuleOp::getOperationName());
    list->enableVerifier(options.verifyEach);
    addStage(*list, stage, options);
  }
  return *list;
}

Result<void> Compiler::State::runStage(Stage stage, ModuleOp module, const Options &options, Trace *trace) {
  DiagnosticCollector said(&context);
  const double start = now();
  if (failed(passesOf(stage, options).run(module)) || failed(verify(module))) return said.take(stage);
  if (trace) trace->add(stage, now() - start, module);
  return {};
}

Result<Compiled> Compiler::State::runTarget(ModuleOp module, const CompileInput &input, Ports ports,
                                            const Options &options, Trace *trace) {
  DiagnosticCollector said(&context);
  const double start = now();
  if (!kernels) {
    auto cpu = target::Cpu::make();
    if (!cpu) return cpu.error();
    kernels = std::make_unique<target::KernelBuilder>(std::move(*cpu));
  }
  if (options.keepLlvm) noteOwnMemory(module);
  auto built = kernels->build(module, passesOf(Stage::Target, options), options, trace);
  if (!built) return built.error().message.empty() ? said.take(Stage::Target) : built.error();
  auto planned = module.lookupSymbol<func::FuncOp>(input.entry);
  auto program = target::assemble(planned, std::move(ports.arguments), std::move(ports.results), built->ready,
                                  built->code);
  if (!program) return program.error();
  Compiled compiled;
  compiled.report.contractionBytes = options.contractionBytes;
  compiled.report.inOrder = options.memoryBudget == 0 && !planned->hasAttr(exec::donatedAttr);
  fillReport(compiled.report, planned, *program, *built);
  compiled.program = std::make_shared<const Program>(std::move(*program));
  compiled.report.dialectText = std::move(built->dialectText);
  if (!compiled.report.dialectText.empty()) compiled.report.dialectText += '\n'; // as textOf ends
  compiled.report.llvmText = std::move(built->llvmText);
  compiled.report.assembly = std::move(built->assembly);
  if (trace) trace->add(Stage::Target, now() - start, module);
  return compiled;
}

Compiler::Compiler(MLIRContext &context) : state(std::make_unique<State>(context)) {
  context.printOpOnDiagnostic(false);
  DialectRegistry registry;
  registerDialects(registry);
  context.appendDialectRegistry(registry);
  context.loadAllAvailableDialects();
}

Compiler::~Compiler() = default;

void Compiler::forgetKernels() {
  if (state->kernels) state->kernels->forget();
}

Result<Compiled> Compiler::State::compileOnce(const CompileInput &input, Ports ports, const Options &options,
                                              Trace *trace) {
  if (trace) trace->start(input.module);
  const auto last = std::min(options.upTo, Stage::Schedule);
  for (auto stage = options.from; stage <= last; stage = Stage(static_cast<int>(stage) + 1))
    if (auto done = runStage(stage, input.module, options, trace); !done) return done.error();
  if (options.upTo < Stage::Target) return Compiled{};
  return runTarget(input.module, input, std::move(ports), options, trace);
}

/// The bytes that a message about a budget ends with; all of them where it says none.
static std::int64_t leastFound(const Error &error) {
  std::int64_t bytes = 0;
  const bool none = llvm::StringRef(error.message).rsplit(' ').second.getAsInteger(10, bytes);
  return none ? std::numeric_limits<std::int64_t>::max() : bytes;
}

Result<Compiled> Compiler::compile(const CompileInput &input, const Options &options, Trace *trace) {
  ModuleOp module = input.module;
  auto entry = module.lookupSymbol<func::FuncOp>(input.entry);
  if (!entry || entry.isExternal())
    return tgc::Error{ErrorKind::Invalid, "no function is named " + input.entry, {}, 1, {}};
  auto ports = readPorts(entry, input);
  if (!ports) return ports.error();
  if (options.from > Stage::Contract)
    for (const auto *list : {&ports->arguments, &ports->results})
      for (const Port &port : *list)
        if (isComplex(port.dtype))
          return tgc::Error{ErrorKind::Invalid,
                            port.name + " is complex; behind stage contract all tensors are real",
                            {},
                            1,
                            {}};
  noteDonations(entry, input.donated);
  const std::vector<Way> ways = waysToFit(module, options);
  OwningOpRef<ModuleOp> original = ways.size() > 1 ? cast<ModuleOp>(module->clone()) : ModuleOp();
  auto compiled = state->compileOnce(input, *ports, ways.front().options, trace);
  for (std::size_t way = 1; way < ways.size(); ++way) {
    if (compiled || compiled.error().kind != ErrorKind::Limit) break;
    module.getBodyRegion().takeBody(OwningOpRef<ModuleOp>(original->clone())->getBodyRegion());
    prepare(module, ways[way]);
    if (trace) trace->stages.clear();
    auto next = state->compileOnce(input, *ports, ways[way].options, trace);
    if (next) return next;
    if (leastFound(next.error()) < leastFound(compiled.error())) compiled = std::move(next);
  }
  return compiled;
}

} // namespace tgc
