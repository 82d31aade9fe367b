// See ContractShape.h. Accepted: one product-and-sum linalg.generic over two arguments of the kernel, or an
// argument, a scale and the argument again, zero start, linear index maps, then any number of elementwise
// generics over the same outputs; copies through index maps anywhere, which are read through.
#include "compiler/schedule/ContractShape.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace tgc::schedule {
namespace {

/// Where a tensor value of the output space lives: position of its axes -> loop of the product.
using AxisLoops = SmallVector<unsigned>;

/// Coefficients of a linear expression over loops; fails on floordiv, mod and the like.
bool addLinear(AffineExpr expr, int64_t scale, MutableArrayRef<int64_t> coefficients, int64_t &constant) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    coefficients[dim.getPosition()] += scale;
    return true;
  }
  if (auto value = dyn_cast<AffineConstantExpr>(expr)) {
    constant += scale * value.getValue();
    return true;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary) return false;
  if (binary.getKind() == AffineExprKind::Add)
    return addLinear(binary.getLHS(), scale, coefficients, constant) &&
           addLinear(binary.getRHS(), scale, coefficients, constant);
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (binary.getKind() != AffineExprKind::Mul || !factor) return false;
  return addLinear(binary.getLHS(), scale * factor.getValue(), coefficients, constant);
}

/// Strides of a row-major array under `map`, one for each loop of the map.
std::optional<SmallVector<int64_t>> loopStrides(AffineMap map, ArrayRef<int64_t> shape, int64_t &offset) {
  SmallVector<int64_t> strides(map.getNumDims(), 0);
  int64_t step = 1;
  for (int axis = static_cast<int>(shape.size()) - 1; axis >= 0; --axis) {
    if (!addLinear(map.getResult(axis), step, strides, offset)) return std::nullopt;
    step *= shape[axis];
  }
  return strides;
}

/// The block argument behind a chain of widening casts, and the casts' result type.
BlockArgument throughWidening(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::ExtFOp, arith::ExtSIOp, arith::TruncIOp>(op)) return {};
    value = op->getOperand(0);
  }
  return cast<BlockArgument>(value);
}

struct Body {
  ContractArithmetic arithmetic;
  Type sumType;
  unsigned factors = 2; // inputs 0 to factors - 1 are multiplied
};

/// The inputs a product multiplies, through products of products; fails where one is not an input.
bool addFactors(Value value, SmallVectorImpl<unsigned> &numbers) {
  Operation *op = value.getDefiningOp();
  if (op && isa<arith::MulFOp, arith::MulIOp>(op))
    return addFactors(op->getOperand(0), numbers) && addFactors(op->getOperand(1), numbers);
  BlockArgument input = throughWidening(value);
  if (input) numbers.push_back(input.getArgNumber());
  return static_cast<bool>(input);
}

/// Matches `yield acc + a * b` on floats, integers or bools, with widening of a and b and narrowing of the
/// result.
std::optional<Body> matchBody(linalg::GenericOp op) {
  Value yielded = cast<linalg::YieldOp>(op.getBody()->getTerminator()).getOperand(0);
  while (Operation *cast = yielded.getDefiningOp()) {
    if (!isa<arith::TruncFOp, arith::ExtUIOp>(cast)) break;
    yielded = cast->getOperand(0);
  }
  Operation *sum = yielded.getDefiningOp();
  if (!sum || !isa<arith::AddFOp, arith::AddIOp, arith::OrIOp>(sum)) return std::nullopt;
  auto isAccumulator = [&](Value value) {
    BlockArgument argument = throughWidening(value);
    return argument && argument.getArgNumber() == op.getNumDpsInputs();
  };
  Value product = isAccumulator(sum->getOperand(0))   ? sum->getOperand(1)
                  : isAccumulator(sum->getOperand(1)) ? sum->getOperand(0)
                                                      : Value();
  Operation *mul = product ? product.getDefiningOp() : nullptr;
  bool boolean = isa<arith::OrIOp>(sum);
  if (!mul || !(boolean ? isa<arith::AndIOp>(mul) && sum->getResult(0).getType().isInteger(1)
                        : isa<arith::MulFOp, arith::MulIOp>(mul)))
    return std::nullopt;
  SmallVector<unsigned> numbers;
  if (!addFactors(mul->getOperand(0), numbers) || !addFactors(mul->getOperand(1), numbers))
    return std::nullopt;
  llvm::sort(numbers);
  for (auto [at, number] : llvm::enumerate(numbers))
    if (number != at) return std::nullopt;
  if (boolean && numbers.size() == 2)
    return Body{ContractArithmetic::Boolean, IntegerType::get(op.getContext(), 8)};
  if (boolean || numbers.size() > 3) return std::nullopt;
  return Body{isa<arith::AddFOp>(sum) ? ContractArithmetic::Float : ContractArithmetic::Integer,
              sum->getResult(0).getType(), static_cast<unsigned>(numbers.size())};
}

