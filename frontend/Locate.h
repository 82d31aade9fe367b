// Which operation of a function breaks a claim.
#pragma once
#include "frontend/Claims.h"

namespace tgc::detail {

/// Walks through f's body with the values at `at` and checks calls of functions with own rules, then single
/// operations, each alone; gives the first that fails and how, or an empty text. Behind a transformation that
/// f is made of lies the function transformed; values that only a compiled derivative has are not looked at.
/// Limits: 64 operations. Errors: of compiling or running what is checked.
Result<std::string> locate(const Function &f, const Buffers &at, const CheckOptions &options,
                           Tolerances allowed);

} // namespace tgc::detail
