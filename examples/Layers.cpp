// Structs of tensors: a two-layer network on handwritten digits whose parameters are one struct, described,
// traced, differentiated and stored by the same template.
#include "Data.h"
#include <random>
#include <tgc/Tgc.h>

using namespace tgc;

namespace {

template <typename T> struct Layer {
  T weight, bias;
};
template <typename T> struct Network {
  Layer<T> inner, outer;
};

constexpr std::int64_t in = 64, hidden = 32, out = 10;
const Network<Param> shapes{{tensor(f32, {in, hidden}), tensor(f32, {hidden})},
                            {tensor(f32, {hidden, out}), tensor(f32, {out})}};

Expr apply(const Layer<Expr> &layer, Expr x) { return matmul(x, layer.weight) + layer.bias; }
Expr scores(const Network<Expr> &net, Expr X) { return apply(net.outer, relu(apply(net.inner, X))); }

/// Gradient descent with every row at once: the loss and the next network.
Function descend(std::int64_t rows) {
  Function loss("loss", params("net", shapes, "X", tensor(f32, {rows, in}), "y", tensor(i32, {rows})),
                [](Network<Expr> net, Expr X, Expr y) { return cross_entropy(scores(net, X), y); });
  Function step = value_and_grad(loss, "net"); // by all fields of net
  return Function("step", loss.params(), [step](Network<Expr> net, Expr X, Expr y) {
    std::vector<Expr> all = step(flatten<Arg>(net, X, y));
    auto slope = unflatten<Network<Expr>>(all, 1);
    auto moved = [](const Layer<Expr> &layer, const Layer<Expr> &by) {
      return Layer<Expr>{layer.weight - 0.5 * by.weight, layer.bias - 0.5 * by.bias};
    };
    struct Next {
      Expr loss;
      Network<Expr> net;
    };
    return Next{all[0], {moved(net.inner, slope.inner), moved(net.outer, slope.outer)}};
  });
}

Network<Buffer> fresh(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  auto filled = [&](const Param &like, float deviation) {
    Buffer made = example::need(Buffer::zeros(like.dtype, Shape(like.extents)));
    for (float &one : made.as<float>())
      one = deviation * normal(random);
    return made;
  };
  return {{filled(shapes.inner.weight, 0.18f), filled(shapes.inner.bias, 0)},
          {filled(shapes.outer.weight, 0.25f), filled(shapes.outer.bias, 0)}};
}

} // namespace

int main(int argc, char **argv) {
  auto data = example::digits(argc > 1 ? argv[1] : "examples/data");
  const auto rows = std::int64_t(data.trainY.size()), held = std::int64_t(data.testY.size());
  Function step = descend(rows);
  for (const Param &result : step.results())
    std::printf("%s ", result.name.c_str());
  Executable train = example::need(compile(step));
  Network<Buffer> net = fresh(3), next = fresh(4);
  Workspace space(train);
  const View X(f32, data.trainX.data(), {rows, in}), y(data.trainY);
  float loss = 0, initial = 0;
  for (int epoch = 0; epoch < 200; ++epoch) {
    example::need(train.run(flatten<View>(net, X, y), places(loss, next), space));
    if (epoch == 0) initial = loss;
    std::swap(net, next);
  }
  Function predict("predict", params("net", shapes, "X", tensor(f32, {held, in})),
                   [](Network<Expr> net, Expr X) { return argmax(scores(net, X), 1); });
  Executable test = example::need(compile(predict));
  std::vector<std::int64_t> guess(held);
  Workspace other(test);
  example::need(test.run(flatten<View>(net, View(f32, data.testX.data(), {held, in})), places(guess), other));
  std::int64_t right = 0;
  for (std::int64_t row = 0; row < held; ++row)
    right += guess[row] == data.testY[row];
  const double accuracy = 100.0 * double(right) / double(held);
  std::printf("\nloss %.3f, after 200 steps %.3f; accuracy on %lld held-out rows %.2f %%\n", initial, loss,
              static_cast<long long>(held), accuracy);
  return accuracy >= 93 && loss < initial / 5 ? 0 : 1;
}
