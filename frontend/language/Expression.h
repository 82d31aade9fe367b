// Expressions by precedence climbing. Recursion is bounded by nestingLimit; chains of operators, signs, calls
// and indices at one level are loops.
#pragma once
#include "frontend/language/Lexer.h"
#include "frontend/language/Parser.h"

namespace tgc::language {

/// After the first failure the current token is End for ever, so that every loop stops.
class ExpressionParser {
public:
  explicit ExpressionParser(std::shared_ptr<const Source> source);
  Result<Ast> wholeExpression();

protected:
  Ast ast;
  Token token;               ///< the next one
  std::uint32_t lastEnd = 0; ///< where the token before it ended
  std::optional<Error> failure;

  bool is(TokenKind kind) const { return token.kind == kind; }
  bool isWord(std::string_view word) const { return is(TokenKind::Name) && ast.text(token.span) == word; }
  void advance();
  bool accept(TokenKind kind);
  NodeId fail(Error error);
  NodeId fail(Span span, std::string message, std::string advice = {});
  /// Reports that `what` was expected where `token` stands.
  NodeId failExpected(std::string_view what, std::string advice = {});
  bool expect(TokenKind kind, std::string_view what);
  /// Like expect for a closing bracket, with a note at the opening one.
  bool close(TokenKind kind, Span open);
  bool enter(Span place, std::string_view what = "nested brackets");
  void leave() { --depth; }
  std::string shown(const Token &token) const;

  NodeId expression();
  /// A number's value; fails with Limit or Invalid over 2^63 - 1.
  std::optional<std::int64_t> integer(Span span);
  Source const &source() const { return *ast.source; }

  bool emptyIndexAllowed = false; ///< `s[] = ...` declares a scalar

private:
  NodeId failLarge(Span span);
  NodeId binary(int leastPrecedence);
  NodeId unary();
  NodeId power();
  NodeId postfix();
  NodeId primary();
  NodeId integerNode(Span span);
  NodeId floatNode();
  NodeId round();
  NodeId square();
  bool elements(TokenKind closer, std::vector<NodeId> &items, bool &trailingComma);
  NodeId call(NodeId callee, std::uint32_t begin);
  NodeId argument(bool &named);
  bool distinctNames(std::span<const NodeId> arguments);
  NodeId index(NodeId base, std::uint32_t begin);
  NodeId indexItem();
  NodeId add(NodeKind kind, Span span, Span mark, std::span<const NodeId> children = {});

  Lexer lexer;
  int depth = 0;
};

} // namespace tgc::language
