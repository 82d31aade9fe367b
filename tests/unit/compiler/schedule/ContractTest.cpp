// The contraction emitter against naive loops: every dtype bit for bit on small integers, any index order,
// any extents, any partition of the items.
#include "tools/bench/ContractRunner.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <random>

using namespace tgc;
using namespace tgc::test;

namespace {

/// Memory that starts with a cache line.
struct Lines {
  using value_type = char;
  template <typename> struct rebind {
    using other = Lines;
  };
  bool operator==(const Lines &) const = default;
  char *allocate(size_t count) { return static_cast<char *>(::operator new(count, std::align_val_t(64))); }
  void deallocate(char *start, size_t) { ::operator delete(start, std::align_val_t(64)); }
};

/// Elements as doubles, stored as `element`; small integers are exact in every type.
struct Array {
  std::vector<char, Lines> bytes;
  std::string element;
  int64_t size = 0, width = 0;

  Array(std::string type, int64_t count) : element(std::move(type)), size(count) {
    width = element == "f64" || element == "i64"   ? 8
            : element == "f32" || element == "i32" ? 4
            : element == "i1"                      ? 1
                                                   : 2;
    bytes.assign(size * width, char(0x7b));
  }
  void set(int64_t at, double value) {
    auto put = [&](auto typed) { std::memcpy(&bytes[at * width], &typed, width); };
    if (element == "f64")
      put(value);
    else if (element == "f32")
      put(static_cast<float>(value));
    else if (element == "i64")
      put(static_cast<int64_t>(value));
    else if (element == "i32")
      put(static_cast<int32_t>(value));
    else if (element == "i1")
      put(static_cast<int8_t>(value != 0));
    else if (element == "f16")
      put(static_cast<_Float16>(value));
    else {
      float single = static_cast<float>(value);
      uint32_t bits;
      std::memcpy(&bits, &single, 4);
      put(static_cast<uint16_t>(bits >> 16));
    }
  }
  double get(int64_t at) const {
    auto take = [&](auto typed) { return std::memcpy(&typed, &bytes[at * width], width), typed; };
    if (element == "f64") return take(double());
    if (element == "f32") return take(float());
    if (element == "i64") return static_cast<double>(take(int64_t()));
    if (element == "i32") return take(int32_t());
    if (element == "i1") return take(int8_t());
    if (element == "f16") return static_cast<double>(take(_Float16()));
    uint32_t bits = uint32_t(take(uint16_t())) << 16;
    float single;
    std::memcpy(&single, &bits, 4);
    return single;
  }
};

/// Offset of an operand's element for the current value of every letter.
int64_t offsetOf(const ContractCase &test, const std::string &letters, const std::map<char, int64_t> &at) {
  int64_t offset = 0;
  for (char letter : letters)
    offset = offset * test.extents.at(letter) + at.at(letter);
  return offset;
}

int64_t offsetOf(const ContractCase &test, int operand, const std::map<char, int64_t> &at) {
  return offsetOf(test, test.letters(operand), at);
}

int64_t scaleElements(const ContractCase &test) {
  int64_t count = test.scale.empty() ? 0 : 1;
  for (char letter : test.scale)
    count *= test.extents.at(letter);
  return count;
}

std::vector<double> naive(const ContractCase &test, const Array &a, const Array &b, const Array &scale) {
  std::vector<double> result(test.elements(2), 0.0);
  if (test.equation == "ik,kj->ij" && !scale.size) {
    int64_t rows = test.extents.at('i'), columns = test.extents.at('j'), steps = test.extents.at('k');
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t k = 0; k < steps; ++k) {
        double left = a.get(i * steps + k);
        if (left == 0) continue;
        for (int64_t j = 0; j < columns; ++j)
          result[i * columns + j] += left * b.get(k * columns + j);
      }
    if (test.element == "i1")
      for (double &sum : result)
        sum = sum != 0;
    return result;
  }
  std::map<char, int64_t> at;
  int64_t total = 1;
  for (auto [letter, extent] : test.extents)
    at[letter] = 0, total *= extent;
  for (int64_t step = 0; step < total; ++step) {
    double &sum = result[offsetOf(test, 2, at)];
    sum += a.get(offsetOf(test, 0, at)) * b.get(offsetOf(test, 1, at)) *
           (scale.size ? scale.get(offsetOf(test, test.scale, at)) : 1);
    if (test.element == "i1") sum = sum != 0;
    for (auto &[letter, value] : at) {
      if (++value < test.extents.at(letter)) break;
      value = 0;
    }
  }
  return result;
}

