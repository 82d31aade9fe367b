#include "compiler/schedule/Math.h"

#include "compiler/schedule/Machine.h"
#include "compiler/schedule/MathInk.h"
#include "compiler/schedule/Routine.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace tgc::schedule {

namespace {

// Name in the C library of a function libmvec has; empty for others.
StringRef libraryName(Operation *op) {
  return llvm::TypeSwitch<Operation *, StringRef>(op)
      .Case([](math::SinOp) { return "sin"; })
      .Case([](math::CosOp) { return "cos"; })
      .Case([](math::TanOp) { return "tan"; })
      .Case([](math::AsinOp) { return "asin"; })
      .Case([](math::AcosOp) { return "acos"; })
      .Case([](math::AtanOp) { return "atan"; })
      .Case([](math::Atan2Op) { return "atan2"; })
      .Case([](math::SinhOp) { return "sinh"; })
      .Case([](math::CoshOp) { return "cosh"; })
      .Case([](math::TanhOp) { return "tanh"; })
      .Case([](math::AsinhOp) { return "asinh"; })
      .Case([](math::AcoshOp) { return "acosh"; })
      .Case([](math::AtanhOp) { return "atanh"; })
      .Case([](math::ExpOp) { return "exp"; })
      .Case([](math::Exp2Op) { return "exp2"; })
      .Case([](math::ExpM1Op) { return "expm1"; })
      .Case([](math::LogOp) { return "log"; })
      .Case([](math::Log2Op) { return "log2"; })
      .Case([](math::Log10Op) { return "log10"; })
      .Case([](math::Log1pOp) { return "log1p"; })
      .Case([](math::PowFOp) { return "pow"; })
      .Case([](math::CbrtOp) { return "cbrt"; })
      .Case([](math::ErfOp) { return "erf"; })
      .Case([](math::ErfcOp) { return "erfc"; })
      .Default(StringRef());
}

// libmvec's functions for wider vectors than this machine's registers are illegal instructions here.
int64_t registerBytes() {
  static const int64_t bytes = Machine::host().vectorBytes;
  return bytes;
}

// f64 functions whose libmvec versions were measured above 2 ULP: the C library's scalar ones are used
// instead (docs/accuracy.md).
bool isInexact(StringRef name, int64_t lanes) {
  if (llvm::is_contained({"tan", "asin", "atan", "atan2", "erf", "expm1", "log2"}, name)) return true;
  return (lanes < 8 || registerBytes() < 64) && llvm::is_contained({"acosh", "acos", "log10", "asinh"}, name);
}

// f32 functions whose libmvec versions were measured above 2 ULP (docs/accuracy.md): they go through f64, two
// vectors of it for one.
bool isCoarse(StringRef name) {
  return llvm::is_contained(
      {"tan", "asin", "atan", "atan2", "erf", "expm1", "log10", "cosh", "asinh", "acosh", "atanh", "cbrt"},
      name);
}

// Bodies of exp, log, tanh, sin and cos that one kernel may hold; with more they are called. A body costs
// about a millisecond of code generation wherever it stands, a call some nanoseconds for a whole vector.
constexpr int64_t mostBodies = 4;
constexpr int64_t nanosecondsOfBody = 1000000;

class Expander {
public:
  explicit Expander(func::FuncOp kernel)
      : kernel(kernel), builder(kernel.getLoc(), kernel.getContext()), routines(kernel, builder) {}

  LogicalResult run() {
    SmallVector<Operation *> work;
    kernel.walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()) && op->getNumResults() == 1 &&
          isa<VectorType>(op->getResult(0).getType()))
        work.push_back(op);
    });
    // A kernel that runs for long gets its code generation back at the first call.
    auto estimate = kernel->getAttrOfType<IntegerAttr>("exec.nanoseconds");
    int64_t worth = estimate ? std::min<int64_t>(estimate.getInt() / nanosecondsOfBody, mostBodies) : 0;
    calls = llvm::count_if(work, hasBody) > mostBodies + worth;
    for (Operation *op : work) {
      builder.setInsertionPoint(op);
      builder.setLoc(op->getLoc());
      Value value = replacement(op);
      if (!value) continue;
      op->getResult(0).replaceAllUsesWith(value);
      op->erase();
    }
    return success();
  }

