// Ops that are not elementwise: values, formulas against references, adjoints, messages.
#include "tests/unit/dialects/graph/Lab.h"
#include <doctest/doctest.h>

using namespace tgc::test;
using List = Argument::List;
using Reals = std::vector<double>;
static constexpr double inf = std::numeric_limits<double>::infinity();

namespace {

List ints(std::initializer_list<int64_t> values) { return List(values.begin(), values.end()); }

/// One call of a composite on made-up numbers.
struct Trial {
  const char *name;
  std::vector<std::vector<int64_t>> shapes;
  std::function<void(Arguments &, NamedArguments &)> rest = [](Arguments &, NamedArguments &) {};
};

#define WITH(...)                                                                                            \
  [](Arguments &p, NamedArguments &n) {                                                                      \
    (void)p, (void)n;                                                                                        \
    __VA_ARGS__;                                                                                             \
  }

const std::vector<Trial> trials = {
    {"matmul", {{2, 3}, {3, 4}}},
    {"matmul", {{3}, {3}}},
    {"matmul", {{3}, {2, 3, 4}}},
    {"matmul", {{2, 1, 2, 3}, {5, 3, 4}}},
    {"matmul", {{2, 0}, {0, 4}}},
    {"tensordot", {{2, 3, 4}, {3, 4, 5}}},
    {"tensordot", {{2, 3, 4}, {4, 3, 5}}, WITH(p.push_back(List{ints({2, -2}), ints({0, 1})}))},
    {"tensordot", {{2, 3}, {4}}, WITH(p.push_back(0))},
    {"vecdot", {{2, 3}, {4, 1, 3}}},
    {"vecdot", {{3, 2}, {3, 2}}, WITH(n.push_back({"axis", 0}))},
    {"outer", {{3}, {4}}},
    {"kron", {{2, 3}, {3, 2}}},
    {"kron", {{3}, {2, 2, 2}}},
    {"diagonal", {{2, 3, 4}}},
    {"diagonal", {{3, 4}}, WITH(p.push_back(-2))},
    {"diagonal", {{3, 4}}, WITH(p.push_back(9))},
    {"trace", {{2, 3, 4}}, WITH(p.push_back(1))},
    {"diag", {{3}}, WITH(p.push_back(2))},
    {"diag", {{3}}, WITH(p.push_back(-1))},
    {"diag", {{3, 2}}},
    {"bilinear", {{5, 2}, {5, 3}, {4, 2, 3}}},
    {"bilinear", {{2}, {3}, {4, 2, 3}, {4}}},
    {"mean", {{2, 3, 4}}, WITH(n.push_back({"axis", 1}))},
    {"mean", {{2, 0}}, WITH(n.push_back({"axis", 1}))},
    {"var", {{2, 3, 4}}, WITH(n = {{"axis", ints({0, 2})}, {"correction", 1}, {"keepdims", true}})},
    {"std", {{2, 3, 4}}},
    {"argmax", {{2, 3, 4}}, WITH(n.push_back({"axis", 1}))},
    {"argmax", {{2, 3, 4}}},
    {"argmin", {{2, 3, 4}}, WITH(n = {{"axis", -1}, {"keepdims", true}})},
    {"count_nonzero", {{2, 3, 4}}, WITH(n.push_back({"axis", 0}))},
    {"logsumexp", {{2, 3, 4}}, WITH(n.push_back({"axis", ints({0, 1})}))},
    {"logsumexp", {{2, 0}}, WITH(n.push_back({"axis", 1}))},
    {"norm", {{2, 3}}, WITH(n.push_back({"axis", 1}))},
    {"norm", {{2, 3}}, WITH(p.push_back(1))},
    {"norm", {{2, 3}}, WITH(p.push_back(inf))},
    {"norm", {{2, 3}}, WITH(p.push_back(-inf))},
    {"norm", {{2, 3}}, WITH(p.push_back(0))},
    {"norm", {{2, 3}}, WITH(p.push_back(3))},
    {"flatten", {{2, 3}}},
    {"flatten", {{}}},
    {"swapaxes", {{2, 3, 4}}, WITH(p.push_back(0), p.push_back(-1))},
    {"moveaxis", {{2, 3, 4}}, WITH(p.push_back(0), p.push_back(-1))},
    {"moveaxis", {{2, 3, 4, 5}}, WITH(p.push_back(ints({3, 0})), p.push_back(ints({0, 2})))},
    {"expand_dims", {{2, 3}}, WITH(p.push_back(ints({0, -1})))},
    {"squeeze", {{2, 1, 3, 1}}},
    {"squeeze", {{2, 1, 3, 1}}, WITH(p.push_back(-1))},
    {"tile", {{2, 3}}, WITH(p.push_back(ints({2, 1, 2})))},
    {"tile", {{2, 3, 2}}, WITH(p.push_back(2))},
    {"repeat", {{2, 3}}, WITH(p.push_back(2))},
    {"repeat", {{2, 3}}, WITH(p.push_back(3), p.push_back(0))},
    {"split", {{6, 2}}, WITH(p.push_back(3))},
    {"split", {{6, 2}}, WITH(p.push_back(ints({1, -1})))},
    {"unstack", {{2, 3}}, WITH(p.push_back(1))},
    {"roll", {{3, 4}}, WITH(p.push_back(1))},
    {"roll", {{3, 4}}, WITH(p.push_back(ints({-1, 2})), p.push_back(ints({0, 1})))},
    {"pad", {{2, 3}}, WITH(p.push_back(List{ints({1, 2}), ints({0, 1})}))},
    {"pad", {{2, 3}}, WITH(p.push_back(ints({1, 2})), n.push_back({"value", 1}))},
    {"pad", {{2, 3}}, WITH(p.push_back(2), n.push_back({"mode", "edge"}))},
    {"pad", {{2, 3}}, WITH(p.push_back(ints({5, 3})), n.push_back({"mode", "reflect"}))},
    {"pad", {{1, 3}}, WITH(p.push_back(2), n.push_back({"mode", "reflect"}))},
    {"tril", {{2, 3, 4}}, WITH(p.push_back(1))},
    {"triu", {{3, 4}}, WITH(p.push_back(-1))},
    {"softmax", {{3, 4}}},
    {"softmax", {{3, 4}}, WITH(p.push_back(0))},
    {"softmax", {{3, 0}}},
    {"log_softmax", {{3, 4}}},
    {"layer_norm", {{3, 4}}},
    {"layer_norm", {{3, 4}, {3}, {3}}, WITH(n.push_back({"axis", 0}))},
    {"rms_norm", {{3, 4}, {4}}},
    {"attention", {{2, 4, 3, 5}, {2, 2, 6, 5}, {2, 2, 6, 7}}},
    {"attention", {{2, 2, 3, 5}, {2, 2, 3, 5}, {2, 2, 3, 5}}, WITH(n = {{"causal", true}, {"scale", 0.5}})},
    {"mse_loss", {{3, 4}, {3, 4}}},
    {"huber_loss", {{3, 4}, {3, 4}}, WITH(n.push_back({"reduction", "none"}))},
    {"kl_divergence", {{3, 4}, {3, 4}}, WITH(n.push_back({"reduction", "batchmean"}))},
    {"kl_divergence", {{3, 4}, {3, 4}}, WITH(n.push_back({"log_target", true}))},
    {"cross_entropy", {{3, 4}, {3, 4}}, WITH(n.push_back({"label_smoothing", 0.25}))},
    {"cross_entropy", {{4}, {4}}, WITH(n.push_back({"reduction", "sum"}))},
};

void checkEqual(const HostTensor &got, const HostTensor &wanted, const std::string &what) {
  INFO(what);
  REQUIRE(textOf(mlir::Type(got.type())) == textOf(mlir::Type(wanted.type())));
  unsigned bits = bitsOf(got.element());
  double tolerance = bits == 64 ? 1e-12 : bits == 32 ? 1e-5 : 2e-2;
  for (int64_t at = 0; at < got.count(); ++at) {
    if (!got.isFloat()) {
      CHECK(got.get<int64_t>(at) == wanted.get<int64_t>(at));
      continue;
    }
    double a = got.get<double>(at), b = wanted.get<double>(at);
    if (std::isnan(a) && std::isnan(b)) continue;
    if (a == b) continue;
    CHECK(std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b)));
  }
}

