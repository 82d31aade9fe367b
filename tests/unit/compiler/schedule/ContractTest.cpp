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

/// Elements as doubles, stored as `element`; small integers are exact in every type.
struct Array {
  std::vector<char> bytes;
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
int64_t offsetOf(const ContractCase &test, int operand, const std::map<char, int64_t> &at) {
  int64_t offset = 0;
  for (char letter : test.letters(operand))
    offset = offset * test.extents.at(letter) + at.at(letter);
  return offset;
}

std::vector<double> naive(const ContractCase &test, const Array &a, const Array &b) {
  std::vector<double> result(test.elements(2), 0.0);
  if (test.equation == "ik,kj->ij") {
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
    sum += a.get(offsetOf(test, 0, at)) * b.get(offsetOf(test, 1, at));
    if (test.element == "i1") sum = sum != 0;
    for (auto &[letter, value] : at) {
      if (++value < test.extents.at(letter)) break;
      value = 0;
    }
  }
  return result;
}

/// Compiles and compares with the naive loops; with several partitions of the items.
void check(const ContractCase &test, const schedule::Machine &machine = schedule::Machine::host()) {
  INFO(test.equation, " ", test.element, " ", test.kernelText());
  CompiledContract compiled = compileContract(test, machine);
  REQUIRE(compiled.error == "");
  std::mt19937 random(7);
  Array a(test.element, test.elements(0)), b(test.element, test.elements(1)),
      c(test.element, test.elements(2));
  for (Array *array : {&a, &b})
    for (int64_t at = 0; at < array->size; ++at)
      array->set(at, static_cast<int>(random() % 5) - 2);
  if (test.element == "i1")
    for (Array *array : {&a, &b})
      for (int64_t at = 0; at < array->size; ++at)
        array->set(at, random() % 4 == 0);
  compiled.run({a.bytes.data(), b.bytes.data(), c.bytes.data()});
  std::vector<double> expected = naive(test, a, b);
  int64_t wrong = 0;
  for (int64_t at = 0; at < c.size; ++at)
    wrong += !(c.get(at) == expected[at]);
  CHECK_MESSAGE(wrong == 0, wrong, " of ", c.size, " elements are wrong");
  for (int64_t chunk : {1, 3}) {
    Array again(test.element, test.elements(2));
    compiled.run({a.bytes.data(), b.bytes.data(), again.bytes.data()}, chunk, true);
    CHECK(again.bytes == c.bytes);
  }
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