private:
  static bool hasBody(Operation *op) {
    const bool narrow = getElementTypeOrSelf(op->getResult(0)).isF32();
    return isa<math::ExpOp, math::SinOp, math::CosOp>(op) ||
           (narrow ? isa<math::LogOp>(op) : isa<math::TanhOp>(op));
  }

  // Null: LLVM knows better.
  Value replacement(Operation *op) {
    auto type = cast<VectorType>(op->getResult(0).getType());
    Type element = type.getElementType();
    if (type.getRank() != 1 || (!element.isF32() && !element.isF64()))
      return laneByLane(op, op->getOperands(), type);
    MathInk ink(builder, type);
    if (isa<math::RsqrtOp>(op))
      return ink.div(ink.number(1), math::SqrtOp::create(builder, op->getOperand(0)));
    StringRef name = libraryName(op);
    if (hasBody(op) && calls)
      return routines.call(name, type, type, op->getOperands(),
                           [&](ValueRange x) { return SmallVector<Value>{written(ink, op, x[0])}; })[0];
    if (hasBody(op)) return written(ink, op, op->getOperand(0));
    if (name.empty())
      return isa<math::IPowIOp, math::FPowIOp>(op) ? laneByLane(op, op->getOperands(), type) : Value();
    if (element.isF64() && isa<math::CbrtOp>(op))
      return routines.call("cbrt_refined", type, type, op->getOperands(),
                           [&](ValueRange x) { return SmallVector<Value>{refinedCbrt(ink, x[0])}; })[0];
    if (element.isF64() && isInexact(name, type.getNumElements()))
      return routines.call(name, type, type, op->getOperands(), [&](ValueRange operands) {
        return SmallVector<Value>{laneByLane(op, operands, type)};
      })[0];
    if (element.isF32() && isCoarse(name))
      return routines.call((name + "_wide").str(), type, type, op->getOperands(), [&](ValueRange operands) {
        return SmallVector<Value>{throughF64(name, type, operands)};
      })[0];
    return library(name, type, op->getOperands());
  }

  // Neither library has a cube root within 2 ULP: y - (y^3 - x) / 3 y^2 with y^3 in two parts. Small numbers
  // are scaled, so that the difference is one.
  Value refinedCbrt(MathInk &ink, Value x) {
    Value isSmall = ink.less(ink.abs(x), ink.number(0x1p-700));
    Value scaled = ink.select(isSmall, ink.mul(x, ink.number(0x1p300)), x);
    Value y = library("cbrt", ink.type, scaled), square = ink.mul(y, y), minus = ink.number(-1);
    Value lost = ink.fma(y, y, ink.mul(square, minus));
    Value excess = ink.fma(lost, y, ink.fma(square, y, ink.mul(scaled, minus)));
    Value step = ink.div(excess, ink.mul(square, ink.number(3)));
    Value usual = ink.less(ink.abs(step), ink.abs(y)); // not of zero, infinities and NaN
    y = ink.select(usual, ink.sub(y, step), y);
    return ink.select(isSmall, ink.mul(y, ink.number(0x1p-100)), y);
  }

  // The function of f64 on both halves of vectors of f32.
  Value throughF64(StringRef name, VectorType type, ValueRange operands) {
    const int64_t lanes = type.getNumElements(), part = lanes % 4 == 0 ? lanes / 2 : lanes;
    auto wide = VectorType::get({part}, builder.getF64Type());
    auto narrow = VectorType::get({part}, builder.getF32Type());
    SmallVector<Value> parts;
    for (int64_t start = 0; start < lanes; start += part) {
      auto chosen = llvm::to_vector(llvm::seq(start, start + part));
      SmallVector<Value> widened;
      for (Value operand : operands) {
        Value some = vector::ShuffleOp::create(builder, operand, operand, chosen);
        widened.push_back(arith::ExtFOp::create(builder, wide, some));
      }
      parts.push_back(arith::TruncFOp::create(builder, narrow, library(name, wide, widened)));
    }
    if (parts.size() == 1) return parts[0];
    return vector::ShuffleOp::create(builder, parts[0], parts[1],
                                     llvm::to_vector(llvm::seq<int64_t>(0, lanes)));
  }

  Value written(MathInk &ink, Operation *op, Value x) {
    if (isa<math::ExpOp>(op)) return expVector(ink, x);
    if (isa<math::LogOp>(op)) return logVector(ink, x);
    if (isa<math::TanhOp>(op)) return tanhVector(ink, x);
    return angle(ink, op, x);
  }

  // sin and cos of one value share the reduction of the angle. What is rare is called: it would be most of
  // the code.
  Value angle(MathInk &ink, Operation *op, Value x) {
    auto key = std::make_pair(x, builder.getInsertionBlock());
    auto known = angles.find(key);
    if (known == angles.end()) {
      Value any = anyLane(isHuge(ink, x));
      Reduced reduced = reduceAngle(ink, x);
      if (!ink.wide) reduced = withHuge(ink, x, reduced, any);
      known = angles.insert({key, {reduced, any}}).first;
    }
    auto [reduced, any] = known->second;
    Value fast = isa<math::SinOp>(op) ? sinOf(ink, x, reduced) : cosOf(ink, reduced);
    if (!ink.wide) return fast;
    return unless(any, fast, [&] {
      return routines.call(
          (libraryName(op) + "_huge").str(), ink.type, ink.type, {x, fast}, [&](ValueRange v) {
            return SmallVector<Value>{ink.select(isHuge(ink, v[0]), laneByLane(op, v[0], ink.type), v[1])};
          });
    })[0];
  }

  Reduced withHuge(MathInk &ink, Value x, Reduced reduced, Value any) {
    ValueRange merged = unless(any, {reduced.count, reduced.rest}, [&] {
      return routines.call("reduce_huge", ink.type, {ink.bits, ink.type}, {x, reduced.count, reduced.rest},
                           [&](ValueRange v) {
                             Value huge = isHuge(ink, v[0]);
                             Reduced other = reduceHuge(ink, v[0]);
                             return SmallVector<Value>{ink.select(huge, other.count, v[1]),
                                                       ink.select(huge, other.rest, v[2])};
                           });
    });
    return {merged[0], merged[1]};
  }

  Value isHuge(MathInk &ink, Value x) { return ink.less(ink.number(trigLimit(ink.wide)), ink.abs(x)); }

  // `usual`, or what `other` gives where `rare` holds.
  ValueRange unless(Value rare, ValueRange usual, llvm::function_ref<ValueRange()> other) {
    auto branch = scf::IfOp::create(builder, TypeRange(usual), rare, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(builder, other());
    builder.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(builder, usual);
    return branch.getResults();
  }

  Value anyLane(Value mask) {
    int64_t lanes = cast<VectorType>(mask.getType()).getNumElements();
    Value packed =
        vector::BitCastOp::create(builder, VectorType::get({1}, builder.getIntegerType(lanes)), mask);
    Value number = vector::ExtractOp::create(builder, packed, ArrayRef<int64_t>{0});
    Value zero = arith::ConstantOp::create(builder, builder.getIntegerAttr(number.getType(), 0));
    return arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, number, zero);
  }

  // Every lane as a scalar operation, in a loop; LLVM turns it into a call of the C library or instructions.
  Value laneByLane(Operation *op, ValueRange operands, VectorType type) {
    Value zero = arith::ConstantIndexOp::create(builder, 0), one = arith::ConstantIndexOp::create(builder, 1);
    Value lanes = arith::ConstantIndexOp::create(builder, type.getNumElements());
    auto loop = scf::ForOp::create(builder, zero, lanes, one, operands[0]);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value held = loop.getRegionIterArg(0), lane = loop.getInductionVar();
    SmallVector<Value> scalars;
    for (Value operand : operands) {
      if (!isa<VectorType>(operand.getType())) {
        scalars.push_back(operand);
        continue;
      }
      scalars.push_back(vector::ExtractOp::create(builder, operand, lane));
    }
    OperationState state(op->getLoc(), op->getName(), scalars, type.getElementType(), op->getAttrs());
    Value result = builder.create(state)->getResult(0);
    if (result.getType() != getElementTypeOrSelf(held.getType())) return {};
    scf::YieldOp::create(builder, ValueRange(vector::InsertOp::create(builder, result, held, lane)));
    return loop.getResult(0);
  }

  // libmvec has 4, 8 and 16 lanes of f32 and 2, 4 and 8 of f64; shorter vectors are filled up, and what is
  // wider than this machine's registers goes half by half.
  Value library(StringRef name, VectorType type, ValueRange operands) {
    bool wide = type.getElementType().isF64();
    int64_t lanes = type.getNumElements(), least = wide ? 2 : 4;
    if (lanes < least) return padded(name, type, operands, least);
    if (lanes > least && lanes * (wide ? 8 : 4) > registerBytes()) return halved(name, type, operands);
    char isa = lanes == least ? 'b' : lanes == 2 * least ? 'd' : 'e';
    std::string symbol = std::string("_ZGV") + isa + "N" + std::to_string(lanes) +
                         std::string(operands.size(), 'v') + "_" + name.str() + (wide ? "" : "f");
    return routines.callExternal(symbol, type, operands);
  }

  Value halved(StringRef name, VectorType type, ValueRange operands) {
    const int64_t half = type.getNumElements() / 2;
    auto halfType = VectorType::get({half}, type.getElementType());
    SmallVector<Value> results;
    for (int64_t begin : {int64_t(0), half}) {
      auto places = llvm::to_vector(llvm::seq(begin, begin + half));
      SmallVector<Value> parts;
      for (Value operand : operands)
        parts.push_back(vector::ShuffleOp::create(builder, operand, operand, places));
      results.push_back(library(name, halfType, parts));
    }
    return vector::ShuffleOp::create(builder, results[0], results[1],
                                     llvm::to_vector(llvm::seq(int64_t(0), 2 * half)));
  }

  Value padded(StringRef name, VectorType type, ValueRange operands, int64_t lanes) {
    auto wideType = VectorType::get({lanes}, type.getElementType());
    SmallVector<int64_t> up, down;
    for (int64_t lane = 0; lane < lanes; ++lane)
      up.push_back(std::min(lane, type.getNumElements() - 1));
    for (int64_t lane = 0; lane < type.getNumElements(); ++lane)
      down.push_back(lane);
    SmallVector<Value> filled;
    for (Value operand : operands)
      filled.push_back(vector::ShuffleOp::create(builder, operand, operand, up));
    Value result = library(name, wideType, filled);
    return vector::ShuffleOp::create(builder, result, result, down);
  }

  struct Angle {
    Reduced reduced;
    Value any;
  };
  func::FuncOp kernel;
  ImplicitLocOpBuilder builder;
  Routines routines;
  bool calls = false; // of bodies that would be written otherwise
  DenseMap<std::pair<Value, Block *>, Angle> angles;
};

} // namespace

LogicalResult expandMath(func::FuncOp kernel) { return Expander(kernel).run(); }

} // namespace tgc::schedule
