// See Contract.h. Reads the kernel, chooses the cut, writes the loop form in its place.
#include "compiler/schedule/Contract.h"
#include "compiler/schedule/ContractKernel.h"
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

} // namespace

bool isContraction(func::FuncOp kernel) { return matchContraction(kernel).has_value(); }

LogicalResult emitContract(func::FuncOp kernel, const Machine &machine) {
  auto contraction = matchContraction(kernel);
  if (!contraction)
    return kernel.emitOpError("is not a contraction: expected one sum of products of two arguments");
  std::unique_ptr<Block> block = loopBlock(kernel);
  ContractGrid grid;
  if (!empty(*contraction)) {
    auto numbers = contractNumbers(*contraction, machine);
    ContractTile tile = chooseContractTile(contraction->indices, numbers, machine);
    grid = chooseContractGrid(*contraction, tile);
    writeContractKernel(*block, *contraction, tile, grid);
  } else {
    grid.items = 0;
  }
  OpBuilder builder(kernel.getContext());
  builder.setInsertionPointToEnd(block.get());
  func::ReturnOp::create(builder, kernel.getLoc());
  kernel.getBody().front().erase();
  kernel.getBody().push_back(block.release());
  kernel.setType(builder.getFunctionType(kernel.getBody().front().getArgumentTypes(), {}));
  kernel.setArgAttrsAttr({}), kernel.setResAttrsAttr({});
  kernel->setAttr("exec.items", builder.getI64IntegerAttr(grid.items));
  kernel->setAttr("exec.nanoseconds", builder.getI64IntegerAttr(static_cast<int64_t>(grid.nanoseconds)));
  return success();
}

} // namespace tgc::schedule
