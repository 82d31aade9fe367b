#include "compiler/target/Cpu.h"
#include "dialects/exec/Exec.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/PassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include <mutex>

namespace tgc::target {
namespace {

// 4 to 81 times cheaper than O2, equal speed on kernels that are already vectorised.
constexpr const char *lightPipeline =
    "function(sroa,early-cse,instcombine<no-verify-fixpoint>,simplifycfg,loop-mssa(licm),early-cse)";

/// Passes of the code generator that our code gives nothing to do: its loops are written as they shall run,
/// it has no exceptions, no collector, no variables to debug. Loop strength reduction takes a fifth of code
/// generation, the others together some percent; no figure of tgc-bench changes without them.
constexpr llvm::StringLiteral idlePasses[] = {
    "Loop Strength Reduction",
    "Canonicalize Freeze Instructions in Loops",
    "Merge contiguous icmps into a memcmp",
    "Expand memcmp() to load/stores",
    "Lower Garbage Collection Instructions",
    "Shadow Stack GC Lowering",
    "Lower AMX intrinsics",
    "Lower AMX type for load/store",
    "Constant Hoisting",
    "Replace intrinsics with calls to vector library",
    "Interleaved Access Pass",
    "X86 Partial Reduction",
    "Exception handling preparation",
    "ObjC ARC contraction",
    "Prepare callbr",
    "Safe Stack instrumentation pass",
    "X86 Domain Reassignment Pass",
    "Early Tail Duplication",
    "Optimize machine instruction PHIs",
    "Merge disjoint stack slots",
    "Early If-Conversion",
    "Machine InstCombiner",
    "X86 cmov Conversion",
    "X86 LEA Optimize",
    "X86 Fixup SetCC",
    "X86 Avoid Store Forwarding Blocks",
    "Live Range Shrink",
    "PostRA Machine Sink",
    "Tail Duplication",
    "Post RA top-down list latency scheduler", // processors that run out of order need the first one only
    "X86 LEA Fixup",
    "Live DEBUG_VALUE analysis",
    "Machine Late Instructions Cleanup Pass",
};

/// The code generator's own list without the idle passes.
class ShortList : public llvm::legacy::PassManager {
public:
  void add(llvm::Pass *pass) override {
    if (llvm::is_contained(idlePasses, pass->getPassName()))
      delete pass;
    else
      llvm::legacy::PassManager::add(pass);
  }
};

Error internal(std::string message) { return Error{ErrorKind::Internal, std::move(message), {}, 1, {}}; }

/// The only process-wide state of tgc: LLVM's list of targets.
void registerHost() {
  // state: LLVM's registry of targets is the process's, and must be filled once
  static std::once_flag once;
  std::call_once(once, [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
  });
}

void addVectorWidth(llvm::Function &function, const Options &options) {
  const int bytes = options.vectorBytes ? options.vectorBytes : 64;
  function.addFnAttr("prefer-vector-width", std::to_string(bytes * 8));
}

/// Nothing in a kernel throws or asks for frames. Results never overlap what a call reads, unless a kernel
/// says so.
void annotate(llvm::Function &function, const KernelFacts &facts, const Options &options) {
  function.setLinkage(llvm::GlobalValue::InternalLinkage);
  function.addFnAttr(llvm::Attribute::NoUnwind);
  addVectorWidth(function, options);
  for (unsigned index = 0; index < facts.buffers; ++index)
    if (!facts.mayAlias[index]) function.addParamAttr(index + 2, llvm::Attribute::NoAlias);
}

/// Routines and their calls use a convention in which half of the vector registers survive a call, so that
/// values of a loop that calls need not live in memory. Elsewhere than on x86-64 it is the usual one.
void setConvention(llvm::Function &routine, const Options &options, llvm::StringRef features) {
  if (!routine.isDeclaration()) {
    routine.addFnAttr(llvm::Attribute::NoUnwind);
    addVectorWidth(routine, options);
  }
  if (routine.getParent()->getTargetTriple().getArch() != llvm::Triple::x86_64) return;
  // The convention keeps no frame pointer, so LLVM pushes that around each call, and does not count the push
  // where the callee's address is read from the stack. A local function is called without an address.
  routine.setDSOLocal(true);
  routine.setCallingConv(llvm::CallingConv::Intel_OCL_BI);
  // Where a result is short but wider registers were used, LLVM clears the upper halves of all registers
  // before it returns: also of those that the convention keeps.
  if (!routine.isDeclaration())
    routine.addFnAttr("target-features", features.empty() ? "-vzeroupper" : features.str() + ",-vzeroupper");
  for (llvm::User *user : routine.users())
    if (auto *call = llvm::dyn_cast<llvm::CallBase>(user))
      call->setCallingConv(llvm::CallingConv::Intel_OCL_BI);
}

/// `void name(i64 begin, i64 end, ptr buffers)`: loads the pointers, then does what the kernel does. Inlining
/// turns `noalias` parameters into alias scopes; a second function for each kernel would cost a quarter of
/// code generation.
void addWrapper(llvm::Module &module, llvm::Function &kernel, const KernelFacts &facts) {
  llvm::LLVMContext &context = module.getContext();
  kernel.setName(facts.name + ".body");
  auto *word = llvm::Type::getInt64Ty(context);
  auto *pointer = llvm::PointerType::getUnqual(context);
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(context), {word, word, pointer}, false);
  auto *wrapper = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, facts.name, module);
  wrapper->addFnAttr(llvm::Attribute::NoUnwind);
  // Spilled registers otherwise lie over the edges of cache lines: the register allocator cannot align the
  // stack of a function that had no aligned variable before it.
  wrapper->addFnAttr(llvm::Attribute::getWithStackAlignment(context, llvm::Align(64)));
  llvm::IRBuilder<> builder(llvm::BasicBlock::Create(context, "entry", wrapper));
  llvm::SmallVector<llvm::Value *> arguments{wrapper->getArg(0), wrapper->getArg(1)};
  for (unsigned index = 0; index < facts.buffers; ++index) {
    llvm::Value *slot = builder.CreateConstInBoundsGEP1_64(pointer, wrapper->getArg(2), index);
    arguments.push_back(builder.CreateLoad(pointer, slot));
  }
  auto *call = builder.CreateCall(&kernel, arguments);
  builder.CreateRetVoid();
  llvm::InlineFunctionInfo info;
  if (llvm::InlineFunction(*call, info).isSuccess()) kernel.eraseFromParent(); // else the call stays
}

