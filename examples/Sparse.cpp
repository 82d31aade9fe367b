// A graph convolution against plain loops, and a network for the digits whose first layer has an eighth of
// its weights.
#include "Data.h"
#include <algorithm>
#include <random>
#include <tgc/Tgc.h>

using namespace tgc;

namespace {

using Indices = std::vector<std::int64_t>;

/// The edges of a ring of n nodes with chords, by rows: each node's neighbours.
struct Graph {
  explicit Graph(std::int64_t n) {
    for (std::int64_t node = 0; node < n; ++node) {
      offsets.push_back(std::int64_t(columns.size()));
      for (std::int64_t step : {std::int64_t(1), std::int64_t(2), 7 + node % 3})
        columns.push_back((node + step) % n);
    }
    offsets.push_back(std::int64_t(columns.size()));
  }
  Indices offsets, columns;
};

/// Largest difference of relu(A X W) and of the gradient of its sum by the values from plain loops.
double graphConvolution() {
  const std::int64_t n = 50, d = 8, k = 3;
  Graph graph(n);
  const auto edges = std::int64_t(graph.columns.size());
  std::vector<Param> params = {{"offsets", i64, {n + 1}},
                               {"columns", i64, {edges}},
                               {"values", f64, {edges}},
                               {"X", f64, {n, d}},
                               {"W", f64, {d, k}}};
  Function convolution("convolution", params, [&](Expr offsets, Expr columns, Expr values, Expr X, Expr W) {
    return relu(einsum("ij,jd,dk->ik", Csr{offsets, columns, values, {n, n}}, X, W));
  });
  Function energy("energy", params, [&](Expr offsets, Expr columns, Expr values, Expr X, Expr W) {
    return sum(convolution(offsets, columns, values, X, W));
  });
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  std::vector<double> values(edges), X(n * d), W(d * k), y(n * k), slope(edges);
  for (auto *numbers : {&values, &X, &W})
    for (double &number : *numbers)
      number = normal(random);
  Executable forward = example::need(compile(convolution)),
             backward = example::need(compile(grad(energy, "values")));
  Workspace space(std::max(forward.workspaceBytes(), backward.workspaceBytes()));
  std::vector<View> arguments = {graph.offsets, graph.columns, values, View(f64, X.data(), {n, d}),
                                 View(f64, W.data(), {d, k})};
  std::vector<MutableView> result = {MutableView(f64, y.data(), {n, k})}, gradient = {slope};
  example::need(forward.run(arguments, result, space));
  example::need(backward.run(arguments, gradient, space));
  double worst = 0;
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < k; ++j) {
      auto reached = [&](std::int64_t node) { // (X W)[node, j]
        double sum = 0;
        for (std::int64_t l = 0; l < d; ++l)
          sum += X[node * d + l] * W[l * k + j];
        return sum;
      };
      double sum = 0;
      for (std::int64_t p = graph.offsets[i]; p < graph.offsets[i + 1]; ++p)
        sum += values[p] * reached(graph.columns[p]);
      worst = std::max(worst, std::abs(std::max(sum, 0.0) - y[i * k + j]));
      for (std::int64_t p = graph.offsets[i]; sum > 0 && p < graph.offsets[i + 1]; ++p)
        slope[p] -= reached(graph.columns[p]);
    }
  for (double rest : slope)
    worst = std::max(worst, std::abs(rest));
  return worst;
}

/// Share of held-out digits that a network with a sparse first layer names after 300 steps.
double sparseLayer(const std::string &folder) {
  auto data = example::digits(folder);
  const std::int64_t pixels = data.columns, hidden = 64, each = pixels / 8, weights = hidden * each;
  const auto train = std::int64_t(data.trainY.size()), test = std::int64_t(data.testY.size());
  Indices offsets, columns;
  for (std::int64_t unit = 0; unit <= hidden; ++unit)
    offsets.push_back(unit * each);
  for (std::int64_t at = 0; at < weights; ++at)
    columns.push_back((at % each * 7 + at / each * 5) % pixels);
  auto scores = [&](const Expr &o, const Expr &c, const Expr &first, const Expr &second, const Expr &x) {
    Csr layer{o, c, first, {hidden, pixels}};
    return matmul(relu(einsum("bj,ij->bi", x, layer)), second);
  };
  auto params = [&](std::int64_t rows) {
    return std::vector<Param>{{"offsets", i64, {hidden + 1}}, {"columns", i64, {weights}},
                              {"first", f32, {weights}},      {"second", f32, {hidden, 10}},
                              {"x", f32, {rows, pixels}},     {"labels", i32, {rows}}};
  };
  Function loss("loss", params(train), [&](Expr o, Expr c, Expr first, Expr second, Expr x, Expr labels) {
    return cross_entropy(scores(o, c, first, second, x), labels);
  });
  Function step("step", params(train), [&](Expr o, Expr c, Expr first, Expr second, Expr x, Expr labels) {
    auto slopes = grad(loss, {"first", "second"})(std::vector<Arg>{o, c, first, second, x, labels});
    return Results{{"first", first - 2.0 * slopes[0]}, {"second", second - 2.0 * slopes[1]}};
  });
  Function accuracy(
      "accuracy", params(test), [&](Expr o, Expr c, Expr first, Expr second, Expr x, Expr labels) {
        return mean(astype(argmax(scores(o, c, first, second, x), 1) == astype(labels, i64), f64));
      });
  Executable training = example::need(compile(step)), judging = example::need(compile(accuracy));
  Workspace space(std::max(training.workspaceBytes(), judging.workspaceBytes()));
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> first(weights), second(hidden * 10), nextFirst(weights), nextSecond(hidden * 10);
  for (auto *numbers : {&first, &second})
    for (float &number : *numbers)
      number = 0.3f * normal(random);
  View x(f32, data.trainX.data(), {train, pixels});
  for (int k = 0; k < 300; ++k) {
    example::need(
        training.run({offsets, columns, first, View(f32, second.data(), {hidden, 10}), x, data.trainY},
                     {nextFirst, MutableView(f32, nextSecond.data(), {hidden, 10})}, space));
    std::swap(first, nextFirst), std::swap(second, nextSecond);
  }
  double share = 0;
  example::need(judging.run({offsets, columns, first, View(f32, second.data(), {hidden, 10}),
                             View(f32, data.testX.data(), {test, pixels}), data.testY},
                            {share}, space));
  return share;
}

} // namespace

int main(int argc, char **argv) {
  double worst = graphConvolution(), share = sparseLayer(argc > 1 ? argv[1] : "examples/data");
  std::printf("graph convolution and its gradient against plain loops: largest difference %.2e\n", worst);
  std::printf("digits by a network with an eighth of its first layer's weights: %.1f %% right\n",
              100 * share);
  return worst < 1e-11 && share > 0.9 ? 0 : 1;
}
