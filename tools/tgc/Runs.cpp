#include "tools/tgc/Runs.h"
#include "compiler/Notes.h"
#include "dialects/exec/Exec.h"
#include "dialects/graph/Ops.h"

namespace tgc::tools {
namespace {

std::string textOf(mlir::Operation *op, const char *name) {
  auto text = op->getAttrOfType<mlir::StringAttr>(name);
  return text ? text.getValue().str() : "";
}

std::string opsOf(mlir::func::FuncOp kernel, std::string &contraction) {
  if (exec::isForeign(kernel))
    return "foreign " + kernel->getAttrOfType<mlir::StringAttr>(exec::foreignAttr).str();
  std::string out;
  for (mlir::Operation &op : kernel.front().without_terminator()) {
    auto row = mlir::dyn_cast<graph::GraphOp>(op);
    if (row && (row.viewMap() || row.renames())) continue;
    out += (out.empty() ? "" : " ") + op.getName().stripDialect().str();
    if (auto contract = mlir::dyn_cast<graph::ContractOp>(op)) contraction = contract.getEquation().str();
  }
  return out;
}

std::string stepsOf(exec::ControlOp control) {
  if (control.getKind() == "branch") return "one of the two below";
  if (control.getKind() == "while") return "the second below while the first gives true";
  const std::string length = std::to_string(control.getLength()) + " steps";
  if (control.getKind() == "scan") return length + (control.getReversed() ? ", the last first" : "");
  return (control.getLength() ? length : std::string("as many steps as counted")) + ", forward and back";
}

class Lister {
public:
  explicit Lister(mlir::ModuleOp module) : module(module) {}

  void add(mlir::func::FuncOp function, int depth) {
    for (mlir::Operation &op : function.front()) {
      if (auto run = mlir::dyn_cast<exec::RunOp>(op)) {
        Run row{run.getKernel().str(), textOf(run, "why"), "", "", callsOf(run.getLoc()), "", depth};
        row.ops = opsOf(module.lookupSymbol<mlir::func::FuncOp>(run.getKernel()), row.contraction);
        out.push_back(row);
      } else if (auto control = mlir::dyn_cast<exec::ControlOp>(op)) {
        out.push_back({control.getKind().str(), textOf(control, "why"), stepsOf(control), "",
                       callsOf(control.getLoc()), textOf(control, "keeps"), depth});
        for (mlir::FlatSymbolRefAttr name : {control.getFirstAttr(), control.getSecondAttr()})
          if (name) add(module.lookupSymbol<mlir::func::FuncOp>(name.getValue()), depth + 1);
      }
    }
  }

  std::vector<Run> out;

private:
  mlir::ModuleOp module;
};

} // namespace

std::vector<Run> runsOf(mlir::ModuleOp module, const std::string &function) {
  Lister lister(module);
  lister.add(module.lookupSymbol<mlir::func::FuncOp>(function), 0);
  return std::move(lister.out);
}

} // namespace tgc::tools