/// Compiles and compares with the naive loops; with several partitions of the items. A bias is added by the
/// tail. Returns the tile's text.
std::string check(const ContractCase &test, const schedule::Machine &machine = schedule::Machine::host()) {
  INFO(test.equation, " ", test.element, " ", test.kernelText());
  CompiledContract compiled = compileContract(test, machine);
  REQUIRE(compiled.error == "");
  std::mt19937 random(7);
  Array a(test.element, test.elements(0)), b(test.element, test.elements(1)),
      c(test.element, test.elements(2));
  Array scale(test.element, scaleElements(test));
  for (Array *array : {&a, &b, &scale})
    for (int64_t at = 0; at < array->size; ++at)
      array->set(at, static_cast<int>(random() % 5) - 2);
  if (test.element == "i1")
    for (Array *array : {&a, &b})
      for (int64_t at = 0; at < array->size; ++at)
        array->set(at, random() % 4 == 0);
  Array bias(test.element, test.tailBias ? test.extents.at(test.letters(2).back()) : 0);
  for (int64_t at = 0; at < bias.size; ++at)
    bias.set(at, static_cast<int>(random() % 9) - 4);
  auto buffers = [&](Array &result) {
    std::vector<void *> list = {a.bytes.data()};
    if (!test.twice) list.push_back(b.bytes.data());
    if (scale.size) list.push_back(scale.bytes.data());
    if (test.tailBias) list.push_back(bias.bytes.data());
    list.push_back(result.bytes.data());
    return list;
  };
  compiled.run(buffers(c));
  std::vector<double> expected = naive(test, a, test.twice ? a : b, scale);
  for (int64_t at = 0; at < bias.size; ++at)
    for (size_t row = at; row < expected.size(); row += bias.size)
      expected[row] += bias.get(at);
  int64_t wrong = 0;
  for (int64_t at = 0; at < c.size; ++at)
    wrong += !(c.get(at) == expected[at]);
  CHECK_MESSAGE(wrong == 0, wrong, " of ", c.size, " elements are wrong");
  for (int64_t chunk : {1, 3}) {
    Array again(test.element, test.elements(2));
    compiled.run(buffers(again), chunk, true);
    CHECK(again.bytes == c.bytes);
  }
  Array longer(test.element, c.size + 1); // the result one element behind the start of a line
  auto shifted = buffers(longer);
  shifted.back() = longer.bytes.data() + c.width;
  compiled.run(shifted);
  CHECK(std::equal(c.bytes.begin(), c.bytes.end(), longer.bytes.begin() + c.width));
  return compiled.tile;
}

ContractCase product(int64_t m, int64_t n, int64_t k, std::string element = "f32") {
  return {"ik,kj->ij", std::move(element), {{'i', m}, {'j', n}, {'k', k}}, "", false};
}

} // namespace

TEST_CASE("contract: matrix products of every edge size are exact") {
  for (int64_t m : {1, 2, 5, 8, 14, 15, 33})
    for (int64_t n : {1, 3, 16, 17, 40})
      for (int64_t k : {0, 1, 2, 9, 64})
        check(product(m, n, k));
}

TEST_CASE("contract: large products pack both factors and stay exact") {
  check(product(231, 267, 1024));
  check(product(240, 200, 1111, "f64"));
  check({"ki,kj->ji", "f32", {{'i', 96}, {'j', 130}, {'k', 300}}, "", false});
  check({"aik,bjk->abij", "i32", {{'a', 4}, {'i', 40}, {'b', 3}, {'j', 33}, {'k', 128}}, "", false});
}

