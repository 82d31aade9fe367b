// Tokens to Ast: precedence climbing for expressions, one token of look-ahead, the first error ends it.
#pragma once
#include "frontend/language/Ast.h"
#include "tgc/Result.h"

namespace tgc::language {

/// Deeper nesting is refused with ErrorKind::Limit; it also bounds the parser's own recursion.
inline constexpr int nestingLimit = 256;

/// Parses a file. Cost: linear in the text. Names are not looked up: see Names.h.
Result<Ast> parseFile(std::shared_ptr<const Source> source);

/// Parses one expression, such as `hvp(loss, wrt=w)`.
Result<Ast> parseExpression(std::shared_ptr<const Source> source);

} // namespace tgc::language