bool startsAtZero(linalg::GenericOp op) {
  auto fill = op.getDpsInits()[0].getDefiningOp<linalg::FillOp>();
  if (!fill) return false;
  return matchPattern(fill.getInputs()[0], m_AnyZeroFloat()) || matchPattern(fill.getInputs()[0], m_Zero());
}

/// Whether an op of a tail's body means the same on a vector. Integer division does not: lanes behind a mask
/// hold zero and would trap.
bool isLaneWise(Operation &op, Block &body) {
  for (Value operand : op.getOperands())
    if (operand.getParentBlock() != &body && !matchPattern(operand, m_Constant())) return false;
  if (isa<linalg::YieldOp>(op)) return true;
  if (isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::CeilDivSIOp,
          arith::CeilDivUIOp, arith::FloorDivSIOp>(op))
    return false;
  return op.getNumResults() == 1 &&
         (op.hasTrait<OpTrait::ConstantLike>() || OpTrait::hasElementwiseMappableTraits(&op));
}

/// The input of a generic that only says where its elements lie in another tensor; null for any other.
OpOperand *copied(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 || op.getNumReductionLoops() != 0) return nullptr;
  Value yielded = cast<linalg::YieldOp>(op.getBody()->getTerminator()).getOperand(0);
  bool copies = yielded == op.getBody()->getArgument(0) &&
                op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isPermutation();
  return copies ? op.getDpsInputOperand(0) : nullptr;
}

/// Element i of a value is element `map(i)` of `base`.
struct Seen {
  Value base;
  AffineMap map;
};

Seen throughCopies(Value value, AffineMap map) {
  while (auto op = value.getDefiningOp<linalg::GenericOp>()) {
    OpOperand *input = copied(op);
    if (!input) break;
    AffineMap loops = inversePermutation(op.getMatchingIndexingMap(op.getDpsInitOperand(0)));
    map = simplifyAffineMap(op.getMatchingIndexingMap(input).compose(loops).compose(map));
    value = input->get();
  }
  return {value, map};
}

/// Builds the arrays and their strides while walking the kernel once.
class Reader {
public:
  explicit Reader(func::FuncOp kernel) : kernel(kernel) {}

  std::optional<Contraction> read() {
    if (!kernel.getBody().hasOneBlock()) return std::nullopt;
    for (Operation &op : kernel.getBody().front()) {
      if (isa<arith::ConstantOp, tensor::EmptyOp, linalg::FillOp>(op)) continue;
      if (auto generic = dyn_cast<linalg::GenericOp>(op)) {
        if (copied(generic)) continue;
        if (!(found.product ? readTail(generic) : readProduct(generic))) return std::nullopt;
        continue;
      }
      if (auto done = dyn_cast<func::ReturnOp>(op)) {
        if (!found.product || !readResults(done)) return std::nullopt;
        continue;
      }
      return std::nullopt;
    }
    mergeIndices(found.indices);
    if (found.scaled && !canScale()) return std::nullopt;
    return std::move(found);
  }

private:
  /// Only symmetric products are scaled on the way into the panels, which offsets of 32 bits reach and whose
  /// partial sums are of the result's type.
  bool canScale() const {
    if (!symmetryOf(found) || found.productType != found.sumType) return false;
    for (const ContractArray &array : found.arrays) {
      Type type = array.result >= 0 ? array.written.getType() : array.use->get().getType();
      if (cast<RankedTensorType>(type).getNumElements() >= int64_t(1) << 31) return false;
      if (array.result >= 0 && cast<RankedTensorType>(type).getElementType() != found.sumType) return false;
    }
    bool sums = false;
    for (const ContractIndex &index : found.indices) {
      if (index.strides[2] != 0 && (index.strides[0] == 0 || index.strides[1] == 0)) return false;
      sums |= index.summed && index.extent > 1;
    }
    return sums;
  }

