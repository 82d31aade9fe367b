// See Contract.h. Reads the kernel, chooses the cut, writes the loop form in its place.
#include "compiler/schedule/Contract.h"
#include "compiler/Notes.h"
#include "compiler/schedule/ContractKernel.h"
#include "compiler/schedule/ContractPanelKernel.h"
#include "dialects/exec/Exec.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

MemRefType inMemory(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return MemRefType::get(tensor.getShape(), tensor.getElementType());
}

bool empty(const Contraction &contraction) {
  return llvm::any_of(contraction.indices, [](const ContractIndex &i) { return !i.summed && i.extent == 0; });
}

/// A block with the loop form's arguments: begin, end, inputs..., results...
std::unique_ptr<Block> loopBlock(func::FuncOp kernel) {
  auto block = std::make_unique<Block>();
  Type index = IndexType::get(kernel.getContext());
  block->addArguments({index, index}, {kernel.getLoc(), kernel.getLoc()});
  for (Type type : kernel.getArgumentTypes())
    block->addArgument(inMemory(type), kernel.getLoc());
  for (Type type : kernel.getResultTypes())
    block->addArgument(inMemory(type), kernel.getLoc());
  return block;
}

/// Scratch is one more result of the kernel: the planner gives it a place that is free again after the run.
void addScratchToRuns(func::FuncOp kernel, Type memory) {
  auto type = cast<MemRefType>(memory);
  auto scratch = RankedTensorType::get(type.getShape(), type.getElementType());
  SmallVector<exec::RunOp> runs;
  kernel->getParentOfType<ModuleOp>().walk([&](exec::RunOp run) {
    if (run.getKernel() == kernel.getName()) runs.push_back(run);
  });
  for (exec::RunOp run : runs) {
    OpBuilder builder(run);
    SmallVector<Type> types(run.getResultTypes());
    types.push_back(scratch);
    auto wider = exec::RunOp::create(builder, run.getLoc(), types, run.getKernelAttr(), run.getInputs());
    run.replaceAllUsesWith(wider.getResults().drop_back());
    run.erase();
  }
}

/// What the kernel says of itself.
struct Shares {
  int64_t items = 0;
  double nanoseconds = 0;
  bool scratch = false; // the block's last argument
  std::string form = "nothing to compute";
  bool symmetric = false; // half of the result is computed, the other half copied
};

Shares writeKernel(Block &block, const Contraction &contraction, const Machine &machine) {
  Location loc = contraction.product.getLoc();
  auto numbers = contractNumbers(contraction, machine);
  if (auto panels = chooseContractPanels(contraction, numbers, machine)) {
    block.addArgument(MemRefType::get({contractPanelScratch(*panels)}, contraction.sumType), loc);
    writeContractPanelKernel(block, contraction, *panels);
    return {panels->items, panels->nanoseconds, true, describe(*panels), panels->symmetric};
  }
  ContractTile tile = chooseContractTile(contraction.indices, numbers, machine);
  ContractGrid grid = chooseContractGrid(contraction, tile);
  if (grid.blockElements) {
    auto factor = cast<ShapedType>(contraction.arrays[1 - tile.packed].use->get().getType());
    block.addArgument(MemRefType::get({grid.items * grid.blockElements}, factor.getElementType()), loc);
  }
  writeContractKernel(block, contraction, tile, grid);
  return {grid.items, grid.nanoseconds, grid.blockElements > 0, describe(tile)};
}

} // namespace

bool isContraction(func::FuncOp kernel) { return matchContraction(kernel).has_value(); }

bool isScaledProduct(func::FuncOp kernel) {
  auto contraction = matchContraction(kernel);
  return contraction && contraction->scaled;
}

LogicalResult emitContract(func::FuncOp kernel, const Machine &machine) {
  auto contraction = matchContraction(kernel);
  if (!contraction)
    return kernel.emitOpError("is not a contraction: expected one sum of products of two arguments");
  std::unique_ptr<Block> block = loopBlock(kernel);
  Shares shares;
  if (!empty(*contraction)) shares = writeKernel(*block, *contraction, machine);
  OpBuilder builder(kernel.getContext());
  if (shares.scratch) addScratchToRuns(kernel, block->getArguments().back().getType());
  builder.setInsertionPointToEnd(block.get());
  func::ReturnOp::create(builder, kernel.getLoc());
  kernel.getBody().front().erase();
  kernel.getBody().push_back(block.release());
  kernel.setType(builder.getFunctionType(kernel.getBody().front().getArgumentTypes(), {}));
  kernel.setArgAttrsAttr({}), kernel.setResAttrsAttr({});
  kernel->setLoc(withForm(kernel.getLoc(), shares.form));
  kernel->setAttr("exec.items", builder.getI64IntegerAttr(shares.items));
  kernel->setAttr("exec.nanoseconds", builder.getI64IntegerAttr(static_cast<int64_t>(shares.nanoseconds)));
  if (shares.symmetric) kernel->setAttr("exec.symmetric", builder.getUnitAttr());
  return success();
}

} // namespace tgc::schedule