/// The only lane of a constant mask that is set; nothing for any other mask.
std::optional<unsigned> onlyLane(const llvm::Value *mask) {
  auto *constant = llvm::dyn_cast<llvm::Constant>(mask);
  auto *type = llvm::dyn_cast<llvm::FixedVectorType>(mask->getType());
  if (!constant || !type) return std::nullopt;
  std::optional<unsigned> only;
  for (unsigned lane = 0; lane < type->getNumElements(); ++lane) {
    llvm::Constant *element = constant->getAggregateElement(lane);
    if (!element || !llvm::isa<llvm::ConstantInt>(element)) return std::nullopt;
    if (element->isZeroValue()) continue;
    if (only) return std::nullopt;
    only = lane;
  }
  return only;
}

/// Writes masked stores of one lane as stores of an element. LLVM 22 does so too, but stores the wide element
/// where the vector was truncated: `masked.store(trunc <8 x i64> to <8 x i8>, mask of one lane)` writes eight
/// bytes (reduceMaskedStoreToScalarStore of its X86ISelLowering.cpp).
void storeOneLane(llvm::Module &module) {
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
      auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
      if (!call || call->getIntrinsicID() != llvm::Intrinsic::masked_store) continue;
      llvm::Value *vector = call->getArgOperand(0), *place = call->getArgOperand(1);
      std::optional<unsigned> lane = onlyLane(call->getArgOperand(call->arg_size() - 1));
      if (!lane) continue;
      llvm::IRBuilder<> builder(call);
      llvm::Type *element = llvm::cast<llvm::VectorType>(vector->getType())->getElementType();
      const llvm::DataLayout &layout = module.getDataLayout();
      llvm::Value *address = *lane ? builder.CreateConstInBoundsGEP1_64(element, place, *lane) : place;
      auto *store =
          builder.CreateAlignedStore(builder.CreateExtractElement(vector, uint64_t(*lane)), address,
                                     llvm::commonAlignment(call->getParamAlign(1).valueOrOne(),
                                                           *lane * layout.getTypeStoreSize(element)));
      store->setAAMetadata(call->getAAMetadata());
      call->eraseFromParent();
    }
}

} // namespace

struct Cpu::Light {
  // Order of destruction matters to LLVM: managers go in reverse.
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::ModulePassManager passes;
};

Unit::Unit() = default;
Unit::Unit(Unit &&) noexcept = default;
Unit &Unit::operator=(Unit &&other) noexcept {
  module = std::move(other.module); // before the context it hangs on
  context = std::move(other.context);
  return *this;
}
Unit::~Unit() { module.reset(); } // before its context

