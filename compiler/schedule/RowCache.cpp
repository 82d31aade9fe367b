#include "compiler/schedule/RowCache.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace tgc::schedule {

// Loading and storing a vector costs about this many simple operations; cheaper values are computed again.
static constexpr int64_t worthKeeping = 10;

// The tensors an operation is computed from inside the row, reductions excluded.
static void collect(Value tensor, SmallPtrSetImpl<Operation *> &seen, SmallVectorImpl<Value> &found) {
  auto op = tensor.getDefiningOp<linalg::GenericOp>();
  if (!op || hasReduction(op) || !seen.insert(op).second) return;
  if (op->getNumResults() == 1 && costOf(op) >= worthKeeping) found.push_back(tensor);
  for (Value input : op.getDpsInputs())
    collect(input, seen, found);
}

RowCache::RowCache(Kernel &kernel, Elements &elements, const Rows &rows) : elements(elements) {
  DenseMap<Value, unsigned> stages;
  auto count = [&](ArrayRef<Value> roots) {
    SmallPtrSet<Operation *, 16> seen;
    SmallVector<Value> found;
    for (Value root : roots)
      collect(root, seen, found);
    for (Value tensor : found)
      if (++stages[tensor] == 2) kept[tensor] = {};
  };
  for (auto &stage : rows.stages) {
    SmallVector<Value> roots;
    for (linalg::GenericOp op : stage)
      llvm::append_range(roots, op.getDpsInputs());
    count(roots);
  }
  SmallVector<Value> roots;
  for (const RowResult &result : rows.results)
    if (!result.inside.empty()) roots.push_back(kernel.results[result.result]);
  count(roots);
}

void RowCache::setRows(ArrayRef<AffineExpr> rowVariables) {
  rowIds.clear();
  for (AffineExpr expr : rowVariables)
    llvm::append_range(rowIds, variablesOf(expr));
}

std::pair<AffineExpr, AffineExpr> RowCache::split(Value tensor, ArrayRef<AffineExpr> position) {
  LinearSum address = linearSum(elements.addressOf(tensor, position), elements.extents()), row, inside;
  for (auto [atom, factor] : address.terms) {
    bool onRow = llvm::any_of(rowIds, [atom = atom](unsigned id) { return atom.isFunctionOfDim(id); });
    (onRow ? row : inside).add(atom, factor);
  }
  inside.constant = address.constant;
  return {row.expr(elements.context()), inside.expr(elements.context())};
}

void RowCache::computed(Value tensor, ArrayRef<AffineExpr> position, Value value) {
  auto found = kept.find(tensor);
  if (found == kept.end() || found->second.ready || !found->second.usable) return;
  Kept &entry = found->second;
  auto [row, inside] = split(tensor, position);
  if (llvm::any_of(variablesOf(inside + row), [&](unsigned id) { return elements.variable(id).computed; }))
    return;
  Range range = rangeOf(inside, elements.extents());
  int64_t size = range.high + 1, count = 1;
  for (unsigned id : variablesOf(inside))
    count *= elements.extents()[id];
  Type type = cast<RankedTensorType>(tensor.getType()).getElementType();
  int64_t bytes = size * std::max<int64_t>(type.getIntOrFloatBitWidth() / 8, 1);
  // Only what fills the scratch exactly, and fits.
  bool good = range.low == 0 && size == count && size > 1 &&
              (entry.scratch ? size == entry.size : bytes <= bytesLeft);
  if (entry.scratch && row != entry.row) good = false;
  if (!good) {
    entry.usable = false;
    return;
  }
  if (!entry.scratch) {
    Scope *root = elements.root();
    auto &builder = elements.in(root);
    entry.scratch = elements.own(root, memref::AllocaOp::create(builder, MemRefType::get({size}, type),
                                                                builder.getI64IntegerAttr(64)));
    entry.row = row, entry.size = size;
    bytesLeft -= bytes;
  }
  SmallVector<AffineExpr> where(position);
  elements.store(elements.ownerOf(where), entry.scratch, inside, value, /*streaming=*/false);
}

void RowCache::finishStage() {
  for (auto &[tensor, entry] : kept)
    if (entry.scratch && entry.usable) entry.ready = true;
}

Value RowCache::lookup(Value tensor, ArrayRef<AffineExpr> position) {
  auto found = kept.find(tensor);
  if (found == kept.end() || !found->second.ready) return nullptr;
  auto [row, inside] = split(tensor, position);
  Range range = rangeOf(inside, elements.extents());
  if (row != found->second.row || range.low < 0 || range.high >= found->second.size) return nullptr;
  return elements.load(found->second.scratch, inside);
}

} // namespace tgc::schedule
