// See Symmetric.h.
#include "compiler/contract/Symmetric.h"
#include "dialects/graph/Indices.h"

using namespace mlir;
using tgc::graph::Equation;
using tgc::graph::Index;

namespace tgc::contract {
namespace {

using Letters = std::vector<Index>;

Equation parsed(graph::ContractOp op) {
  return std::get<Equation>(graph::parseEquation({op.getEquation().data(), op.getEquation().size()}));
}

bool has(const Letters &letters, Index letter) { return llvm::is_contained(letters, letter); }

bool repeats(Letters letters) {
  llvm::sort(letters);
  return std::adjacent_find(letters.begin(), letters.end()) != letters.end();
}

/// The place of the first of `part` if all of it stands there in order, one after the other.
std::optional<size_t> placeOf(const Letters &part, const Letters &whole) {
  auto first = llvm::find(whole, part.front());
  if (static_cast<size_t>(whole.end() - first) < part.size() || !std::equal(part.begin(), part.end(), first))
    return std::nullopt;
  return first - whole.begin();
}

/// Whether `left` and `right`, letters of one tensor of `shape`, make a result that exchanging the letters
/// only one of them has does not change; neighbouring letters count as one.
bool isSymmetric(const Letters &left, const Letters &right, const Letters &output, ArrayRef<int64_t> shape) {
  if (left.size() != right.size() || repeats(left) || repeats(right)) return false;
  Letters rows, columns;
  int64_t extent = 1, steps = 1;
  for (auto [a, b, size] : llvm::zip_equal(left, right, shape)) {
    if (a != b && (has(right, a) || has(left, b) || !has(output, a) || !has(output, b))) return false;
    if (a != b) rows.push_back(a), columns.push_back(b), extent *= size;
    if (a == b && !has(output, a)) steps *= size;
  }
  // A single product needs no half, and nothing may be empty.
  if (extent < 2 || steps < 2 || llvm::is_contained(shape, 0)) return false;
  if (!placeOf(rows, left) || !placeOf(rows, output) || !placeOf(columns, output)) return false;
  return output.back() == rows.back() || output.back() == columns.back();
}

/// x times a scale, in the letters of the contraction that reads it.
struct ScaledTensor {
  Value tensor, scale;
  Letters letters, scaleLetters;
};

/// contract(x, s) without a sum, where x is `tensor`.
std::optional<ScaledTensor> throughContract(graph::ContractOp inner, Value tensor, const Letters &read) {
  if (inner.getTensors().size() != 2) return std::nullopt;
  Equation equation = parsed(inner);
  if (equation.output.size() != equation.indexCount()) return std::nullopt;
  Letters renamed(equation.indexCount());
  for (auto [axis, letter] : llvm::enumerate(equation.output))
    renamed[letter] = read[axis];
  for (size_t which : {0, 1}) {
    if (inner.getTensors()[which] != tensor) continue;
    ScaledTensor found{tensor, inner.getTensors()[1 - which], {}, {}};
    for (Index letter : equation.operands[which])
      found.letters.push_back(renamed[letter]);
    for (Index letter : equation.operands[1 - which])
      found.scaleLetters.push_back(renamed[letter]);
    return found;
  }
  return std::nullopt;
}

/// x * broadcast(s), where x is `tensor`.
std::optional<ScaledTensor> throughProduct(graph::MultiplyOp product, Value tensor, const Letters &read) {
  for (int which : {0, 1}) {
    auto repeated = product->getOperand(1 - which).getDefiningOp<graph::BroadcastToOp>();
    if (product->getOperand(which) != tensor || !repeated) continue;
    auto from = graph::shapeOf(repeated.getX()), to = graph::shapeOf(product.getResult());
    ScaledTensor found{tensor, repeated.getX(), read, {}};
    SmallVector<int64_t> shape;
    for (size_t axis = 0; axis < from.size(); ++axis) {
      size_t place = to.size() - from.size() + axis;
      if (from[axis] != to[place]) continue;
      found.scaleLetters.push_back(read[place]);
      shape.push_back(from[axis]);
    }
    if (shape.size() < from.size()) {
      OpBuilder builder(product);
      found.scale = graph::ReshapeOp::create(builder, product.getLoc(), found.scale, shape);
    }
    return found;
  }
  return std::nullopt;
}

void foldScale(graph::ContractOp op) {
  auto type = graph::tensorOf(op.getType());
  if (op.use_empty() || op.getTensors().size() != 2 || graph::bitsOf(type.getElementType()) < 32) return;
  Equation equation = parsed(op);
  for (size_t which : {0, 1}) {
    Value scaled = op.getTensors()[which], tensor = op.getTensors()[1 - which];
    if (!scaled.hasOneUse()) continue;
    std::optional<ScaledTensor> found;
    if (auto inner = scaled.getDefiningOp<graph::ContractOp>())
      found = throughContract(inner, tensor, equation.operands[which]);
    if (auto product = scaled.getDefiningOp<graph::MultiplyOp>())
      found = throughProduct(product, tensor, equation.operands[which]);
    if (!found || repeats(found->scaleLetters)) continue;
    const Letters &other = equation.operands[1 - which];
    if (!isSymmetric(found->letters, other, equation.output, graph::shapeOf(tensor))) continue;
    if (!llvm::all_of(found->scaleLetters,
                      [&](Index letter) { return has(found->letters, letter) && has(other, letter); }))
      continue;
    OpBuilder builder(op);
    equation.operands = {found->letters, found->scaleLetters, other};
    auto folded = graph::ContractOp::create(builder, op.getLoc(), type, {tensor, found->scale, tensor},
                                            builder.getStringAttr(graph::printEquation(equation)));
    op.getResult().replaceAllUsesWith(folded.getResult());
    op.erase();
    return;
  }
}

} // namespace

void foldScales(func::FuncOp function) {
  SmallVector<graph::ContractOp> contractions;
  function.walk([&](graph::ContractOp op) { contractions.push_back(op); });
  for (graph::ContractOp op : llvm::reverse(contractions)) // products come after what they read
    foldScale(op);
}

} // namespace tgc::contract