TEST_CASE("contract: every dtype is exact on small integers") {
  for (std::string element : {"f64", "f32", "bf16", "f16", "i64", "i32", "i1"}) {
    check(product(7, 13, 5, element));
    check(product(33, 65, 12, element));
    check({"ik,jk->ij", element, {{'i', 9}, {'j', 10}, {'k', 70}}, "", false});
    check({"bki,bkj->bij", element, {{'b', 3}, {'i', 5}, {'j', 20}, {'k', 6}}, "", false});
  }
}

TEST_CASE("contract: an extent of zero gives zeros or nothing") {
  check(product(0, 5, 3));
  check(product(5, 0, 3));
  check(product(5, 4, 0));
  check({"ka,kb->ab", "i32", {{'k', 0}, {'a', 3}, {'b', 0}}, "", false});
}

TEST_CASE("contract: vectors, dots and sums over one operand") {
  for (int64_t k : {1, 15, 16, 100, 1000}) {
    check({"k,k->", "f32", {{'k', k}}, "", false});
    check({"ik,k->i", "f32", {{'i', 37}, {'k', k}}, "", false});
    check({"k,ki->i", "f64", {{'i', 37}, {'k', k}}, "", false});
    check({"ki,k->i", "f32", {{'i', 37}, {'k', k}}, "", false});
    check({"ijk,k->j", "f32", {{'i', 3}, {'j', 7}, {'k', k}}, "", false});
  }
}

TEST_CASE("contract: random equations, extents and dtypes are exact") {
  std::mt19937 random(20240607);
  const char *elements[] = {"f32", "f64", "i32", "i64", "bf16", "i1"};
  const int64_t extents[] = {1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 24, 31, 33, 64};
  for (int round = 0; round < 250; ++round) {
    std::string left, right, out;
    std::map<char, int64_t> sizes;
    int letters = 2 + random() % 5;
    int64_t total = 1;
    for (int number = 0; number < letters; ++number) {
      char letter = 'a' + number;
      int64_t extent = extents[random() % 15];
      if (total * extent > 200000) extent = 2;
      total *= sizes[letter] = extent;
      int kind = number == 0 ? 1 : random() % 6; // the first is always summed
      if (kind != 2 && kind != 5) left += letter;
      if (kind != 3 && kind != 4) right += letter;
      if (kind != 1) out += letter;
      if (kind == 1 && random() % 8 == 0) left.pop_back(); // summed in one operand only
    }
    for (std::string *text : {&left, &right, &out})
      std::shuffle(text->begin(), text->end(), random);
    check({left + "," + right + "->" + out, elements[random() % 6], sizes, "", false});
  }
}

TEST_CASE("contract: narrower machines run the same kernels") {
  for (int64_t bytes : {16, 32}) {
    auto machine = schedule::Machine::withVectorBytes(bytes);
    machine.fusedMultiplyAdd = true; // the host has it
    check(product(23, 29, 31), machine);
    check(product(23, 29, 31, "f64"), machine);
    check({"bik,bjk->bij", "f32", {{'b', 4}, {'i', 9}, {'j', 10}, {'k', 70}}, "", false}, machine);
  }
}

/// A machine on which small products are copied in many small blocks.
static schedule::Machine eager(int64_t vectorBytes = 0) {
  auto machine = vectorBytes ? schedule::Machine::withVectorBytes(vectorBytes) : schedule::Machine::host();
  machine.fusedMultiplyAdd = true;
  machine.panelVolume = 1;
  machine.l1Bytes = 4 << 10;
  machine.l2Bytes = 32 << 10;
  return machine;
}

