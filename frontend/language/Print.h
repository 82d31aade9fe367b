// Ast to text, for --emit=ast: the program again, without comments, with every grouping shown by brackets.
#pragma once
#include "frontend/language/Ast.h"

namespace tgc::language {

/// Stable, and a program of the same meaning: printing what it parses to gives the same text. Chains of one
/// precedence from the left need no brackets; every other operator inside an operator gets them.
/// Cost: linear; no recursion.
std::string print(const Ast &ast);
std::string print(const Ast &ast, NodeId expression);

} // namespace tgc::language
