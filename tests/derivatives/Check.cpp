// The comparisons of one tower.
#include "tests/derivatives/Check.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>

using namespace mlir;
using namespace tgc::graph;

namespace tgc::derivatives {
namespace {

constexpr double widths[] = {1e-3, 1e-4, 1e-5};
constexpr unsigned movedRuns = 12;
constexpr double margin = 8; // a moved run seldom meets the worst case

class Checker {
public:
  Checker(const Tower &tower, Tally &tally)
      : tower(tower), tally(tally), everything(tower.body(), llvm::to_vector(tower.values())),
        values(everything(tower.inputs)) {}

  void check() {
    ++tally.functions;
    tally.nestings += tower.nestings().size() - 1;
    if (!std::isfinite(at(tower.nestings().front()))) return void(++tally.singular);
    for (unsigned order = 1; order <= tower.nestings().back().order(); ++order)
      checkOrder(order);
  }

  void checkNumber(StringRef modes, double got) {
    ++tally.functions, ++tally.nestings;
    const Nesting &nesting = named(modes);
    const double want = at(nesting), off = std::fabs(got - want);
    if (off <= agreement * std::max(sizeOf(nesting), 1e-3)) return void(++tally.agreements);
    if (!std::isfinite(want)) return void(++tally.singular);
    const double rounding = spread(nesting.place, nesting.place);
    if (!(off > margin * rounding)) return void(++tally.rough);
    wrong(llvm::formatv("{0} is {1:e17}, not {2:e17} (rounding {3:e2})", modes, got, want, rounding));
  }

private:
  double at(unsigned place) const { return values[place].get<double>(0); }
  double at(const Nesting &nesting) const { return at(nesting.place); }

  const Nesting &named(StringRef modes) const {
    return *llvm::find_if(tower.nestings(), [&](const Nesting &n) { return n.modes == modes; });
  }

  void checkOrder(unsigned order) {
    SmallVector<const Nesting *> group;
    unsigned finite = 0;
    for (const Nesting &nesting : tower.nestings())
      if (nesting.order() == order) {
        group.push_back(&nesting);
        finite += std::isfinite(at(nesting));
      }
    const Nesting &before = named(std::string(order - 1, 'f'));
    if (finite < group.size() || !std::isfinite(at(before))) {
      if (finite == 0 || !std::isfinite(at(before)) || !hasSlope(before) || !isSmoothInside())
        return void(++tally.singular);
      for (const Nesting *nesting : group)
        if (!std::isfinite(at(*nesting))) return wrong(nesting->modes + " is not finite");
    }
    checkSlope(before, *group.front());
    for (const Nesting *nesting : group) {
      if (nesting->modes.back() == 'r') checkTransposed(*nesting);
      if (nesting != group.front()) checkPair(*group.front(), *nesting, agreement, tally.agreements);
    }
  }

  bool isSmoothInside() const {
    return Evaluation(tower.body(), tower.value(tower.nestings().front().place)).isSmoothInside(tower.inputs);
  }

  /// The terms of the inner product that a reverse-mode scalar is.
  double sizeOf(const Nesting &nesting) const {
    double size = std::fabs(at(nesting));
    if (nesting.gradient.empty()) return size;
    size = 0;
    for (auto [place, direction] : llvm::zip_equal(nesting.gradient, tower.directions(nesting.order())))
      for (int64_t k = 0; k < values[place].count(); ++k)
        size += std::fabs(values[place].get<double>(k) * tower.inputs[direction].get<double>(k));
    return size;
  }

  void checkTransposed(const Nesting &reverse) {
    std::string other = reverse.modes;
    other.back() = 'f';
    checkPair(named(other), reverse, transposition, tally.identities);
  }

  void checkPair(const Nesting &a, const Nesting &b, double relative, unsigned &count) {
    const double off = std::fabs(at(a) - at(b));
    const double allowed = relative * std::max({sizeOf(a), sizeOf(b), 1e-3});
    if (off <= allowed) return void(++count);
    const double rounding = spread(a.place, b.place);
    if (!(off > margin * rounding)) return void(++tally.rough);
    wrong(llvm::formatv("{0} is {1:e17}, {2} is {3:e17} (tolerance {4:e2}, rounding {5:e2})", a.modes, at(a),
                        b.modes, at(b), allowed, rounding));
  }

