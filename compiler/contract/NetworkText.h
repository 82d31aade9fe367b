// Networks from text: the exchange format NETWORK.json, and equations with sizes.
#pragma once
#include "compiler/contract/Network.h"
#include <map>
#include <string_view>
#include <variant>

namespace tgc::contract {

/// What is wrong with the text, and where: a byte offset for JSON, a code point column for equations, or -1.
struct NetworkError {
  std::string message;
  std::int64_t offset = -1;
};

/// {"inputs": [["a", "b"], ...], "output": [...], "size_dict": {"a": 4, ...}}. Names are strings or integers.
/// Any text is survived; memory is a small multiple of the text's.
std::variant<Network, NetworkError> networkFromJson(std::string_view text);

/// An einsum equation without ellipsis; `sizes` gives extents to letters.
std::variant<Network, NetworkError> networkFromEquation(std::string_view equation,
                                                        const std::map<std::string, std::int64_t> &sizes);

} // namespace tgc::contract
