#include "compiler/schedule/Transpose.h"
#include "compiler/schedule/Square.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace tgc::schedule {

bool Transpose::serves(AffineExpr linear, unsigned lane, int64_t stride) const {
  if (lane != tile.lane || std::abs(stride) <= 1) return false;
  if (strideIn(linear, tile.across, elements.extents()) != 1) return false;
  return llvm::all_of(variablesOf(linear), [&](unsigned id) {
    const Variable &variable = elements.variable(id);
    if (id == tile.across || id == lane) return true;
    return variable.kind == Variable::Scalar && variable.scope->depth <= tile.scope->depth;
  });
}

Value Transpose::load(Value buffer, AffineExpr linear, unsigned lane) {
  if (!tile.scope) return nullptr;
  auto written = dyn_cast<AffineConstantExpr>(tile.row);
  if (written) linear = simplifyWithin(linear - written.getValue(), elements.extents());
  std::optional<int64_t> stride = strideIn(linear, lane, elements.extents());
  if (!stride || !serves(linear, lane, *stride)) return nullptr;
  const auto *known =
      llvm::find_if(filled, [&](const Filled &f) { return f.buffer == buffer && f.linear == linear; });
  const Filled &found = known != filled.end() ? *known : fill(buffer, linear, *stride);
  if (written) return found.turned[written.getValue()];
  Scope *scope = elements.ownerOf(ArrayRef<AffineExpr>(tile.row));
  auto type = VectorType::get({elements.lanes()}, cast<MemRefType>(buffer.getType()).getElementType());
  Value at = elements.index(tile.row * elements.lanes());
  return elements.own(scope, vector::LoadOp::create(elements.in(scope), type, found.scratch, ValueRange{at}));
}

Value Transpose::freeScratch(Type element) {
  auto type = MemRefType::get({elements.lanes() * elements.lanes()}, element);
  for (Value scratch : scratches)
    if (scratch.getType() == type && llvm::none_of(filled, [&](auto &f) { return f.scratch == scratch; }))
      return scratch;
  Scope *root = elements.root();
  auto &builder = elements.in(root);
  scratches.push_back(
      elements.own(root, memref::AllocaOp::create(builder, type, builder.getI64IntegerAttr(64))));
  return scratches.back();
}

// A register for each lane, consecutive along the rows; turned, one for each row.
const Transpose::Filled &Transpose::fill(Value buffer, AffineExpr linear, int64_t stride) {
  Scope *scope = tile.scope;
  int64_t lanes = elements.lanes();
  auto element = cast<MemRefType>(buffer.getType()).getElementType();
  auto type = VectorType::get({lanes}, element);
  AffineExpr across = getAffineDimExpr(tile.across, elements.context());
  Value corner = elements.index(simplifyWithin(linear.replace(across, tile.corner), elements.extents()));
  SmallVector<Value> vectors;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    int64_t offset = std::min(lane, tile.laneCount - 1) * stride; // beyond the edge: anything that is there
    Value at = corner;
    if (offset != 0)
      at = elements.own(scope,
                        arith::AddIOp::create(elements.in(scope), corner, elements.constantIndex(offset)));
    if (fetchAhead) {
      Value ahead = elements.own(
          scope, arith::AddIOp::create(elements.in(scope), at, elements.constantIndex(fetchAhead)));
      memref::PrefetchOp::create(elements.in(scope), buffer, ValueRange{ahead}, /*isWrite=*/false,
                                 /*localityHint=*/3, /*isDataCache=*/true);
    }
    Value loaded;
    if (tile.rows) {
      Value none = elements.constant(cast<TypedAttr>(elements.in(scope).getZeroAttr(type)));
      loaded =
          vector::MaskedLoadOp::create(elements.in(scope), type, buffer, ValueRange{at}, tile.rows, none);
    } else {
      loaded = vector::LoadOp::create(elements.in(scope), type, buffer, ValueRange{at});
    }
    vectors.push_back(elements.own(scope, loaded));
  }
  turnSquare(vectors, [&](Value a, Value b, ArrayRef<int64_t> order) {
    return elements.own(scope, vector::ShuffleOp::create(elements.in(scope), a, b, order));
  });
  if (isa<AffineConstantExpr>(tile.row)) {
    filled.push_back({buffer, linear, {}, std::move(vectors)});
    return filled.back();
  }
  Value scratch = freeScratch(element);
  for (auto [row, value] : llvm::enumerate(vectors))
    vector::StoreOp::create(elements.in(scope), value, scratch,
                            ValueRange{elements.constantIndex(int64_t(row) * lanes)});
  filled.push_back({buffer, linear, scratch, {}});
  return filled.back();
}

} // namespace tgc::schedule
