// A figure: one case of tgc beside its references, measured by Google Benchmark in one interleaved run.
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace tgc::bench {

/// One side of a comparison. The first of a figure is tgc's; `reference` sides enter the ratio.
struct Side {
  std::string name;
  std::function<void()> call;
  bool reference = true;
};

struct Figure {
  std::string name;                        ///< "group/case"
  std::function<std::vector<Side>()> make; ///< builds the sides; what they hold is freed after the figure
  double work = 0;                         ///< flops or bytes of a call; 0 prints times only
  const char *unit = "";                   ///< of work: "GFLOP/s" or "GB/s"
  double aimRatio = 0;                     ///< fastest reference's time over tgc's; 0 is no aim
  double aimSeconds = 0;                   ///< 0 is no aim
  bool wall = false;                ///< wall time; otherwise the thread's processor time when threads is 1
  bool once = false;                ///< one call a sample
  std::function<void()> after = {}; ///< prints what the sides noted
};

struct Settings {
  int threads = 1, samples = 9;
};

/// Seconds of one side, over all samples.
struct Spread {
  double median = 0, low = 0, high = 0; ///< 10 % and 90 %
};
Spread spreadOf(std::vector<double> values);

/// Runs the figures whose name fits --benchmark_filter, prints a line for each as it is ready and the ratios
/// at the end.
void runFigures(std::vector<Figure> figures, const Settings &settings);

} // namespace tgc::bench