  /// Adds a read of a kernel argument; `loops` maps the generic's loops to the product's.
  bool addRead(linalg::GenericOp op, OpOperand &use, ArrayRef<unsigned> loops) {
    Seen seen = throughCopies(use.get(), op.getMatchingIndexingMap(&use));
    auto argument = dyn_cast<BlockArgument>(seen.base);
    if (!argument) return false;
    ContractArray array;
    array.use = &use;
    array.argument = argument.getArgNumber();
    auto type = cast<RankedTensorType>(argument.getType());
    return addStrides(array, seen.map, type.getShape(), loops);
  }

  bool addStrides(ContractArray &array, AffineMap map, ArrayRef<int64_t> shape, ArrayRef<unsigned> loops) {
    auto strides = loopStrides(map, shape, array.offset);
    if (!strides) return false;
    for (ContractIndex &index : found.indices)
      index.strides.push_back(0);
    for (auto [position, stride] : llvm::enumerate(*strides))
      found.indices[loops[position]].strides.back() += stride;
    found.arrays.push_back(array);
    return true;
  }

  bool readProduct(linalg::GenericOp op) {
    // A third input says how far a loop runs and is not read (Split.cpp).
    if (op.getNumDpsInputs() < 2 || op.getNumDpsInputs() > 3 || op.getNumDpsInits() != 1 ||
        op.getNumReductionLoops() == 0 || !startsAtZero(op))
      return false;
    auto body = matchBody(op);
    if (body && body->factors == 2 && op.getNumDpsInputs() == 3 && !op.getBody()->getArgument(2).use_empty())
      return false;
    AffineMap output = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    if (!body || !output.isProjectedPermutation() || output.getNumResults() != op.getNumParallelLoops())
      return false;
    found.product = op;
    found.arithmetic = body->arithmetic;
    found.sumType = body->sumType;
    found.productType = cast<RankedTensorType>(op.getResult(0).getType()).getElementType();
    if (found.arithmetic != ContractArithmetic::Float && found.productType != found.sumType) return false;
    auto kinds = op.getIteratorTypesArray();
    SmallVector<unsigned> loops;
    for (auto [position, extent] : llvm::enumerate(op.getStaticLoopRanges())) {
      found.indices.push_back({extent, kinds[position] == utils::IteratorType::reduction, {}});
      loops.push_back(position);
    }
    SmallVector<OpOperand *> factors = {op.getDpsInputOperand(0), op.getDpsInputOperand(1)};
    if (body->factors == 3) {
      factors.push_back(op.getDpsInputOperand(2));
      found.scaled = true;
      for (int last : {0, 1})
        if (factors[0]->get() != factors[1]->get()) std::swap(factors[last], factors[2]);
    }
    for (OpOperand *use : factors)
      if (!addRead(op, *use, loops)) return false;
    AxisLoops axes;
    for (AffineExpr expr : output.getResults())
      axes.push_back(cast<AffineDimExpr>(expr).getPosition());
    computed[op.getResult(0)] = axes;
    return true;
  }

  /// Loops of an elementwise generic in terms of the product's loops, from any computed operand it reads.
  std::optional<SmallVector<unsigned>> tailLoops(linalg::GenericOp op) {
    SmallVector<unsigned> loops(op.getNumLoops(), ~0u);
    for (OpOperand *use : op.getDpsInputOperands()) {
      Seen seen = throughCopies(use->get(), op.getMatchingIndexingMap(use));
      auto axes = computed.find(seen.base);
      if (axes == computed.end()) continue;
      if (!seen.map.isProjectedPermutation()) return std::nullopt;
      for (auto [axis, expr] : llvm::enumerate(seen.map.getResults())) {
        unsigned &loop = loops[cast<AffineDimExpr>(expr).getPosition()];
        if (loop != ~0u && loop != axes->second[axis]) return std::nullopt;
        loop = axes->second[axis];
      }
    }
    if (llvm::is_contained(loops, ~0u) || op.getNumLoops() != found.product.getNumParallelLoops())
      return std::nullopt;
    return loops;
  }

  bool readTail(linalg::GenericOp op) {
    if (op.getNumReductionLoops() != 0 || op.getNumDpsInits() != 1) return false;
    auto loops = tailLoops(op);
    AffineMap output = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    if (!loops || !output.isPermutation() ||
        !op.getMatchingBlockArgument(op.getDpsInitOperand(0)).use_empty())
      return false;
    if (!llvm::all_of(*op.getBody(), [&](Operation &inner) { return isLaneWise(inner, *op.getBody()); }))
      return false;
    for (OpOperand *use : op.getDpsInputOperands())
      if (!computed.count(contractSource(use->get())) && !addRead(op, *use, *loops)) return false;
    AxisLoops axes;
    for (AffineExpr expr : output.getResults())
      axes.push_back((*loops)[cast<AffineDimExpr>(expr).getPosition()]);
    computed[op.getResult(0)] = axes;
    found.tail.push_back(op);
    return true;
  }

