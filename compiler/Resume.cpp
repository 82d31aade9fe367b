#include "compiler/Resume.h"
#include "compiler/Diagnostics.h"
#include "compiler/Forms.h"
#include "compiler/target/Cpu.h"
#include "dialects/exec/Exec.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

namespace tgc {
namespace {

tgc::Error invalid(std::string message, Place place = {}) {
  return tgc::Error{ErrorKind::Invalid, std::move(message), std::move(place), 1, {}};
}

tgc::Error refuse(Operation *op, std::string message) {
  return invalid(std::move(message), placeOf(op->getLoc()));
}

bool isStaticTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.hasStaticShape();
}

bool isPlainMemory(Type type) {
  auto memory = dyn_cast<MemRefType>(type);
  return memory && memory.hasStaticShape() && memory.getLayout().isIdentity();
}

/// A planned function takes the places of arguments and results, and the arena.
Result<void> checkPlanned(func::FuncOp function) {
  const std::string name = function.getName().str();
  auto count = function->getAttrOfType<IntegerAttr>(exec::argumentsAttr);
  if (!count)
    return refuse(function, "function " + name +
                                " carries no exec.arguments: stage schedule planned no "
                                "memory for it");
  if (count.getInt() >= int64_t(function.getNumArguments()) || function.getNumResults() != 0)
    return refuse(function, "function " + name + " has no place for its arena behind " +
                                std::to_string(count.getInt()) + " arguments and its results");
  for (auto [k, type] : llvm::enumerate(function.getArgumentTypes()))
    if (!isPlainMemory(type))
      return refuse(function, "argument " + std::to_string(k) + " of function " + name +
                                  " is no static, contiguous memory");
  auto arena = cast<MemRefType>(function.getArgumentTypes().back());
  if (arena.getRank() != 1 || !arena.getElementType().isInteger(8))
    return refuse(function, "the last argument of function " + name + " is no arena of bytes");
  return {};
}

Result<void> checkFunction(func::FuncOp function, Stage after) {
  const std::string name = function.getName().str();
  if (function.isExternal()) { // of the runtime or the host, which graph ops and runs do not call by name
    if (after < Stage::Lower || (exec::isKernel(function) && !exec::isForeign(function)))
      return refuse(function, "function " + name + " has no body");
    return {};
  }
  if (!function.getBody().hasOneBlock()) return refuse(function, "function " + name + " has several blocks");
  if (exec::isRoutine(function)) return {};
  if (after >= Stage::Schedule) return exec::isKernel(function) ? Result<void>() : checkPlanned(function);
  for (TypeRange types : {TypeRange(function.getArgumentTypes()), TypeRange(function.getResultTypes())})
    for (Type type : types)
      if (!isStaticTensor(type))
        return refuse(function, "function " + name + " has an argument or result that is no static tensor");
  return {};
}

/// A kernel as the runtime calls it.
bool isCallable(const llvm::Function &function) {
  const llvm::FunctionType *type = function.getFunctionType();
  return type->getReturnType()->isVoidTy() && type->getNumParams() == 3 &&
         type->getParamType(0)->isIntegerTy(64) && type->getParamType(1)->isIntegerTy(64) &&
         type->getParamType(2)->isPointerTy();
}

/// The kernels of a module in the LLVM dialect, none where a program has none, with what their parameters say
/// of their memory.
Result<std::vector<target::KernelFacts>> kernelsOf(ModuleOp module) {
  std::vector<target::KernelFacts> kernels;
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    if (function.isExternal() || function.getName().starts_with(exec::routinePrefix)) continue;
    const auto type = function.getFunctionType();
    target::KernelFacts facts{function.getName().str(), 0, {}};
    bool fits = type.getNumParams() >= 2 && isa<LLVM::LLVMVoidType>(type.getReturnType());
    for (auto [k, param] : llvm::enumerate(type.getParams())) {
      fits &= k < 2 ? param.isInteger(64) : isa<LLVM::LLVMPointerType>(param);
      if (k < 2) continue;
      ++facts.buffers;
      facts.mayAlias.push_back(!function.getArgAttr(unsigned(k), LLVM::LLVMDialect::getNoAliasAttrName()));
    }
    if (!fits)
      return refuse(function,
                    "function " + facts.name + " is no kernel: it takes not (i64, i64, pointer...)");
    kernels.push_back(std::move(facts));
  }
  return kernels;
}

Result<Report> generated(target::Cpu &cpu, target::Unit &unit, const Options &options) {
  auto code = cpu.generate(unit, options);
  if (!code) return code.error();
  Report report;
  report.llvmText = std::move(code->llvmText);
  report.assembly = std::move(code->assembly);
  return report;
}

/// What LLVM says of a module that this machine should run.
std::optional<std::string> problemOf(const llvm::Module &module, const std::string &fingerprint) {
  std::string said;
  llvm::raw_string_ostream stream(said);
  if (llvm::verifyModule(module, &stream)) return llvm::StringRef(said).rtrim().str();
  if (!llvm::StringRef(fingerprint).starts_with(module.getTargetTriple().str() + " "))
    return "it is for " + module.getTargetTriple().str() + ", this machine is " +
           llvm::StringRef(fingerprint).split(' ').first.str();
  for (const llvm::Function &function : module) {
    if (function.isDeclaration() || function.getName().starts_with(exec::routinePrefix) ||
        function.hasLocalLinkage())
      continue;
    if (!isCallable(function))
      return "function " + function.getName().str() + " is no kernel: it takes not (i64, i64, ptr)";
  }
  return std::nullopt;
}

} // namespace

Result<void> checkResumed(ModuleOp module, Stage after) {
  for (Operation &op : *module.getBody())
    if (after != Stage::Target && !isa<func::FuncOp>(op))
      return refuse(&op, op.getName().getStringRef().str() + " stands outside of all functions");
  DiagnosticCollector said(module.getContext());
  if (failed(checkForm(module, after))) {
    tgc::Error error = said.take(after);
    error.kind = ErrorKind::Invalid; // of the file, not of the compiler
    return error;
  }
  for (auto function : module.getOps<func::FuncOp>())
    if (auto ok = checkFunction(function, after); !ok) return ok;
  return {};
}

Result<Report> resumeTarget(ModuleOp module, const Options &options) {
  auto kernels = kernelsOf(module);
  if (!kernels) return kernels.error();
  if (kernels->empty()) return Report();
  auto cpu = target::Cpu::make();
  if (!cpu) return cpu.error();
  DiagnosticCollector said(module.getContext());
  auto unit = (*cpu)->translate(module, *kernels, options);
  if (!unit) return refuse(module, unit.error().message);
  if (auto problem = problemOf(*unit->module, (*cpu)->fingerprint())) return refuse(module, *problem);
  return generated(**cpu, *unit, options);
}

Result<Report> resumeLlvm(const std::string &text, const std::string &file, const Options &options) {
  auto cpu = target::Cpu::make();
  if (!cpu) return cpu.error();
  target::Unit unit;
  unit.context = std::make_unique<llvm::LLVMContext>();
  llvm::SMDiagnostic wrong;
  unit.module = llvm::parseAssemblyString(text, wrong, *unit.context);
  if (!unit.module)
    return invalid(wrong.getMessage().str(), {file, std::uint32_t(std::max(wrong.getLineNo(), 1)),
                                              std::uint32_t(std::max(wrong.getColumnNo() + 1, 1))});
  if (unit.module->empty()) return Report(); // of a program without kernels
  if (auto problem = problemOf(*unit.module, (*cpu)->fingerprint())) return invalid(*problem, {file, 1, 1});
  return generated(**cpu, unit, options);
}

} // namespace tgc
