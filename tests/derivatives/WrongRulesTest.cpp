// Fifty mistakes planted in the rules of ops, one at a time: the checks must catch every one.
#include "compiler/Compiler.h"
#include "dialects/graph/Call.h"
#include "dialects/graph/Graph.h"
#include "mlir/IR/MLIRContext.h"
#include "tests/derivatives/Check.h"
#include "tests/random/Random.h"
#include "llvm/ADT/StringSet.h"
#include <cstdio>
#include <doctest/doctest.h>
#include <map>

using namespace mlir;
using namespace tgc;
using namespace tgc::graph;
using namespace tgc::derivatives;

namespace {

enum class Kinds : uint8_t { Sign, Factor, Swap };

/// A wrong rule of one op, everywhere it stands.
struct Mistake {
  std::string op;
  Kind kind;
  Kinds what;
  double factor;
  bool forward, reverse; ///< in which mode; a wrong partial of a pointwise op is wrong in both
  unsigned answer;       ///< which of the rule's answers, where only one mode is wrong

  std::string text() const {
    const char *words[] = {"sign", "factor", "index swap"};
    return std::string(words[static_cast<int>(what)]) + " in the " +
           (forward && reverse ? "partial"
            : forward          ? "tangent"
                               : "cotangent") +
           " of " + op;
  }

  /// Two axes of one extent change places, else the longest axis runs backwards; absent for single numbers.
  Sym swapped(Ink &ink, Sym x) const {
    for (int64_t a = 0; a < x.rank(); ++a)
      for (int64_t b = a + 1; b < x.rank(); ++b)
        if (x.extent(a) == x.extent(b) && x.extent(a) > 1) return callOne(ink, "swapaxes", {x, a, b});
    for (int64_t axis = 0; axis < x.rank(); ++axis)
      if (x.extent(axis) > 1) return callOne(ink, "flip", {x, axis});
    return {};
  }
  Sym apply(Ink &ink, Sym x) const {
    return what == Kinds::Sign ? -x : what == Kinds::Factor ? factor * x : swapped(ink, x);
  }
};

/// A tower whose rules are wrong, and what they answered before and after at the first order.
struct Planted {
  Planted(const catalogue::Case &one, MLIRContext *context, const Mistake &mistake, unsigned orders)
      : tower(catalogue::functionOf(one, context), catalogue::inputsOf(one), one.seed()) {
    grown =
        tower.isActive() && succeeded(tower.grow(orders, [&](Operation *op, Mode mode, Ink &ink, Syms &out) {
          if (op->getName().stripDialect() == mistake.op) plant(mistake, mode, ink, out);
        }));
  }

  void plant(const Mistake &mistake, Mode mode, Ink &ink, Syms &out) {
    if (!(mode == Mode::Forward ? mistake.forward : mistake.reverse)) return;
    SmallVector<Sym *> real;
    for (Sym &sym : out)
      if (sym && !sym.isZero() && isFloatTensor(sym.type())) real.push_back(&sym);
    const bool all = mistake.forward && mistake.reverse;
    for (auto [k, sym] : llvm::enumerate(real)) {
      if (!all && k != mistake.answer % real.size()) continue;
      Sym wrong = mistake.apply(ink, *sym);
      if (!wrong) continue;
      if (tower.nestings().size() == 1) // of later orders there would be many
        pairs.push_back({tower.keep(sym->value()), tower.keep(wrong.value())});
      *sym = wrong;
    }
  }

  /// Whether some answer is another number than the right one.
  bool isWrong() const {
    HostTensors values = Evaluation(tower.body(), llvm::to_vector(tower.values()))(tower.inputs);
    for (auto [right, wrong] : pairs)
      for (int64_t at = 0; at < values[right].count(); ++at)
        if (values[right].get<double>(at) != values[wrong].get<double>(at)) return true;
    return false;
  }

  bool isCaught() const {
    if (!grown) return false;
    Tally tally;
    check(tower, tally);
    return !tally.wrong.empty();
  }

  Tower tower;
  bool grown = false;
  std::vector<std::pair<unsigned, unsigned>> pairs;
};

/// Ops that the catalogue's samples differentiate, with the cases they stand in.
struct Site {
  Kind kind;
  std::vector<catalogue::Case> cases;
};

std::map<std::string, Site> sitesOf(MLIRContext *context) {
  std::map<std::string, Site> sites;
  for (const Row &row : rows()) {
    if (*row.noDerivative) continue;
    for (const catalogue::Case &one : catalogue::plainCases(row, context, Float64Type::get(context))) {
      Tower tower(catalogue::functionOf(one, context), catalogue::inputsOf(one), one.seed());
      if (!tower.isActive()) continue;
      llvm::StringSet<> seen;
      for (Operation &op : tower.body().without_terminator()) {
        StringRef name = op.getName().stripDialect();
        if (op.getNumOperands() == 0 || !seen.insert(name).second) continue;
        Site &site = sites[name.str()];
        site.kind = cast<GraphOp>(op).kind();
        // In a formula a mistake may cancel, as that of the largest element in a softmax; the op's own row
        // comes first.
        if (name == row.name)
          site.cases.insert(site.cases.begin(), one);
        else if (site.cases.size() < 6)
          site.cases.push_back(one);
      }
    }
  }
  return sites;
}

Mistake draw(const std::map<std::string, Site> &sites, random::Random &random, unsigned number) {
  const Kind kinds[] = {Kind::Pointwise, Kind::Linear, Kind::Custom};
  Mistake mistake;
  mistake.kind = kinds[number % 3];
  mistake.what = static_cast<Kinds>(number / 3 % 3);
  std::vector<std::string> names;
  for (const auto &[name, site] : sites)
    if (site.kind == mistake.kind) names.push_back(name);
  mistake.op = random.pick(names);
  mistake.factor = random.pick(std::vector<double>{2, 0.5, 1.001});
  const bool both = mistake.kind == Kind::Pointwise, first = random.chance(0.5);
  mistake.forward = both || first;
  mistake.reverse = both || !first;
  mistake.answer = random.between(0, 3);
  return mistake;
}

} // namespace

TEST_CASE("derivatives: fifty wrong rules (signs, factors, swapped indices) are all caught") {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  Compiler compiler(context); // loads the dialects
  ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) { return success(); });
  const auto sites = sitesOf(&context);
  random::Random random{2024};
  unsigned wrong = 0, same = 0;
  std::map<Kind, unsigned> kinds;
  for (unsigned number = 0; wrong < 50 && number < 400; ++number) {
    Mistake mistake = draw(sites, random, number);
    bool isWrong = false, caught = false;
    for (const catalogue::Case &one : sites.at(mistake.op).cases) {
      Planted planted(one, &context, mistake, 1);
      if (!planted.grown || !planted.isWrong()) continue;
      isWrong = true;
      caught = planted.isCaught() || Planted(one, &context, mistake, 3).isCaught();
      if (caught) break;
    }
    // An op that is not on the way of a derivative, or an answer that is the same both ways round.
    same += !isWrong;
    if (!isWrong) continue;
    ++wrong, ++kinds[mistake.kind];
    CHECK_MESSAGE(caught, mistake.text());
  }
  std::printf("derivatives: %u wrong rules of %zu ops; %u more would have changed no number\n", wrong,
              sites.size(), same);
  CHECK(wrong == 50);
  for (Kind kind : {Kind::Pointwise, Kind::Linear, Kind::Custom})
    CHECK(kinds[kind] >= 10);
}
