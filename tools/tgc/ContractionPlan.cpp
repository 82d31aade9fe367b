#include "tools/tgc/ContractionPlan.h"
#include "dialects/exec/Exec.h"
#include "dialects/graph/Indices.h"
#include "frontend/language/Messages.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tools/path/TreePicture.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <map>

namespace tgc::tools {
namespace {

/// Beyond so many terms the table says how many there are.
constexpr std::size_t mostTerms = 24;

/// Letters by order of appearance in a network.
class Letters {
public:
  std::string of(const std::vector<std::int64_t> &indices) {
    std::string text;
    for (std::int64_t index : indices) {
      auto [place, fresh] = numbers.try_emplace(index, graph::Index(numbers.size()));
      text += letterOf(place->second);
    }
    return text;
  }

private:
  static std::string letterOf(graph::Index number) {
    char32_t point = graph::canonicalLetter(number);
    if (!point) return "?";
    if (point < 0x80) return std::string(1, static_cast<char>(point));
    std::string text;
    if (point < 0x800) {
      text += static_cast<char>(0xC0 | point >> 6);
    } else if (point < 0x10000) {
      text += static_cast<char>(0xE0 | point >> 12);
      text += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    } else {
      text += static_cast<char>(0xF0 | point >> 18);
      text += static_cast<char>(0x80 | (point >> 12 & 0x3F));
      text += static_cast<char>(0x80 | (point >> 6 & 0x3F));
    }
    return text + static_cast<char>(0x80 | (point & 0x3F));
  }
  std::map<std::int64_t, graph::Index> numbers;
};

/// Which of the forms a step has.
std::string whatOf(const ContractionNote &note) {
  if (note.inputs.size() == 1) return note.inputs[0].size() > note.output.size() ? "sum" : "view";
  bool rows = false, columns = false, summed = false;
  for (std::int64_t index : note.inputs[0])
    if (!llvm::is_contained(note.inputs[1], index)) rows = true;
  for (std::int64_t index : note.inputs[1])
    if (!llvm::is_contained(note.inputs[0], index)) columns = true;
  for (const auto &input : note.inputs)
    for (std::int64_t index : input)
      if (!llvm::is_contained(note.output, index)) summed = true;
  if (!summed) return rows && columns ? "outer" : rows || columns ? "scaled" : "pointwise";
  return rows && columns ? "product" : rows || columns ? "matrix-vector" : "dot";
}

struct Collector {
  Collector(mlir::ModuleOp module, const std::string &function, const Report &report,
            const std::vector<double> &stepSeconds)
      : stepSeconds(stepSeconds) {
    for (const KernelReport &kernel : report.kernels)
      forms[kernel.name] = kernel.form;
    auto main = module.lookupSymbol<mlir::func::FuncOp>(function);
    std::size_t number = 0; // launches and copies are the program's steps, in order
    for (mlir::Operation &op : main.front()) {
      if (auto launch = mlir::dyn_cast<exec::LaunchOp>(op))
        add(launch, number++);
      else if (mlir::isa<exec::CopyOp>(op))
        ++number;
    }
  }

  void add(exec::LaunchOp launch, std::size_t number) {
    double seconds = number < stepSeconds.size() ? stepSeconds[number] : 0;
    for (ContractionNote &note : contractionNotes(launch.getLoc())) {
      auto key = std::pair(note.network, note.step);
      PlannedStep &step = steps[key];
      std::int64_t runs = ++launches[key][launch.getKernel().str()];
      step.runs = std::max(step.runs, runs);
      step.predicted = note.seconds * double(step.runs);
      step.measured += seconds;
      seconds = 0; // a kernel of several contractions: its time stands with the first
      if (step.kernel.empty()) {
        step.kernel = launch.getKernel().str();
        step.form = forms[step.kernel];
      }
      step.note = std::move(note);
    }
  }

