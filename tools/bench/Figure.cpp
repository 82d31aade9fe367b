#include "tools/bench/Figure.h"
#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdio>
#include <map>
#include <memory>
#include <regex>

namespace tgc::bench {
namespace {

/// Keeps every sample by the side's name instead of printing it.
class Collector : public benchmark::BenchmarkReporter {
public:
  explicit Collector(bool processorTime) : processorTime(processorTime) {}
  bool ReportContext(const Context &) override { return true; }
  void ReportRuns(const std::vector<Run> &runs) override {
    for (const Run &run : runs)
      if (run.run_type == Run::RT_Iteration && run.iterations > 0)
        samples[run.run_name.function_name].push_back(
            (processorTime ? run.cpu_accumulated_time : run.real_accumulated_time) /
            static_cast<double>(run.iterations));
  }
  std::map<std::string, std::vector<double>> samples;

private:
  bool processorTime;
};

std::string timeText(double seconds) {
  char text[32];
  const char *units[] = {"ns", "us", "ms", "s"};
  double scale = 1e9;
  int unit = 0;
  for (; unit < 3 && seconds * scale >= 1000; ++unit)
    scale *= 1e-3;
  std::snprintf(text, sizeof text, "%.3g %s", seconds * scale, units[unit]);
  return text;
}

void printSide(const Figure &figure, const Side &side, const Spread &spread) {
  std::printf("  %-22s %10s  (%s .. %s)", side.name.c_str(), timeText(spread.median).c_str(),
              timeText(spread.low).c_str(), timeText(spread.high).c_str());
  if (figure.work > 0) std::printf("  %.1f %s", figure.work / spread.median * 1e-9, figure.unit);
  std::printf("\n");
}

/// "ratio 0.93 (aim 0.90) ok", and the same of times.
std::string verdict(const Figure &figure, const std::vector<Side> &sides,
                    const std::vector<Spread> &spreads) {
  double best = 0;
  std::string against;
  for (std::size_t k = 1; k < sides.size(); ++k)
    if (sides[k].reference && spreads[k].median > 0 && (best == 0 || spreads[k].median < best))
      best = spreads[k].median, against = sides[k].name;
  char text[160];
  std::string line;
  double own = spreads[0].median;
  std::snprintf(text, sizeof text, "%-34s %10s", figure.name.c_str(), timeText(own).c_str());
  line = text;
  if (best > 0) {
    std::snprintf(text, sizeof text, "  %5.2f of %s", best / own, against.c_str());
    line += text;
  }
  if (figure.aimRatio > 0 && best > 0) {
    std::snprintf(text, sizeof text, "  aim %.2f %s", figure.aimRatio,
                  best / own >= figure.aimRatio ? "ok" : "MISSED");
    line += text;
  }
  if (figure.aimSeconds > 0)
    line += "  aim " + timeText(figure.aimSeconds) + (own <= figure.aimSeconds ? " ok" : " MISSED");
  return line;
}

std::string runFigure(const Figure &figure, const Settings &settings) {
  std::vector<Side> sides = figure.make();
  benchmark::ClearRegisteredBenchmarks();
  for (Side &side : sides) {
    auto *made = benchmark::RegisterBenchmark(side.name.c_str(), [&side](benchmark::State &state) {
      for (auto round : state)
        side.call();
    });
    made->Repetitions(settings.samples);
    if (figure.once)
      made->Iterations(1);
    else
      made->MinTime(0.01);
  }
  Collector collector(settings.threads == 1 && !figure.wall);
  benchmark::RunSpecifiedBenchmarks(&collector, ".");
  std::vector<Spread> spreads;
  std::printf("%s\n", figure.name.c_str());
  for (const Side &side : sides) {
    spreads.push_back(spreadOf(collector.samples[side.name]));
    printSide(figure, side, spreads.back());
  }
  if (figure.after) figure.after();
  std::fflush(stdout);
  return verdict(figure, sides, spreads);
}

} // namespace

Spread spreadOf(std::vector<double> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  auto at = [&](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
  };
  return {at(0.5), at(0.1), at(0.9)};
}

void runFigures(std::vector<Figure> figures, const Settings &settings) {
  std::regex filter(benchmark::GetBenchmarkFilter() == "all" ? "." : benchmark::GetBenchmarkFilter());
  std::vector<std::string> lines;
  for (const Figure &figure : figures)
    if (std::regex_search(figure.name, filter)) lines.push_back(runFigure(figure, settings));
  std::printf("\n%s\n%-34s %10s  reference's time / tgc's\n",
              "summary: medians; the reference is the fastest one", "figure", "tgc");
  for (const std::string &line : lines)
    std::printf("%s\n", line.c_str());
}

} // namespace tgc::bench
