// Derivatives where a formula would give NaN: kinks, poles and far tails, to several orders.
#include "dialects/graph/Call.h"
#include "dialects/graph/Evaluate.h"
#include "dialects/graph/Expand.h"
#include "dialects/graph/Graph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include <doctest/doctest.h>
#include <fstream>
#include <list>

using namespace mlir;
using namespace tgc::graph;

namespace {

/// Numbers of a tensor of rank 0 or 1.
struct Operand {
  std::vector<double> numbers;
  bool vector = false;
};

struct Scalars {
  MLIRContext context{MLIRContext::Threading::DISABLED};
  Scalars() { context.loadDialect<GraphDialect, func::FuncDialect>(); }

  /// d^order op / d(argument `by`)^order at scalars.
  double derivative(llvm::StringRef name, std::vector<double> at, unsigned by, unsigned order) {
    std::vector<Operand> operands;
    for (double number : at)
      operands.push_back({{number}});
    return derivative(name, operands, by, 0, order);
  }

  /// The same by element `element` of the argument, by walking the block forward once for each order.
  double derivative(llvm::StringRef name, const std::vector<Operand> &at, unsigned by, unsigned element,
                    unsigned order) {
    OwningOpRef<ModuleOp> module(ModuleOp::create(UnknownLoc::get(&context)));
    SmallVector<Type> types;
    HostTensors inputs;
    for (const Operand &operand : at) {
      SmallVector<int64_t> shape;
      if (operand.vector) shape.push_back(static_cast<int64_t>(operand.numbers.size()));
      inputs.emplace_back(RankedTensorType::get(shape, Float64Type::get(&context)));
      types.push_back(inputs.back().type());
      for (auto [k, number] : llvm::enumerate(operand.numbers))
        inputs.back().set(static_cast<int64_t>(k), number);
    }
    HostTensor direction(inputs[by].type());
    direction.set(element, 1.0);
    OpBuilder builder = OpBuilder::atBlockEnd(module->getBody());
    auto function = func::FuncOp::create(builder, module->getLoc(), "f", builder.getFunctionType(types, {}));
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
      value = tangent(block, value, block.getArgument(by), direction, fresh);
    func::ReturnOp::create(builder = OpBuilder::atBlockEnd(&block), module->getLoc(), value);
    auto results = evaluateBlock(block, inputs);
    REQUIRE(succeeded(results));
    return results->front().get<double>(0);
  }

private:
  static Value tangent(Block &block, Value value, Value by, const HostTensor &direction,
                       llvm::function_ref<Ink &()> fresh) {
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
    tangents[by] = ink.constant(direction.toAttr());
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

namespace {

/// A row of docs/derivatives-at-kinks.md.
struct TableRow {
  std::string name;
  std::vector<Operand> operands;
  unsigned by = 0;
  std::vector<double> expected;
};

double number(llvm::StringRef text) {
  text = text.trim();
  double value = text == "inf" ? INFINITY : text == "-inf" ? -INFINITY : NAN;
  if (std::isnan(value)) REQUIRE(!text.getAsDouble(value));
  return value;
}

std::vector<double> numbers(llvm::StringRef text) {
  llvm::SmallVector<llvm::StringRef> parts;
  text.trim("[] ").split(parts, ',');
  std::vector<double> out;
  for (llvm::StringRef part : parts)
    out.push_back(number(part));
  return out;
}

TableRow rowOf(llvm::StringRef line) {
  llvm::SmallVector<llvm::StringRef> cells;
  line.split(cells, '|');
  REQUIRE(cells.size() >= 6);
  TableRow row;
  auto [name, rest] = cells[1].trim("` ").split('(');
  row.name = name.str();
  for (rest = rest.drop_back(); !rest.empty(); rest = rest.ltrim(", ")) {
    const bool vector = rest.starts_with("[");
    const size_t end = vector ? rest.find(']') + 1 : std::min(rest.find(','), rest.size());
    row.operands.push_back({numbers(rest.take_front(end)), vector});
    rest = rest.drop_front(end);
  }
  row.by = static_cast<unsigned>(number(cells[2]));
  row.expected = numbers(cells[3]);
  return row;
}

} // namespace

TEST_CASE("at kinks, ties and poles the derivative is that of the table") {
  Scalars f;
  std::ifstream file("docs/derivatives-at-kinks.md");
  unsigned rows = 0;
  for (std::string line; std::getline(file, line);) {
    if (!llvm::StringRef(line).starts_with("| `")) continue;
    TableRow row = rowOf(line);
    ++rows;
    INFO(line);
    REQUIRE(row.by < row.operands.size());
    REQUIRE(row.expected.size() == row.operands[row.by].numbers.size());
    for (auto [element, expected] : llvm::enumerate(row.expected)) {
      double got = f.derivative(row.name, row.operands, row.by, element, 1);
      CHECK((got == expected || std::fabs(got - expected) < 1e-15));
    }
  }
  CHECK(rows >= 50);
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