  const std::vector<double> &stepSeconds;
  std::map<std::string, std::string> forms;
  std::map<std::pair<std::int64_t, std::int64_t>, PlannedStep> steps;
  std::map<std::pair<std::int64_t, std::int64_t>, std::map<std::string, std::int64_t>> launches;
};

void fillFigures(PlannedStep &step, std::map<std::int64_t, double> &extents) {
  const ContractionNote &note = step.note;
  std::size_t at = 0;
  std::map<std::int64_t, double> own;
  for (const auto &input : note.inputs)
    for (std::int64_t index : input)
      own[index] = extents[index] = double(note.extents[at++]);
  step.scaling = own.size();
  step.flops = 1;
  step.elements = 1;
  bool summed = false;
  for (auto [index, extent] : own) {
    step.flops *= extent;
    if (llvm::is_contained(note.output, index))
      step.elements *= extent;
    else
      summed = true;
  }
  if (summed && note.inputs.size() > 1) step.flops *= 2;
  step.what = whatOf(note);
}

/// What the steps of a network leave to be done after each of them.
void fillRemaining(std::span<PlannedStep> steps, PlannedNetwork &network) {
  std::vector<std::pair<std::int64_t, std::string>> alive;
  std::map<std::int64_t, bool> made;
  for (const PlannedStep &step : steps) {
    for (std::size_t k = 0; k < step.inputs.size(); ++k)
      if (!made.contains(step.note.operands[k])) alive.emplace_back(step.note.operands[k], step.inputs[k]);
    made[step.note.result] = true;
  }
  for (auto &[value, term] : alive)
    network.inputs.push_back(term);
  network.output = steps.back().output;
  for (PlannedStep &step : steps) {
    for (std::int64_t operand : step.note.operands)
      if (auto found = std::ranges::find(alive, operand, &std::pair<std::int64_t, std::string>::first);
          found != alive.end())
        alive.erase(found);
    alive.emplace_back(step.note.result, step.output);
    if (alive.size() > mostTerms) {
      step.remaining = "[" + std::to_string(alive.size()) + " terms]->" + network.output;
      continue;
    }
    for (auto &[value, term] : alive)
      step.remaining += (step.remaining.empty() ? "" : ",") + term;
    step.remaining += "->" + network.output;
  }
}

std::string us(double seconds) { return llvm::formatv("{0:f2} us", seconds * 1e6).str(); }

std::string count(double value) {
  return value < 1e6 ? llvm::formatv("{0:f0}", value).str() : llvm::formatv("{0:e2}", value).str();
}

std::string real(double value) { return llvm::formatv("{0:e8}", value).str(); }

} // namespace

std::string PlannedStep::term() const { return llvm::join(inputs, ",") + "->" + output; }

ContractionPlan contractionPlanOf(mlir::ModuleOp compiled, const std::string &function, const Report &report,
                                  const std::vector<double> &stepSeconds) {
  Collector found(compiled, function, report, stepSeconds);
  ContractionPlan plan;
  plan.hasMeasured = !stepSeconds.empty();
  for (auto &[place, step] : found.steps)
    plan.steps.push_back(std::move(step));
  std::map<std::int64_t, std::int64_t> maker; // of each value: its network
  for (std::size_t first = 0, end = 0; first < plan.steps.size(); first = end) {
    PlannedNetwork network;
    Letters letters;
    std::map<std::int64_t, double> extents;
    while (end < plan.steps.size() && plan.steps[end].note.network == plan.steps[first].note.network) {
      PlannedStep &step = plan.steps[end++];
      for (const auto &input : step.note.inputs)
        step.inputs.push_back(letters.of(input));
      step.output = letters.of(step.note.output);
      fillFigures(step, extents);
      network.flops += step.flops * double(step.runs);
      plan.largest = std::max(plan.largest, step.elements);
      plan.predicted += step.predicted;
      plan.measured += step.measured;
      maker[step.note.result] = step.note.network;
    }
    network.first = first;
    network.count = end - first;
    fillRemaining(std::span(plan.steps).subspan(first, end - first), network);
    double all = double(plan.steps[end - 1].runs); // its extents are those of one slice
    for (auto [index, extent] : extents)
      all *= extent;
    double terms = std::max(1.0, double(network.inputs.size()) - 1);
    network.naiveFlops = all * (terms + (extents.size() > plan.steps[end - 1].note.output.size() ? 1 : 0));
    plan.flops += network.flops;
    plan.networks.push_back(std::move(network));
  }
  for (const PlannedStep &reader : plan.steps)
    for (std::int64_t operand : reader.note.operands)
      if (auto made = maker.find(operand); made != maker.end() && made->second != reader.note.network)
        for (PlannedStep &step : plan.steps)
          step.shared |= step.note.result == operand;
  return plan;
}

std::string ContractionPlan::text() const {
  if (steps.empty()) return "contractions\n      none\n";
  std::string out = llvm::formatv("contractions: {0} in {1} networks, {2} flops in all, largest result {3} "
                                  "elements, {4} predicted",
                                  steps.size(), networks.size(), count(flops), count(largest), us(predicted));
  if (hasMeasured) out += ", " + us(measured) + " measured";
  out += "\n";
  for (std::size_t n = 0; n < networks.size(); ++n) {
    const PlannedNetwork &network = networks[n];
    std::string terms = network.inputs.size() > mostTerms
                            ? std::to_string(network.inputs.size()) + " operands"
                            : llvm::join(network.inputs, ",");
    out += llvm::formatv("  network {0}: {1}->{2}, {3} flops; as one loop nest {4}\n", n, terms,
                         network.output, count(network.flops), count(network.naiveFlops));
    out += llvm::formatv("  {0,4} {1,7} {2,10} {3,10} {4,12} ", "step", "scaling", "flops", "elements",
                         "predicted");
    out += (hasMeasured ? llvm::formatv("{0,12} ", "measured").str() : "") + " contraction -> remaining\n";
    for (std::size_t k = network.first; k < network.first + network.count; ++k) {
      const PlannedStep &step = steps[k];
      out += llvm::formatv("  {0,4} {1,7} {2,10} {3,10} {4,12} ", step.note.step, step.scaling,
                           count(step.flops), count(step.elements), us(step.predicted));
      if (hasMeasured) out += llvm::formatv("{0,12} ", us(step.measured));
      out += " " + step.term() + "   " + step.remaining + "\n";
      out += "         " + step.what + (step.shared ? ", shared with other networks" : "") +
             (step.runs > 1 ? ", " + std::to_string(step.runs) + " times" : "") + ", " + step.kernel + ": " +
             step.form + "\n";
    }
  }
  return out;
}

std::string ContractionPlan::json() const {
  using language::quoteJson;
  auto terms = [](const std::vector<std::string> &list) {
    return "[" + llvm::join(llvm::map_range(list, [](const std::string &t) { return quoteJson(t); }), ", ") +
           "]";
  };
  std::string out = "{\"flops\": " + real(flops) + ", \"largest\": " + real(largest) +
                    ", \"predicted_seconds\": " + real(predicted) +
                    ", \"measured_seconds\": " + (hasMeasured ? real(measured) : "null") +
                    ", \"networks\": [";
  for (const PlannedNetwork &network : networks) {
    out += std::string(&network == networks.data() ? "" : ", ") + "{\"inputs\": " + terms(network.inputs) +
           ", \"output\": " + quoteJson(network.output) + ", \"flops\": " + real(network.flops) +
           ", \"naive_flops\": " + real(network.naiveFlops) + ", \"steps\": [";
    for (std::size_t k = network.first; k < network.first + network.count; ++k) {
      const PlannedStep &step = steps[k];
      out += std::string(k == network.first ? "" : ", ") + "{\"step\": " + std::to_string(step.note.step) +
             ", \"contraction\": " + quoteJson(step.term()) +
             ", \"remaining\": " + quoteJson(step.remaining) +
             ", \"scaling\": " + std::to_string(step.scaling) + ", \"flops\": " + real(step.flops) +
             ", \"elements\": " + real(step.elements) + ", \"runs\": " + std::to_string(step.runs) +
             ", \"predicted_seconds\": " + real(step.predicted) +
             ", \"measured_seconds\": " + (hasMeasured ? real(step.measured) : "null") +
             ", \"what\": " + quoteJson(step.what) + ", \"shared\": " + (step.shared ? "true" : "false") +
             ", \"kernel\": " + quoteJson(step.kernel) + ", \"form\": " + quoteJson(step.form) + "}";
    }
    out += "]}";
  }
  return out + "]}";
}

std::string ContractionPlan::svg(const std::string &title) const {
  std::vector<TreeBox> boxes;
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> boxOf; // by network and value
  for (const PlannedStep &step : steps) {
    TreeBox box{step.output.empty() ? "scalar" : step.output,
                step.what + ", " + count(step.flops * double(step.runs)) + " flops, " +
                    us(hasMeasured ? step.measured : step.predicted),
                {},
                step.flops * double(step.runs)};
    for (std::size_t k = 0; k < step.inputs.size(); ++k) {
      auto known = boxOf.find({step.note.network, step.note.operands[k]});
      if (known != boxOf.end()) {
        box.children.push_back(known->second);
        boxOf.erase(known); // a second reader gets a box of its own, so that the picture stays a forest
        continue;
      }
      box.children.push_back(boxes.size());
      boxes.push_back({step.inputs[k].empty() ? "scalar" : step.inputs[k],
                       "value " + std::to_string(step.note.operands[k]),
                       {},
                       0});
    }
    boxOf[{step.note.network, step.note.result}] = boxes.size();
    boxes.push_back(std::move(box));
  }
  return treeSvg(title + ": " + count(flops) + " flops in " + std::to_string(networks.size()) + " networks",
                 boxes);
}

} // namespace tgc::tools
