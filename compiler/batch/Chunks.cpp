// A map that takes too much memory runs in pieces: a loop over maps of `chunk` instances each, and a map of
// what is left over.
#include "compiler/batch/Batch.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Kinds.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::batch {
namespace {

/// Instances [from, to) of a value whose leading axis they are.
Sym part(Sym value, int64_t from, int64_t to) {
  if (from == 0 && to == value.extent(0)) return value;
  SmallVector<int64_t> starts(value.rank(), 0), stops(value.shape());
  starts[0] = from, stops[0] = to;
  return slice(value, starts, stops);
}

/// The leading axis as two, the first of extent `steps`; or the first two as one.
Sym parted(Sym value, int64_t steps, int64_t chunk) {
  SmallVector<int64_t> shape = {steps, chunk};
  llvm::append_range(shape, value.shape().drop_front());
  return reshape(value, shape);
}
Sym unparted(Sym value) {
  SmallVector<int64_t> shape = {value.extent(0) * value.extent(1)};
  llvm::append_range(shape, value.shape().drop_front(2));
  return reshape(value, shape);
}

Type without(Type type, int64_t axes) {
  return RankedTensorType::get(tensorOf(type).getShape().drop_front(axes), elementOf(type));
}

} // namespace

LogicalResult Batcher::emitInChunks(func::FuncOp f, Ink &ink, const Mapped &operands, int64_t extent,
                                    Syms &results) {
  const int64_t steps = extent / chunk, whole = steps * chunk;
  SmallVector<Type> inputs = {RankedTensorType::get({}, ink.builder.getI64Type())};
  SmallVector<Value> sliced, shared;
  for (auto [value, flag] : llvm::zip_equal(operands.values, operands.flags)) {
    if (flag)
      sliced.push_back(parted(part(value, 0, whole), steps, chunk).value());
    else
      shared.push_back(value.value());
  }
  if (ink.failed()) return failure();
  for (Value value : sliced)
    inputs.push_back(without(value.getType(), 1));
  llvm::append_range(inputs, ValueRange(shared).getTypes());
  auto body = privateFunction(symbols, (f.getName() + "_chunk").str(), inputs, ink.loc(),
                              [&](Ink &inner, ValueRange all) -> FailureOr<Syms> {
                                Mapped in{{}, operands.flags};
                                size_t nextSliced = 1, nextShared = 1 + sliced.size();
                                for (bool flag : operands.flags)
                                  in.values.push_back(inner.sym(all[flag ? nextSliced++ : nextShared++]));
                                auto made = emit(f, inner, in, chunk);
                                if (failed(made)) return failure();
                                Syms out;
                                for (auto [value, flag] : llvm::zip_equal(made->values, made->flags))
                                  out.push_back(withLeadingAxis(inner, value, flag, chunk));
                                return out;
                              });
  if (!body) return failure();
  done.insert(body);
  SmallVector<Type> types;
  for (Type type : body.getResultTypes()) {
    SmallVector<int64_t> shape = {steps};
    llvm::append_range(shape, tensorOf(type).getShape());
    types.push_back(RankedTensorType::get(shape, elementOf(type)));
  }
  const auto count = int64_t(sliced.size());
  llvm::append_range(sliced, shared);
  auto loop =
      ScanOp::create(ink.builder, ink.loc(), types, sliced, body.getName(), 0, count, steps, false, "all");
  for (Value value : loop.getResults())
    results.push_back(unparted(ink.sym(value)));
  if (whole == extent) return success();
  Mapped rest{{}, operands.flags};
  for (auto [value, flag] : llvm::zip_equal(operands.values, operands.flags))
    rest.values.push_back(flag ? part(value, whole, extent) : value);
  auto last = emit(f, ink, rest, extent - whole);
  if (failed(last)) return failure();
  for (auto [k, value] : llvm::enumerate(last->values))
    results[k] = concat({results[k], withLeadingAxis(ink, value, last->flags[k], extent - whole)});
  return success();
}

} // namespace tgc::batch
