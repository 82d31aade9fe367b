// Networks under a memory limit: ordered alone, and where that is not enough run slice after slice. The
// slices are written out; equal steps of different slices are one kernel, since the values they read are
// operands.
#include "compiler/Passes.h"
#include "compiler/contract/Joint.h"
#include "compiler/contract/Layout.h"
#include "compiler/contract/PairWriter.h"
#include "compiler/contract/Path.h"
#include "compiler/contract/StepNote.h"
#include "dialects/graph/Composite.h"
#include "llvm/Support/FormatVariadic.h"

namespace tgc {
#define GEN_PASS_DEF_SLICECONTRACTIONS
#include "compiler/Passes.h.inc"
} // namespace tgc

using namespace mlir;

namespace tgc::contract {
namespace {

/// Writing out more pairs than this takes longer than anybody waits.
constexpr double mostPairs = 1 << 16;

class SliceWriter {
public:
  SliceWriter(graph::ContractOp op, std::int64_t number, double limitBytes)
      : op(op), number(number), limitBytes(limitBytes), builder(op), network(networkOf(op)),
        values(op.getTensors()) {}

  /// What replaces the op; null after an error.
  Value run() {
    PairWriter writer(builder, op.getLoc(), network.extents);
    sumLoneIndices(writer);
    if (values.size() == 1) return writer.contract(values, network.inputs, network.output);
    if (!plan()) return nullptr;
    return build();
  }

private:
  void sumLoneIndices(PairWriter &writer) {
    Problem problem(network);
    for (auto [k, input] : llvm::enumerate(network.inputs)) {
      IndexList kept;
      for (std::uint32_t index : input)
        if ((problem.appearances[index] > 1 || values.size() == 1) && !llvm::is_contained(kept, index))
          kept.push_back(index);
      if (kept.size() == input.size() || values.size() == 1) continue;
      values[k] = writer.contract({values[k]}, {input}, kept);
      input = kept;
    }
  }

  bool plan() {
    SearchOptions search;
    search.roofline.bytesPerElement = graph::bitsOf(graph::elementOf(op.getType())) / 8.0;
    search.rounds = 8;
    // A sliced operand is copied for the step that reads it: that much is not left for intermediates.
    double reserve = 0;
    for (int attempt = 0; attempt < 4; ++attempt) {
      search.memoryBytes = std::max(1.0, limitBytes - reserve);
      if (auto error = findPath(network, search, found)) return op.emitError() << *error, false;
      double copies = largestCopy() * search.roofline.bytesPerElement;
      if (found.figures.peak.value() * search.roofline.bytesPerElement + copies <= limitBytes) break;
      reserve = copies;
    }
    if (!found.withinMemory) {
      op.emitError() << "contract: no slicing keeps the intermediates of this network within "
                     << static_cast<std::int64_t>(limitBytes) << " bytes";
      return false;
    }
    if (found.slices.value() * double(found.tree.steps.size()) > mostPairs) {
      op.emitError() << "contract: within " << static_cast<std::int64_t>(limitBytes)
                     << " bytes this network takes " << llvm::formatv("{0:g}", found.slices.value()).str()
                     << " slices of " << found.tree.steps.size() << " pairs; at most "
                     << static_cast<std::int64_t>(mostPairs) << " pairs are written out";
      return false;
    }
    return true;
  }

  double largestCopy() const {
    double most = 0;
    for (const auto &input : network.inputs) {
      double elements = 1;
      bool cut = false;
      for (std::uint32_t index : input)
        if (llvm::is_contained(found.sliced, index))
          cut = true;
        else
          elements *= double(network.extents[index]);
      if (cut) most = std::max(most, elements);
    }
    return most;
  }

  /// Indices of the result first, so that each of its parts is finished before the next begins.
  Value build() {
    std::vector<std::uint32_t> order;
    for (bool inResult : {true, false})
      for (std::uint32_t index : found.sliced)
        if (llvm::is_contained(network.output, index) == inResult) order.push_back(index);
    std::size_t kept = 0;
    while (kept < order.size() && llvm::is_contained(network.output, order[kept]))
      ++kept;
    slice = network;
    auto isSliced = [&](std::uint32_t index) { return llvm::is_contained(order, index); };
    for (IndexList &list : slice.inputs)
      llvm::erase_if(list, isSliced);
    llvm::erase_if(slice.output, isSliced);
    steps = orderIndices(slice, found.tree);
    std::vector<std::int64_t> at(network.extents.size(), 0);
    SmallVector<Value> parts;
    Value sum;
    for (;;) {
      Value part = contractSlice(order, at);
      if (!part) return nullptr;
      sum = sum ? graph::AddOp::create(builder, op.getLoc(), sum, part).getResult() : part;
      std::size_t k = order.size();
      while (k > 0 && ++at[order[k - 1]] == network.extents[order[k - 1]])
        at[order[--k]] = 0;
      if (k <= kept) {
        parts.push_back(sum);
        sum = nullptr;
      }
      if (k == 0) return join(parts, ArrayRef(order).take_front(kept));
    }
  }

