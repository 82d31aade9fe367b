// Every function of the examples and of tests/programs builds a valid graph, for small extents.
#include "dialects/graph/Rows.h"
#include "frontend/language/Messages.h"
#include "frontend/language/Print.h"
#include "frontend/language/Program.h"
#include "mlir/IR/Verifier.h"
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

using namespace tgc::language;

namespace {

std::string contents(const std::filesystem::path &path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

/// A size of its own for every named extent, so that mixed-up axes show.
Bindings sizesFor(const Program &program, const Function &function) {
  Bindings bindings;
  std::set<std::string> names;
  std::int64_t next = 4;
  for (const Parameter &parameter : function.parameters)
    for (const Extent &extent : parameter.extents)
      if (extent.number < 0 && names.emplace(program.ast->text(extent.span)).second)
        bindings.extents.emplace_back(std::string(program.ast->text(extent.span)), next++);
  return bindings;
}

int buildAll(const std::filesystem::path &path) {
  std::string name = path.filename().string();
  Source source(name, contents(path));
  const Source *sources[] = {&source};
  auto program = parse(std::string(source.text()), name);
  if (!program) FAIL(render(program.error(), sources, false));
  auto printed = parse(print(*program->ast), name);
  if (!printed) FAIL(print(*program->ast));
  CHECK(print(*printed->ast) == print(*program->ast));
  for (const Function &function : program->ast->functions) {
    auto choice = choose(*program, std::string(program->ast->text(function.name)));
    REQUIRE(choice);
    auto instance = instantiate(*program, *choice, sizesFor(*program, function));
    CHECK_MESSAGE(instance, (instance ? "" : render(instance.error(), sources, false)));
    if (instance) CHECK(mlir::succeeded(mlir::verify(*instance->module)));
  }
  return static_cast<int>(program->ast->functions.size());
}

} // namespace

TEST_CASE("examples: every function builds a valid graph") {
  if (!tgc::graph::rowNamed("slice")) {
    MESSAGE("skipped: the catalogue in this build has no slices");
    return;
  }
  int functions = 0;
  for (const char *folder : {"examples", "tests/programs"})
    for (const auto &entry : std::filesystem::directory_iterator(folder))
      if (entry.path().extension() == ".tg") functions += buildAll(entry.path());
  CHECK(functions >= 30);
}
