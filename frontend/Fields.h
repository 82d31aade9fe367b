// What a name means where parameters are named.
#pragma once
#include "tgc/Function.h"

namespace tgc::detail {

/// Whether `name` is the parameter's own, or that of a struct it is a field of.
inline bool names(const std::string &name, const Param &param) {
  return param.name == name || param.name.starts_with(name + ".");
}

} // namespace tgc::detail
