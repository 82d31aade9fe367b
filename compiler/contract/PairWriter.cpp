// See PairWriter.h.
#include "compiler/contract/PairWriter.h"
#include "dialects/graph/Indices.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace tgc::contract {

Network networkOf(graph::ContractOp op) {
  StringRef text = op.getEquation();
  auto equation = std::get<graph::Equation>(graph::parseEquation({text.data(), text.size()}));
  std::vector<std::vector<std::int64_t>> shapes;
  for (Value operand : op.getTensors())
    shapes.emplace_back(graph::shapeOf(operand).begin(), graph::shapeOf(operand).end());
  Network network;
  network.extents = std::get<graph::Extents>(graph::bindExtents(equation, shapes)).of;
  network.inputs = std::move(equation.operands);
  network.output = std::move(equation.output);
  return network;
}

std::vector<std::int64_t> PairWriter::shapeOf(const IndexList &list) const {
  std::vector<std::int64_t> shape;
  for (std::uint32_t index : list)
    shape.push_back(extents[index]);
  return shape;
}

Value PairWriter::reshape(Value tensor, ArrayRef<std::int64_t> shape) {
  if (ArrayRef<std::int64_t>(graph::shapeOf(tensor)) == shape) return tensor;
  if (auto view = tensor.getDefiningOp<graph::ReshapeOp>()) return reshape(view.getX(), shape);
  return graph::ReshapeOp::create(builder, loc, tensor, shape).getResult();
}

/// One operand, all its axes, each once: a permutation rather than a contraction.
static bool isPermutation(const std::vector<IndexList> &inputs, const IndexList &output) {
  return inputs.size() == 1 && inputs[0].size() == output.size() &&
         llvm::all_of(inputs[0], [&](std::uint32_t index) { return llvm::is_contained(output, index); });
}

Value PairWriter::plain(ArrayRef<Value> tensors, const std::vector<IndexList> &inputs,
                        const IndexList &output, std::size_t indices) {
  if (isPermutation(inputs, output)) {
    SmallVector<std::int64_t> axes;
    for (std::uint32_t index : output)
      axes.push_back(llvm::find(inputs[0], index) - inputs[0].begin());
    return graph::PermuteDimsOp::create(builder, loc, tensors[0], axes).getResult();
  }
  graph::Equation equation{inputs, output, std::vector<char32_t>(indices, 0), {}};
  return graph::ContractOp::create(builder, loc, tensors, graph::printEquation(equation)).getResult();
}

Value PairWriter::merged(Value tensor, const AxisGroups &groups, const IndexList &axes) {
  SmallVector<std::int64_t> shape;
  for (std::uint32_t axis : axes) {
    std::int64_t extent = 1;
    for (std::uint32_t index : groups.groups[axis])
      extent *= extents[index];
    shape.push_back(extent);
  }
  return reshape(tensor, shape);
}

Value PairWriter::grouped(ArrayRef<Value> tensors, const AxisGroups &groups) {
  SmallVector<Value> views;
  for (auto [k, tensor] : llvm::enumerate(tensors))
    views.push_back(merged(tensor, groups, groups.tensors[k]));
  std::vector<IndexList> inputs(groups.tensors.begin(), groups.tensors.end() - 1);
  return plain(views, inputs, groups.tensors.back(), groups.groups.size());
}

Value PairWriter::permute(Value tensor, IndexList from, const IndexList &to) {
  while (from != to) {
    IndexList next = permutationPass(from, to, graph::maxRank);
    tensor = grouped({tensor}, groupAxes(std::vector<IndexList>{from, next}));
    from = std::move(next);
  }
  return tensor;
}