double dot(const HostTensor &a, const HostTensor &b) {
  double sum = 0;
  for (int64_t at = 0; at < a.count(); ++at)
    sum += a.get<double>(at) * b.get<double>(at);
  return sum;
}

/// <J t, c> = <t, J^T c> for the op that made `y`, in operand `k`.
void checkAdjoint(Lab &lab, Sym y, unsigned k) {
  auto op = llvm::cast<GraphOp>(Lab::opOf(y));
  Syms tangents, cotangents;
  llvm::SmallVector<bool> wanted;
  for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
    auto type = tensorOf(operand);
    tangents.push_back(index == k ? lab.tensor(type.getShape(), {1, -2, 3, 0.5, 2}) : lab.ink->zero(type));
    wanted.push_back(index == k);
  }
  cotangents.push_back(lab.tensor(y.shape(), {2, 1, -1, 3}));
  auto tangent = op.tangent(*lab.ink, tangents);
  auto cotangent = op.cotangent(*lab.ink, cotangents, wanted);
  REQUIRE(succeeded(tangent));
  REQUIRE(succeeded(cotangent));
  REQUIRE((*cotangent)[k].shape() == shapeOf(op->getOperand(k)));
  INFO(op->getName().getStringRef().str());
  CHECK(dot(lab.value((*tangent)[0]), lab.value(cotangents[0])) ==
        doctest::Approx(dot(lab.value(tangents[k]), lab.value((*cotangent)[k]))).epsilon(1e-12));
}

} // namespace

