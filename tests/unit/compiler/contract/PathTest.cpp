#include "compiler/contract/Path.h"
#include "compiler/contract/NetworkText.h"
#include "compiler/contract/Report.h"
#include "tests/unit/compiler/contract/Networks.h"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tgc::contract;

namespace {

SearchResult search(const Network &network, const SearchOptions &options) {
  SearchResult result;
  auto error = findPath(network, options, result);
  if (error) FAIL(*error);
  return result;
}

} // namespace

TEST_CASE("path: valid trees for any network, objective and effort") {
  Random random(21);
  for (int round = 0; round < 60; ++round) {
    Network network =
        tgc::test::randomNetwork(random, 1 + random.below(round % 3 == 2 ? 16 : 30)); // optimal takes long
    SearchOptions options;
    options.objective = Objective(round % 4);
    options.effort = Effort(round % 3);
    options.rounds = 1 + random.below(6);
    SearchResult result = search(network, options);
    CHECK(result.tree.valid());
    CHECK(result.rounds <= options.rounds);
    CHECK(nlohmann::json::parse(pathReportJson(network, result))["path"].size() + 1 == network.inputs.size());
    CHECK_FALSE(pathReportText(network, result, options.roofline).empty());
  }
}

TEST_CASE("path: the outcome depends on seed and rounds, not on threads") {
  Random random(22);
  Network network = tgc::test::regularNetwork(random, 60);
  SearchOptions options;
  options.rounds = 9;
  options.seed = 5;
  SearchResult one = search(network, options);
  options.threads = 3;
  SearchResult three = search(network, options);
  CHECK(one.tree.steps == three.tree.steps);
  CHECK(one.rounds == 9);
}

TEST_CASE("path: more rounds are never worse") {
  Random random(23);
  Network network = tgc::test::regularNetwork(random, 80);
  SearchOptions options;
  double before = std::numeric_limits<double>::infinity();
  for (std::uint32_t rounds : {1U, 5U, 17U}) {
    options.rounds = rounds;
    double now = search(network, options).figures.flops.log10();
    CHECK(now <= before);
    before = now;
  }
}

TEST_CASE("path: slicing keeps to the memory limit and counts every slice") {
  Random random(24);
  Network network = tgc::test::regularNetwork(random, 60);
  SearchOptions options;
  options.rounds = 5;
  SearchResult whole = search(network, options);
  for (double part : {2.0, 16.0, 256.0}) {
    options.memoryBytes = whole.figures.peak.value() * 8 / part;
    SearchResult sliced = search(network, options);
    CHECK(sliced.withinMemory);
    CHECK(sliced.figures.peak.value() * 8 <= options.memoryBytes * (1 + 1e-9));
    Figures again = figuresOf(oneSlice(network, sliced.sliced), sliced.tree);
    CHECK(sliced.figures.flops.value() == doctest::Approx(again.flops.value() * sliced.slices.value()));
  }
}

TEST_CASE("path: a limit below any slice is said") {
  Network network{{{0}, {1}}, {0, 1}, {4, 4}, {}};
  SearchOptions options;
  options.memoryBytes = 1;
  CHECK(search(network, options).withinMemory); // both indices sliced: one element a slice
  options.roofline.bytesPerElement = 8;
  network = {{{0}, {0}, {0}, {0}}, {}, {2}, {}};
  options.memoryBytes = 8;
  CHECK(search(network, options).tree.valid());
}

TEST_CASE("path: cancelling gives the best so far at once") {
  Random random(25);
  Network network = tgc::test::regularNetwork(random, 300);
  std::atomic<bool> cancel = true;
  SearchOptions options;
  options.rounds = 1000000;
  options.cancel = &cancel;
  SearchResult result = search(network, options);
  CHECK(result.tree.valid());
  CHECK(result.searchSeconds < 5);
}

TEST_CASE("path: broken networks are refused by what is wrong") {
  SearchResult result;
  CHECK(findPath({}, {}, result) == "a network needs at least one input");
  CHECK(findPath({{{3}}, {}, {2}, {}}, {}, result) == "input 0 has an index without an extent");
  CHECK(findPath({{{0}}, {0, 0}, {2}, {}}, {}, result) == "an output index appears twice");
  CHECK(findPath({{{0}}, {1}, {2, 2}, {}}, {}, result) == "an output index is in no input");
}

TEST_CASE("network: the exchange format") {
  auto read = [](std::string_view text) { return networkFromJson(text); };
  auto good =
      read(R"({"inputs": [["a","b"],["b",7]], "output": ["a"], "size_dict": {"a": 2, "b": 3, "7": 4}})");
  REQUIRE(std::holds_alternative<Network>(good));
  CHECK(std::get<Network>(good).inputs == std::vector<std::vector<std::uint32_t>>{{0, 1}, {1, 2}});
  auto message = [&](std::string_view text) {
    auto result = read(text);
    REQUIRE(std::holds_alternative<NetworkError>(result));
    return std::get<NetworkError>(result).message;
  };
  CHECK(message("{") == "this is not JSON");
  CHECK(message("") == "this is not JSON");
  CHECK(message("[]") == "a network is an object with inputs, output and size_dict");
  CHECK(message(R"({"inputs": 3, "size_dict": {}})") == "\"inputs\" is missing or no list");
  CHECK(message(R"({"inputs": [["a"]], "size_dict": {}})") == "index a has no size");
  CHECK(message(R"({"inputs": [["a"]], "size_dict": {"a": -1}})") ==
        "the size of index a is no integer from 0 to 2^62");
  CHECK(message(R"({"inputs": [["a"]], "size_dict": {"a": 1.5}})") ==
        "the size of index a is no integer from 0 to 2^62");
  CHECK(message(R"({"inputs": [["a"]], "size_dict": {"a": 18446744073709551615}})") ==
        "the size of index a is no integer from 0 to 2^62");
  CHECK(message(R"({"inputs": [[null]], "size_dict": {}})") ==
        "input 0 holds something that is no index name");
  CHECK(message(R"({"inputs": [], "size_dict": {}})") == "a network needs at least one input");
  CHECK(message(std::string(100000, '[')) == "nested too deeply for a network");
}
