// Block of the contraction: n-ary, multilinear, closed under its own derivatives.
#include "dialects/graph/Composite.h"
#include "dialects/graph/Indices.h"
#include "dialects/graph/Ops.h"

using namespace mlir;

namespace tgc::graph {

static Equation parsed(llvm::StringRef text) {
  return std::get<Equation>(parseEquation({text.data(), text.size()}));
}

static std::vector<std::vector<int64_t>> shapesOf(ValueRange operands) {
  std::vector<std::vector<int64_t>> shapes;
  for (Value operand : operands)
    shapes.emplace_back(shapeOf(operand).begin(), shapeOf(operand).end());
  return shapes;
}

static std::vector<int64_t> extentsOf(const Equation &equation, ValueRange operands) {
  return std::get<Extents>(bindExtents(equation, shapesOf(operands))).of;
}

static SmallVector<AffineExpr> dims(const std::vector<Index> &indices, MLIRContext *context) {
  return llvm::map_to_vector(indices, [&](Index index) { return getAffineDimExpr(index, context); });
}

// ---- contract ----
FailureOr<RankedTensorType> ContractOp::infer(std::optional<Location> loc, Adaptor adaptor) {
  auto refuse = [&](const EquationError &error) {
    return emitOptionalError(loc, "contract: ", error.message);
  };
  ValueRange operands = adaptor.getTensors();
  if (operands.empty()) return emitOptionalError(loc, "contract: no operand");
  SmallVector<uint32_t> ranks;
  for (Value operand : operands) {
    ranks.push_back(tensorOf(operand).getRank());
    if (elementOf(operand) != elementOf(operands[0]))
      return emitOptionalError(loc, "contract: operands differ in dtype: ", textOf(operands[0]), " and ",
                               textOf(operand));
  }
  llvm::StringRef text = adaptor.getEquation();
  auto equation =
      parseEquation({text.data(), text.size()}, std::span<const uint32_t>(ranks.data(), ranks.size()));
  if (auto *error = std::get_if<EquationError>(&equation)) return refuse(*error);
  auto extents = bindExtents(std::get<Equation>(equation), shapesOf(operands));
  if (auto *error = std::get_if<EquationError>(&extents)) return refuse(*error);
  if (!std::get<Extents>(extents).broadcast.empty())
    return emitOptionalError(loc,
                             "contract: an extent of 1 meets a larger one; einsum squeezes such axes first");
  SmallVector<int64_t> shape;
  for (Index index : std::get<Equation>(equation).output)
    shape.push_back(std::get<Extents>(extents).of[index]);
  return checkedTensor(loc, shape, elementOf(operands[0]));
}

Sym ContractOp::adjoint(unsigned which, Ink &ink, Sym ct) {
  Equation equation = parsed(getEquation());
  std::vector<int64_t> extents = extentsOf(equation, getTensors());
  Adjoint adjoint = adjointEquation(equation, which);
  Syms operands = ink.syms(getTensors());
  operands[which] = ct;
  Sym result = contract(printEquation(adjoint.equation), operands);
  if (!result) return result;
  // Distinct indices of the operand, in its order; those nobody else knows are repeated.
  std::vector<Index> distinct, known = adjoint.equation.output;
  for (Index index : equation.operands[which])
    if (!llvm::is_contained(distinct, index)) distinct.push_back(index);
  SmallVector<int64_t> withOnes, full;
  for (Index index : distinct) {
    withOnes.push_back(llvm::is_contained(adjoint.broadcast, index) ? 1 : extents[index]);
    full.push_back(extents[index]);
  }
  if (!adjoint.broadcast.empty()) result = broadcast_to(reshape(result, withOnes), full);
  if (!adjoint.diagonal) return result;
  return ontoDiagonal(ink, result, equation.operands[which], distinct, extents);
}

Sym ontoDiagonal(Ink &ink, Sym x, ArrayRef<Index> operand, ArrayRef<Index> distinct,
                 ArrayRef<int64_t> extents) {
  // x over the distinct indices, spread over the operand's axes and kept where equal indices agree.
  SmallVector<int64_t> shape, spread;
  for (auto [axis, index] : llvm::enumerate(operand)) {
    bool first = llvm::find(operand, index) - operand.begin() == static_cast<int64_t>(axis);
    shape.push_back(extents[index]);
    spread.push_back(first ? extents[index] : 1);
  }
  Sym wide = broadcast_to(reshape(x, spread), shape);
  Sym kept;
  for (auto [axis, index] : llvm::enumerate(operand)) {
    int64_t first = llvm::find(operand, index) - operand.begin();
    if (first == static_cast<int64_t>(axis)) continue;
    Sym agree = iota(ink, shape, first) == iota(ink, shape, static_cast<int64_t>(axis));
    kept = kept ? (kept & agree) : agree;
  }
  return kept ? where(kept, wide, 0) : wide;
}

FailureOr<Syms> ContractOp::batch(Ink &ink, SymsRef operands, ArrayRef<bool> mapped, int64_t) {
  Equation equation = parsed(getEquation());
  auto fresh = static_cast<Index>(equation.indexCount());
  equation.names.push_back(0);
  for (auto [k, has] : llvm::enumerate(mapped))
    if (has) equation.operands[k].insert(equation.operands[k].begin(), fresh);
  equation.output.insert(equation.output.begin(), fresh);
  return Syms{contract(printEquation(equation), Syms(operands.begin(), operands.end()))};
}

FailureOr<SmallVector<Value>> ContractOp::lower(Lowering &lowering, ValueRange operands) {
  Equation equation = parsed(getEquation());
  MLIRContext *context = getContext();
  auto loops = static_cast<unsigned>(equation.indexCount());
  SmallVector<AffineMap> maps;
  for (const auto &indices : equation.operands)
    maps.push_back(AffineMap::get(loops, 0, dims(indices, context), context));
  SmallVector<utils::IteratorType> iterators(loops, utils::IteratorType::reduction);
  for (Index index : equation.output)
    iterators[index] = utils::IteratorType::parallel;
  Type element = elementOf(getType());
  TypedAttr zero = lowering.builder.getZeroAttr(element.isInteger(1) ? lowering.builder.getI8Type()
                                                                     : Lowering::computing(element));
  auto rule = [](ScalarInk &, ArrayRef<Scalar> in) {
    Scalar product = in[0];
    for (Scalar factor : in.drop_front())
      product = product * factor;
    return product;
  };
  return SmallVector<Value>{lowering.reduce(getType(), operands, getOperandTypes(), maps,
                                            AffineMap::get(loops, 0, dims(equation.output, context), context),
                                            iterators, zero, rule,
                                            [](Scalar held, Scalar next) { return held + next; })};
}

HostTensors ContractOp::evaluate(HostTensorsRef in) {
  Equation equation = parsed(getEquation());
  return {contractByLoops(equation, extentsOf(equation, getTensors()), in, tensorOf(getType()))};
}

HostTensor contractByLoops(const Equation &equation, ArrayRef<int64_t> extents, HostTensorsRef in,
                           RankedTensorType type) {
  HostTensor out(type);
  SmallVector<std::complex<double>> complexes(out.isComplex() ? out.count() : 0);
  SmallVector<double> reals(out.count(), 0);
  SmallVector<int64_t> integers(out.count(), 0);
  auto position = [&](const std::vector<Index> &indices, ArrayRef<int64_t> at) {
    int64_t where = 0;
    for (Index index : indices)
      where = where * extents[index] + at[index];
    return where;
  };
  bool isBool = out.kind() == 'b';
  forEachIndex(extents, [&](ArrayRef<int64_t> at) {
    std::complex<double> complex = 1;
    double real = 1;
    int64_t integer = 1;
    for (auto [k, operand] : llvm::enumerate(in)) {
      int64_t where = position(equation.operands[k], at);
      if (out.isComplex())
        complex *= operand.complexAt(where);
      else if (out.isFloat())
        real *= operand.get<double>(where);
      else
        integer *= operand.get<int64_t>(where);
    }
    int64_t to = position(equation.output, at);
    if (out.isComplex()) complexes[to] += complex;
    reals[to] += real;
    integers[to] = isBool ? integers[to] | integer : integers[to] + integer;
  });
  for (int64_t k = 0; k < out.count(); ++k) {
    if (out.isComplex())
      out.setComplex(k, complexes[k]);
    else if (out.isFloat())
      out.set(k, reals[k]);
    else
      out.set(k, integers[k]);
  }
  return out;
}

} // namespace tgc::graph
