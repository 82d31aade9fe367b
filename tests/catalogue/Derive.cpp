// Forward, reverse and batched walks over a block of graph ops.
#include "tests/catalogue/Derive.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/Graph.h"
#include "dialects/graph/Kinds.h"
#include <list>

using namespace mlir;
using namespace tgc::graph;

namespace tgc::catalogue {
namespace {

bool isReal(Type type) { return isDifferentiable(type); } // complex numbers inside take part
using Ops = SmallVector<Operation *>;
using Held = llvm::DenseMap<Value, Sym>;

Ops opsOf(Block &block) {
  Ops ops;
  for (Operation &op : block)
    ops.push_back(&op);
  return ops;
}

/// The planted mistake: half as much again.
Syms wrong(Syms syms) {
  for (Sym &sym : syms)
    if (sym && !sym.isZero() && isReal(sym.type())) sym = sym + 0.5 * sym;
  return syms;
}

LogicalResult forward(const Ops &ops, Ink &ink, Held &tangents, Plant plant) {
  for (Operation *op : ops) {
    Syms in;
    for (Value operand : op->getOperands())
      in.push_back(tangents.contains(operand) ? tangents[operand] : ink.zero(operand.getType()));
    auto out = cast<GraphOp>(op).tangent(ink, in);
    if (failed(out) || ink.failed()) return failure();
    if (plant == Plant::Tangent) *out = wrong(*out);
    for (auto [result, tangent] : llvm::zip_equal(op->getResults(), *out))
      tangents[result] = tangent;
  }
  return success();
}

LogicalResult reverse(const Ops &ops, Ink &ink, Held &cotangents, Plant plant) {
  for (Operation *op : llvm::reverse(ops)) {
    Syms in;
    for (Value result : op->getResults())
      in.push_back(cotangents.contains(result) ? cotangents[result] : ink.zero(result.getType()));
    if (llvm::all_of(in, [](Sym ct) { return ct.isZero(); })) continue;
    auto out = cast<GraphOp>(op).cotangent(ink, in, SmallVector<bool>(op->getNumOperands(), true));
    if (failed(out) || ink.failed()) return failure();
    if (plant == Plant::Cotangent) *out = wrong(*out);
    for (auto [operand, cotangent] : llvm::zip_equal(op->getOperands(), *out)) {
      if (!isReal(operand.getType())) continue;
      cotangents[operand] = cotangents.contains(operand) ? cotangents[operand] + cotangent : cotangent;
    }
  }
  return success();
}

/// Arguments of the case followed by one more of each type in `extra`.
std::vector<RankedTensorType> withExtra(const Case &one, ArrayRef<RankedTensorType> extra) {
  std::vector<RankedTensorType> types = one.types;
  llvm::append_range(types, extra);
  return types;
}

std::vector<RankedTensorType> realsOf(ArrayRef<RankedTensorType> types) {
  std::vector<RankedTensorType> reals;
  llvm::copy_if(types, std::back_inserter(reals), [](RankedTensorType type) { return isReal(type); });
  return reals;
}

std::vector<RankedTensorType> resultsOf(const Case &one, MLIRContext *context) {
  std::vector<RankedTensorType> types;
  Written plain = functionOf(one, context);
  if (plain.module)
    for (Type type : plain.function.getResultTypes())
      types.push_back(tensorOf(type));
  return types;
}

/// Composites of the block give way to their formulas, also under `held`, which a terminator keeps hold of
/// meanwhile. The ink remembers ops that are gone then: go on with a fresh one.
FailureOr<Syms> expanded(Ink &ink, Block &block, SymsRef held) {
  SmallVector<Value> values;
  for (Sym sym : held)
    values.push_back(sym.value());
  Operation *keeper = func::ReturnOp::create(ink.builder, ink.loc(), values);
  LogicalResult done = expandComposites(block);
  Syms out;
  for (Value value : keeper->getOperands())
    out.push_back(ink.sym(value));
  keeper->erase();
  if (failed(done)) return failure();
  return out;
}

/// The call in smaller ops.
FailureOr<Syms> applySmall(const Case &one, Ink &ink, SymsRef tensors, Block &block) {
  auto results = apply(one, ink, tensors.take_front(one.types.size()));
  if (failed(results)) return failure();
  return expanded(ink, block, *results);
}

Ink after(Block &block, Ink &old) { return Ink(OpBuilder::atBlockEnd(&block), old.loc()); }

/// `derive` gets the block's ops, a fresh ink behind them, the results and the seeds.
using Rule =
    llvm::function_ref<FailureOr<Syms>(Ink &, const Ops &, SymsRef args, SymsRef results, SymsRef seeds)>;

Written derived(const Case &one, MLIRContext *context, ArrayRef<RankedTensorType> seeds, Rule rule) {
  std::list<Ink> inks; // Syms point to them
  return write(context, withExtra(one, seeds), [&](Ink &ink, SymsRef args) -> FailureOr<Syms> {
    Block &block = *ink.builder.getInsertionBlock();
    auto results = applySmall(one, ink, args, block);
    if (failed(results)) return failure();
    inks.push_back(after(block, ink));
    Syms fresh = inks.back().syms(block.getArguments());
    auto out = rule(inks.back(), opsOf(block), SymsRef(fresh).take_front(one.types.size()), *results,
                    SymsRef(fresh).drop_front(one.types.size()));
    ink.builder = inks.back().builder;
    if (inks.back().failed()) return failure();
    return out;
  });
}

/// Seeds matched with the floating-point ones among `syms`.
void seed(Held &held, SymsRef syms, SymsRef seeds) {
  unsigned next = 0;
  for (Sym sym : syms)
    if (isReal(sym.type())) {
      Value value = sym.value();
      Sym given = seeds[next++];
      held[value] = held.contains(value) ? held[value] + given : given;
    }
}

Syms read(Ink &ink, const Held &held, SymsRef syms) {
  Syms out;
  for (Sym sym : syms)
    if (isReal(sym.type())) {
      auto at = held.find(sym.value());
      out.push_back(ink.sym((at == held.end() ? ink.zero(sym.type()) : at->second).value()));
    }
  return out;
}

} // namespace

Written tangentOf(const Case &one, MLIRContext *context, Plant plant) {
  return derived(
      one, context, realsOf(one.types),
      [&](Ink &ink, const Ops &ops, SymsRef args, SymsRef results, SymsRef seeds) -> FailureOr<Syms> {
        Held tangents;
        seed(tangents, args, seeds);
        if (failed(forward(ops, ink, tangents, plant))) return failure();
        return read(ink, tangents, results);
      });
}

Written cotangentOf(const Case &one, MLIRContext *context, Plant plant) {
  return derived(
      one, context, realsOf(resultsOf(one, context)),
      [&](Ink &ink, const Ops &ops, SymsRef args, SymsRef results, SymsRef seeds) -> FailureOr<Syms> {
        Held cotangents;
        seed(cotangents, results, seeds);
        if (failed(reverse(ops, ink, cotangents, plant))) return failure();
        return read(ink, cotangents, args);
      });
}

Written hessianOf(const Case &one, MLIRContext *context, Plant plant) {
  auto cotangents = realsOf(resultsOf(one, context)), arguments = realsOf(one.types);
  auto seeds = cotangents;
  llvm::append_range(seeds, arguments);
  std::list<Ink> inks;
  return derived(
      one, context, seeds,
      [&](Ink &ink, const Ops &ops, SymsRef args, SymsRef results, SymsRef given) -> FailureOr<Syms> {
        Held held;
        seed(held, results, given.take_front(cotangents.size()));
        if (failed(reverse(ops, ink, held, plant))) return failure();
        Syms gradients = read(ink, held, args);
        // What the first pass built is differentiated together with the op.
        Block &block = *ink.builder.getInsertionBlock();
        auto kept = expanded(ink, block, gradients);
        if (failed(kept)) return failure();
        inks.push_back(after(block, ink));
        Ink &second = inks.back();
        Held tangents;
        Syms fresh = second.syms(block.getArguments());
        seed(tangents, SymsRef(fresh).take_front(args.size()),
             SymsRef(fresh).drop_front(args.size() + cotangents.size()));
        if (failed(forward(opsOf(block), second, tangents, plant))) return failure();
        Syms out = read(second, tangents, *kept);
        ink.builder = second.builder;
        return out;
      });
}

Written batchOf(const Case &one, MLIRContext *context, ArrayRef<bool> mapped, int64_t extent, Plant plant) {
  auto wide = [&](RankedTensorType type) {
    SmallVector<int64_t> shape = {extent};
    llvm::append_range(shape, type.getShape());
    return RankedTensorType::get(shape, type.getElementType());
  };
  // The op on plain tensors in a module of its own says which smaller ops there are.
  Written plain = derived(one, context, {}, [&](Ink &, const Ops &, SymsRef, SymsRef results, SymsRef) {
    return FailureOr<Syms>(Syms(SmallVector<Sym, 4>(results.begin(), results.end())));
  });
  if (!plain.module) return {};
  std::vector<RankedTensorType> types = one.types;
  for (auto [k, type] : llvm::enumerate(types))
    if (mapped[k]) type = wide(type);
  return write(context, types, [&](Ink &ink, SymsRef args) -> FailureOr<Syms> {
    Held values;
    llvm::DenseSet<Value> wideValues;
    for (auto [k, argument] : llvm::enumerate(plain.body().getArguments())) {
      values[argument] = args[k];
      if (mapped[k]) wideValues.insert(argument);
    }
    for (Operation &op : plain.body().without_terminator()) {
      Syms operands;
      SmallVector<bool> has;
      for (Value operand : op.getOperands()) {
        operands.push_back(values[operand]);
        has.push_back(wideValues.contains(operand));
      }
      if (llvm::is_contained(has, true) || (op.getNumOperands() == 0 && mapped.empty())) {
        // A leaf's rule widens its own result, so it has to stand in this block.
        Operation *asked = op.getNumOperands() ? &op : ink.builder.clone(op);
        auto out = cast<GraphOp>(asked).batch(ink, operands, has, extent);
        if (failed(out) || ink.failed()) return failure();
        if (plant == Plant::Batch) *out = wrong(*out);
        for (auto [result, sym] : llvm::zip_equal(op.getResults(), *out))
          values[result] = sym, wideValues.insert(result);
        continue;
      }
      IRMapping map;
      for (auto [operand, sym] : llvm::zip(op.getOperands(), operands))
        map.map(operand, sym.value());
      Operation *same = ink.builder.clone(op, map);
      for (auto [result, value] : llvm::zip(op.getResults(), same->getResults()))
        values[result] = ink.sym(value);
    }
    Syms results;
    for (Value value : plain.body().getTerminator()->getOperands()) {
      Sym sym = values[value];
      results.push_back(withLeadingAxis(ink, sym, wideValues.contains(value), extent));
    }
    return results;
  });
}

Written formulaOf(const Case &one, MLIRContext *context, Plant plant) {
  Written plain = functionOf(one, context);
  if (!plain.module) return {};
  bool composite = llvm::any_of(plain.body(), [](Operation &op) {
    auto row = dyn_cast<GraphOp>(op);
    return row && row.kind() == Kind::Composite;
  });
  if (!composite) return {};
  return write(context, one.types, [&](Ink &ink, SymsRef args) -> FailureOr<Syms> {
    auto results = applySmall(one, ink, args, *ink.builder.getInsertionBlock());
    if (failed(results) || plant != Plant::Formula) return results;
    std::list<Ink> inks = {};
    inks.push_back(after(*ink.builder.getInsertionBlock(), ink));
    Syms out = wrong(inks.back().syms(llvm::map_to_vector(*results, [](Sym sym) { return sym.value(); })));
    ink.builder = inks.back().builder;
    return out;
  });
}

} // namespace tgc::catalogue
