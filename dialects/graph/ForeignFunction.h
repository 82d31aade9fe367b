// Functions of the host's program that a graph calls by name.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace tgc::graph {

/// Called with the dense, row-major elements of every argument and result (bool is one byte, 0 or 1), in
/// storage of the caller's. Gives nullptr, or what went wrong as text that stays valid until the next call.
struct ForeignFunction {
  const char *(*call)(void *user, const void *const *arguments, void *const *results) = nullptr;
  void *user = nullptr;
  /// Held during a call; null where calls may overlap.
  std::shared_ptr<std::mutex> alone;

  bool operator==(const ForeignFunction &) const = default;
};

using ForeignFunctions = std::map<std::string, ForeignFunction>;

} // namespace tgc::graph