  /// How far rounding moves two values.
  double spread(unsigned a, unsigned b) {
    while (moved.size() < movedRuns)
      moved.push_back(everything(tower.inputs, 1 + moved.size()));
    double most = 0;
    for (const HostTensors &run : moved)
      for (unsigned place : {a, b}) {
        double off = std::fabs(run[place].get<double>(0) - at(place));
        most = std::isnan(off) ? INFINITY : std::max(most, off);
      }
    return most;
  }

  /// One value along the directions of the order after it.
  struct Line {
    Evaluation evaluation;
    const Tower &tower;
    unsigned order;
    double operator()(double step) const {
      return evaluation(tower.moved(order, step)).front().get<double>(0);
    }
  };
  Line lineOf(const Nesting &nesting) const {
    return {Evaluation(tower.body(), tower.value(nesting.place)), tower, nesting.order() + 1};
  }

  /// By differences of fourth order.
  static double slopeOf(const Line &f, double h) {
    return (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
  }

  /// Whether the differences from both sides meet for some step; nothing here asks a rule of this order.
  bool hasSlope(const Nesting &before) const {
    const Line f = lineOf(before);
    const double f0 = at(before);
    for (double h : widths) {
      auto oneSided = [&](double h) {
        return (-11 * f0 + 18 * f(h) - 9 * f(2 * h) + 2 * f(3 * h)) / (6 * h);
      };
      const double right = oneSided(h), left = oneSided(-h);
      if (std::fabs(right - left) <= 1e-4 * (std::fabs(right) + std::fabs(left) + std::fabs(f0)) + 1e-9)
        return true;
    }
    return false;
  }

  /// Whether the function is a staircase even as near as differences look.
  bool steps(const Line &f) const {
    const double h = *std::min_element(std::begin(widths), std::end(widths));
    return llvm::any_of(llvm::ArrayRef({-2 * h, -h, h, 2 * h}), [&](double step) {
      return f.evaluation.stepsBetween(tower.inputs, tower.moved(f.order, step));
    });
  }

  void checkSlope(const Nesting &before, const Nesting &nesting) {
    const Line f = lineOf(before);
    double nearest = INFINITY, slope = 0;
    for (double h : widths) {
      slope = slopeOf(f, h);
      nearest = std::min(nearest, std::fabs(slope - at(nesting)));
      // The function counts as it rounds: differences of it over h.
      const double size = std::fabs(at(nesting)) + std::fabs(at(before)) + 1e-3;
      if (nearest <= slopeTolerance * size) return void(++tally.slopes);
    }
    if (!hasSlope(before) || steps(f)) return void(++tally.kinks);
    if (f.evaluation.isLeftToRounding(tower.inputs)) return void(++tally.singular);
    wrong(llvm::formatv("{0} is {1:e17}, but the slope of \"{2}\" is {3:e17}", nesting.modes, at(nesting),
                        before.modes, slope));
  }

  void wrong(std::string why) { tally.wrong.push_back(std::move(why)); }

  const Tower &tower;
  Tally &tally;
  Evaluation everything; ///< of all values kept
  HostTensors values;
  std::vector<HostTensors> moved;
};

} // namespace

std::string Tally::text() const {
  return llvm::formatv("{0} functions, {1} nestings; hold: {2} slopes, {3} transpositions, {4} agreements; "
                       "not judged: {5} kinks, {6} within rounding, {7} singular",
                       functions, nestings, slopes, identities, agreements, kinks, rough, singular);
}

void check(const Tower &tower, Tally &tally) { Checker(tower, tally).check(); }

void checkNumber(const Tower &tower, StringRef modes, double got, Tally &tally) {
  Checker(tower, tally).checkNumber(modes, got);
}

} // namespace tgc::derivatives
