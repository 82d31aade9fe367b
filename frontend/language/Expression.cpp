#include "frontend/language/Expression.h"
#include <algorithm>

namespace tgc::language {

namespace {

/// Words of other languages where an operator or a statement was meant.
std::string adviceFor(std::string_view word) {
  struct Word {
    std::string_view text, advice;
  };
  static constexpr Word words[] = {
      {"and", "write & between bool tensors, with brackets around comparisons"},
      {"or", "write | between bool tensors, with brackets around comparisons"},
      {"not", "write ~ to negate a bool tensor"},
      {"if", "write where(condition, a, b), or cond(p, f, g, x) with functions"},
      {"for", "operations work on whole tensors; fori_loop and scan go step by step"},
      {"while", "while_loop(condition, body, init) takes functions"},
      {"is", "write == to compare"},
      {"lambda", "functions are declared with fn"},
      {"def", "functions are declared with fn"},
      {"let", "write name = value"},
      {"var", "write name = value"},
      {"const", "write name = value"},
  };
  for (const Word &entry : words)
    if (entry.text == word) return std::string(entry.advice);
  return {};
}

std::optional<Operator> binaryOperator(TokenKind kind) {
  switch (kind) {
  case TokenKind::Plus:
    return Operator::add;
  case TokenKind::Minus:
    return Operator::subtract;
  case TokenKind::Star:
    return Operator::multiply;
  case TokenKind::Slash:
    return Operator::divide;
  case TokenKind::SlashSlash:
    return Operator::floor_divide;
  case TokenKind::Percent:
    return Operator::remainder;
  case TokenKind::At:
    return Operator::matmul;
  case TokenKind::Equal:
    return Operator::equal;
  case TokenKind::NotEqual:
    return Operator::not_equal;
  case TokenKind::Less:
    return Operator::less;
  case TokenKind::LessEqual:
    return Operator::less_equal;
  case TokenKind::Greater:
    return Operator::greater;
  case TokenKind::GreaterEqual:
    return Operator::greater_equal;
  case TokenKind::And:
    return Operator::bitwise_and;
  case TokenKind::Or:
    return Operator::bitwise_or;
  case TokenKind::Xor:
    return Operator::bitwise_xor;
  case TokenKind::ShiftLeft:
    return Operator::bitwise_left_shift;
  case TokenKind::ShiftRight:
    return Operator::bitwise_right_shift;
  default:
    return std::nullopt;
  }
}

std::optional<Operator> unaryOperator(TokenKind kind) {
  switch (kind) {
  case TokenKind::Minus:
    return Operator::negative;
  case TokenKind::Plus:
    return Operator::positive;
  case TokenKind::Tilde:
    return Operator::bitwise_invert;
  default:
    return std::nullopt;
  }
}

} // namespace

ExpressionParser::ExpressionParser(std::shared_ptr<const Source> source) : lexer(*source) {
  ast.source = std::move(source);
  if (auto error = ast.source->check())
    fail(*error);
  else
    advance();
}

Result<Ast> ExpressionParser::wholeExpression() {
  while (accept(TokenKind::LineEnd)) {
  }
  ast.expression = expression();
  while (accept(TokenKind::LineEnd)) {
  }
  if (!is(TokenKind::End)) failExpected("the end of the expression");
  if (failure) return *failure;
  return std::move(ast);
}

void ExpressionParser::advance() {
  if (failure) return;
  lastEnd = token.span.end;
  token = lexer.next();
  if (lexer.error()) fail(*lexer.error());
}

bool ExpressionParser::accept(TokenKind kind) {
  if (failure || !is(kind)) return false;
  advance();
  return !failure;
}

NodeId ExpressionParser::fail(Error error) {
  if (!failure) failure = std::move(error);
  token.kind = TokenKind::End;
  return noNode;
}

NodeId ExpressionParser::fail(Span span, std::string message, std::string advice) {
  if (failure) return noNode;
  Error error = source().error(span, std::move(message));
  if (!advice.empty()) error.notes.push_back(help(std::move(advice)));
  return fail(std::move(error));
}

std::string ExpressionParser::shown(const Token &token) const {
  bool plain =
      token.kind == TokenKind::Name || token.kind == TokenKind::Integer || token.kind == TokenKind::Float;
  if (!plain || token.span.end - token.span.begin > 40) return std::string(describe(token.kind));
  return "'" + std::string(ast.text(token.span)) + "'";
}

NodeId ExpressionParser::failExpected(std::string_view what, std::string advice) {
  if (failure) return noNode;
  if (advice.empty() && is(TokenKind::Name)) advice = adviceFor(ast.text(token.span));
  return fail(token.span, "expected " + std::string(what) + ", found " + shown(token), std::move(advice));
}

bool ExpressionParser::expect(TokenKind kind, std::string_view what) {
  if (accept(kind)) return true;
  if (!failure) failExpected(what);
  return false;
}

bool ExpressionParser::close(TokenKind kind, Span open) {
  if (accept(kind)) return true;
  if (failure) return false;
  Error error = source().error(token.span,
                               "expected ',' or " + std::string(describe(kind)) + ", found " + shown(token));
  error.notes.push_back(source().note(open, "to close this " + std::string(ast.text(open))));
  fail(std::move(error));
  return false;
}

bool ExpressionParser::enter(Span place, std::string_view what) {
  if (failure) return false;
  if (++depth <= nestingLimit) return true;
  Error error = source().error(place, "more than 256 " + std::string(what));
  error.kind = ErrorKind::Limit;
  fail(std::move(error));
  return false;
}

NodeId ExpressionParser::add(NodeKind kind, Span span, Span mark, std::span<const NodeId> children) {
  if (failure) return noNode;
  Node node;
  node.kind = kind;
  node.span = span;
  node.mark = mark;
  node.firstChild = static_cast<std::uint32_t>(ast.childIds.size());
  node.childCount = static_cast<std::uint32_t>(children.size());
  ast.childIds.insert(ast.childIds.end(), children.begin(), children.end());
  ast.nodes.push_back(node);
  return static_cast<NodeId>(ast.nodes.size() - 1);
}

NodeId ExpressionParser::failLarge(Span span) {
  return fail(span, "this integer is over 9223372036854775807, the largest i64",
              "write it as a float, for example 1e19; beside a u64 tensor it may stand as it is");
}

NodeId ExpressionParser::expression() {
  NodeId value = binary(comparisonPrecedence);
  return !failure && isLarge(ast, value) ? failLarge(ast[value].span) : value;
}

NodeId ExpressionParser::binary(int leastPrecedence) {
  std::uint32_t begin = token.span.begin;
  NodeId left = unary();
  while (!failure) {
    auto op = binaryOperator(token.kind);
    if (!op || precedenceOf(*op) < leastPrecedence) break;
    const Node &node = ast[left];
    bool comparison = precedenceOf(*op) == comparisonPrecedence;
    if (comparison && node.kind == NodeKind::Binary && !node.inBrackets &&
        precedenceOf(node.op) == comparisonPrecedence)
      return fail(token.span, "comparisons do not chain", "write (a < b) & (b < c)");
    Span mark = token.span;
    advance();
    NodeId right = binary(precedenceOf(*op) + 1);
    NodeId children[] = {left, right};
    left = add(NodeKind::Binary, {begin, lastEnd}, mark, children);
    if (!failure) ast.nodes[left].op = *op;
  }
  return left;
}

NodeId ExpressionParser::unary() {
  std::vector<Token> signs;
  while (!failure && unaryOperator(token.kind)) {
    signs.push_back(token);
    advance();
  }
  // The least i64 has no positive counterpart, so its sign belongs to the literal.
  bool least = !signs.empty() && signs.back().kind == TokenKind::Minus && is(TokenKind::Integer) &&
               signs.back().span.end == token.span.begin && ast.text(token.span) == "9223372036854775808";
  NodeId operand;
  if (least) {
    Span span{signs.back().span.begin, token.span.end};
    signs.pop_back();
    advance();
    operand = add(NodeKind::Integer, span, span);
  } else {
    operand = power();
    if (!failure && !signs.empty() && isLarge(ast, operand)) return failLarge(ast[operand].span);
  }
  for (; !failure && !signs.empty(); signs.pop_back()) {
    Span mark = signs.back().span;
    operand = add(NodeKind::Unary, {mark.begin, lastEnd}, mark, {&operand, 1});
    if (!failure) ast.nodes[operand].op = *unaryOperator(signs.back().kind);
  }
  return operand;
}

NodeId ExpressionParser::power() {
  std::uint32_t begin = token.span.begin;
  NodeId base = postfix();
  if (failure || !is(TokenKind::StarStar)) return base;
  Span mark = token.span;
  if (!enter(mark, "chained '**'")) return noNode;
  advance();
  NodeId exponent = unary();
  leave();
  NodeId children[] = {base, exponent};
  NodeId result = add(NodeKind::Binary, {begin, lastEnd}, mark, children);
  if (!failure) ast.nodes[result].op = Operator::power;
  return result;
}

NodeId ExpressionParser::postfix() {
  std::uint32_t begin = token.span.begin;
  NodeId result = primary();
  while (!failure) {
    if (is(TokenKind::RoundOpen))
      result = call(result, begin);
    else if (is(TokenKind::SquareOpen))
      result = index(result, begin);
    else
      break;
  }
  return result;
}

NodeId ExpressionParser::primary() {
  Span span = token.span;
  switch (token.kind) {
  case TokenKind::Name: {
    std::string_view word = ast.text(span);
    if (word == "fn" || word == "return" || word == "not" || word == "lambda" || word == "if")
      return failExpected("a value");
    advance();
    return add(NodeKind::Name, span, span);
  }
  case TokenKind::Integer:
    advance();
    return integerNode(span);
  case TokenKind::Float:
    return floatNode();
  case TokenKind::String:
    advance();
    return add(NodeKind::String, span, span);
  case TokenKind::RoundOpen:
    return round();
  case TokenKind::SquareOpen:
    return square();
  case TokenKind::Ellipsis:
    return fail(span, "'...' stands only inside the brackets of an index");
  default:
    return failExpected("a value");
  }
}

std::optional<std::int64_t> ExpressionParser::integer(Span span) {
  auto value = integerValue(ast.text(span));
  if (value && *value <= static_cast<std::uint64_t>(INT64_MAX)) return static_cast<std::int64_t>(*value);
  failLarge(span);
  return std::nullopt;
}

NodeId ExpressionParser::integerNode(Span span) {
  if (failure) return noNode;
  if (!integerValue(ast.text(span)))
    return fail(span, "this integer is over 9223372036854775807, the largest i64",
                "write it as a float, for example 1e19");
  return add(NodeKind::Integer, span, span);
}

NodeId ExpressionParser::floatNode() {
  Span span = token.span;
  if (!floatValue(ast.text(span)))
    return fail(span, "this number is over 1.797e308, the largest f64", "write inf for infinity");
  advance();
  return add(NodeKind::Float, span, span);
}

bool ExpressionParser::elements(TokenKind closer, std::vector<NodeId> &items, bool &trailingComma) {
  trailingComma = false;
  while (!failure && !is(closer)) {
    items.push_back(expression());
    trailingComma = accept(TokenKind::Comma);
    if (!trailingComma) break;
  }
  return !failure;
}

NodeId ExpressionParser::round() {
  Span open = token.span;
  if (!enter(open)) return noNode;
  advance();
  std::vector<NodeId> items;
  bool trailingComma = false;
  if (!elements(TokenKind::RoundClose, items, trailingComma) || !close(TokenKind::RoundClose, open))
    return noNode;
  leave();
  if (items.size() != 1 || trailingComma) return add(NodeKind::List, {open.begin, lastEnd}, open, items);
  ast.nodes[items[0]].inBrackets = true;
  return items[0];
}

NodeId ExpressionParser::square() {
  Span open = token.span;
  if (!enter(open)) return noNode;
  advance();
  std::vector<NodeId> items;
  bool trailingComma = false;
  if (!elements(TokenKind::SquareClose, items, trailingComma) || !close(TokenKind::SquareClose, open))
    return noNode;
  leave();
  return add(NodeKind::List, {open.begin, lastEnd}, open, items);
}

NodeId ExpressionParser::argument(bool &named) {
  Span begin = token.span;
  NodeId value = binary(comparisonPrecedence); // a large integer may take its dtype from another argument
  if (failure) return noNode;
  bool plain = ast[value].kind == NodeKind::Name && !ast[value].inBrackets;
  if (is(TokenKind::Assign)) {
    if (!plain) return fail(token.span, "only a name can stand before '=' in a call", "write == to compare");
    Span name = ast[value].span;
    advance();
    value = binary(comparisonPrecedence);
    named = true;
    return add(NodeKind::Named, {name.begin, lastEnd}, name, {&value, 1});
  }
  if (named)
    return fail({begin.begin, lastEnd}, "a positional argument after a named one",
                "positional arguments come first");
  return value;
}

NodeId ExpressionParser::call(NodeId callee, std::uint32_t begin) {
  Span open = token.span;
  if (!enter(open)) return noNode;
  advance();
  std::vector<NodeId> children = {callee};
  bool named = false;
  while (!failure && !is(TokenKind::RoundClose)) {
    children.push_back(argument(named));
    if (!accept(TokenKind::Comma)) break;
  }
  if (!close(TokenKind::RoundClose, open) || !distinctNames(std::span(children).subspan(1))) return noNode;
  leave();
  return add(NodeKind::Call, {begin, lastEnd}, open, children);
}

bool ExpressionParser::distinctNames(std::span<const NodeId> arguments) {
  std::vector<NodeId> named;
  for (NodeId id : arguments)
    if (ast[id].kind == NodeKind::Named) named.push_back(id);
  auto name = [&](NodeId id) { return ast.text(ast[id].mark); };
  std::sort(named.begin(), named.end(),
            [&](NodeId a, NodeId b) { return std::pair(name(a), a) < std::pair(name(b), b); });
  auto same =
      std::adjacent_find(named.begin(), named.end(), [&](NodeId a, NodeId b) { return name(a) == name(b); });
  if (same == named.end()) return true;
  Error error =
      source().error(ast[same[1]].mark, "argument " + std::string(name(same[1])) + " is given twice");
  error.notes.push_back(source().note(ast[same[0]].mark, "first given here"));
  fail(std::move(error));
  return false;
}

NodeId ExpressionParser::index(NodeId base, std::uint32_t begin) {
  Span open = token.span;
  if (!enter(open)) return noNode;
  advance();
  std::vector<NodeId> children = {base};
  while (!failure && !is(TokenKind::SquareClose)) {
    children.push_back(indexItem());
    if (!accept(TokenKind::Comma)) break;
  }
  if (!close(TokenKind::SquareClose, open)) return noNode;
  leave();
  if (children.size() == 1 && !emptyIndexAllowed)
    return fail({open.begin, lastEnd}, "there is no index in these brackets");
  return add(NodeKind::Index, {begin, lastEnd}, open, children);
}

NodeId ExpressionParser::indexItem() {
  Span first = token.span;
  if (accept(TokenKind::Ellipsis)) return add(NodeKind::Ellipsis, first, first);
  NodeId parts[] = {noNode, noNode, noNode};
  if (!is(TokenKind::Colon)) parts[0] = expression();
  if (failure || !is(TokenKind::Colon)) return parts[0];
  Span mark = token.span;
  for (int part = 1; part < 3 && accept(TokenKind::Colon); ++part) {
    bool present = !is(TokenKind::Colon) && !is(TokenKind::Comma) && !is(TokenKind::SquareClose);
    if (present) parts[part] = expression();
  }
  if (is(TokenKind::Colon))
    return fail(token.span, "a slice has at most three parts", "write start:stop:step");
  return add(NodeKind::Slice, {first.begin, lastEnd}, mark, parts);
}

Result<Ast> parseExpression(std::shared_ptr<const Source> source) {
  return ExpressionParser(std::move(source)).wholeExpression();
}

} // namespace tgc::language
