// Grows a graph call by call; what the catalogue refuses, and what would make numbers wild, is not taken.
#include "tests/random/Graph.h"
#include "dialects/graph/Graph.h"

using namespace mlir;
using namespace tgc::graph;

namespace tgc::random {
namespace {

constexpr int64_t mostElements = 1024;
constexpr double tame = 1e4;

class Grower {
public:
  Grower(MLIRContext *context, uint64_t seed, Tally &tally)
      : context(context), random{seed * 0x2545f4914f6cdd1d + 11}, tally(tally) {}

  RandomGraph grow() {
    out.written = catalogue::write(context, {}, [](Ink &, SymsRef) { return Syms(); });
    out.written.body().getTerminator()->erase();
    for (int64_t count = random.between(2, 5); count > 0; --count)
      addInput(randomType(), {});
    const int64_t wanted = random.between(5, 60);
    for (int attempts = 0; out.calls < wanted && attempts < 2000; ++attempts)
      attempt();
    finish();
    return std::move(out);
  }

private:
  Value addInput(RankedTensorType type, catalogue::TensorSpec spec) {
    Block &body = out.written.body();
    Value value = body.addArgument(type, UnknownLoc::get(context));
    out.inputs.push_back(catalogue::randomTensor(type, spec, random.next()));
    held.try_emplace(value, out.inputs.back());
    values.push_back(value);
    return value;
  }

  RankedTensorType randomType() {
    // Every dtype; more of those that most rows take, so that graphs grow.
    static const std::vector<const char *> names = {"f64", "f64", "f64", "f32",  "f32",  "f32", "i64",
                                                    "i64", "i32", "i32", "bool", "bool", "i16", "i8",
                                                    "u64", "u32", "u16", "u8",   "bf16", "f16"};
    static const std::vector<int64_t> extents = {1, 2, 3, 4, 5, 17, 2, 3, 17, 8, 1, 0};
    // Few different extents, so that values of one graph fit each other.
    while (pool.size() < 3)
      pool.push_back(pool.empty() ? random.between(2, 6) : random.pick(extents));
    SmallVector<int64_t> shape;
    for (int64_t rank = random.between(0, 4); rank > 0; --rank)
      shape.push_back(random.pick(pool));
    while (countOf(shape) > mostElements)
      shape.pop_back();
    return RankedTensorType::get(shape, typeNamed(context, random.pick(names)));
  }

  /// Evaluates what the call added; false where a result is large or wild.
  bool evaluate(Operation *from) {
    for (Operation *op = from; op; op = op->getNextNode()) {
      for (Value result : op->getResults())
        if (countOf(shapeOf(result)) > mostElements) return ++tally.large, false;
      HostTensors operands;
      for (Value operand : op->getOperands())
        operands.push_back(held.at(operand));
      for (auto [result, tensor] : llvm::zip_equal(op->getResults(), cast<GraphOp>(op).evaluate(operands))) {
        if (isWild(tensor)) return ++tally.wild, false;
        held.try_emplace(result, std::move(tensor));
      }
    }
    return true;
  }

  bool isWild(const HostTensor &tensor) {
    for (int64_t at = 0; tensor.isFloat() && at < tensor.count(); ++at) {
      double size = std::fabs(tensor.get<double>(at));
      if (std::isfinite(size) ? size > tame || (size != 0 && size < 1 / tame / tame) : !specials) return true;
    }
    return false;
  }

  void attempt() {
    const Row &row = random.pick(rows());
    if (row.internal || catalogue::isUntried(row)) return;
    ++tally.tried;
    specials = random.chance(0.1);
    Block &body = out.written.body();
    Operation *before = body.empty() ? nullptr : &body.back();
    const unsigned arguments = body.getNumArguments();
    Ink ink(OpBuilder::atBlockEnd(&body), UnknownLoc::get(context));
    auto input = [&](RankedTensorType type, const catalogue::TensorSpec &spec) {
      return ink.sym(addInput(type, spec));
    };
    ArgumentMaker maker(random, ink, values, input);
    NamedArguments named = maker.arguments(row);
    FailureOr<Syms> results = failure();
    {
      ScopedDiagnosticHandler quiet(context, [](Diagnostic &) { return success(); });
      results = call(ink, row.name, {}, named);
    }
    Operation *added = before ? before->getNextNode() : body.empty() ? nullptr : &body.front();
    if (failed(results) || ink.failed())
      ++tally.refused;
    else if (added && evaluate(added))
      return take(row, *results);
    drop(added, arguments);
  }

  void take(const Row &row, const Syms &results) {
    ++tally.taken;
    ++tally.rows[row.name];
    ++out.calls;
    for (Sym result : results)
      values.push_back(result.value());
  }

  void drop(Operation *added, unsigned arguments) {
    Block &body = out.written.body();
    while (added && !body.empty()) {
      Operation *last = &body.back();
      for (Value result : last->getResults())
        held.erase(result);
      const bool done = last == added;
      last->erase();
      if (done) break;
    }
    while (body.getNumArguments() > arguments) {
      held.erase(values.back());
      values.pop_back();
      out.inputs.pop_back();
      body.eraseArgument(body.getNumArguments() - 1);
    }
  }

  /// Returns what nobody uses and a few values from the middle.
  void finish() {
    SmallVector<Value> returned;
    for (Operation &op : out.written.body())
      for (Value result : op.getResults())
        if (result.use_empty() || random.chance(0.08)) returned.push_back(result);
    OpBuilder builder = OpBuilder::atBlockEnd(&out.written.body());
    func::ReturnOp::create(builder, UnknownLoc::get(context), returned);
    for (Value value : returned)
      out.types.push_back(tensorOf(value));
    out.written.function.setFunctionType(
        builder.getFunctionType(out.written.body().getArgumentTypes(), TypeRange(ValueRange(returned))));
  }

  MLIRContext *context;
  Random random;
  Tally &tally;
  RandomGraph out;
  std::vector<int64_t> pool;
  SmallVector<Value> values;
  llvm::DenseMap<Value, HostTensor> held;
  bool specials = false;
};

} // namespace

RandomGraph makeGraph(MLIRContext *context, uint64_t seed, Tally &tally) {
  return Grower(context, seed, tally).grow();
}

} // namespace tgc::random
