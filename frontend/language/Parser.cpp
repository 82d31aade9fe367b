#include "frontend/language/Parser.h"
#include "frontend/language/Expression.h"
#include "frontend/language/Nearest.h"
#include <algorithm>

namespace tgc::language {

namespace {

constexpr std::int64_t elementLimit = std::int64_t(1) << 48;
constexpr std::size_t rankLimit = 8,
                      complexRankLimit = 7; // in memory the parts of a number are one more axis

/// Functions and statements.
class FileParser : ExpressionParser {
public:
  using ExpressionParser::ExpressionParser;
  Result<Ast> file();

private:
  void function();
  void parameters(Function &function);
  Parameter parameter();
  void dtype(Parameter &parameter);
  void extents(Parameter &parameter);
  Extent extent();
  void body(Function &function, Span open);
  Statement statement();
  Statement returnStatement();
  void targets(Statement &statement, std::vector<NodeId> left);
  void declared(Statement &statement, NodeId left);
  void lineEnds() {
    while (accept(TokenKind::LineEnd)) {
    }
  }
};

Result<Ast> FileParser::file() {
  for (lineEnds(); !failure && !is(TokenKind::End); lineEnds())
    function();
  if (failure) return *failure;
  return std::move(ast);
}

void FileParser::function() {
  if (!isWord("fn")) {
    failExpected("'fn'", isWord("def") ? "" : "a file holds functions: fn name(x: f64[n]) { ... }");
    return;
  }
  advance();
  Function function;
  function.name = token.span;
  if (!expect(TokenKind::Name, "the function's name")) return;
  parameters(function);
  Span open = token.span;
  if (failure || !expect(TokenKind::CurlyOpen, "'{'")) return;
  body(function, open);
  if (failure) return;
  if (!is(TokenKind::LineEnd) && !is(TokenKind::End)) {
    failExpected("the end of the line after '}'");
    return;
  }
  ast.functionNumbers.try_emplace(ast.text(function.name), ast.functions.size());
  ast.functions.push_back(std::move(function));
}

void FileParser::parameters(Function &function) {
  Span open = token.span;
  if (!expect(TokenKind::RoundOpen, "'(' and the parameters")) return;
  while (!failure && !is(TokenKind::RoundClose)) {
    function.parameters.push_back(parameter());
    if (!accept(TokenKind::Comma)) break;
  }
  close(TokenKind::RoundClose, open);
}

Parameter FileParser::parameter() {
  Parameter parameter;
  parameter.name = token.span;
  const bool keyword = isWord("fn") || isWord("return");
  if (!expect(TokenKind::Name, "a parameter's name")) return parameter;
  if (keyword) {
    fail(parameter.name, "'" + std::string(ast.text(parameter.name)) +
                             "' begins a declaration or a result and cannot be a name");
    return parameter;
  }
  if (!is(TokenKind::Colon)) {
    std::string name(ast.text(parameter.name));
    fail(parameter.name, "parameter " + name + " has no type",
         "write its dtype and extents, for example " + name + ": f64[n]");
    return parameter;
  }
  advance();
  parameter.type.begin = token.span.begin;
  dtype(parameter);
  if (is(TokenKind::SquareOpen)) extents(parameter);
  parameter.type.end = lastEnd;
  return parameter;
}

void FileParser::dtype(Parameter &parameter) {
  Token name = token;
  if (!expect(TokenKind::Name, "a dtype")) return;
  std::string_view text = ast.text(name.span);
  auto found = dtypeNamed(text);
  if (found) {
    parameter.dtype = *found;
    return;
  }
  std::vector<std::string_view> known;
  for (int i = 0; i < dtypeCount; ++i)
    known.push_back(nameOf(static_cast<DType>(i)));
  std::string meant = suggestion(text, known);
  if (meant.empty()) meant = "the dtypes are f64 f32 bf16 f16 i64 i32 i16 i8 u64 u32 u16 u8 bool c64 c128";
  fail(name.span, shown(name) + " is not a dtype", meant);
}

void FileParser::extents(Parameter &parameter) {
  Span open = token.span;
  if (!enter(open)) return;
  advance();
  std::int64_t elements = 1;
  bool empty = false;
  while (!failure && !is(TokenKind::SquareClose)) {
    Extent next = extent();
    std::int64_t size = next.number < 0 ? 1 : next.number;
    empty |= size == 0;
    elements = size != 0 && elements > elementLimit / size ? elementLimit + 1
                                                           : elements * std::max<std::int64_t>(size, 1);
    parameter.extents.push_back(next);
    if (!accept(TokenKind::Comma)) break;
  }
  if (!close(TokenKind::SquareClose, open)) return;
  leave();
  Span all{open.begin, lastEnd};
  const bool complex = isComplex(parameter.dtype);
  const std::size_t limit = complex ? complexRankLimit : rankLimit;
  if (parameter.extents.size() > limit) {
    Error error = source().error(all, std::string(complex ? "a complex tensor" : "a tensor") +
                                          " has at most " + std::to_string(limit) + " axes, this one has " +
                                          std::to_string(parameter.extents.size()));
    error.kind = ErrorKind::Limit;
    fail(std::move(error));
  } else if (elements > elementLimit && !empty) {
    Error error = source().error(all, "a tensor has at most 2^48 elements, this one has more");
    error.kind = ErrorKind::Limit;
    fail(std::move(error));
  }
}

Extent FileParser::extent() {
  Extent extent{token.span, -1};
  if (is(TokenKind::Integer)) {
    // Anything that is no i64 is over the limit on elements too, so the largest value stands for it.
    std::string_view digits = ast.text(token.span);
    extent.number = digits.size() > 18 ? INT64_MAX : integer(token.span).value_or(0);
    advance();
    return extent;
  }
  if (is(TokenKind::Name) && constantNamed(ast.text(token.span))) {
    fail(token.span, shown(token) + " is a constant and cannot name an extent");
    return extent;
  }
  if (!is(TokenKind::Name))
    failExpected("an extent", "an extent is a number or a name");
  else
    advance();
  return extent;
}

void FileParser::body(Function &function, Span open) {
  for (lineEnds(); !failure && !is(TokenKind::CurlyClose); lineEnds()) {
    if (is(TokenKind::End)) {
      Error error = source().error(token.span, "expected a statement or '}', found the end of the program");
      error.notes.push_back(source().note(open, "to close this {"));
      fail(std::move(error));
      return;
    }
    bool over = !function.statements.empty() && function.statements.back().kind == StatementKind::Return;
    if (over) {
      Error error = source().error(token.span, "nothing can follow return");
      error.notes.push_back(source().note(function.statements.back().span, "return is here"));
      fail(std::move(error));
      return;
    }
    function.statements.push_back(statement());
    if (!is(TokenKind::LineEnd) && !is(TokenKind::CurlyClose)) failExpected("the end of the line");
  }
  bool returns = !function.statements.empty() && function.statements.back().kind == StatementKind::Return;
  if (!failure && !returns)
    fail(function.name, "function " + std::string(ast.text(function.name)) + " returns nothing",
         "end it with return and a value");
  accept(TokenKind::CurlyClose);
}

Statement FileParser::returnStatement() {
  Statement result;
  result.kind = StatementKind::Return;
  result.span = token.span;
  advance();
  do {
    result.values.push_back(expression());
  } while (accept(TokenKind::Comma));
  return result;
}

Statement FileParser::statement() {
  if (isWord("return")) return returnStatement();
  Statement result;
  result.span.begin = token.span.begin;
  std::vector<NodeId> left;
  emptyIndexAllowed = true;
  do {
    left.push_back(expression());
  } while (accept(TokenKind::Comma));
  emptyIndexAllowed = false;
  if (failure) return result;
  if (!is(TokenKind::Assign)) {
    bool whole = is(TokenKind::LineEnd) || is(TokenKind::CurlyClose);
    if (whole)
      fail({result.span.begin, lastEnd}, "this value is not used", "write name = value, or return it");
    else
      failExpected("'=' or the end of the line");
    return result;
  }
  targets(result, std::move(left));
  advance();
  if (!failure) result.values.push_back(expression());
  if (is(TokenKind::Comma))
    fail(token.span, "only one value can stand on the right of '='",
         "several names take the results of one call: a, b = f(x)");
  if (is(TokenKind::Assign)) fail(token.span, "a statement has one '='", "write == to compare");
  result.span.end = lastEnd;
  return result;
}

void FileParser::targets(Statement &statement, std::vector<NodeId> left) {
  if (left.size() == 1 && ast[left[0]].kind == NodeKind::Index) return declared(statement, left[0]);
  for (NodeId id : left) {
    if (ast[id].kind != NodeKind::Name || ast[id].inBrackets) {
      fail(ast[id].span, "only names can stand on the left of '='");
      return;
    }
    statement.targets.push_back(ast[id].span);
  }
}

void FileParser::declared(Statement &statement, NodeId left) {
  statement.kind = StatementKind::Declare;
  auto children = ast.children(left);
  if (ast[children[0]].kind != NodeKind::Name) {
    fail(ast[children[0]].span, "only a name can stand before the indices on the left of '='");
    return;
  }
  statement.targets.push_back(ast[children[0]].span);
  for (NodeId id : children.subspan(1)) {
    if (ast[id].kind != NodeKind::Name) {
      fail(ast[id].span, "an index on the left of '=' is a plain name",
           "tensors are never changed; C[i, k] = ... declares C by index notation");
      return;
    }
    statement.indices.push_back(ast[id].span);
  }
}

} // namespace

Result<Ast> parseFile(std::shared_ptr<const Source> source) { return FileParser(std::move(source)).file(); }

} // namespace tgc::language
