// See Report.h.
#include "compiler/contract/Report.h"
#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace tgc::contract {
namespace {

double atLeastZero(double log) { return log > 0 ? log : 0; }

std::string format(const char *pattern, ...) __attribute__((format(printf, 1, 2)));
std::string format(const char *pattern, ...) {
  char buffer[256];
  va_list list;
  va_start(list, pattern);
  std::vsnprintf(buffer, sizeof buffer, pattern, list);
  va_end(list);
  return buffer;
}

/// A count as a person reads it: exact below a million, else 1.234e+56 even where doubles end.
std::string count(const Wide &value) {
  if (value.isZero()) return "0";
  double log = value.log10();
  if (log < 6) return format("%.0f", value.value());
  double whole = std::floor(log);
  return format("%.3fe+%02.0f", std::pow(10.0, log - whole), whole);
}

std::string nameOf(const Network &network, std::uint32_t index) {
  return index < network.names.size() ? network.names[index] : "#" + std::to_string(index);
}

std::string term(const Network &network, std::span<const Leg> legs) {
  if (legs.size() > 24) return format("[%zu indices]", legs.size());
  std::string text;
  bool wide = false;
  for (Leg leg : legs)
    wide |= nameOf(network, leg.index).size() > 4;
  for (Leg leg : legs) {
    if (wide && !text.empty()) text += ' ';
    text += nameOf(network, leg.index);
  }
  return text;
}

struct Line {
  std::uint32_t step;
  std::size_t scaling;
  Wide flops, size;
  std::string text;
};

Wide productOf(const Network &network, std::span<const Leg> legs) {
  Wide size(1);
  for (Leg leg : legs)
    size = size * Wide(double(network.extents[leg.index]));
  return size;
}

} // namespace

std::string pathReportJson(const Network &network, const SearchResult &result) {
  nlohmann::ordered_json json;
  json["path"] = nlohmann::ordered_json::array();
  for (auto [a, b] : toLinear(result.tree))
    json["path"].push_back({a, b});
  json["log10_flops"] = atLeastZero(result.figures.flops.log10());
  json["log2_largest"] = atLeastZero(result.figures.largest.log2());
  json["seconds"] = std::min(result.figures.seconds, 1e300);
  if (result.slices.log2() < 53)
    json["slices"] = std::uint64_t(result.slices.value());
  else
    json["slices"] = std::min(result.slices.value(), 1e300);
  json["sliced"] = nlohmann::ordered_json::array();
  for (std::uint32_t index : result.sliced)
    json["sliced"].push_back(nameOf(network, index));
  json["log2_peak"] = atLeastZero(result.figures.peak.log2());
  json["search_seconds"] = result.searchSeconds;
  json["rounds"] = result.rounds;
  json["exact"] = result.exact;
  json["within_memory"] = result.withinMemory;
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string pathReportText(const Network &network, const SearchResult &result, const Roofline &roofline,
                           std::size_t mostSteps) {
  Network slice = oneSlice(network, result.sliced);
  Problem problem(slice);
  std::vector<Line> lines;
  std::size_t scaling = 0;
  walkTree(problem, result.tree, [&](std::uint32_t step, auto left, auto right, auto made) {
    Merge merge = mergeFigures(problem, left, right);
    std::vector<std::uint32_t> joint;
    for (auto legs : {left, right})
      for (Leg leg : legs)
        joint.push_back(leg.index);
    std::sort(joint.begin(), joint.end());
    joint.erase(std::unique(joint.begin(), joint.end()), joint.end());
    Wide flops(merge.inner ? 2 : 1);
    for (std::uint32_t index : joint)
      flops = flops * Wide(double(slice.extents[index]));
    scaling = std::max(scaling, joint.size());
    lines.push_back({step, joint.size(), flops, productOf(slice, made),
                     term(network, left) + "," + term(network, right) + "->" + term(network, made)});
  });
  std::string text;
  const Figures &figures = result.figures;
  text += format("          operands: %u\n", result.tree.leafCount);
  text += format("    largest scaling: %zu indices in one step\n", scaling).substr(1);
  text += "              flops: " + count(figures.flops) + "\n";
  text += "largest intermediate: " + count(figures.largest) + " elements\n";
  text += "  peak intermediates: " + count(figures.peak) + " elements, " +
          count(figures.peak * Wide(roofline.bytesPerElement)) + " bytes\n";
  text += format("   predicted seconds: %.3g\n", std::min(figures.seconds, 1e300));
  if (!result.sliced.empty()) {
    text += "              slices: " + count(result.slices) + " over";
    for (std::uint32_t index : result.sliced)
      text += " " + nameOf(network, index);
    text += result.withinMemory ? "\n" : "; still over the memory limit\n";
  }
  text += format("              search: %u rounds, %.3f seconds%s\n\n", result.rounds, result.searchSeconds,
                 result.exact ? ", proven best" : "");
  bool partial = lines.size() > mostSteps;
  if (partial) {
    std::sort(lines.begin(), lines.end(), [](const Line &a, const Line &b) {
      return b.flops < a.flops || (!(a.flops < b.flops) && a.step < b.step);
    });
    lines.resize(mostSteps);
    text += format("the %zu dearest of %zu steps\n", mostSteps, result.tree.steps.size());
  }
  text += "  step  scaling       flops    elements  contraction\n";
  for (const Line &line : lines)
    text += format("%6u  %7zu  %10s  %10s  ", line.step, line.scaling, count(line.flops).c_str(),
                   count(line.size).c_str()) +
            line.text + "\n";
  return text;
}

} // namespace tgc::contract