TEST_CASE("composites: the formula agrees with the independent reference in every dtype") {
  unsigned compared = 0;
  for (const Trial &trial : trials)
    for (const char *dtype : {"f64", "f32", "bf16", "f16", "i64", "i32", "u8", "bool"}) {
      Lab lab;
      Arguments positional;
      NamedArguments named;
      double shift = 0;
      for (const auto &shape : trial.shapes)
        positional.push_back(lab.tensor(shape, {1.5 + shift, 0, 2, 0.25, -1, 2, 3, 0.75, -2, 0.5, 1}, dtype)),
            ++shift;
      trial.rest(positional, named);
      Syms out = lab.call(trial.name, positional, named);
      if (out.empty()) {
        INFO(trial.name, " ", dtype, ": ", lab.message);
        CHECK(llvm::StringRef(dtype) != "f64");
        CHECK(!lab.message.empty());
        continue;
      }
      auto op = llvm::cast<GraphOp>(Lab::opOf(out[0]));
      Syms parts = op.formula(*lab.ink);
      REQUIRE(parts.size() == out.size());
      for (size_t k = 0; k < out.size(); ++k)
        checkEqual(lab.value(parts[k]), lab.value(out[k]), std::string(trial.name) + " " + dtype);
      ++compared;
    }
  CHECK(compared > 300);
}

TEST_CASE("creation: values and dtypes") {
  Lab lab;
  auto same = [&](const char *name, const Arguments &positional, const NamedArguments &named,
                  const char *type, Reals wanted) {
    Syms out = lab.call(name, positional, named);
    INFO(name, ": ", lab.message);
    REQUIRE(out.size() == 1);
    CHECK(textOf(mlir::Type(out[0].type())) == type);
    CHECK(lab.numbers(out[0]) == wanted);
    checkEqual(lab.value(llvm::cast<GraphOp>(Lab::opOf(out[0])).formula(*lab.ink)[0]), lab.value(out[0]),
               name);
  };
  same("zeros", {ints({2})}, {}, "f64[2]", {0, 0});
  same("ones", {ints({2})}, {{"dtype", lab.dtype("i32")}}, "i32[2]", {1, 1});
  same("full", {ints({2}), 7}, {}, "f64[2]", {7, 7});
  same("full", {ints({2}), 0.5}, {}, "f64[2]", {0.5, 0.5});
  same("full", {ints({2}), true}, {}, "bool[2]", {1, 1});
  same("full", {ints({1}), -3}, {{"dtype", lab.dtype("f32")}}, "f32[1]", {-3});
  same("eye", {2}, {}, "f64[2, 2]", {1, 0, 0, 1});
  same("eye", {2, 3}, {{"k", 1}}, "f64[2, 3]", {0, 1, 0, 0, 0, 1});
  same("arange", {4}, {}, "i64[4]", {0, 1, 2, 3});
  same("arange", {5, 1, -2}, {}, "i64[2]", {5, 3});
  same("arange", {0.0, 1, 0.25}, {}, "f64[4]", {0, 0.25, 0.5, 0.75});
  same("arange", {3}, {{"dtype", lab.dtype("f32")}}, "f32[3]", {0, 1, 2});
  same("arange", {3, 1}, {}, "i64[0]", {});
  same("linspace", {0, 1, 5}, {}, "f64[5]", {0, 0.25, 0.5, 0.75, 1});
  same("linspace", {0, 1, 4}, {{"endpoint", false}}, "f64[4]", {0, 0.25, 0.5, 0.75});
  same("linspace", {2, 3, 1}, {}, "f64[1]", {2});
  Sym labels = lab.tensor({3}, {1, 0, 7}, "i64");
  same("one_hot", {labels, 2}, {}, "f64[3, 2]", {0, 1, 1, 0, 0, 0});
  same("one_hot", {labels, 2}, {{"axis", 0}, {"dtype", lab.dtype("i32")}}, "i32[2, 3]", {0, 1, 0, 1, 0, 0});
  Sym x = lab.tensor({1, 2}, {1, 2}, "f32");
  same("zeros_like", {x}, {}, "f32[1, 2]", {0, 0});
  same("full_like", {x, 3}, {{"dtype", lab.dtype("i64")}}, "i64[1, 2]", {3, 3});
}