  bool readResults(func::ReturnOp op) {
    for (auto [number, value] : llvm::enumerate(op.getOperands())) {
      auto type = cast<RankedTensorType>(value.getType());
      auto map = AffineMap::getMultiDimIdentityMap(type.getRank(), op.getContext());
      Seen seen = throughCopies(value, map);
      auto axes = computed.find(seen.base);
      if (axes == computed.end() || !seen.map.isPermutation()) return false;
      ContractArray array;
      array.result = number;
      array.written = seen.base;
      SmallVector<unsigned> loops(type.getRank());
      for (auto [axis, expr] : llvm::enumerate(seen.map.getResults()))
        loops[cast<AffineDimExpr>(expr).getPosition()] = axes->second[axis];
      if (!addStrides(array, map, type.getShape(), loops)) return false;
    }
    return op.getNumOperands() > 0;
  }

  func::FuncOp kernel;
  Contraction found;
  llvm::DenseMap<Value, AxisLoops> computed;
};

bool oneLoop(const ContractIndex &outer, const ContractIndex &inner) {
  if (outer.summed != inner.summed) return false;
  for (auto [far, near] : llvm::zip_equal(outer.strides, inner.strides))
    if (far != near * inner.extent) return false;
  return true;
}

} // namespace

void mergeIndices(llvm::SmallVectorImpl<ContractIndex> &indices) {
  llvm::erase_if(indices, [](const ContractIndex &index) { return index.extent == 1; });
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t outer = 0; outer < indices.size() && !changed; ++outer)
      for (size_t inner = 0; inner < indices.size() && !changed; ++inner)
        if (outer != inner && oneLoop(indices[outer], indices[inner])) {
          indices[inner].extent *= indices[outer].extent;
          indices.erase(indices.begin() + outer);
          changed = true;
        }
  }
}

Value contractSource(Value value) {
  return throughCopies(value, AffineMap::getMultiDimIdentityMap(
                                  cast<RankedTensorType>(value.getType()).getRank(), value.getContext()))
      .base;
}

bool isProduct(linalg::GenericOp op) {
  return op.getNumDpsInputs() == 2 && op.getNumDpsInits() == 1 && op.getNumReductionLoops() > 0 &&
         startsAtZero(op) && matchBody(op);
}

bool isCopy(linalg::GenericOp op) { return copied(op) != nullptr; }

std::optional<ContractSymmetry> symmetryOf(const Contraction &contraction) {
  const ContractArray &left = contraction.arrays[0], &right = contraction.arrays[1];
  if (left.argument != right.argument || left.offset != right.offset) return std::nullopt;
  // A tail reads what is not symmetric.
  if (contraction.sumType.getIntOrFloatBitWidth() < 32 || !contraction.tail.empty() ||
      contraction.arrays.size() != (contraction.scaled ? 4 : 3))
    return std::nullopt;
  ContractSymmetry symmetry;
  for (auto [at, index] : llvm::enumerate(contraction.indices)) {
    if (llvm::any_of(index.strides, [](int64_t stride) { return stride < 0; })) return std::nullopt;
    bool isRow = !index.summed && index.strides[0] && !index.strides[1];
    bool isColumn = !index.summed && index.strides[1] && !index.strides[0];
    if (!isRow && !isColumn && index.strides[0] != index.strides[1]) return std::nullopt;
    int &place = isRow ? symmetry.row : symmetry.column;
    if ((isRow || isColumn) && place >= 0) return std::nullopt;
    if (isRow || isColumn) place = static_cast<int>(at);
  }
  if (symmetry.row < 0 || symmetry.column < 0) return std::nullopt;
  const ContractIndex &row = contraction.indices[symmetry.row],
                      &column = contraction.indices[symmetry.column];
  if (row.extent != column.extent || row.strides[0] != column.strides[1]) return std::nullopt;
  if (row.strides.back() != 1 && column.strides.back() != 1) return std::nullopt;
  return symmetry;
}

std::optional<Contraction> matchContraction(func::FuncOp kernel) { return Reader(kernel).read(); }

} // namespace tgc::schedule
