// A two-layer network on handwritten digits; one step of Adam is one compiled function whose parameters and
// moments go in and come out.
#include "Data.h"
#include <algorithm>
#include <chrono>
#include <random>
#include <tgc/Tgc.h>

using namespace tgc;

namespace {

constexpr std::int64_t batch = 64, in = 64, hidden = 96, out = 10;
const std::vector<Param> weights = {
    {"W1", f32, {in, hidden}}, {"b1", f32, {hidden}}, {"W2", f32, {hidden, out}}, {"b2", f32, {out}}};

std::vector<Param> withWeights(std::vector<Param> params) {
  params.insert(params.end(), weights.begin(), weights.end());
  return params;
}

Expr scores(Expr X, Expr W1, Expr b1, Expr W2, Expr b2) { return matmul(relu(matmul(X, W1) + b1), W2) + b2; }

/// Parameters: a batch, the step's number, then values, first and second moments. Results: the loss, then all
/// moved.
Function adamStep() {
  Function loss("loss", withWeights({{"X", f32, {batch, in}}, {"y", i32, {batch}}}),
                [](Expr X, Expr y, Expr W1, Expr b1, Expr W2, Expr b2) {
                  return cross_entropy(scores(X, W1, b1, W2, b2), y);
                });
  std::vector<Param> params = {{"X", f32, {batch, in}}, {"y", i32, {batch}}, {"t", f32}};
  for (const char *prefix : {"", "m_", "v_"})
    for (const Param &p : weights)
      params.push_back({prefix + p.name, p.dtype, p.extents});
  return Function("step", params, [&](std::span<const Expr> a) {
    auto slope =
        value_and_grad(loss, {"W1", "b1", "W2", "b2"})(std::vector<Arg>{a[0], a[1], a[3], a[4], a[5], a[6]});
    Expr t = a[2];
    std::vector<Expr> results = {slope[0]}, first, second;
    for (int k = 0; k < 4; ++k) {
      Expr g = slope[1 + k];
      Expr m = 0.9 * a[7 + k] + 0.1 * g, v = 0.999 * a[11 + k] + 0.001 * g * g;
      Expr mHat = m / (1.0 - power(0.9, t)), vHat = v / (1.0 - power(0.999, t));
      results.push_back(a[3 + k] - 2e-3 * mHat / (sqrt(vHat) + 1e-8));
      first.push_back(m);
      second.push_back(v);
    }
    results.insert(results.end(), first.begin(), first.end());
    results.insert(results.end(), second.begin(), second.end());
    return results;
  });
}

/// Values, first and second moments: values random, the rest zero.
std::vector<Buffer> freshState(std::mt19937 &random) {
  std::vector<Buffer> state;
  for (int group = 0; group < 3; ++group)
    for (const Param &p : weights)
      state.push_back(example::need(Buffer::zeros(p.dtype, Shape(p.extents))));
  std::normal_distribution<float> normal;
  for (auto [which, fan] : {std::pair(0, in), std::pair(2, hidden)})
    for (float &w : state[which].as<float>())
      w = normal(random) * std::sqrt(2.0f / float(fan));
  return state;
}

/// Trains in place; gives the last loss.
float train(const Executable &step, const example::Digits &data, std::vector<Buffer> &state,
            std::mt19937 &random) {
  std::vector<Buffer> next = freshState(random); // read from one, written to the other, in turn
  Workspace space(step);
  std::vector<float> X(batch * in);
  std::vector<std::int32_t> y(batch);
  std::vector<std::size_t> order(data.trainY.size());
  for (std::size_t k = 0; k < order.size(); ++k)
    order[k] = k;
  float value = 0, t = 0;
  for (int epoch = 0; epoch < 40; ++epoch) {
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t at = 0; at + batch <= order.size(); at += batch) {
      for (std::size_t row = 0; row < batch; ++row) {
        std::copy_n(&data.trainX[order[at + row] * in], in, &X[row * in]);
        y[row] = data.trainY[order[at + row]];
      }
      t += 1;
      std::vector<View> arguments = {View(f32, X.data(), {batch, in}), y, t};
      std::vector<MutableView> results = {value};
      for (Buffer &buffer : state)
        arguments.push_back(buffer.view());
      for (Buffer &buffer : next)
        results.push_back(buffer.view());
      example::need(step.run(arguments, results, space));
      std::swap(state, next);
    }
  }
  return value;
}

} // namespace

int main(int argc, char **argv) {
  auto data = example::digits(argc > 1 ? argv[1] : "examples/data");
  auto held = std::int64_t(data.testY.size());
  Function predict(
      "predict", withWeights({{"X", f32, {held, in}}}),
      [](Expr X, Expr W1, Expr b1, Expr W2, Expr b2) { return argmax(scores(X, W1, b1, W2, b2), 1); });
  Executable step = example::need(compile(adamStep())), test = example::need(compile(predict));
  std::printf("compiled the training step in %.1f ms, the prediction in %.1f ms\n",
              step.summary().compileSeconds * 1e3, test.summary().compileSeconds * 1e3);
  std::mt19937 random(7);
  auto state = freshState(random);
  auto start = std::chrono::steady_clock::now();
  float loss = train(step, data, state, random);
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;

  Workspace space(test);
  std::vector<std::int64_t> guess(held);
  std::vector<View> arguments = {View(f32, data.testX.data(), {held, in})};
  for (int k = 0; k < 4; ++k)
    arguments.push_back(state[k].view());
  std::vector<MutableView> results = {guess};
  example::need(test.run(arguments, results, space));
  std::int64_t right = 0;
  for (std::int64_t row = 0; row < held; ++row)
    right += guess[row] == data.testY[row];
  double accuracy = 100.0 * double(right) / double(held);
  std::printf("trained 40 epochs in %.2f s, last loss %.4f, accuracy on %lld held-out rows %.2f %%\n",
              took.count(), loss, static_cast<long long>(held), accuracy);
  return accuracy >= 96 && took.count() < 20 ? 0 : 1;
}
