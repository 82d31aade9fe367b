// What a name means where parameters are named, and what becomes of one that means nothing.
#pragma once
#include "tgc/Function.h"

namespace tgc::detail {

/// Whether `name` is the parameter's own, or that of a struct it is a field of.
inline bool names(const std::string &name, const Param &param) {
  return param.name == name || param.name.starts_with(name + ".");
}

/// A function that is nothing but this error, at the caller's line.
Function refused(std::string name, std::vector<Param> params, std::string message, Arg::Here here);

} // namespace tgc::detail