TEST_CASE("contract: panels keep every index order, block edge and dtype exact") {
  for (std::string element : {"f32", "f64", "i32", "bf16", "i1"}) {
    check(product(29, 71, 53, element), eager());
    // Columns that are neighbours in the result for fewer lanes than a vector has, for a few more, and in
    // blocks.
    check({"kai,bkj->bija", element, {{'a', 5}, {'b', 3}, {'i', 7}, {'j', 9}, {'k', 11}}, "", false},
          eager());
    check({"kxa,ykb->xyba", element, {{'a', 3}, {'b', 7}, {'x', 19}, {'y', 4}, {'k', 10}}, "", false},
          eager());
    check({"xka,kby->xyab", element, {{'a', 4}, {'b', 18}, {'x', 6}, {'y', 5}, {'k', 9}}, "", false},
          eager());
    check(
        {"fdbea,ec->abcdf", element, {{'a', 6}, {'b', 4}, {'c', 7}, {'d', 5}, {'e', 8}, {'f', 6}}, "", false},
        eager());
    // The sum's neighbours are whole squares and not, in one operand and in both.
    check({"iklm,jmlk->ji", element, {{'i', 21}, {'j', 37}, {'k', 5}, {'l', 3}, {'m', 18}}, "", false},
          eager());
    check({"aik,akj->aij", element, {{'a', 3}, {'i', 17}, {'j', 33}, {'k', 40}}, "", false}, eager());
    if (element != "bf16")
      check({"ik,jk->ij", element, {{'i', 33}, {'j', 40}, {'k', 333}}, "", false}, eager());
  }
  for (int64_t bytes : {16, 32}) {
    check({"kai,bkj->bija", "f32", {{'a', 5}, {'b', 3}, {'i', 7}, {'j', 9}, {'k', 11}}, "", false},
          eager(bytes));
    check({"iklm,jmlk->ji", "f64", {{'i', 21}, {'j', 37}, {'k', 5}, {'l', 3}, {'m', 18}}, "", false},
          eager(bytes));
  }
}

TEST_CASE("contract: results past the caches and blocks fetched before their turn are exact") {
  for (std::string element : {"f32", "f64", "i32"})
    for (std::string equation : {"afbce,df->edcba", "adbfe,fc->edcba", "dabe,ec->dcba", "be,dcea->dcba"}) {
      std::map<char, int64_t> extents = {{'a', 32}, {'b', 6}, {'c', 7}, {'d', 5}, {'e', 24}};
      if (equation.find('f') != std::string::npos) extents['f'] = 9;
      auto machine = eager(32);
      machine.lastLevelBytes = 4 << 10;
      auto tile = check({equation, element, extents, "", false}, machine);
      INFO(tile);
      CHECK(tile.find("past the caches") != std::string::npos);
      CHECK(tile.find("fetched meanwhile") != std::string::npos);
    }
}

TEST_CASE("contract: random equations through panels are exact") {
  std::mt19937 random(20260101);
  const char *elements[] = {"f32", "f64", "i32", "i64", "f32", "i1"};
  const int64_t extents[] = {1, 2, 2, 3, 4, 5, 7, 8, 16, 17, 24, 33, 48};
  int panels = 0;
  for (int round = 0; round < 40; ++round) {
    std::string left, right, out;
    std::map<char, int64_t> sizes;
    int64_t total = 1;
    // Rows, columns, steps of the sum, now and then batch: two or three letters each.
    for (int number = 0; number < 7; ++number) {
      char letter = 'a' + number;
      int64_t extent = number == 6 ? 1 + random() % 2 : extents[random() % 13];
      if (total * extent > 100000) extent = 2;
      total *= sizes[letter] = extent;
      int kind = number == 6 ? 3 : number % 3;
      if (kind != 1) left += letter;
      if (kind != 0) right += letter;
      if (kind != 2) out += letter;
    }
    for (std::string *text : {&left, &right, &out})
      std::shuffle(text->begin(), text->end(), random);
    auto tile = check({left + "," + right + "->" + out, elements[random() % 6], sizes, "", false}, eager());
    panels += tile.find("columns") != std::string::npos;
  }
  CHECK(panels >= 10);
}

TEST_CASE("contract: a tail with a bias is fused, whatever the way to the result") {
  const std::string add = "    %y = arith.addf %x, %b : f32";
  for (auto machine : {schedule::Machine::host(), eager()}) {
    check({"ik,kj->ij", "f32", {{'i', 33}, {'j', 45}, {'k', 200}}, add, true}, machine);
    check({"xka,kby->xyab", "f32", {{'a', 4}, {'b', 18}, {'x', 6}, {'y', 5}, {'k', 150}}, add, true},
          machine);
    check({"kai,bkj->bija", "f32", {{'a', 5}, {'b', 3}, {'i', 7}, {'j', 9}, {'k', 111}}, add, true}, machine);
  }
}

