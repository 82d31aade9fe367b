// Every row of the catalogue, every claim. No op is named here: what a row owes follows from what it says.
#include "compiler/Pipeline.h"
#include "mlir/IR/MLIRContext.h"
#include "tests/catalogue/Claims.h"
#include <doctest/doctest.h>

using namespace mlir;
using namespace tgc::graph;
using namespace tgc::catalogue;

namespace {

struct Tally {
  std::map<std::string, int> held, skipped;
  std::map<std::string, std::vector<std::string>> broken; ///< by row and claim

  void tell(const std::string &claim, const Case &one, const Outcome &outcome) {
    if (outcome.state == Outcome::Holds) ++held[claim];
    if (outcome.state == Outcome::Broken)
      broken[std::string(one.row->name) + ": " + claim].push_back(one.text() + ": " + outcome.why);
  }
  int total() const {
    int sum = 0;
    for (const auto &[claim, count] : held)
      sum += count;
    return sum;
  }
  /// Prints what was counted and fails for every row and claim that broke.
  void report() const {
    std::printf("%zu rows, %d claims hold\n", rows().size(), total());
    for (const auto &[claim, count] : held)
      std::printf("  %6d  %s\n", count, claim.c_str());
    for (const auto &[why, count] : skipped)
      std::printf("  %6d  skipped: %s\n", count, why.c_str());
    for (const auto &[what, cases] : broken)
      FAIL_CHECK(what << ", " << cases.size() << " cases, first: " << cases.front());
  }
};

struct Bench {
  MLIRContext context{MLIRContext::Threading::DISABLED};
  tgc::Compiler compiler{context};
  Bench() { context.loadAllAvailableDialects(); }
};

/// The samples in f64, or in the first dtype the row takes; f32 beside it where it does.
std::vector<Case> fewCases(const Row &row, MLIRContext *context) {
  for (Type element : allElements(context))
    if (auto cases = plainCases(row, context, element); !cases.empty()) return cases;
  return {};
}

void checkAlone(const std::map<std::string, Claim> &claims, const std::vector<Case> &cases,
                MLIRContext *context, Tally &tally) {
  for (const Case &one : cases)
    for (const auto &[name, claim] : claims)
      tally.tell(name, one, claim(one, context, Plant::None));
}

void compile(const std::vector<Case> &cases, Bench &bench, int level, Tally &tally) {
  tgc::Options options;
  options.level = level;
  checkCompiled(
      cases, bench.compiler, &bench.context, options,
      [&](const std::string &claim, const Case &one, const Outcome &outcome) {
        tally.tell(claim + ", level " + std::to_string(level), one, outcome);
      },
      [&](const Case &one, const std::string &why) {
        ++tally.skipped[std::string(one.row->name) + ": " + why];
      });
  bench.compiler.forgetKernels();
}

/// A row whose words name its dtypes takes just those.
void checkWords(const Row &row, const std::vector<Case> &cases, MLIRContext *context, Tally &tally) {
  if (llvm::StringRef(row.types) == "any" || cases.empty()) return;
  for (Type element : allElements(context)) {
    bool takes = !plainCases(row, context, element).empty();
    Outcome outcome{Outcome::Holds, ""};
    if (takes != wordsTake(row.types, element))
      outcome = {Outcome::Broken,
                 nameOf(element) + (takes ? " is taken" : " is refused") + ", but the row says " + row.types};
    tally.tell("dtypes are those of the row", cases.front(), outcome);
  }
}

} // namespace

TEST_CASE("every row has a sample that can be read and called") {
  Bench bench;
  for (const Row &row : rows()) {
    if (isUntried(row)) continue;
    std::string error;
    INFO("row ", std::string(row.name));
    CHECK(!parseSamples(row, &bench.context, error).empty());
    CHECK_MESSAGE(error.empty(), error);
    CHECK_MESSAGE(!fewCases(row, &bench.context).empty(), "no call of the sample is accepted in any dtype");
  }
}

TEST_CASE("claims at the samples") {
  Bench bench;
  Tally tally;
  for (const Row &row : rows()) {
    std::vector<Case> cases = fewCases(row, &bench.context);
    checkAlone(claims(), cases, &bench.context, tally);
    checkAlone(transformations(), cases, &bench.context, tally);
    checkWords(row, cases, &bench.context, tally);
  }
  tally.report();
}

TEST_CASE("compiled samples") {
  Bench bench;
  Tally tally;
  std::vector<Case> cases;
  for (const Row &row : rows())
    llvm::append_range(cases, fewCases(row, &bench.context));
  compile(cases, bench, 2, tally);
  tally.report();
}

TEST_CASE("compiled special values") {
  Bench bench;
  Tally tally;
  std::vector<Case> cases;
  for (const Row &row : rows())
    llvm::append_range(cases, specialCases(row, &bench.context));
  compile(cases, bench, 2, tally);
  tally.report();
}

TEST_SUITE("sweep" * doctest::skip()) {
  TEST_CASE("claims over ranks, extents and dtypes") {
    Bench bench;
    Tally tally;
    for (const Row &row : rows()) {
      std::string error;
      unsigned refused = 0;
      std::vector<Case> cases = casesOf(row, &bench.context, error, refused);
      CHECK_MESSAGE(error.empty(), error);
      checkAlone(claims(), cases, &bench.context, tally);
      std::vector<Case> doubles;
      llvm::copy_if(cases, std::back_inserter(doubles), [](const Case &one) {
        return llvm::all_of(one.types, [](RankedTensorType type) {
          return !type.getElementType().isIntOrFloat() || kindOf(type.getElementType()) != 'f' ||
                 type.getElementType().isF64();
        });
      });
      checkAlone(transformations(), doubles, &bench.context, tally);
      checkWords(row, cases, &bench.context, tally);
    }
    tally.report();
  }

  TEST_CASE("compiled over ranks, extents and dtypes") {
    Bench bench;
    Tally tally;
    for (const Row &row : rows()) {
      std::string error;
      unsigned refused = 0;
      compile(casesOf(row, &bench.context, error, refused), bench, 2, tally);
    }
    tally.report();
  }

  TEST_CASE("compiled samples by plain loops") {
    Bench bench;
    Tally tally;
    for (int level : {0, 1}) {
      std::vector<Case> cases;
      for (const Row &row : rows())
        for (const char *name : {"f64", "f32", "bf16", "i32", "bool"})
          llvm::append_range(cases, plainCases(row, &bench.context, typeNamed(&bench.context, name)));
      compile(cases, bench, level, tally);
    }
    tally.report();
  }
}
