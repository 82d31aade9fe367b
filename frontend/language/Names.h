// What every name stands for, before any extent is known: each function once, in the order of the file.
#pragma once
#include "frontend/language/Ast.h"

namespace tgc::language {

/// Checks the rules on names: bound once, no recursion, functions only above, index letters unbound, results
/// distinct, transformations well formed, operations known. `operations` are the catalogue's calls.
/// Cost: linear in the program, up to hashing; no recursion.
std::optional<Error> checkNames(const Ast &ast, std::span<const std::string_view> operations);

} // namespace tgc::language