Cpu::Cpu() = default;
Cpu::~Cpu() = default;

Result<std::unique_ptr<Cpu>> Cpu::make() {
  registerHost();
  auto host = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!host)
    return Error{
        ErrorKind::Unavailable, "this processor is unknown: " + llvm::toString(host.takeError()), {}, 1, {}};
  host->setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
  host->setRelocationModel(llvm::Reloc::PIC_);
  // An object's code and constants lie together, and the linker makes stubs for calls that leave it. LLVM's
  // choice for a JIT is the large model: every address in a register of its own.
  host->setCodeModel(llvm::CodeModel::Small);
  auto machine = host->createTargetMachine();
  if (!machine)
    return Error{ErrorKind::Unavailable,
                 "no code generator for this processor: " + llvm::toString(machine.takeError()),
                 {},
                 1,
                 {}};
  std::unique_ptr<Cpu> cpu(new Cpu());
  cpu->machineName =
      host->getTargetTriple().str() + " " + host->getCPU() + " " + host->getFeatures().getString();
  cpu->machine = std::move(*machine);
  cpu->light = std::make_unique<Light>();
  Light &light = *cpu->light;
  llvm::PassBuilder builder(cpu->machine.get());
  builder.registerModuleAnalyses(light.modules);
  builder.registerCGSCCAnalyses(light.components);
  builder.registerFunctionAnalyses(light.functions);
  builder.registerLoopAnalyses(light.loops);
  builder.crossRegisterProxies(light.loops, light.functions, light.components, light.modules);
  if (auto error = builder.parsePassPipeline(light.passes, lightPipeline))
    return internal("LLVM refuses the pass list: " + llvm::toString(std::move(error)));
  return cpu;
}

void Cpu::optimize(llvm::Module &module) {
  light->passes.run(module, light->modules);
  storeOneLane(module);
  // Results of analyses hang on the module's functions, which are about to go.
  light->modules.clear();
  light->components.clear();
  light->functions.clear();
  light->loops.clear();
}

bool Cpu::emit(llvm::Module &module, bool assembly, llvm::SmallVectorImpl<char> &out) {
  llvm::raw_svector_ostream stream(out);
  ShortList passes;
  const auto kind = assembly ? llvm::CodeGenFileType::AssemblyFile : llvm::CodeGenFileType::ObjectFile;
  if (machine->addPassesToEmitFile(passes, stream, nullptr, kind)) return false;
  passes.run(module);
  return true;
}

Result<Unit> Cpu::translate(mlir::ModuleOp source, llvm::ArrayRef<KernelFacts> kernels,
                            const Options &options) const {
  Unit unit;
  unit.context = std::make_unique<llvm::LLVMContext>();
  unit.module = mlir::translateModuleToLLVMIR(source, *unit.context, "tgc");
  if (!unit.module) return internal("a kernel does not translate to LLVM IR");
  unit.module->setDataLayout(machine->createDataLayout());
  unit.module->setTargetTriple(machine->getTargetTriple());
  for (llvm::Function &function : *unit.module)
    if (function.getName().starts_with(exec::routinePrefix))
      setConvention(function, options, machine->getTargetFeatureString());
  for (const KernelFacts &facts : kernels) {
    llvm::Function *kernel = unit.module->getFunction(facts.name);
    if (!kernel || kernel->arg_size() != facts.buffers + 2)
      return internal("kernel " + facts.name + " was lost on the way to LLVM IR");
    annotate(*kernel, facts, options);
    addWrapper(*unit.module, *kernel, facts);
  }
  return unit;
}

Result<MachineCode> Cpu::generate(Unit &unit, const Options &options) {
  // The reference is compiled far more often than it runs.
  const bool quickly = options.level == 0;
  machine->setOptLevel(quickly ? llvm::CodeGenOptLevel::None : llvm::CodeGenOptLevel::Default);
  machine->setFastISel(quickly);
  optimize(*unit.module);
  MachineCode code;
  if (options.keepLlvm) {
    llvm::raw_string_ostream stream(code.llvmText);
    unit.module->print(stream, nullptr);
  }
  if (options.keepAssembly) {
    // Code generation changes the module it reads; the listing comes from a copy.
    llvm::SmallVector<char, 0> text;
    if (!emit(*llvm::CloneModule(*unit.module), true, text))
      return internal("this processor has no assembly printer");
    code.assembly.assign(text.begin(), text.end());
  }
  if (!emit(*unit.module, false, code.object)) return internal("this processor has no object writer");
  return code;
}

} // namespace tgc::target
