// Compiled code against the reference, many cases in one program.
#include "dialects/graph/Evaluate.h"
#include "tests/catalogue/Claims.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::catalogue {
namespace {

constexpr size_t together = 32; // cases of one program

struct Group {
  std::vector<const Case *> cases;
  std::vector<HostTensors> inputs;
};

bool isWhole(HostTensorsRef tensors) {
  return llvm::all_of(tensors, [](const HostTensor &tensor) {
    for (int64_t at = 0; tensor.isFloat() && at < tensor.count(); ++at) {
      double value = tensor.get<double>(at);
      // Larger ones are not exact in bf16.
      if (value != std::nearbyint(value) || std::fabs(value) > 256) return false;
    }
    return true;
  });
}

Outcome compare(HostTensorsRef got, HostTensorsRef expected, const Case &one, HostTensorsRef inputs,
                double scale, bool bitwise) {
  for (auto [a, b] : llvm::zip_equal(got, expected)) {
    Tolerance tolerance = bitwise ? exact
                          : llvm::StringRef(one.row->kind) == "pointwise"
                              ? elementTolerance(b.element(), inputs.size() > 1)
                              : formulaTolerance(b.element());
    if (one.special) tolerance.relative = 0; // of the largest number there is
    if (auto off = difference(a, b, tolerance, std::max(scale, sizeOf(inputs))))
      return {Outcome::Broken, "compiled code differs from the reference: " + *off};
  }
  return {Outcome::Holds, ""};
}

class Runner {
public:
  Runner(Compiler &compiler, MLIRContext *context, const Options &options, const Tell &tell, const Skip &skip,
         Plant plant)
      : compiler(compiler), context(context), options(options), tell(tell), skip(skip), plant(plant) {}

  void run(const Group &group, bool whole) {
    HostTensors inputs;
    for (const HostTensors &own : group.inputs)
      llvm::append_range(inputs, own);
    std::string said;
    ScopedDiagnosticHandler quiet(context, [&](Diagnostic &d) { return said += d.str() + "\n", success(); });
    auto results = runCompiled(compiler, functionOf(group.cases, context), inputs, options);
    if (results) return judge(group, *results, whole);
    if (group.cases.size() > 1) { // one of them is the cause
      for (size_t k = 0; k < group.cases.size(); ++k)
        run({{group.cases[k]}, {group.inputs[k]}}, whole);
      return;
    }
    if (results.error().kind == ErrorKind::Unsupported) return skip(*group.cases[0], results.error().text());
    tell(name(whole), *group.cases[0],
         {Outcome::Broken, "it does not compile or run: " + results.error().text() + said});
  }

private:
  static std::string name(bool whole) {
    return whole ? "whole numbers bit for bit" : "compiled is reference";
  }

  void judge(const Group &group, HostTensorsRef results, bool whole) {
    for (size_t k = 0; k < group.cases.size(); ++k) {
      auto expected = evaluateBlock(functionOf(*group.cases[k], context).body(), group.inputs[k]);
      if (failed(expected)) continue; // another claim says so
      HostTensors got(results.take_front(expected->size()));
      results = results.drop_front(expected->size());
      if (plant == Plant::Lowering)
        for (HostTensor &tensor : got)
          if (tensor.count()) tensor.set(tensor.count() - 1, tensor.get<double>(tensor.count() - 1) + 1);
      double scale = roundingScaleOf(functionOf(*group.cases[k], context).body(), group.inputs[k]);
      // What has a condition divides: whole numbers in between are not.
      if (whole && (scale > 0 || group.cases[k]->special || !isWhole(*expected))) continue;
      tell(name(whole), *group.cases[k],
           compare(got, *expected, *group.cases[k], group.inputs[k], scale, whole));
    }
  }

  Compiler &compiler;
  MLIRContext *context;
  Options options;
  const Tell &tell;
  const Skip &skip;
  Plant plant;
};

} // namespace

void checkCompiled(ArrayRef<Case> cases, Compiler &compiler, MLIRContext *context, const Options &options,
                   const Tell &tell, const Skip &skip, Plant plant) {
  Runner runner(compiler, context, options, tell, skip, plant);
  for (; !cases.empty(); cases = cases.drop_front(std::min(together, cases.size()))) {
    for (bool whole : {false, true}) {
      Group group;
      for (const Case &one : cases.take_front(std::min(together, cases.size()))) {
        group.cases.push_back(&one);
        group.inputs.push_back(inputsOf(one, whole, whole));
      }
      runner.run(group, whole);
    }
  }
}

} // namespace tgc::catalogue
