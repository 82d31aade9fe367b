// Derivatives where a formula would give NaN: kinks, poles and far tails, to several orders.
#include "dialects/graph/Call.h"
#include "dialects/graph/Evaluate.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/Graph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include <doctest/doctest.h>
#include <list>

using namespace mlir;
using namespace tgc::graph;

namespace {

struct Scalars {
  MLIRContext context{MLIRContext::Threading::DISABLED};
  Scalars() { context.loadDialect<GraphDialect, func::FuncDialect>(); }

  /// d^order op / d(argument `by`)^order at scalars, by walking the block forward once for each order.
  double derivative(llvm::StringRef name, std::vector<double> at, unsigned by, unsigned order) {
    OwningOpRef<ModuleOp> module(ModuleOp::create(UnknownLoc::get(&context)));
    auto type = RankedTensorType::get({}, Float64Type::get(&context));
    OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
    auto function = func::FuncOp::create(builder, module->getLoc(), "f",
                                         builder.getFunctionType(SmallVector<Type>(at.size(), type), {}));
    Block &block = *function.addEntryBlock();
    std::list<Ink> inks;
    auto fresh = [&]() -> Ink & {
      return inks.emplace_back(OpBuilder::atBlockEnd(&block), module->getLoc());
    };
    Ink &ink = fresh();
    Arguments arguments;
    for (Value argument : block.getArguments())
      arguments.emplace_back(ink.sym(argument));
    Value value = callOne(ink, name, arguments).value();
    for (unsigned k = 0; k < order; ++k)
      value = tangent(block, value, block.getArgument(by), fresh);
    func::ReturnOp::create(builder = OpBuilder::atBlockEnd(&block), module->getLoc(), value);
    HostTensors inputs;
    for (double number : at) {
      inputs.emplace_back(type);
      inputs.back().set(0, number);
    }
    auto results = evaluateBlock(block, inputs);
    REQUIRE(succeeded(results));
    return results->front().get<double>(0);
  }

private:
  static Value tangent(Block &block, Value value, Value by, llvm::function_ref<Ink &()> fresh) {
    OpBuilder builder = OpBuilder::atBlockEnd(&block);
    auto keeper = func::ReturnOp::create(builder, value.getLoc(), value);
    REQUIRE(succeeded(expandComposites(block)));
    value = keeper.getOperand(0);
    keeper.erase();
    SmallVector<Operation *> ops;
    for (Operation &op : block)
      ops.push_back(&op);
    Ink &ink = fresh();
    llvm::DenseMap<Value, Sym> tangents;
    tangents[by] = ink.full({}, elementOf(by), 1);
    for (Operation *op : ops) {
      Syms in;
      for (Value operand : op->getOperands())
        in.push_back(tangents.contains(operand) ? tangents[operand] : ink.zero(operand.getType()));
      auto out = cast<GraphOp>(op).tangent(ink, in);
      REQUIRE(succeeded(out));
      for (auto [result, sym] : llvm::zip_equal(op->getResults(), *out))
        tangents[result] = sym;
    }
    return tangents[value].value();
  }
};

} // namespace

TEST_CASE("at kinks the derivative is JAX's") {
  Scalars f;
  CHECK(f.derivative("relu", {0}, 0, 1) == 0);
  CHECK(f.derivative("abs", {0}, 0, 1) == 0);
  CHECK(f.derivative("maximum", {2, 2}, 0, 1) == 0.5);
  CHECK(f.derivative("minimum", {2, 2}, 1, 1) == 0.5);
  CHECK(f.derivative("leaky_relu", {0}, 0, 1) == 1);
  CHECK(f.derivative("elu", {0}, 0, 1) == 1);
  CHECK(f.derivative("hard_tanh", {1}, 0, 1) == 1);
  CHECK(f.derivative("relu6", {6}, 0, 1) == 0.5);
  CHECK(f.derivative("sign", {0}, 0, 1) == 0);
}

TEST_CASE("x ** 0 and 0 ** n have finite derivatives of every order") {
  Scalars f;
  for (unsigned order = 1; order <= 4; ++order) {
    for (double x : {0.0, 2.0, -1.5})
      CHECK(f.derivative("power", {x, 0}, 0, order) == 0);
    double factorial = 1;
    for (int n = 1; n <= 4; ++n) {
      factorial *= n;
      CHECK(f.derivative("power", {0, double(n)}, 0, order) == (order == unsigned(n) ? factorial : 0.0));
    }
    CHECK(std::isfinite(f.derivative("power", {0, 2}, 1, order)));
  }
  CHECK(f.derivative("power", {0, 2}, 1, 1) == 0);
}

TEST_CASE("at the origin and in the far tails derivatives are numbers") {
  Scalars f;
  for (unsigned by : {0u, 1u}) {
    CHECK(f.derivative("hypot", {0, 0}, by, 1) == 0);
    CHECK(f.derivative("atan2", {0, 0}, by, 1) == 0);
    CHECK(f.derivative("logaddexp", {1000, -1000}, by, 1) == (by == 0 ? 1 : 0));
    CHECK(f.derivative("logaddexp", {-1e300, 1e300}, by, 2) == 0);
  }
  for (const char *name :
       {"sigmoid", "log_sigmoid", "softplus", "silu", "mish", "gelu", "tanh", "elu", "selu", "celu"})
    for (double x : {-1000.0, 1000.0})
      for (unsigned order = 1; order <= 3; ++order) {
        INFO(name, " at ", x, ", order ", order);
        double d = f.derivative(name, {x}, 0, order);
        CHECK(std::isfinite(d));
        if (order > 1) CHECK(std::fabs(d) < 1e-100);
      }
}

TEST_CASE("integer division by / names what helps") {
  Scalars f;
  std::string said;
  ScopedDiagnosticHandler hear(&f.context, [&](Diagnostic &d) {
    said = d.str();
    for (Diagnostic &note : d.getNotes())
      said += "\n" + note.str();
    return success();
  });
  Block block;
  OpBuilder builder(&f.context);
  builder.setInsertionPointToEnd(&block);
  Ink ink(builder, UnknownLoc::get(&f.context));
  Sym a = ink.full({4}, IntegerType::get(&f.context, 32), 3);
  CHECK(!callOne(ink, "divide", {a, a}));
  CHECK(said == "divide takes floating-point tensors, but operand 0 (i32[4]) is i32\n"
                "help: use // (floor_divide) for integers, or astype to a floating-point dtype first");
}
