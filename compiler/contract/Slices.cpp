// Networks under a memory limit: ordered alone, and where that is not enough run slice after slice. The
// slices are written out; equal steps of different slices are one kernel, since the values they read are
// operands.
#include "compiler/Passes.h"
#include "compiler/contract/EmittedPeak.h"
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
constexpr double mostPairs = 1 << 17;

class SliceWriter {
public:
  SliceWriter(graph::ContractOp op, std::int64_t number, double limitBytes)
      : op(op), number(number), limitBytes(limitBytes), builder(op), network(networkOf(op)),
        values(op.getTensors()) {}

  /// What replaces the op; null after an error.
  Value run() {
    Operation *before = op->getPrevNode();
    PairWriter writer(builder, op.getLoc(), network.extents);
    sumLoneIndices(writer);
    if (values.size() == 1) return writer.contract(values, network.inputs, network.output);
    Operation *start = op->getPrevNode();
    // The search counts intermediates. Copies of sliced operands, changes of order and what kernels copy come
    // on top, so the written ops are measured, and where they take too much the search gets less.
    double allowed = limitBytes, best = 0, least = std::numeric_limits<double>::infinity();
    for (int attempt = 0; attempt < 4 && plan(allowed); ++attempt) {
      Value value = build();
      if (!value) return nullptr;
      double peak = emittedPeakBytes(following(before), op);
      if (peak <= 0.875 * limitBytes) return value;
      if (peak < least) {
        least = peak;
        best = allowed;
      }
      allowed *= 0.86 * limitBytes / peak;
      while (op->getPrevNode() != start)
        op->getPrevNode()->erase();
    }
    if (best > 0 && plan(best)) return build(); // the nearest there is
    op.emitError() << "contract: no slicing keeps the intermediates of this network within "
                   << static_cast<std::int64_t>(limitBytes) << " bytes";
    return nullptr;
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

  Operation *following(Operation *place) { return place ? place->getNextNode() : &op->getBlock()->front(); }

  bool plan(double memoryBytes) {
    SearchOptions search;
    search.objective = Objective::Seconds; // flops alone would not mind a thousand slices of next to nothing
    search.roofline = planningRoofline(bytesOf(1));
    search.rounds = 8;
    search.memoryBytes = std::max(1.0, memoryBytes);
    planned = memoryBytes;
    return !findWorthwhilePath(network, search, found) && found.withinMemory;
  }

  bool fewEnough() {
    std::vector<char> needed = wanted();
    std::int64_t pairs = 0;
    for (std::size_t i = 0; i < steps.size(); ++i)
      pairs += needed[values.size() + i] && !once[values.size() + i];
    if (found.slices.value() * double(pairs) <= mostPairs) return true;
    op.emitError() << "contract: within " << static_cast<std::int64_t>(limitBytes)
                   << " bytes this network takes " << llvm::formatv("{0:e2}", found.slices.value()).str()
                   << " slices of " << pairs << " pairs; at most " << static_cast<std::int64_t>(mostPairs)
                   << " pairs are written out";
    return false;
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
    if (!hoist(order) || !fewEnough()) return nullptr;
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

  // ---- what is the same in every slice ----

  /// Steps that read nothing sliced are run once, as far as their results can be kept while slices come and
  /// go.
  bool hoist(ArrayRef<std::uint32_t> order) {
    std::size_t leaves = values.size();
    once.assign(leaves + steps.size(), Value());
    std::vector<char> varies(leaves + steps.size(), 0);
    for (auto [k, input] : llvm::enumerate(network.inputs))
      varies[k] = llvm::any_of(input, [&](std::uint32_t index) { return llvm::is_contained(order, index); });
    SmallVector<std::uint32_t> candidates;
    for (auto [i, step] : llvm::enumerate(steps)) {
      varies[leaves + i] = varies[step.left] || varies[step.right];
      if (!varies[leaves + i]) continue;
      for (std::uint32_t node : {step.left, step.right})
        if (!varies[node]) candidates.push_back(node);
    }
    double free = planned - bytesOf(found.figures.peak.value()) - bytesOf(largestCopy());
    while (!candidates.empty()) {
      std::uint32_t node = candidates.pop_back_val();
      if (node < leaves) continue;
      const PairStep &step = steps[node - leaves];
      double bytes = bytesOf(elementsOf(step.result));
      if (bytes <= free) {
        free -= bytes;
        if (!runOnce(node)) return false;
      } else { // perhaps what it is made of can be kept
        candidates.append({step.left, step.right});
      }
    }
    return true;
  }

  bool runOnce(std::uint32_t root) {
    std::size_t leaves = values.size();
    SmallVector<std::uint32_t> work{root}, below;
    while (!work.empty()) {
      std::uint32_t node = work.pop_back_val();
      if (node < leaves) continue;
      below.push_back(node);
      work.append({steps[node - leaves].left, steps[node - leaves].right});
    }
    llvm::sort(below); // steps stand after what they read
    SmallVector<Value> made(leaves + steps.size());
    llvm::copy(values, made.begin());
    for (std::uint32_t node : below) {
      const PairStep &step = steps[node - leaves];
      made[node] = contractStep(node - leaves, made[step.left], made[step.right]);
      if (!made[node]) return false;
    }
    once[root] = made[root];
    return true;
  }

  double elementsOf(const IndexList &list) const {
    double elements = 1;
    for (std::uint32_t index : list)
      elements *= double(slice.extents[index]);
    return elements;
  }

  double bytesOf(double elements) { return elements * graph::bitsOf(graph::elementOf(op.getType())) / 8.0; }

  /// The nodes of a slice that are still to be run: not those that were run once, nor what only they read.
  std::vector<char> wanted() const {
    std::size_t leaves = values.size();
    std::vector<char> needed(leaves + steps.size(), 0);
    needed.back() = 1;
    for (std::size_t i = steps.size(); i-- > 0;)
      if (needed[leaves + i] && !once[leaves + i]) needed[steps[i].left] = needed[steps[i].right] = 1;
    return needed;
  }

  // ---- one slice ----

  Value contractStep(std::size_t i, Value left, Value right) {
    PairWriter writer(builder, placeOf(i, steps[i]), slice.extents);
    return writer.contract({left, right}, {steps[i].leftIndices, steps[i].rightIndices}, steps[i].result);
  }

  Value contractSlice(ArrayRef<std::uint32_t> order, ArrayRef<std::int64_t> at) {
    PairWriter writer(builder, op.getLoc(), slice.extents);
    std::vector<char> needed = wanted();
    SmallVector<Value> nodes(once.begin(), once.end());
    for (auto [i, step] : llvm::enumerate(steps)) {
      Value &node = nodes[values.size() + i];
      if (node || !needed[values.size() + i]) continue;
      // An operand's part is copied where it is read: copies of all of them at once are not accounted for.
      for (std::uint32_t leaf : {step.left, step.right})
        if (leaf < values.size() && !nodes[leaf])
          nodes[leaf] = sliceOf(writer, leaf, values[leaf], order, at);
      node = contractStep(i, nodes[step.left], nodes[step.right]);
      if (!node) return nullptr;
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
  double planned = 0; ///< bytes the search was given
  std::vector<PairStep> steps;
  std::vector<Value> once; ///< by node: results that all slices share
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
