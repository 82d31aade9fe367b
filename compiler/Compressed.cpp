#include "compiler/Scratch.h"
#include "compiler/Structure.h"
#include "compiler/algebra/Peel.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"

using namespace mlir;

namespace tgc {
namespace {

Type block(Type row, Type column) {
  SmallVector<int64_t> shape(graph::tensorOf(row).getShape());
  llvm::append_range(shape, graph::tensorOf(column).getShape());
  return RankedTensorType::get(shape, graph::elementOf(row));
}

/// The dense derivative, and how many axes of each block are rows.
SmallVector<size_t> takeBlocks(Scratch &scratch, ArrayRef<int64_t> wrt, bool second) {
  func::FuncOp f = scratch.function();
  SmallVector<Type> rows(f.getResultTypes()), columns, blocks;
  for (int64_t position : wrt)
    columns.push_back(f.getArgumentTypes()[position]);
  if (second) rows = columns;
  SmallVector<size_t> rowRanks;
  for (Type row : rows)
    for (Type column : columns) {
      blocks.push_back(block(row, column));
      rowRanks.push_back(static_cast<size_t>(graph::tensorOf(row).getRank()));
    }
  scratch.make("tgc_cores", f.getArgumentTypes(), [&](OpBuilder &builder, ValueRange values) {
    Operation *request =
        second
            ? graph::HessianOp::create(builder, f.getLoc(), blocks, values, f.getName(), wrt).getOperation()
            : graph::JacobianOp::create(builder, f.getLoc(), blocks, values, f.getName(), wrt, "auto")
                  .getOperation();
    return SmallVector<Value>(request->getResults());
  });
  return rowRanks;
}

} // namespace

Result<CompressedBlocks> compressed(const StructureRequest &request) {
  Scratch scratch(request.module, request.function);
  if (!scratch.function())
    return Error{ErrorKind::Invalid, "no function is named " + request.function, {}, 1, {}};
  auto rowRanks =
      takeBlocks(scratch, ArrayRef<int64_t>(request.wrt.data(), request.wrt.size()), request.second);
  for (int round = 0; round < 2; ++round) // constants that the rules brought together are one only then
    if (auto done = scratch.simplify(); !done) return done.error();
  CompressedBlocks out;
  func::FuncOp cores = scratch.function();
  Operation *end = cores.front().getTerminator();
  graph::Ink ink(OpBuilder(end), end->getLoc());
  for (auto [k, rows] : llvm::enumerate(rowRanks)) {
    UnitFactors factors;
    auto at = static_cast<unsigned>(k);
    end->setOperand(at, algebra::peel(ink, end->getOperand(at), rows, factors).value());
    out.blocks.push_back(std::move(factors));
  }
  cores.setFunctionType(ink.builder.getFunctionType(cores.getArgumentTypes(), end->getOperands().getTypes()));
  if (auto done = scratch.simplify(); !done) return done.error();
  out.module = std::move(scratch.module);
  out.cores = scratch.function();
  return out;
}

SmallVector<Value> writeCores(CompressedBlocks &blocks, OpBuilder &builder, ModuleOp module,
                              ValueRange arguments) {
  for (auto named : llvm::make_early_inc_range(blocks.module->getOps<func::FuncOp>())) {
    if (named == blocks.cores) continue;
    std::string fresh = named.getName().str();
    auto taken = [&] {
      Operation *own = blocks.module->lookupSymbol(fresh);
      return module.lookupSymbol(fresh) || (own && own != named.getOperation());
    };
    while (taken())
      fresh += "_";
    auto name = StringAttr::get(module.getContext(), fresh);
    if (failed(SymbolTable::replaceAllSymbolUses(named.getOperation(), name, *blocks.module))) continue;
    named.setName(name);
    named->remove();
    module.push_back(named);
  }
  IRMapping copies;
  copies.map(blocks.cores.getArguments(), arguments);
  for (Operation &op : blocks.cores.front().without_terminator())
    builder.clone(op, copies);
  return llvm::map_to_vector(blocks.cores.front().getTerminator()->getOperands(),
                             [&](Value core) { return copies.lookup(core); });
}

} // namespace tgc