  Value contractSlice(ArrayRef<std::uint32_t> order, ArrayRef<std::int64_t> at) {
    PairWriter writer(builder, op.getLoc(), slice.extents);
    SmallVector<Value> nodes;
    for (auto [k, value] : llvm::enumerate(values))
      nodes.push_back(sliceOf(writer, k, value, order, at));
    for (auto [i, step] : llvm::enumerate(steps)) {
      PairWriter writer(builder, placeOf(i, step), slice.extents);
      nodes.push_back(writer.contract({nodes[step.left], nodes[step.right]},
                                      {step.leftIndices, step.rightIndices}, step.result));
      if (!nodes.back()) return nullptr;
    }
    return nodes.back();
  }

  /// Every slice's step i is the same step to the reader.
  Location placeOf(std::size_t i, const PairStep &step) {
    std::vector<IndexList> inputs = {step.leftIndices, step.rightIndices};
    Roofline roofline = planningRoofline(graph::bitsOf(graph::elementOf(op.getType())) / 8.0);
    StepPlace place{number,
                    std::int64_t(i),
                    {step.left, step.right},
                    std::uint32_t(values.size() + i),
                    predictedSeconds(inputs, step.result, slice.extents, roofline)};
    return noted(op.getLoc(), place, inputs, step.result, slice.extents);
  }

  /// The value's part at the given place: taken by a position that is an operand, so that all slices share
  /// their kernels.
  Value sliceOf(PairWriter &writer, std::size_t k, Value value, ArrayRef<std::uint32_t> order,
                ArrayRef<std::int64_t> at) {
    bool cut = false;
    for (auto [axis, index] : llvm::enumerate(network.inputs[k])) {
      if (!llvm::is_contained(order, index)) continue;
      auto type = RankedTensorType::get({1}, builder.getI64Type());
      Value place = graph::ConstantOp::create(
          builder, op.getLoc(), type, DenseElementsAttr::get(type, ArrayRef<std::int64_t>(at[index])));
      graph::Ink ink(builder, op.getLoc());
      value =
          graph::formulas::take(ink, ink.sym(value), ink.sym(place), static_cast<std::int64_t>(axis), "clamp")
              .value();
      cut = true;
    }
    if (!cut) return value;
    SmallVector<std::int64_t> shape;
    for (std::uint32_t index : slice.inputs[k])
      shape.push_back(network.extents[index]);
    return writer.reshape(value, shape);
  }

  /// Parts in row-major order of the result's sliced indices become the result.
  Value join(SmallVector<Value> parts, ArrayRef<std::uint32_t> order) {
    PairWriter writer(builder, op.getLoc(), network.extents);
    std::vector<char> whole(network.extents.size(), 1);
    for (std::uint32_t index : order)
      whole[index] = 0;
    for (std::size_t k = order.size(); k-- > 0;) {
      SmallVector<std::int64_t> shape;
      std::int64_t axis = 0;
      for (auto [place, index] : llvm::enumerate(network.output)) {
        shape.push_back(whole[index] ? network.extents[index] : 1);
        if (index == order[k]) axis = static_cast<std::int64_t>(place);
      }
      auto count = static_cast<std::size_t>(network.extents[order[k]]);
      SmallVector<Value> joined;
      for (std::size_t first = 0; first < parts.size(); first += count) {
        SmallVector<Value> group;
        for (std::size_t i = 0; i < count; ++i)
          group.push_back(writer.reshape(parts[first + i], shape));
        joined.push_back(graph::ConcatOp::create(builder, op.getLoc(), group, axis).getResult());
      }
      parts = std::move(joined);
      whole[order[k]] = 1;
    }
    return parts.front();
  }

  graph::ContractOp op;
  std::int64_t number; ///< of the network in its function
  double limitBytes;
  OpBuilder builder;
  Network network, slice;
  SmallVector<Value> values;
  SearchResult found;
  std::vector<PairStep> steps;
};

struct SliceContractions : impl::SliceContractionsBase<SliceContractions> {
  using SliceContractionsBase::SliceContractionsBase;

  void runOnOperation() override {
    SmallVector<graph::ContractOp> contractions;
    getOperation().walk([&](graph::ContractOp op) { contractions.push_back(op); });
    for (auto [number, op] : llvm::enumerate(contractions)) {
      Value value = SliceWriter(op, std::int64_t(number), double(limitBytes)).run();
      if (!value) return signalPassFailure();
      op.getResult().replaceAllUsesWith(value);
      op.erase();
    }
  }
};

} // namespace
} // namespace tgc::contract
