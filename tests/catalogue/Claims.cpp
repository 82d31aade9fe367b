// The claims about one op by itself: it is written and read, has the type it infers, and composites are their
// formulas.
#include "tests/catalogue/Claims.h"
#include "dialects/graph/Evaluate.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::catalogue {
namespace {

Outcome broken(std::string why) { return {Outcome::Broken, std::move(why)}; }
const Outcome holds = {Outcome::Holds, ""};

std::string printed(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream);
  return text;
}

Outcome sameAfter(llvm::StringRef stored, ModuleOp module, MLIRContext *context) {
  auto read = parseSourceString<ModuleOp>(stored, ParserConfig(context));
  if (!read) return broken("it cannot be read back");
  return printed(*read) == printed(module) ? holds
                                           : broken("it reads back as another function:\n" + printed(*read));
}

Outcome text(const Case &one, MLIRContext *context, Plant) {
  Written written = functionOf(one, context);
  if (failed(verify(*written.module))) return broken("the verifier refuses it");
  return sameAfter(printed(*written.module), *written.module, context);
}

Outcome bytecode(const Case &one, MLIRContext *context, Plant) {
  Written written = functionOf(one, context);
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  if (failed(writeBytecodeToFile(*written.module, stream))) return broken("no bytecode can be written");
  return sameAfter(bytes, *written.module, context);
}

Outcome shape(const Case &one, MLIRContext *context, Plant plant) {
  Written written = functionOf(one, context);
  auto values = evaluateBlock(written.body(), inputsOf(one));
  if (failed(values)) return broken("it has no reference value");
  if (plant == Plant::Shape) {
    SmallVector<int64_t> wider(values->front().shape());
    wider.push_back(1);
    values->front() = HostTensor(RankedTensorType::get(wider, values->front().element()));
  }
  for (auto [value, type] : llvm::zip_equal(*values, written.function.getResultTypes())) {
    if (value.type() != type)
      return broken("inferred " + graph::textOf(type) + ", evaluated " + graph::textOf(Type(value.type())));
    // All operands of a broadcasting row have one shape here, which is the result's.
    if (one.row->broadcasts && !one.types.empty() && value.shape() != one.types.front().getShape())
      return broken("the result is " + graph::textOf(type) + " for operands " +
                    graph::textOf(Type(one.types.front())));
  }
  return holds;
}

Outcome formula(const Case &one, MLIRContext *context, Plant plant) {
  Written small = formulaOf(one, context, plant);
  if (!small.module) return {};
  HostTensors inputs = inputsOf(one);
  auto expected = evaluateBlock(functionOf(one, context).body(), inputs);
  auto got = evaluateBlock(small.body(), inputs);
  if (failed(expected) || failed(got)) return broken("it has no reference value");
  for (auto [a, b] : llvm::zip_equal(*got, *expected))
    if (auto off = difference(a, b, formulaTolerance(b.element()), sizeOf(inputs)))
      return broken("the formula's value differs from the reference: " + *off);
  return holds;
}

} // namespace

const std::map<std::string, Claim> &claims() {
  static const std::map<std::string, Claim> all = {{"text round trip", text},
                                                   {"bytecode round trip", bytecode},
                                                   {"inferred type is evaluated type", shape},
                                                   {"formula is reference", formula},
                                                   {"results depend on what is read", readsAreKnown}};
  return all;
}

} // namespace tgc::catalogue
