#include "tests/unit/compiler/schedule/Jit.h"

#include "compiler/target/Cpu.h"
#include "compiler/target/Jit.h"
#include "compiler/target/Stage.h"
#include "dialects/exec/Exec.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"

using namespace mlir;

namespace tgc::testing {

static MLIRContext &context() {
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

std::unique_ptr<Compiled> Compiled::build(const std::string &text, const Emitter &emit, std::string *error,
                                          bool keepAssembly) {
  auto made = std::unique_ptr<Compiled>(new Compiled);
  std::string messages;
  ScopedDiagnosticHandler handler(&context(),
                                  [&](Diagnostic &diagnostic) { messages += diagnostic.str() + "\n"; });
  auto fail = [&](const std::string &where) -> std::unique_ptr<Compiled> {
    if (error) *error = where + ": " + messages;
    return nullptr;
  };
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context());
  if (!module) return fail("parse\n" + text);
  auto kernel = module->lookupSymbol<func::FuncOp>("k");
  kernel->setAttr("exec.kernel", UnitAttr::get(&context()));
  if (failed(emit(kernel))) return fail("emit");
  llvm::raw_string_ostream(made->loops) << *module;
  if (failed(verify(*module))) return fail("verify\n" + made->loops);
  made->items = kernel->getAttrOfType<IntegerAttr>("exec.items").getInt();
  target::KernelFacts facts;
  facts.name = "k";
  facts.buffers = kernel.getNumArguments() - 2;
  facts.mayAlias.assign(facts.buffers, false);
  PassManager passes(&context());
  Options options;
  options.keepAssembly = keepAssembly;
  addTarget(passes, options);
  if (failed(passes.run(*module))) return fail("lower\n" + made->loops);
  static auto cpu = target::Cpu::make().value();
  auto unit = cpu->translate(*module, facts, options);
  if (!unit) return fail("translate " + unit.error().message);
  auto code = cpu->generate(unit.value(), options);
  if (!code) return fail("compile " + code.error().message);
  made->assembly = code.value().assembly;
  std::vector<SmallVector<char, 0>> objects;
  objects.push_back(std::move(code.value().object));
  std::string name = "k";
  auto loaded = target::load(std::move(objects), name);
  if (!loaded) return fail("load " + loaded.error().message);
  made->code = loaded.value().code;
  made->entry = reinterpret_cast<Kernel>(loaded.value().addresses[0]);
  return made;
}

} // namespace tgc::testing
