// Tensors as text and JSON.
#pragma once
#include "tgc/View.h"
#include <string>

namespace tgc::tools {

/// `name: dtype[extents]` and the values in nested brackets, each the shortest text that reads back. Over
/// 1,000 elements each axis longer than six is shortened unless `full`; over 1,000 brackets without an
/// element always.
std::string valueText(const std::string &name, const View &value, bool full);
/// {"name", "dtype", "shape", "data"}; NaN and infinities are strings. Data of over 1,000 brackets without an
/// element are [], and the shape says which ones.
std::string valueJson(const std::string &name, const View &value);
/// One element.
std::string elementText(const View &value, std::int64_t at, bool json);

} // namespace tgc::tools
