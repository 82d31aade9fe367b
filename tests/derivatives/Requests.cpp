// One private function a step; the last step of each nesting stands in the entry.
#include "tests/derivatives/Requests.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::derivatives {
namespace {

class Writer {
public:
  Writer(Tower &function, const Tower &shape)
      : shape(shape), written(function.release()), scalar(written.function) {}

  catalogue::Written write(ArrayRef<std::string> modes, unsigned orders) {
    SmallVector<std::string> callees;
    for (auto [k, nesting] : llvm::enumerate(modes)) {
      std::string callee = scalar.getName().str();
      for (unsigned order = 1; order < nesting.size(); ++order) {
        std::string name = "step" + std::to_string(k) + "_" + std::to_string(order);
        function(name, order, [&](Ink &ink, ValueRange arguments) {
          return Syms(request(ink, arguments, callee, order, nesting[order - 1]));
        });
        callee = name;
      }
      callees.push_back(callee);
    }
    written.function = function("entry", orders, [&](Ink &ink, ValueRange arguments) {
      Syms scalars;
      for (auto [nesting, callee] : llvm::zip_equal(modes, callees))
        scalars.push_back(request(ink, arguments, callee, nesting.size(), nesting.back()));
      return scalars;
    });
    return std::move(written);
  }

private:
  /// Arguments of a function of this order: the scalar's, then the directions of each order.
  SmallVector<Type> typesOf(unsigned order) {
    SmallVector<Type> types(scalar.getArgumentTypes());
    for (; order > 0; --order)
      for (unsigned argument : shape.active)
        types.push_back(scalar.getArgumentTypes()[argument]);
    return types;
  }

  func::FuncOp function(StringRef name, unsigned order, llvm::function_ref<Syms(Ink &, ValueRange)> emit) {
    OpBuilder builder = OpBuilder::atBlockEnd(written.module->getBody());
    auto made =
        func::FuncOp::create(builder, scalar.getLoc(), name, builder.getFunctionType(typesOf(order), {}));
    Block *body = made.addEntryBlock();
    Ink ink(OpBuilder::atBlockEnd(body), scalar.getLoc());
    SmallVector<Value> results;
    for (Sym result : emit(ink, body->getArguments()))
      results.push_back(result.value());
    func::ReturnOp::create(ink.builder, scalar.getLoc(), results);
    made.setFunctionType(builder.getFunctionType(typesOf(order), TypeRange(ValueRange(results))));
    return made;
  }

  /// The derivative of a function of `order` - 1 along the directions of `order`.
  Sym request(Ink &ink, ValueRange arguments, StringRef callee, unsigned order, char mode) {
    const unsigned count = typesOf(order - 1).size(), moved = shape.active.size();
    SmallVector<int64_t> wrt(shape.active.begin(), shape.active.end());
    ValueRange directions = arguments.slice(count, moved);
    SmallVector<Value> operands(arguments.take_front(count));
    Type number = scalar.getResultTypes()[0];
    SmallVector<Type> types = {number};
    if (mode == 'f') {
      llvm::append_range(operands, directions);
      types.push_back(number);
      auto made = JvpOp::create(ink.builder, ink.loc(), types, operands, callee, wrt);
      return ink.sym(made.getResult(1));
    }
    operands.push_back(ink.full({}, elementOf(number), 1).value());
    llvm::append_range(types, directions.getTypes());
    auto made = VjpOp::create(ink.builder, ink.loc(), types, operands, callee, wrt);
    Sym total = ink.zero(number);
    for (auto [cotangent, direction] : llvm::zip_equal(made.getResults().drop_front(), directions)) {
      Sym product = ink.sym(cotangent) * ink.sym(direction);
      total = total + (product.rank() == 0 ? product : sum(product, allAxes(product.rank())));
    }
    return total;
  }

  const Tower &shape;
  catalogue::Written written;
  func::FuncOp scalar;
};

} // namespace

catalogue::Written requestsOf(Tower function, const Tower &shape, ArrayRef<std::string> modes,
                              unsigned orders) {
  return Writer(function, shape).write(modes, orders);
}

} // namespace tgc::derivatives
