#include "tests/unit/compiler/schedule/Jit.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/ExecutionEngine/ExecutionEngine.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include <dlfcn.h>

using namespace mlir;

namespace tgc::testing {

Compiled::~Compiled() = default;

static void lowerToLlvm(PassManager &passes) {
  passes.addPass(createSCFToControlFlowPass());
  passes.addPass(memref::createExpandStridedMetadataPass());
  passes.addPass(createConvertVectorToLLVMPass());
  passes.addPass(createConvertMathToLLVMPass());
  passes.addPass(createConvertMathToLibmPass());
  passes.addPass(createFinalizeMemRefToLLVMConversionPass());
  ConvertFuncToLLVMPassOptions options;
  options.useBarePtrCallConv = true;
  passes.addPass(createConvertFuncToLLVMPass(options));
  passes.addPass(createArithToLLVMConversionPass());
  passes.addPass(createConvertIndexToLLVMPass());
  passes.addPass(createUBToLLVMConversionPass());
  passes.addPass(createConvertControlFlowToLLVMPass());
  passes.addPass(createReconcileUnrealizedCastsPass());
}

// void entry(begin, end, void **buffers)
static void addEntry(ModuleOp module) {
  auto kernel = module.lookupSymbol<LLVM::LLVMFuncOp>("k");
  kernel.setLinkage(LLVM::Linkage::Internal);
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location loc = kernel.getLoc();
  auto i64 = builder.getI64Type();
  auto pointer = LLVM::LLVMPointerType::get(module.getContext());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(module.getContext()), {i64, i64, pointer});
  auto entry = LLVM::LLVMFuncOp::create(builder, loc, "entry", type);
  Block *block = entry.addEntryBlock(builder);
  builder.setInsertionPointToStart(block);
  SmallVector<Value> arguments = {block->getArgument(0), block->getArgument(1)};
  for (unsigned index = 0; index + 2 < kernel.getNumArguments(); ++index) {
    Value slot = LLVM::GEPOp::create(builder, loc, pointer, pointer, block->getArgument(2),
                                     ArrayRef<LLVM::GEPArg>{int32_t(index)});
    arguments.push_back(LLVM::LoadOp::create(builder, loc, pointer, slot));
  }
  LLVM::CallOp::create(builder, loc, kernel, arguments);
  LLVM::ReturnOp::create(builder, loc, ValueRange{});
}

static llvm::Error optimize(llvm::Module *module, llvm::TargetMachine *machine) {
  for (llvm::Function &function : *module) {
    if (function.isDeclaration()) continue;
    function.addFnAttr("target-cpu", machine->getTargetCPU());
    function.addFnAttr("target-features", machine->getTargetFeatureString());
    function.addFnAttr("prefer-vector-width", "512");
  }
  llvm::LoopAnalysisManager lam;
  llvm::FunctionAnalysisManager fam;
  llvm::CGSCCAnalysisManager cam;
  llvm::ModuleAnalysisManager mam;
  llvm::PassBuilder builder(machine);
  builder.registerModuleAnalyses(mam);
  builder.registerCGSCCAnalyses(cam);
  builder.registerFunctionAnalyses(fam);
  builder.registerLoopAnalyses(lam);
  builder.crossRegisterProxies(lam, fam, cam, mam);
  llvm::ModulePassManager passes;
  if (auto error = builder.parsePassPipeline(
          passes, "function(sroa,early-cse,instcombine<no-verify-fixpoint>,simplifycfg,loop-mssa(licm),"
                  "instcombine<no-verify-fixpoint>,early-cse)"))
    return error;
  passes.run(*module, mam);
  return llvm::Error::success();
}

static void prepareProcess() {
  static const bool once = [] {
    llvm::InitializeNativeTarget();
    llvm::InitializeNativeTargetAsmPrinter();
    return dlopen("libmvec.so.1", RTLD_NOW | RTLD_GLOBAL) != nullptr;
  }();
  (void)once;
}

std::unique_ptr<Compiled> Compiled::build(const std::string &text, const Emitter &emit, std::string *error) {
  prepareProcess();
  auto made = std::unique_ptr<Compiled>(new Compiled);
  DialectRegistry registry;
  registry.insert<arith::ArithDialect, func::FuncDialect, linalg::LinalgDialect, math::MathDialect,
                  memref::MemRefDialect, scf::SCFDialect, tensor::TensorDialect, vector::VectorDialect,
                  ub::UBDialect, LLVM::LLVMDialect>();
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  made->context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  MLIRContext &context = *made->context;
  context.allowUnregisteredDialects();
  context.loadAllAvailableDialects();
  std::string messages;
  ScopedDiagnosticHandler handler(&context,
                                  [&](Diagnostic &diagnostic) { messages += diagnostic.str() + "\n"; });
  auto fail = [&](const std::string &where) -> std::unique_ptr<Compiled> {
    if (error) *error = where + ": " + messages;
    return nullptr;
  };
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module) return fail("parse\n" + text);
  auto kernel = module->lookupSymbol<func::FuncOp>("k");
  if (failed(emit(kernel))) return fail("emit");
  llvm::raw_string_ostream(made->loops) << *module;
  if (failed(verify(*module))) return fail("verify\n" + made->loops);
  made->items = kernel->getAttrOfType<IntegerAttr>("exec.items").getInt();
  PassManager passes(&context);
  lowerToLlvm(passes);
  if (failed(passes.run(*module))) return fail("lower\n" + made->loops);
  if (!module->lookupSymbol<LLVM::LLVMFuncOp>("k")) return fail("no kernel left\n" + made->loops);
  addEntry(*module);
  auto target = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!target) return fail("host");
  target->setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
  std::shared_ptr<llvm::TargetMachine> machine = llvm::cantFail(target->createTargetMachine());
  ExecutionEngineOptions options;
  auto transform = [machine](llvm::Module *m) { return optimize(m, machine.get()); };
  options.transformer = transform;
  options.jitCodeGenOptLevel = llvm::CodeGenOptLevel::Default;
  auto engine = ExecutionEngine::create(*module, options);
  if (!engine) return fail("engine " + llvm::toString(engine.takeError()));
  made->engine = std::move(*engine);
  auto symbol = made->engine->lookup("entry");
  if (!symbol) return fail("lookup " + llvm::toString(symbol.takeError()));
  made->entry = reinterpret_cast<void (*)(int64_t, int64_t, void **)>(*symbol);
  return made;
}

} // namespace tgc::testing
