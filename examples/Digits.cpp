// A two-layer network on handwritten digits; one step of Adam is one compiled function whose parameters and
// moments go in and come out.
#include "Data.h"
#include <algorithm>
#include <chrono>
#include <random>
#include <tgc/Tgc.h>

using namespace tgc;

int main(int argc, char **argv) {
  auto data = example::digits(argc > 1 ? argv[1] : "examples/data");
  const std::int64_t batch = 64, in = 64, hidden = 96, out = 10;
  std::int64_t held = std::int64_t(data.testY.size());

  std::vector<Param> weights = {
      {"W1", f32, {in, hidden}}, {"b1", f32, {hidden}}, {"W2", f32, {hidden, out}}, {"b2", f32, {out}}};
  auto scores = [](Expr X, Expr W1, Expr b1, Expr W2, Expr b2) {
    return matmul(relu(matmul(X, W1) + b1), W2) + b2;
  };
  std::vector<Param> lossParams = {{"X", f32, {batch, in}}, {"y", i32, {batch}}};
  lossParams.insert(lossParams.end(), weights.begin(), weights.end());
  Function loss("loss", lossParams, [&](Expr X, Expr y, Expr W1, Expr b1, Expr W2, Expr b2) {
    return cross_entropy(scores(X, W1, b1, W2, b2), y);
  });

  // Adam as graph code: for each parameter its value, first and second moment.
  std::vector<Param> stepParams = {{"X", f32, {batch, in}}, {"y", i32, {batch}}, {"t", f32}};
  for (const char *prefix : {"", "m_", "v_"})
    for (const Param &p : weights)
      stepParams.push_back({prefix + p.name, p.dtype, p.extents});
  Function step("step", stepParams, [&](std::span<const Expr> a) {
    auto results =
        value_and_grad(loss, {"W1", "b1", "W2", "b2"})(std::vector<Arg>{a[0], a[1], a[3], a[4], a[5], a[6]});
    Expr t = a[2];
    std::vector<Expr> next, first, second;
    for (int k = 0; k < 4; ++k) {
      Expr g = results[1 + k];
      Expr m = 0.9 * a[7 + k] + 0.1 * g, v = 0.999 * a[11 + k] + 0.001 * g * g;
      Expr mHat = m / (1.0 - power(0.9, t)), vHat = v / (1.0 - power(0.999, t));
      next.push_back(a[3 + k] - 2e-3 * mHat / (sqrt(vHat) + 1e-8));
      first.push_back(m);
      second.push_back(v);
    }
    std::vector<Expr> all = {results[0]};
    for (const auto &group : {next, first, second})
      all.insert(all.end(), group.begin(), group.end());
    return all;
  });
  std::vector<Param> evalParams = {{"X", f32, {held, in}}};
  evalParams.insert(evalParams.end(), weights.begin(), weights.end());
  Function predict("predict", evalParams, [&](Expr X, Expr W1, Expr b1, Expr W2, Expr b2) {
    return argmax(scores(X, W1, b1, W2, b2), 1);
  });
  Executable train = example::need(compile(step)), test = example::need(compile(predict));
  std::printf("compiled the training step in %.1f ms, the prediction in %.1f ms\n",
              train.summary().compileSeconds * 1e3, test.summary().compileSeconds * 1e3);

  std::mt19937 random(7);
  std::vector<Buffer> state[2]; // read from one, written to the other, in turn
  for (auto &side : state)
    for (std::size_t k = 3; k < stepParams.size(); ++k)
      side.push_back(example::need(Buffer::zeros(f32, Shape(stepParams[k].extents))));
  std::normal_distribution<float> normal;
  for (int k : {0, 2})
    for (float &w : state[0][k].as<float>())
      w = normal(random) * std::sqrt(2.0f / float(k == 0 ? in : hidden));

  auto start = std::chrono::steady_clock::now();
  Workspace space(train);
  std::vector<float> X(batch * in);
  std::vector<std::int32_t> y(batch);
  std::vector<std::int64_t> order(data.trainY.size());
  for (std::size_t k = 0; k < order.size(); ++k)
    order[k] = std::int64_t(k);
  float value = 0, t = 0;
  for (int epoch = 0; epoch < 40; ++epoch) {
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t at = 0; at + batch <= order.size(); at += batch) {
      for (std::int64_t row = 0; row < batch; ++row) {
        std::copy_n(&data.trainX[order[at + row] * in], in, &X[row * in]);
        y[row] = data.trainY[order[at + row]];
      }
      t += 1;
      std::vector<View> arguments = {View(f32, X.data(), {batch, in}), y, t};
      std::vector<MutableView> results = {value};
      for (Buffer &buffer : state[0])
        arguments.push_back(buffer.view());
      for (Buffer &buffer : state[1])
        results.push_back(buffer.view());
      example::need(train.run(arguments, results, space));
      std::swap(state[0], state[1]);
    }
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  Workspace evaluation(test);
  std::vector<std::int64_t> guess(held);
  std::vector<View> arguments = {View(f32, data.testX.data(), {held, in})};
  for (int k = 0; k < 4; ++k)
    arguments.push_back(state[0][k].view());
  std::vector<MutableView> results = {guess};
  example::need(test.run(arguments, results, evaluation));
  std::int64_t right = 0;
  for (std::int64_t row = 0; row < held; ++row)
    right += guess[row] == data.testY[row];
  double accuracy = 100.0 * double(right) / double(held);
  std::printf(
      "trained %d steps in %.2f s (%.0f us a step), last loss %.4f, accuracy on %lld held-out rows %.2f %%\n",
      int(t), took.count(), took.count() / t * 1e6, value, static_cast<long long>(held), accuracy);
  return accuracy >= 96 && took.count() < 20 ? 0 : 1;
}
