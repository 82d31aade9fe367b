// What other libraries call the operations here: for the help in messages about unknown names. Plain C++.
#pragma once
#include <string_view>

namespace tgc::graph {

struct ForeignName {
  std::string_view theirs, here;
};

inline constexpr ForeignName foreignNames[] = {
    {"T", "permute_dims"},
    {"transpose", "permute_dims"},
    {"permute", "permute_dims"},
    {"mT", "swapaxes"},
    {"matrix_transpose", "swapaxes"},
    {"dot", "matmul"},
    {"mm", "matmul"},
    {"bmm", "matmul"},
    {"mv", "matmul"},
    {"concatenate", "concat"},
    {"cat", "concat"},
    {"view", "reshape"},
    {"ravel", "flatten"},
    {"unsqueeze", "expand_dims"},
    {"cumsum", "cumulative_sum"},
    {"cumprod", "cumulative_prod"},
    {"inv", "inverse"},
    {"arcsin", "asin"},
    {"arccos", "acos"},
    {"arctan", "atan"},
    {"arctan2", "atan2"},
    {"amax", "max"},
    {"amin", "min"},
    {"erfinv", "erf_inv"},
    {"cast", "astype"},
    {"convolve", "conv"},
    {"conv1d", "conv"},
    {"conv2d", "conv"},
    {"conv3d", "conv"},
};

/// The operation here; empty for a name that is not foreign.
constexpr std::string_view nameHere(std::string_view name) {
  for (const ForeignName &foreign : foreignNames)
    if (foreign.theirs == name) return foreign.here;
  return {};
}

} // namespace tgc::graph