TEST_CASE("reductions: exact values, NaN, empty extents") {
  Lab lab;
  Sym x = lab.tensor({2, 3}, {3, -1, 2, 0, 5, 5});
  auto one = [&](const char *name, Sym of, NamedArguments named = {}) {
    Syms out = lab.call(name, {of}, named);
    INFO(name, ": ", lab.message);
    REQUIRE(out.size() == 1);
    return out[0];
  };
  CHECK(lab.numbers(one("max", x, {{"axis", 1}})) == Reals{3, 5});
  CHECK(lab.numbers(one("min", x, {{"axis", 0}, {"keepdims", true}})) == Reals{0, -1, 2});
  CHECK(lab.numbers(one("prod", x)) == Reals{0});
  CHECK(lab.numbers(one("argmax", x, {{"axis", 1}})) == Reals{0, 1});
  Sym holes = lab.tensor({2, 2}, {1, std::nan(""), 3, 4});
  CHECK(std::isnan(lab.numbers(one("max", holes))[0]));
  CHECK(lab.numbers(one("argmin", holes)) == Reals{1});
  Sym none = lab.tensor({2, 0}, {0});
  CHECK(lab.numbers(one("sum", none, {{"axis", 1}})) == Reals{0, 0});
  CHECK(lab.numbers(one("prod", none, {{"axis", 1}})) == Reals{1, 1});
  CHECK(lab.numbers(one("all", none)) == Reals{1});
  CHECK(lab.numbers(one("any", none)) == Reals{0});
  CHECK(lab.numbers(one("logsumexp", none)) == Reals{-inf});
  CHECK(lab.refused("max", {none}) == "max: f64[2, 0] has no elements along the axes to choose from");
  Sym flags = lab.tensor({3}, {1, 0, 1}, "bool");
  CHECK(textOf(mlir::Type(one("sum", flags).type())) == "i64");
  CHECK(textOf(mlir::Type(one("prod", lab.tensor({2}, {200, 2}, "u8")).type())) == "u64");
  CHECK(lab.numbers(one("prod", lab.tensor({2}, {200, 2}, "u8"))) == Reals{400});
  CHECK(lab.numbers(one("max", flags)) == Reals{1});
  Sym masked = lab.tensor({2, 2}, {-inf, 0, -inf, -inf});
  Reals soft = lab.numbers(one("softmax", masked));
  CHECK(soft[0] == 0);
  CHECK(soft[1] == 1);
  CHECK(std::isnan(soft[2]));
}