/// A product of an array with itself.
static ContractCase square(std::string equation, std::string element, std::map<char, int64_t> extents,
                           std::string scale = "") {
  std::erase_if(extents, [&](auto &extent) { return equation.find(extent.first) == std::string::npos; });
  return {std::move(equation), std::move(element), std::move(extents), "", false, true, std::move(scale)};
}

static bool isSymmetric(const std::string &tile) { return tile.find("symmetric") != std::string::npos; }

TEST_CASE("contract: half of a symmetric product is computed, exactly, whatever its order and size") {
  for (int64_t n : {5, 71}) {
    std::map<char, int64_t> sizes = {{'a', 3}, {'b', 3}, {'c', 3}, {'i', n}, {'j', n}, {'k', 53}};
    for (std::string element : {"f64", "f32", "i64"}) {
      for (std::string equation : {"ki,kj->ij", "ki,kj->ji", "ik,jk->ij"})
        for (std::string scale : {"", "k"})
          CHECK(isSymmetric(check(square(equation, element, sizes, scale), eager())));
      // Two indices that lie together are one.
      for (std::string equation : {"bki,bkj->bij", "kbi,kbj->ij", "kia,kjc->iajc"})
        CHECK(isSymmetric(check(square(equation, element, sizes, "k"), eager())));
    }
    CHECK(isSymmetric(check(square("bki,bkj->bji", "i32", sizes, "b"), eager())));
    CHECK(isSymmetric(check(square("bki,bkj->bij", "f64", sizes, "kb"))));
    for (int64_t bytes : {16, 32})
      for (std::string scale : {"", "k"})
        CHECK(isSymmetric(check(square("ki,kj->ij", "f32", sizes, scale), eager(bytes))));
  }
  CHECK(isSymmetric(check(square("ki,kj->ij", "f64", {{'i', 300}, {'j', 300}, {'k', 601}}, "k"))));
  CHECK(isSymmetric(check(square("ik,jk->ij", "f32", {{'i', 413}, {'j', 413}, {'k', 700}}))));
}

TEST_CASE("contract: what only looks symmetric is computed in full") {
  std::map<char, int64_t> sizes = {{'a', 64}, {'c', 64}, {'i', 64}, {'j', 64}, {'k', 8}};
  for (std::string equation : {"ia,aj->ij", "kai,kja->ij", "aki,akj->ija", "kia,kjc->ijac"}) {
    if (equation == "kia,kjc->ijac") sizes = {{'a', 8}, {'c', 8}, {'i', 9}, {'j', 9}, {'k', 99}};
    CHECK(!isSymmetric(check(square(equation, "f64", sizes), eager())));
  }
  CHECK(!isSymmetric(check({"ki,kj->ij", "f64", {{'i', 64}, {'j', 64}, {'k', 64}}, "", false}, eager())));
}

TEST_CASE("contract: symmetric to the last bit, for any partition") {
  for (std::string scale : {"", "k"})
    for (int64_t n : {7, 45, 130}) {
      ContractCase test = square("ki,kj->ij", "f64", {{'i', n}, {'j', n}, {'k', 777}}, scale);
      for (auto machine : {schedule::Machine::host(), eager()}) {
        CompiledContract compiled = compileContract(test, machine);
        REQUIRE(compiled.error == "");
        std::mt19937 random(11);
        std::uniform_real_distribution<double> number(-1, 1);
        Array x("f64", n * 777), s("f64", scaleElements(test)), out("f64", n * n), again("f64", n * n);
        for (Array *array : {&x, &s})
          for (int64_t at = 0; at < array->size; ++at)
            array->set(at, number(random));
        std::vector<void *> buffers = {x.bytes.data()};
        if (s.size) buffers.push_back(s.bytes.data());
        buffers.push_back(out.bytes.data());
        compiled.run(buffers);
        int64_t unequal = 0;
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = 0; j < i; ++j)
            unequal += out.get(i * n + j) != out.get(j * n + i);
        CHECK_MESSAGE(unequal == 0, unequal, " of ", n * (n - 1) / 2, " pairs differ, n = ", n, " ", scale);
        buffers.back() = again.bytes.data();
        compiled.run(buffers, 1, true);
        CHECK(again.bytes == out.bytes);
      }
    }
}
