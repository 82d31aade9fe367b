// Structs of tensors: names, order, what functions do with them.
#include "tgc/Struct.h"
#include "tests/unit/frontend/RunAll.h"
#include "tgc/Ops.h"
#include "tgc/Transforms.h"

using namespace tgc;
using namespace tgc::testing;

namespace {

template <typename T> struct Layer {
  T weight, bias;
};
template <typename T> struct Model {
  Layer<T> inner, outer;
  T scale;
};
template <typename T> struct Sixteen {
  T a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p_16;
};
struct Outcome {
  Expr loss;
  Layer<Expr> next;
};

static_assert(Struct<Layer<Expr>> && Struct<Model<Param>> && Struct<Layer<View>> &&
              Struct<Sixteen<MutableView>> && Struct<Model<Buffer>> && Struct<const Model<View> &> &&
              Struct<Outcome>);
static_assert(!Struct<Expr> && !Struct<Param> && !Struct<View> && !Struct<std::pair<Expr, Expr>> &&
              !Struct<std::array<Expr, 2>> && !Struct<std::vector<Expr>> && !Struct<int>);

const Layer<Param> small{tensor(f64, {2, 3}), tensor(f64, {2})};

Expr apply(const Layer<Expr> &layer, Expr x) { return matmul(layer.weight, x) + layer.bias; }

const std::vector<double> weight{1, 2, 3, 4, 5, 6}, bias{10, 20}, x{1, 0, -1};

} // namespace

TEST_CASE("struct: fields have dotted names, in the order they are declared") {
  const Model<Param> model{small, {tensor(f64, {1, 2}), tensor(f64, {1})}, tensor(f32)};
  auto list = params("model", model, "x", tensor(f64, {3}));
  std::string names;
  for (const Param &param : list)
    names += param.name + " ";
  CHECK(names == "model.inner.weight model.inner.bias model.outer.weight model.outer.bias model.scale x ");
  CHECK(list[4].dtype == f32);
  CHECK(list[0].extents == Ints{2, 3});
  auto many = params("s", Sixteen<Param>{});
  CHECK(many.size() == 16);
  CHECK(many.front().name == "s.a");
  CHECK(many.back().name == "s.p_16");
}

TEST_CASE("struct: a body takes structs and gives structs") {
  Function f("f", params("layer", small, "x", tensor(f64, {3})), [](Layer<Expr> layer, Expr x) {
    Expr y = apply(layer, x);
    return Outcome{sum(y), {layer.weight * 2, y}};
  });
  std::string names;
  for (const Param &result : f.results())
    names += result.name + " ";
  CHECK(names == "loss next.weight next.bias ");
  const Layer<View> layer{View(f64, weight.data(), {2, 3}), View(bias)};
  CHECK(runAll(f, flatten<View>(layer, View(x))) == Lists{{26}, {2, 4, 6, 8, 10, 12}, {8, 18}});
}

TEST_CASE("struct: a struct's name differentiates by all its fields") {
  Function loss("loss", params("layer", small, "x", tensor(f64, {3})),
                [](Layer<Expr> layer, Expr x) { return sum(apply(layer, x) * apply(layer, x)); });
  const std::vector<View> at =
      flatten<View>(Layer<View>{View(f64, weight.data(), {2, 3}), View(bias)}, View(x));
  // y = (8, 18): 2 y x' and 2 y.
  CHECK(runAll(grad(loss, "layer"), at) == Lists{{16, 0, -16, 36, 0, -36}, {16, 36}});
  CHECK(runAll(grad(loss, "layer.bias"), at) == Lists{{16, 36}});
  CHECK(refusal(grad(loss, "lay")) == "grad: loss has no parameter lay");
  CHECK(refusal(grad(loss, {"layer", "layer.bias"})) == "grad: parameter layer.bias is named twice");
  CHECK(jvp(loss, "layer").params()[3].name == "d_layer.weight");
}

TEST_CASE("struct: calls inside functions, and results back into structs") {
  Function loss("loss", params("layer", small, "x", tensor(f64, {3})),
                [](Layer<Expr> layer, Expr x) { return sum(apply(layer, x) * apply(layer, x)); });
  Function step("step", params("layer", small, "x", tensor(f64, {3}), "rate", tensor(f64)),
                [&](Layer<Expr> layer, Expr x, Expr rate) {
                  auto slope = unflatten<Layer<Expr>>(grad(loss, "layer")(flatten<Arg>(layer, x)));
                  return Layer<Expr>{layer.weight - rate * slope.weight, layer.bias - rate * slope.bias};
                });
  const double rate = 0.5;
  auto compiled = compile(step, {.threads = 1});
  REQUIRE(compiled);
  std::vector<double> newWeight(6), newBias(2);
  Layer<MutableView> next{MutableView(f64, newWeight.data(), {2, 3}), MutableView(f64, newBias.data(), {2})};
  Workspace space(*compiled);
  REQUIRE(compiled->run(
      flatten<View>(Layer<View>{View(f64, weight.data(), {2, 3}), View(bias)}, View(x), View(rate)),
      places(next), space));
  CHECK(newWeight == std::vector<double>{-7, 2, 11, -14, 5, 24});
  CHECK(newBias == std::vector<double>{2, 2});
}

TEST_CASE("struct: too few parameters are refused") {
  Function f("f", params("layer", small), [](Layer<Expr> layer, Expr x) { return apply(layer, x); });
  CHECK(refusal(f) == "f has 2 parameters, its body takes 3");
}
