#include "dialects/graph/Indices.h"
#include "tests/unit/dialects/graph/NaiveEinsum.h"
#include <doctest/doctest.h>
#include <random>

using namespace tgc::graph;

namespace {

Equation parsed(std::string_view text, std::vector<std::uint32_t> ranks) {
  auto result = parseEquation(text, ranks);
  if (auto *error = std::get_if<EquationError>(&result)) FAIL(text, ": ", error->message);
  return std::get<Equation>(result);
}

EquationError refused(std::string_view text, std::vector<std::uint32_t> ranks) {
  auto result = parseEquation(text, ranks);
  if (std::holds_alternative<Equation>(result)) FAIL(text, " was accepted");
  return std::get<EquationError>(result);
}

std::string canonical(std::string_view text, std::vector<std::uint32_t> ranks) {
  return printEquation(parsed(text, std::move(ranks)));
}

} // namespace

TEST_CASE("einsum: explicit and implicit outputs as NumPy has them") {
  CHECK(canonical("ij,jk->ik", {2, 2}) == "ab,bc->ac");
  CHECK(canonical("ij,jk", {2, 2}) == "ab,bc->ac");
  CHECK(canonical("ba", {2}) == "ab->ba"); // implicit output is sorted
  CHECK(canonical("Ba", {2}) == "ab->ab"); // capitals come first, as code points
  CHECK(canonical("ii", {2}) == "aa->");
  CHECK(canonical("ii->i", {2}) == "aa->a");
  CHECK(canonical(" i j , j k -> i k ", {2, 2}) == "ab,bc->ac");
  CHECK(canonical("", {0}) == "->");
  CHECK(canonical(",", {0, 0}) == ",->");
  CHECK(canonical(",i,->i", {0, 1, 0}) == ",a,->a");
  CHECK(canonical("βα,αγ->βγ", {2, 2}) == "ab,bc->ac");
}

TEST_CASE("einsum: an ellipsis stands for the axes not named, aligned at the right") {
  CHECK(canonical("...i->...", {3}) == "abc->ab");
  CHECK(canonical("i...->i", {1}) == "a->a");
  CHECK(canonical("...ij,...jk", {4, 3}) == "abcd,bde->abce");
  CHECK(canonical("...i,...i->i...", {2, 3}) == "ab,cab->bca");
  CHECK(canonical("i...i->...", {3}) == "aba->b");
  CHECK(canonical("i->...i", {1}) == "a->a");
  CHECK(canonical("...", {2}) == "ab->ab");
  CHECK(canonical("a...b,...->b...a", {3, 1}) == "abc,b->cba");
}

TEST_CASE("einsum: refused texts name letter, operand and column") {
  auto error = refused("ij,jk->il", {2, 2});
  CHECK(error.message == "output letter l is in no operand");
  CHECK(error.column == 8);
  error = refused("ij->iij", {2});
  CHECK(error.message == "output letter i appears twice");
  CHECK(error.column == 5);
  error = refused("ij,j1", {2, 2});
  CHECK(error.message == "'1' is not a letter, ',', '...' or '->'");
  CHECK(error.operand == 1);
  CHECK(error.column == 4);
  error = refused("ij,jk->ik", {2, 2, 2});
  CHECK(error.message == "the equation has 2 operands but 3 were given");
  error = refused("ijk,jk", {2, 2});
  CHECK(error.message == "operand 0 has 2 axes but its subscripts name 3");
  error = refused("αβ,β.γ", {2, 2});
  CHECK(error.message == "'.' that is not part of '...'");
  CHECK(error.column == 4); // code points, not bytes
  CHECK(refused("......i", {3}).message == "two ellipses in one term");
  CHECK(refused("...i->i", {2}).message ==
        "the output has no '...' for the 1 axis under the operands' '...'");
  CHECK(refused("i->->", {1}).message == "'->' appears twice");
  CHECK(refused("i->i,", {1}).message == "',' after '->': there is one output");
  CHECK(refused("i-j", {1}).message == "'-' that is not part of '->'");
  CHECK(refused("\xff", {1}).message == "the subscripts are not UTF-8 here");
  for (auto text : {"i.", "..i", ".", "i>j", "i,", "i\xc3", "i->i\x01"})
    refused(text, {1});
  CHECK(std::get<EquationError>(parseEquation("...i")).message == "'...' needs operands of known rank");
}

TEST_CASE("einsum: extents agree or broadcast, a diagonal is square") {
  auto equation = parsed("ik,kj->ij", {2, 2});
  std::vector<std::vector<std::int64_t>> shapes{{4, 8}, {9, 2}};
  auto bound = bindExtents(equation, shapes);
  CHECK(std::get<EquationError>(bound).message == "index k has extent 8 in operand 0 but 9 in operand 1");
  CHECK(std::get<EquationError>(bound).column == 3);
  shapes = {{4, 1}, {9, 2}};
  auto extents = std::get<Extents>(bindExtents(equation, shapes));
  CHECK(extents.of == std::vector<std::int64_t>{4, 9, 2});
  CHECK(extents.broadcast == std::vector<BroadcastAxis>{{0, 1}});
  CHECK(printEquation(withoutAxes(equation, extents.broadcast)) == "a,bc->ac");
  shapes = {{1, 3}};
  CHECK(std::get<EquationError>(bindExtents(parsed("ii", {2}), shapes)).message ==
        "index i has extent 1 in operand 0 but 3 on another axis of it");
  shapes = {{0}, {1}};
  CHECK(std::get<Extents>(bindExtents(parsed("i,i", {1, 1}), shapes)).of[0] == 0);
  shapes = {{2, 3}, {4, 3}};
  CHECK(std::get<EquationError>(bindExtents(parsed("...,...", {2, 2}), shapes)).message ==
        "index of '...' has extent 2 in operand 0 but 4 in operand 1");
}