TEST_CASE("take, gather and scatter: negative indices, what is beyond, batches") {
  Lab lab;
  Sym x = lab.tensor({3, 2}, {1, 2, 3, 4, 5, 6});
  Sym at = lab.tensor({4}, {2, -1, -9, 7}, "i32");
  CHECK(lab.numbers(lab.call("take", {x, at, 0})[0]) == Reals{5, 6, 5, 6, 1, 2, 5, 6});
  Sym wide = lab.tensor({2, 2}, {0, 1, 1, 0}, "u8");
  Sym taken = lab.call("take", {x, wide, 1})[0];
  CHECK(textOf(mlir::Type(taken.type())) == "f64[3, 2, 2]");
  CHECK(lab.numbers(taken) == Reals{1, 2, 2, 1, 3, 4, 4, 3, 5, 6, 6, 5});
  Sym read = gather(x, {at}, {0});
  CHECK(lab.numbers(gather(x, {at}, {0}, 0, 0, "fill")) == Reals{5, 6, 5, 6, 0, 0, 0, 0});
  CHECK(lab.numbers(gather(x, {at}, {0}, 0, 0, "wrap")) == Reals{5, 6, 5, 6, 1, 2, 3, 4});
  checkAdjoint(lab, read, 0);
  Sym none = lab.tensor({3}, {0, 0, 0});
  auto into = [&](Sym base, Sym indices, Sym updates, const char *how, const char *mode = "clamp") {
    return scatter(base, {indices}, updates, {0}, 0, 0, how, mode);
  };
  Sym updates = lab.tensor({4}, {1, 2, 3, 4});
  CHECK(lab.numbers(into(none, at, updates, "add")) == Reals{3, 0, 7});
  CHECK(lab.numbers(into(none, at, updates, "set")) == Reals{3, 0, 4});
  CHECK(lab.numbers(into(none, at, updates, "add", "fill")) == Reals{0, 0, 3});
  CHECK(lab.numbers(into(none, at, updates, "max")) == Reals{3, 0, 4});
  for (const char *how : {"set", "add", "multiply", "max", "min"})
    for (unsigned operand : {0u, 1u}) {
      CAPTURE(how);
      checkAdjoint(lab, into(lab.tensor({3}, {2, -1, 3}), at, updates, how), operand);
    }
  // With an axis in front of x, of the indices, of both.
  Sym tables = lab.tensor({2, 3, 2}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  Sym lists = lab.tensor({2, 2}, {0, -1, 1, 9}, "i64");
  auto op = llvm::cast<GraphOp>(Lab::opOf(gather(x, {lab.tensor({2}, {0, 1}, "i64")}, {0})));
  Sym both = (*op.batch(*lab.ink, {tables, lists}, {true, true}, 2))[0];
  CHECK(lab.numbers(both) == Reals{1, 2, 5, 6, 9, 10, 11, 12});
  CHECK(lab.numbers((*op.batch(*lab.ink, {x, lists}, {false, true}, 2))[0]) == Reals{1, 2, 5, 6, 3, 4, 5, 6});
  auto add = llvm::cast<GraphOp>(
      Lab::opOf(into(none, lab.tensor({2}, {0, 1}, "i64"), lab.tensor({2}, {1, 2}), "add")));
  Sym rows = lab.tensor({2, 2}, {1, 2, 3, 4});
  Sym apart = (*add.batch(*lab.ink, {none, rows, lists}, {false, true, true}, 2))[0];
  CHECK(lab.numbers(apart) == Reals{1, 0, 2, 0, 3, 4});
  Sym shared =
      (*add.batch(*lab.ink, {none, rows, lab.tensor({2}, {2, 0}, "i64")}, {false, true, false}, 2))[0];
  CHECK(lab.numbers(shared) == Reals{2, 0, 1, 4, 0, 3});
}

TEST_CASE("gather and scatter refuse what does not fit, with both sides") {
  Lab lab;
  Sym x = lab.tensor({3, 2}, {1, 2}), at = lab.tensor({4}, {0}, "i64"), few = lab.tensor({2}, {0}, "i64");
  List one = {at}, two = {at, few}, none;
  CHECK(lab.refused("gather", {x, none, ints({0})}).find("index tensors is empty") != std::string::npos);
  CHECK(lab.refused("gather", {x, two, ints({0, 1})}) ==
        "gather: the index tensors i64[4] and i64[2] differ in extents");
  CHECK(lab.refused("gather", {x, one, ints({2})}).find("axis 2 is out of range") != std::string::npos);
  CHECK(lab.refused("gather", {x, one, ints({0})}, {{"mode", "error"}}) ==
        "gather: mode is \"clamp\", \"fill\" or \"wrap\", got \"error\"");
  CHECK(lab.refused("gather", {x, one, ints({1})}, {{"batch", 1}}).find("are not the same") !=
        std::string::npos);
  CHECK(lab.refused("scatter", {x, one, x, ints({0})}) ==
        "scatter: updates (f64[3, 2]) for f64[3, 2] at i64[4] have to be f64[4, 2]");
  CHECK(
      lab.refused("scatter", {x, one, lab.tensor({4, 2}, {1}), ints({0})}, {{"how", "put"}}).find("how is") !=
      std::string::npos);
  CHECK(lab.refused("take", {lab.tensor({0}, {}), few, 0}).find("has no element") != std::string::npos);
}

TEST_CASE("order: stable both ways, NaN last, quantiles of every method") {
  Lab lab;
  const double nan = std::nan("");
  Sym x = lab.tensor({6}, {2, nan, -0.0, 0, 2, -inf});
  CHECK(lab.numbers(lab.call("argsort", {x})[0]) == Reals{5, 2, 3, 0, 4, 1});
  CHECK(lab.numbers(lab.call("argsort", {x}, {{"descending", true}})[0]) == Reals{1, 0, 4, 2, 3, 5});
  Syms top = lab.call("topk", {lab.tensor({4}, {1, 3, 3, 2}), 2});
  CHECK(lab.numbers(top[0]) == Reals{3, 3});
  CHECK(lab.numbers(top[1]) == Reals{1, 2});
  Sym sorted = lab.tensor({4}, {1, 2, 2, 5}), wanted = lab.tensor({4}, {0, 2, 3, 9});
  CHECK(lab.numbers(lab.call("searchsorted", {sorted, wanted})[0]) == Reals{0, 1, 3, 4});
  CHECK(lab.numbers(lab.call("searchsorted", {sorted, wanted}, {{"side", "right"}})[0]) == Reals{0, 3, 3, 4});
  // NumPy's: quantile([3, 1, 4, 1.5, 9, 2.5], 0.4), a method a line.
  const std::pair<const char *, double> methods[] = {{"linear", 2.5},
                                                     {"lower", 2.5},
                                                     {"higher", 2.5},
                                                     {"nearest", 2.5},
                                                     {"midpoint", 2.5},
                                                     {"inverted_cdf", 2.5},
                                                     {"averaged_inverted_cdf", 2.5},
                                                     {"closest_observation", 1.5},
                                                     {"interpolated_inverted_cdf", 1.9},
                                                     {"hazen", 2.4},
                                                     {"weibull", 2.3},
                                                     {"median_unbiased", 2.3666666666666667},
                                                     {"normal_unbiased", 2.375}};
  for (auto [method, value] : methods) {
    CAPTURE(method);
    Sym one = lab.call("quantile", {lab.tensor({6}, {3, 1, 4, 1.5, 9, 2.5}), 0.4}, {{"method", method}})[0];
    CHECK(lab.numbers(one)[0] == doctest::Approx(value).epsilon(1e-14));
  }
  CHECK(lab.refused("quantile", {x, 0.5}, {{"method", "best"}}) == "quantile: there is no method \"best\"");
}

TEST_CASE("linear and custom ops: the adjoint identity") {
  Lab lab;
  Sym x = lab.tensor({4, 5}, {1, 2, 0, -1, 3, 0.5, 2});
  checkAdjoint(lab, lab.call("slice", {x, ints({1, 0}), ints({4, 5}), ints({2, 3})})[0], 0);
  checkAdjoint(lab, lab.call("slice", {x, ints({2, 1}), ints({2, 4})})[0], 0);
  checkAdjoint(lab, pad_zero(x, {1, 0}, {0, 2}, {2, 1}), 0);
  checkAdjoint(lab, lab.call("flip", {x}, {{"axis", 0}})[0], 0);
  Sym joined = lab.call("concat", {Argument(List{x, lab.tensor({2, 5}, {7})})})[0];
  checkAdjoint(lab, joined, 0);
  checkAdjoint(lab, joined, 1);
  for (const char *name : {"sum", "max", "min", "prod"})
    for (bool keepdims : {false, true}) {
      checkAdjoint(lab, lab.call(name, {x}, {{"axis", 0}, {"keepdims", keepdims}})[0], 0);
      checkAdjoint(lab, lab.call(name, {x}, {{"keepdims", keepdims}})[0], 0);
    }
  // Ties share, and a product with zeros has the exact slope.
  Sym tied = lab.tensor({4}, {2, 1, 2, 0});
  auto best = llvm::cast<GraphOp>(Lab::opOf(lab.call("max", {tied})[0]));
  CHECK(lab.numbers((*best.cotangent(*lab.ink, {lab.tensor({}, {1})}, {true}))[0]) == Reals{0.5, 0, 0.5, 0});
  auto product = llvm::cast<GraphOp>(Lab::opOf(lab.call("prod", {tied})[0]));
  CHECK(lab.numbers((*product.cotangent(*lab.ink, {lab.tensor({}, {1})}, {true}))[0]) == Reals{0, 0, 0, 4});
}

TEST_CASE("cross entropy: class numbers, and those it ignores") {
  Lab lab;
  Sym scores = lab.tensor({3, 2}, {0, 0, 1000, 0, 0, 1000});
  Sym classes = lab.tensor({3}, {1, 0, -100}, "i64");
  auto loss = [&](NamedArguments named) {
    Syms out = lab.call("cross_entropy", {scores, classes}, named);
    INFO(lab.message);
    REQUIRE(out.size() == 1);
    checkEqual(lab.value(llvm::cast<GraphOp>(Lab::opOf(out[0])).formula(*lab.ink)[0]), lab.value(out[0]),
               "cross_entropy");
    return lab.numbers(out[0]);
  };
  CHECK(loss({})[0] == doctest::Approx(std::log(2) / 2));
  CHECK(loss({{"reduction", "sum"}})[0] == doctest::Approx(std::log(2)));
  CHECK(loss({{"reduction", "none"}})[2] == 0);
  CHECK(loss({{"label_smoothing", 0.5}})[0] == doctest::Approx((std::log(2) + 250) / 2));
  CHECK(lab.refused("cross_entropy", {scores, lab.tensor({2}, {0}, "i64")}) ==
        "cross_entropy: the classes i64[2] do not have the extents of f64[3, 2] without axis 1");
}

TEST_CASE("messages name both facts") {
  Lab lab;
  Sym x = lab.tensor({2, 3}, {1}), y = lab.tensor({4, 3}, {1}), n = lab.tensor({2, 3}, {1}, "i32");
  CHECK(lab.refused("matmul", {x, y}) == "matmul: axis 1 of operand 0 (f64[2, 3]) has extent 3 but axis 0 of "
                                         "operand 1 (f64[4, 3]) has extent 4");
  CHECK(lab.refused("concat", {List{x, y}, 1}) ==
        "concat: tensor 0 (f64[2, 3]) and tensor 1 (f64[4, 3]) differ in the extent of axis 0");
  CHECK(lab.refused("slice", {x, ints({0, 2}), ints({2, 4})}) ==
        "slice: 2 to 4 is not a range within axis 1 of f64[2, 3]");
  CHECK(lab.refused("slice", {x, ints({0, 0}), ints({2, 3}), ints({1, -1})}) ==
        "slice: the stride of axis 1 is -1; it has to be at least 1, and flip reverses");
  CHECK(lab.refused("squeeze", {x, 0}) == "squeeze: axis 0 of f64[2, 3] has extent 2, not 1");
  CHECK(lab.refused("split", {x, 2, 1}) == "split: axis 1 of f64[2, 3] has no 2 equal parts");
  CHECK(lab.refused("stack", {Argument(List{x, y})}) ==
        "stack: tensor 0 (f64[2, 3]) and tensor 1 (f64[4, 3]) differ in shape");
  CHECK(lab.refused("mse_loss", {x, x}, {{"reduction", "avg"}}) ==
        "mse_loss: reduction is mean, sum or none, not \"avg\"");
  CHECK(lab.refused("full", {ints({2}), 300}, {{"dtype", lab.dtype("i8")}}) ==
        "the number 300 does not fit i8");
  CHECK(lab.refused("zeros", {ints({-1})}) == "an extent cannot be negative, got -1");
  CHECK(lab.refused("tile", {x, ints({int64_t(1) << 47, 4})}).find("2^48") != std::string::npos);
  CHECK(lab.refused("mean", {n}).find("floating-point") != std::string::npos);
  CHECK(lab.refused("take", {lab.tensor({0, 2}, {1}), lab.tensor({1}, {0}, "i64"), 0}) ==
        "take: axis 0 of f64[0, 2] has no element to take, but there are indices: i64[1]");
  CHECK(lab.refused("arange", {0, 5, 0}) == "arange: from 0 to 5 in steps of 0 is no number of elements");
}
