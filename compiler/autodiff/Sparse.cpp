// Sparse derivatives: one product for each colour of the pattern, all of them one map, and the values read
// from the products. What the colours are and where values stand are expressions of counters, so nothing as
// long as the matrix is stored.
#include "compiler/autodiff/Csr.h"
#include "compiler/autodiff/Derive.h"
#include "dialects/graph/Call.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::autodiff {
namespace {

int64_t total(TypeRange types) {
  int64_t out = 0;
  for (Type type : types)
    out += countOf(tensorOf(type).getShape());
  return out;
}

/// One vector after the other.
Sym joined(Ink &ink, SymsRef parts, Type element) {
  Syms flat;
  for (Sym part : parts)
    flat.push_back(reshape(part, {countOf(part.shape())}));
  if (flat.empty()) return ink.full({0}, element, 0);
  return flat.size() == 1 ? flat[0] : concat(flat, 0);
}

/// The directions of all colours in the shapes of `types`, each with a leading axis of the colours.
Syms directions(Ink &ink, const PatternColours &colours, TypeRange types) {
  Syms out;
  int64_t first = 0;
  for (Type type : types) {
    auto tensor = tensorOf(type);
    SmallVector<int64_t> shape = {colours.count};
    llvm::append_range(shape, tensor.getShape());
    Sym flat = seeds(ink, colours, first, countOf(tensor.getShape()), tensor.getElementType());
    out.push_back(reshape(flat, shape));
    first += countOf(tensor.getShape());
  }
  return out;
}

} // namespace

func::FuncOp Derive::product(func::FuncOp f, ArrayRef<int64_t> wrt, TypeRange along, bool byRow) {
  unsigned count = f.getNumArguments();
  auto emit = [&](Ink &ink, ValueRange all) -> FailureOr<Syms> {
    ValueRange arguments = all.take_front(count), directions = all.drop_front(count);
    Syms primal, out, asked;
    if (byRow) {
      SmallVector<bool> wanted(count, false);
      for (int64_t position : wrt)
        wanted[position] = true;
      if (failed(reverse(f, ink, arguments, ink.syms(directions), wanted, primal, out))) return failure();
      for (int64_t position : wrt)
        asked.push_back(out[position]);
    } else {
      Syms tangents;
      for (Value argument : arguments)
        tangents.push_back(ink.zero(argument.getType()));
      for (auto [position, tangent] : llvm::zip_equal(wrt, directions))
        tangents[position] = ink.sym(tangent);
      if (failed(forward(f, ink, arguments, tangents, primal, asked))) return failure();
    }
    return Syms{joined(ink, asked, elementOf(f.getArgumentTypes()[wrt[0]]))};
  };
  SmallVector<Type> types(f.getArgumentTypes());
  llvm::append_range(types, along);
  return function((f.getName() + "_colour").str(), types, f.getLoc(), emit);
}

LogicalResult Derive::resolveSparse(SparseDerivativeOp request, Ink &ink, Syms &values) {
  auto pattern = Pattern::decoded(request.getPattern());
  if (!pattern) return request.emitError() << "the pattern is none";
  func::FuncOp f = callee(request);
  auto wrt = request.getWrt();
  if (request.getOrder() == 2) f = gradientOf(f, wrt, request.getLoc());
  if (!f) return failure();
  SmallVector<Type> inputs;
  for (int64_t position : wrt)
    inputs.push_back(f.getArgumentTypes()[position]);
  int64_t rows = total(f.getResultTypes()), columns = total(inputs);
  if (pattern->columns != columns || pattern->rows != rows)
    return request.emitError() << "the pattern is of " << pattern->rows << " rows and " << pattern->columns
                               << " columns, the derivative has " << rows << " and " << columns;
  bool byRow = pattern->colours.of == PatternColours::Of::Rows;
  TypeRange along = byRow ? TypeRange(f.getResultTypes()) : TypeRange(inputs);
  func::FuncOp each = product(f, wrt, along, byRow);
  if (!each) return failure();
  SmallVector<Value> operands(request.getOperands());
  SmallVector<int64_t> axes(operands.size(), -1);
  for (Sym direction : directions(ink, pattern->colours, along)) {
    operands.push_back(direction.value());
    axes.push_back(0);
  }
  int64_t count = pattern->colours.count, lines = byRow ? columns : rows;
  auto compressed = checkedTensor(ink.loc(), {count, lines}, elementOf(inputs[0]));
  if (ink.failed() || failed(compressed)) return failure();
  auto made =
      VmapOp::create(ink.builder, ink.loc(), TypeRange{*compressed}, operands, each.getName(), axes, count);
  Sym products = reshape(ink.sym(made.getResult(0)), {count * lines});
  bool empty = pattern->nonzeros() == 0;
  values = {empty ? ink.full({0}, elementOf(inputs[0]), 0)
                  : gather(products, {csrPlaces(ink, *pattern)}, {0})};
  values.push_back(csrOffsets(ink, *pattern));
  values.push_back(csrColumns(ink, *pattern));
  if (ink.failed()) return failure();
  for (auto [value, type] : llvm::zip_equal(values, request.getResultTypes()))
    if (value.type() != type) // a pattern of another number of nonzeros
      return request.emitError() << "a result is " << textOf(type) << ", the pattern makes it "
                                 << textOf(value.type());
  return success();
}

} // namespace tgc::autodiff