TEST_CASE("einsum: any number of letters prints and parses back") {
  std::vector<std::vector<std::int64_t>> lists;
  for (std::int64_t i = 0; i < 70000; ++i)
    lists.push_back({i, i + 1});
  auto equation = std::get<Equation>(makeEquation(lists));
  CHECK(equation.output.size() == 2);
  std::string text = printEquation(equation);
  auto back = std::get<Equation>(parseEquation(text));
  CHECK(back == equation);
  CHECK(printEquation(back) == text);
}

TEST_CASE("einsum: index lists are the interleaved form") {
  std::vector<std::vector<std::int64_t>> lists{{10, -3}, {-3, 7}};
  CHECK(printEquation(std::get<Equation>(makeEquation(lists))) == "ab,bc->ca"); // 7 before 10
  std::vector<std::int64_t> output{10, 7};
  CHECK(printEquation(std::get<Equation>(makeEquation(lists, output))) == "ab,bc->ac");
  output = {10, 10};
  CHECK(std::get<EquationError>(makeEquation(lists, output)).message == "output index 10 appears twice");
  output = {5};
  CHECK(std::get<EquationError>(makeEquation(lists, output)).message == "output index 5 is in no operand");
}

TEST_CASE("contract: an index kept by both operands is a batch index") {
  auto equation = parsed("bxik,bkjy->bij", {4, 4});
  auto roles = classifyPair(equation.operands[0], equation.operands[1], equation.output);
  using List = std::vector<Index>;
  CHECK(roles.batch == List{0});
  CHECK(roles.aloneLhs == List{1});
  CHECK(roles.m == List{2});
  CHECK(roles.k == List{3});
  CHECK(roles.n == List{4});
  CHECK(roles.aloneRhs == List{5});
}

TEST_CASE("contract: the adjoint exchanges an operand with the result") {
  auto equation = parsed("ij,jk->ik", {2, 2});
  CHECK(printEquation(adjointEquation(equation, 0).equation) == "ab,cb->ac");
  CHECK(printEquation(adjointEquation(equation, 1).equation) == "ab,ac->bc");
  auto sum = adjointEquation(parsed("ij,k->k", {2, 1}), 0);
  CHECK(sum.broadcast == std::vector<Index>{0, 1});
  CHECK(printEquation(sum.equation) == "a,a->");
  CHECK(adjointEquation(parsed("ii->i", {2}), 0).diagonal);
  CHECK(adjointEquation(parsed("ii->", {2}), 0).broadcast == std::vector<Index>{0});
}

TEST_CASE("contract: <cotangent, f(x)> equals <adjoint(cotangent), x> on random equations") {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::vector<std::vector<std::int64_t>> lists(1 + random() % 3), shapes;
    std::vector<std::int64_t> extent;
    for (int i = 0; i < 5; ++i)
      extent.push_back(1 + std::int64_t(random() % 3));
    for (auto &list : lists) {
      for (unsigned k = random() % 4; k > 0; --k)
        list.push_back(std::int64_t(random() % 5));
      auto &shape = shapes.emplace_back();
      for (auto index : list)
        shape.push_back(extent[std::size_t(index)]);
    }
    auto equation = std::get<Equation>(makeEquation(lists));
    std::vector<tgc::test::Dense<std::int64_t>> values;
    auto fill = [&](std::vector<std::int64_t> shape) {
      tgc::test::Dense<std::int64_t> dense{shape, {}};
      for (std::int64_t i = tgc::test::elementsOf(shape); i > 0; --i)
        dense.data.push_back(std::int64_t(random() % 9) - 4);
      return dense;
    };
    for (const auto &shape : shapes)
      values.push_back(fill(shape));
    auto result = tgc::test::naiveEinsum(equation, values);
    auto cotangent = fill(result.shape);
    std::int64_t expected = 0;
    for (std::size_t i = 0; i < result.data.size(); ++i)
      expected += result.data[i] * cotangent.data[i];
    std::size_t operand = random() % lists.size();
    Adjoint adjoint = adjointEquation(equation, operand);
    // <adjoint, x> is one more contraction: the adjoint's output against x, which also repeats and restricts
    // it.
    Equation pairing = adjoint.equation;
    pairing.operands.push_back(equation.operands[operand]);
    pairing.output.clear();
    auto operands = values;
    operands[operand] = cotangent;
    operands.push_back(values[operand]);
    CHECK(tgc::test::naiveEinsum(pairing, operands).data[0] == expected);
    auto product = tgc::test::naiveEinsum(adjoint.equation, [&] {
      operands.pop_back();
      return operands;
    }());
    Equation last;
    last.names = equation.names;
    last.operands = {adjoint.equation.output, equation.operands[operand]};
    CHECK(tgc::test::naiveEinsum<std::int64_t>(last, {product, values[operand]}).data[0] == expected);
  }
}