/// Too many alternations for eight axes: both operands are brought into the order of a batched matrix
/// product.
Value PairWriter::byProducts(ArrayRef<Value> tensors, const std::vector<IndexList> &inputs,
                             const IndexList &output) {
  IndexList batch, rows, columns, summed;
  for (std::uint32_t index : output) {
    bool inLeft = llvm::is_contained(inputs[0], index), inRight = llvm::is_contained(inputs[1], index);
    (inLeft && inRight ? batch : inLeft ? rows : columns).push_back(index);
  }
  for (std::uint32_t index : inputs[0])
    if (!llvm::is_contained(output, index)) summed.push_back(index);
  auto joined = [](const IndexList &a, const IndexList &b, const IndexList &c) {
    IndexList list = a;
    list.insert(list.end(), b.begin(), b.end());
    list.insert(list.end(), c.begin(), c.end());
    return list;
  };
  std::vector<IndexList> orders = {joined(batch, rows, summed), joined(batch, summed, columns),
                                   joined(batch, rows, columns)};
  Value left = permute(tensors[0], inputs[0], orders[0]), right = permute(tensors[1], inputs[1], orders[1]);
  Value product = grouped({left, right}, groupAxes(orders));
  return permute(product, orders[2], output);
}

Value PairWriter::contract(ArrayRef<Value> tensors, const std::vector<IndexList> &inputs,
                           const IndexList &output) {
  double elements = 1;
  for (std::uint32_t index : output)
    elements *= double(extents[index]);
  if (elements >= 0x1p48) {
    emitError(loc) << "contract: an intermediate would have " << llvm::formatv("{0:e2}", elements).str()
                   << " elements, more than 2^48";
    return nullptr;
  }
  bool small = output.size() <= graph::maxRank &&
               llvm::all_of(inputs, [](const IndexList &list) { return list.size() <= graph::maxRank; });
  if (small) {
    SmallVector<Value> views;
    for (auto [k, tensor] : llvm::enumerate(tensors))
      views.push_back(reshape(tensor, shapeOf(inputs[k])));
    return plain(views, inputs, output, extents.size());
  }
  std::vector<IndexList> lists = inputs;
  lists.push_back(output);
  AxisGroups groups = groupAxes(lists);
  Value result =
      groups.mostAxes() <= graph::maxRank ? grouped(tensors, groups) : byProducts(tensors, inputs, output);
  return output.size() <= graph::maxRank ? reshape(result, shapeOf(output)) : result;
}

/// `tensor` with its axes where `output` has their letters, repeated over the others.
static Value inOutputSpace(OpBuilder &builder, Location loc, Value tensor, ArrayRef<graph::Index> letters,
                           ArrayRef<graph::Index> output, ArrayRef<std::int64_t> shape) {
  SmallVector<std::int64_t> axes, ones;
  for (auto [letter, extent] : llvm::zip_equal(output, shape)) {
    const auto *found = llvm::find(letters, letter);
    if (found != letters.end()) axes.push_back(found - letters.begin());
    ones.push_back(found != letters.end() ? extent : 1);
  }
  if (!llvm::is_sorted(axes)) tensor = graph::PermuteDimsOp::create(builder, loc, tensor, axes);
  if (graph::shapeOf(tensor) != ArrayRef<std::int64_t>(ones))
    tensor = graph::ReshapeOp::create(builder, loc, tensor, ones);
  return ArrayRef<std::int64_t>(ones) == shape ? tensor
                                               : graph::BroadcastToOp::create(builder, loc, tensor, shape);
}

void multiplyElementwise(func::FuncOp function) {
  function.walk([](graph::ContractOp op) {
    Network network = networkOf(op);
    if (network.inputs.size() != 2 || network.output.size() != network.extents.size()) return;
    for (IndexList list : network.inputs) {
      llvm::sort(list);
      if (std::adjacent_find(list.begin(), list.end()) != list.end()) return;
    }
    OpBuilder builder(op);
    SmallVector<Value> factors;
    for (auto [tensor, letters] : llvm::zip_equal(op.getTensors(), network.inputs))
      factors.push_back(inOutputSpace(builder, op.getLoc(), tensor, letters, network.output,
                                      graph::shapeOf(op.getResult())));
    Value product = graph::MultiplyOp::create(builder, op.getLoc(), op.getType(), factors[0], factors[1]);
    op.getResult().replaceAllUsesWith(product);
    op.erase();
  });
}

} // namespace tgc::contract
