// Any bytes as an equation (first line) and a NETWORK.json (the rest): nothing crashes, and what is accepted
// prints and parses back, and has a path.
#include "compiler/contract/NetworkText.h"
#include "compiler/contract/Path.h"
#include "compiler/contract/Report.h"
#include "dialects/graph/Indices.h"
#include <cstdlib>

using namespace tgc;

static void check(bool holds) {
  if (!holds) std::abort();
}

static void equationText(std::string_view text, const std::uint8_t *data, std::size_t size) {
  std::vector<std::uint32_t> ranks;
  for (std::size_t i = 0; i < size && i < 8 && i < std::size_t(std::count(text.begin(), text.end(), ',')) + 1;
       ++i)
    ranks.push_back(data[i] % 9);
  for (bool ranked : {false, true}) {
    auto parsed = ranked ? graph::parseEquation(text, ranks) : graph::parseEquation(text);
    auto *equation = std::get_if<graph::Equation>(&parsed);
    if (!equation) continue;
    check(!graph::verifyEquation(*equation));
    auto again = graph::parseEquation(graph::printEquation(*equation));
    check(std::holds_alternative<graph::Equation>(again));
    check(graph::printEquation(std::get<graph::Equation>(again)) == graph::printEquation(*equation));
    std::vector<std::vector<std::int64_t>> shapes;
    for (const auto &operand : equation->operands) {
      shapes.emplace_back();
      for (std::size_t axis = 0; axis < operand.size(); ++axis)
        shapes.back().push_back(data[(axis + shapes.size()) % size] % 4);
    }
    (void)graph::bindExtents(*equation, shapes);
    for (std::size_t i = 0; i < equation->operands.size() && i < 4; ++i)
      check(!graph::verifyEquation(graph::adjointEquation(*equation, i).equation));
  }
}

static void networkText(std::string_view text) {
  auto read = contract::networkFromJson(text);
  auto *network = std::get_if<contract::Network>(&read);
  if (!network) return;
  contract::SearchOptions options;
  options.rounds = 2;
  options.maxSeconds = 0.2;
  contract::SearchResult result;
  check(!contract::findPath(*network, options, result));
  check(result.tree.valid());
  check(!contract::pathReportJson(*network, result).empty());
  check(!contract::pathReportText(*network, result, options.roofline).empty());
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view text(reinterpret_cast<const char *>(data), size);
  std::size_t line = text.find('\n');
  equationText(text.substr(0, line), data, size);
  networkText(line == std::string_view::npos ? text : text.substr(line + 1));
  return 0;
}
