#include "compiler/autodiff/Spread.h"
#include "dialects/graph/Functions.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {
namespace {

using Extents = std::vector<int64_t>;

Extents extentsOf(Value value) { return Extents(shapeOf(value).begin(), shapeOf(value).end()); }

Extents rowMajor(const Extents &shape) {
  Extents out(shape.size(), 1);
  for (size_t axis = shape.size(); axis-- > 1;)
    out[axis - 1] = out[axis] * shape[axis];
  return out;
}

/// An argument's elements as columns `first` and following of `columns`.
Relation asColumns(const Extents &shape, int64_t first, int64_t columns) {
  Relation out(shape, {columns});
  if (llvm::is_contained(shape, 0)) return out;
  Lattice lattice{Extents(shape.size() + 1, 0), {}};
  lattice.base.back() = first;
  Extents strides = rowMajor(shape);
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    Loop loop{shape[axis], Extents(shape.size() + 1, 0)};
    loop.step[axis] = 1;
    loop.step.back() = strides[axis];
    lattice.loops.push_back(std::move(loop));
  }
  out.add(std::move(lattice));
  return out;
}

/// What an op's result is made of, through all operands that something has reached.
std::optional<Relation> through(Operation &op, Value result, const llvm::DenseMap<Value, Relation> &known,
                                int64_t columns) {
  std::optional<Relation> out;
  auto row = dyn_cast<GraphOp>(op);
  for (auto [k, operand] : llvm::enumerate(op.getOperands())) {
    auto reached = known.find(operand);
    if (reached == known.end() || reached->second.empty()) continue;
    auto own = row ? row.reads(static_cast<unsigned>(k)) : std::nullopt;
    Relation all = own ? std::move(*own) : Relation::all(extentsOf(result), extentsOf(operand));
    Relation made = compose(all, reached->second);
    if (!out) out = Relation(extentsOf(result), {columns});
    out->add(made);
  }
  return out;
}

/// Places (row, column) of a result moved down by `first` rows.
void addRows(Relation &all, const Relation &result, int64_t first) {
  if (result.isTable()) {
    Table pairs = result.pairs();
    for (auto &[row, column] : pairs)
      row += first;
    return all.add(Relation::listed(all.result(), all.operand(), std::move(pairs)));
  }
  for (const Lattice &lattice : result.lattices()) {
    Lattice flat = flattened(lattice, result.result(), result.operand());
    flat.base[0] += first;
    all.add(std::move(flat));
  }
}

} // namespace

Relation spread(func::FuncOp function, ArrayRef<int64_t> arguments) {
  int64_t columns = 0, rows = 0, first = 0;
  for (int64_t position : arguments)
    columns += countOf(shapeOf(function.getArgument(static_cast<unsigned>(position))));
  llvm::DenseMap<Value, Relation> known;
  for (int64_t position : arguments) {
    Value argument = function.getArgument(static_cast<unsigned>(position));
    known.try_emplace(argument, asColumns(extentsOf(argument), first, columns));
    first += countOf(shapeOf(argument));
  }
  for (Operation &op : function.front().without_terminator()) {
    if (isa<BarrierOp>(op)) { // each value by itself
      for (auto [operand, result] : llvm::zip_equal(op.getOperands(), op.getResults()))
        if (auto reached = known.find(operand); reached != known.end()) {
          Relation same = reached->second;
          known.try_emplace(result, std::move(same));
        }
      continue;
    }
    for (Value result : op.getResults())
      if (auto made = through(op, result, known, columns)) known.try_emplace(result, std::move(*made));
  }
  ValueRange results = function.front().getTerminator()->getOperands();
  for (Value result : results)
    rows += countOf(shapeOf(result));
  Relation out({rows}, {columns});
  first = 0;
  for (Value result : results) {
    if (auto reached = known.find(result); reached != known.end()) addRows(out, reached->second, first);
    first += countOf(shapeOf(result));
  }
  return out;
}

} // namespace tgc::autodiff
