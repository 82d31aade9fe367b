#include "compiler/schedule/Math.h"

#include "compiler/schedule/MathInk.h"
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

// f64 functions whose libmvec versions were measured above 2 ULP (README): the C library's scalar ones are
// used instead.
bool isInexact(StringRef name, int64_t lanes) {
  if (llvm::is_contained({"tan", "asin", "atan", "atan2", "erf", "expm1"}, name)) return true;
  return lanes < 8 && llvm::is_contained({"tanh", "acosh", "acos", "log10"}, name);
}

class Expander {
public:
  explicit Expander(func::FuncOp kernel) : kernel(kernel), builder(kernel.getLoc(), kernel.getContext()) {}

  LogicalResult run() {
    SmallVector<Operation *> work;
    kernel.walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()) && op->getNumResults() == 1 &&
          isa<VectorType>(op->getResult(0).getType()))
        work.push_back(op);
    });
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
  // Null: LLVM knows better.
  Value replacement(Operation *op) {
    auto type = cast<VectorType>(op->getResult(0).getType());
    Type element = type.getElementType();
    if (type.getRank() != 1 || (!element.isF32() && !element.isF64())) return laneByLane(op, type);
    MathInk ink(builder, type);
    Value x = op->getOperand(0);
    if (isa<math::RsqrtOp>(op)) return ink.div(ink.number(1), math::SqrtOp::create(builder, x));
    if (isa<math::ExpOp>(op)) return expVector(ink, x);
    if (isa<math::LogOp>(op) && element.isF32()) return logVector(ink, x);
    if (isa<math::SinOp, math::CosOp>(op)) return angle(ink, op, x);
    StringRef name = libraryName(op);
    if (name.empty()) return isa<math::IPowIOp, math::FPowIOp>(op) ? laneByLane(op, type) : Value();
    if (element.isF64() && isInexact(name, type.getNumElements())) return scalarCalls(op, type);
    return call(name, type, op->getOperands());
  }

  // sin and cos of one value share the reduction of the angle.
  Value angle(MathInk &ink, Operation *op, Value x) {
    auto key = std::make_pair(x, op->getBlock());
    auto known = angles.find(key);
    if (known == angles.end()) {
      Value huge = ink.less(ink.number(trigLimit(ink.wide)), ink.abs(x));
      Value any = anyLane(huge);
      Reduced reduced = reduceAngle(ink, x);
      if (!ink.wide) reduced = withHuge(ink, x, reduced, any, huge);
      known = angles.insert({key, {reduced, any, huge}}).first;
    }
    auto &[reduced, any, huge] = known->second;
    Value fast = isa<math::SinOp>(op) ? sinOf(ink, x, reduced) : cosOf(ink, reduced);
    if (!ink.wide) return fast;
    auto branch = scf::IfOp::create(builder, ink.type, any, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    scf::YieldOp::create(builder, ink.select(huge, scalarCalls(op, ink.type), fast));
    builder.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(builder, fast);
    return branch.getResult(0);
  }

  // No call, even for what is rare: a call in a loop makes every vector of the loop live in memory.
  Reduced withHuge(MathInk &ink, Value x, Reduced reduced, Value any, Value huge) {
    auto branch = scf::IfOp::create(builder, TypeRange{ink.bits, ink.type}, any, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    Reduced other = reduceHuge(ink, x);
    scf::YieldOp::create(builder, ValueRange{ink.select(huge, other.count, reduced.count),
                                             ink.select(huge, other.rest, reduced.rest)});
    builder.setInsertionPointToStart(branch.elseBlock());
    scf::YieldOp::create(builder, ValueRange{reduced.count, reduced.rest});
    return {branch.getResult(0), branch.getResult(1)};
  }

  Value anyLane(Value mask) {
    int64_t lanes = cast<VectorType>(mask.getType()).getNumElements();
    Value packed =
        vector::BitCastOp::create(builder, VectorType::get({1}, builder.getIntegerType(lanes)), mask);
    Value number = vector::ExtractOp::create(builder, packed, ArrayRef<int64_t>{0});
    Value zero = arith::ConstantOp::create(builder, builder.getIntegerAttr(number.getType(), 0));
    return arith::CmpIOp::create(builder, arith::CmpIPredicate::ne, number, zero);
  }

  // Lane after lane through the C library, in a loop: for what happens rarely.
  Value scalarCalls(Operation *op, VectorType type) {
    Value zero = arith::ConstantIndexOp::create(builder, 0), one = arith::ConstantIndexOp::create(builder, 1);
    Value lanes = arith::ConstantIndexOp::create(builder, type.getNumElements());
    auto loop = scf::ForOp::create(builder, zero, lanes, one, ValueRange{op->getOperand(0)});
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value held = loop.getRegionIterArg(0), lane = loop.getInductionVar();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (!isa<VectorType>(operand.getType())) {
        operands.push_back(operand);
        continue;
      }
      operands.push_back(vector::ExtractOp::create(builder, operand, lane));
    }
    OperationState state(op->getLoc(), op->getName(), operands, type.getElementType(), op->getAttrs());
    Value result = builder.create(state)->getResult(0);
    if (result.getType() != getElementTypeOrSelf(held.getType())) return {};
    scf::YieldOp::create(builder, ValueRange(vector::InsertOp::create(builder, result, held, lane)));
    return loop.getResult(0);
  }

  // Every lane as a scalar operation, which LLVM turns into calls or instructions.
  Value laneByLane(Operation *op, VectorType type) { return scalarCalls(op, type); }

  // libmvec has 4, 8 and 16 lanes of f32 and 2, 4 and 8 of f64; shorter vectors are filled up.
  Value call(StringRef name, VectorType type, ValueRange operands) {
    bool wide = type.getElementType().isF64();
    int64_t lanes = type.getNumElements(), least = wide ? 2 : 4;
    if (lanes < least) return padded(name, type, operands, least);
    char isa = lanes == least ? 'b' : lanes == 2 * least ? 'd' : 'e';
    std::string symbol = std::string("_ZGV") + isa + "N" + std::to_string(lanes) +
                         std::string(operands.size(), 'v') + "_" + name.str() + (wide ? "" : "f");
    SmallVector<Type> types(operands.size(), type);
    declare(symbol, builder.getFunctionType(types, type));
    return func::CallOp::create(builder, symbol, type, operands).getResult(0);
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
    Value result = call(name, wideType, filled);
    return vector::ShuffleOp::create(builder, result, result, down);
  }

  void declare(const std::string &symbol, FunctionType type) {
    auto module = kernel->getParentOfType<ModuleOp>();
    if (SymbolTable::lookupSymbolIn(module, symbol)) return;
    OpBuilder top = OpBuilder::atBlockBegin(module.getBody());
    auto function = func::FuncOp::create(top, module.getLoc(), symbol, type);
    function.setPrivate();
  }

  struct Angle {
    Reduced reduced;
    Value any, huge;
  };
  func::FuncOp kernel;
  ImplicitLocOpBuilder builder;
  DenseMap<std::pair<Value, Block *>, Angle> angles;
};

} // namespace

LogicalResult expandMath(func::FuncOp kernel) { return Expander(kernel).run(); }

} // namespace tgc::schedule
