// See NetworkText.h.
#include "compiler/contract/NetworkText.h"
#include "dialects/graph/Indices.h"
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace tgc::contract {
namespace {

using Json = nlohmann::json;

/// Builds a network from parsed JSON; the first complaint stays in `error`.
class JsonReader {
public:
  std::variant<Network, NetworkError> read(const Json &json) {
    if (!json.is_object())
      return NetworkError{"a network is an object with inputs, output and size_dict", -1};
    const Json *inputs = member(json, "inputs"), *sizes = member(json, "size_dict");
    if (!inputs || !inputs->is_array()) return NetworkError{"\"inputs\" is missing or no list", -1};
    if (!sizes || !sizes->is_object()) return NetworkError{"\"size_dict\" is missing or no object", -1};
    for (std::size_t i = 0; i < inputs->size() && error.message.empty(); ++i) {
      network.inputs.emplace_back();
      addTerm((*inputs)[i], "input " + std::to_string(i), *sizes, network.inputs.back());
    }
    if (const Json *output = member(json, "output"))
      if (error.message.empty()) addTerm(*output, "the output", *sizes, network.output);
    if (error.message.empty())
      if (auto problem = network.check()) error.message = *problem;
    if (!error.message.empty()) return error;
    return std::move(network);
  }

private:
  static const Json *member(const Json &json, const char *name) {
    auto found = json.find(name);
    return found == json.end() ? nullptr : &*found;
  }

  void addTerm(const Json &term, const std::string &what, const Json &sizes,
               std::vector<std::uint32_t> &list) {
    if (!term.is_array()) {
      error.message = what + " is no list of index names";
      return;
    }
    for (const Json &item : term) {
      std::string name;
      if (item.is_string())
        name = item.get_ref<const std::string &>();
      else if (item.is_number_integer())
        name = item.dump();
      else
        error.message = what + " holds something that is no index name";
      if (!error.message.empty()) return;
      auto [place, fresh] = known.try_emplace(name, std::uint32_t(network.extents.size()));
      if (fresh && !addExtent(name, sizes)) return;
      list.push_back(place->second);
    }
  }

  bool addExtent(const std::string &name, const Json &sizes) {
    auto size = sizes.find(name);
    if (size == sizes.end()) {
      error.message = "index " + name + " has no size";
    } else if (!size->is_number_integer() ||
               (size->is_number_unsigned() && size->get<std::uint64_t>() >> 62) ||
               (!size->is_number_unsigned() && size->get<std::int64_t>() < 0)) {
      error.message = "the size of index " + name + " is no integer from 0 to 2^62";
    } else {
      network.extents.push_back(size->get<std::int64_t>());
      network.names.push_back(name);
      return true;
    }
    return false;
  }

  Network network;
  NetworkError error;
  std::unordered_map<std::string, std::uint32_t> known;
};

/// Where a text stops being JSON; the callbacks see nothing else.
struct ErrorPlace : Json::json_sax_t {
  std::int64_t offset = -1;
  int depth = 0;
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t &) override { return true; }
  bool string(string_t &) override { return true; }
  bool binary(binary_t &) override { return true; }
  bool start_object(std::size_t) override { return ++depth <= 8; }
  bool key(string_t &) override { return true; }
  bool end_object() override { return --depth >= 0; }
  bool start_array(std::size_t) override { return ++depth <= 8; }
  bool end_array() override { return --depth >= 0; }
  bool parse_error(std::size_t position, const std::string &, const Json::exception &) override {
    offset = std::int64_t(position);
    return false;
  }
};

} // namespace

std::variant<Network, NetworkError> networkFromJson(std::string_view text) {
  // A first pass without building anything: it finds the place of an error and refuses deep nesting.
  ErrorPlace place;
  if (!Json::sax_parse(text, &place))
    return NetworkError{place.offset < 0 ? "nested too deeply for a network" : "this is not JSON",
                        place.offset};
  return JsonReader().read(Json::parse(text, nullptr, false));
}

std::variant<Network, NetworkError> networkFromEquation(std::string_view text,
                                                        const std::map<std::string, std::int64_t> &sizes) {
  auto parsed = graph::parseEquation(text);
  if (auto *error = std::get_if<graph::EquationError>(&parsed))
    return NetworkError{error->message, error->column};
  auto &equation = std::get<graph::Equation>(parsed);
  Network network{std::move(equation.operands), std::move(equation.output), {}, {}};
  for (graph::Index index = 0; index < equation.names.size(); ++index) {
    network.names.push_back(graph::nameOfIndex(equation, index));
    auto size = sizes.find(network.names.back());
    if (size == sizes.end()) return NetworkError{"index " + network.names.back() + " has no size", -1};
    if (size->second < 0)
      return NetworkError{"the size of index " + network.names.back() + " is negative", -1};
    network.extents.push_back(size->second);
  }
  if (auto problem = network.check()) return NetworkError{*problem, -1};
  return network;
}

} // namespace tgc::contract
