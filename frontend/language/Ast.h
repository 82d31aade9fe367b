// A parsed program: flat arrays of nodes that name each other by number, so nothing here recurses.
#pragma once
#include "frontend/language/Source.h"
#include "tgc/DType.h"
#include <memory>
#include <span>
#include <unordered_map>

namespace tgc::language {

using NodeId = std::uint32_t;
inline constexpr NodeId noNode = ~NodeId(0);

// name, text, precedence (higher binds tighter; 0 for unary, which binds between * and **)
#define TGC_OPERATORS(ROW)                                                                                   \
  ROW(equal, "==", 1)                                                                                        \
  ROW(not_equal, "!=", 1)                                                                                    \
  ROW(less, "<", 1)                                                                                          \
  ROW(less_equal, "<=", 1)                                                                                   \
  ROW(greater, ">", 1)                                                                                       \
  ROW(greater_equal, ">=", 1)                                                                                \
  ROW(bitwise_or, "|", 2)                                                                                    \
  ROW(bitwise_xor, "^", 3)                                                                                   \
  ROW(bitwise_and, "&", 4)                                                                                   \
  ROW(bitwise_left_shift, "<<", 5)                                                                           \
  ROW(bitwise_right_shift, ">>", 5)                                                                          \
  ROW(add, "+", 6)                                                                                           \
  ROW(subtract, "-", 6)                                                                                      \
  ROW(multiply, "*", 7)                                                                                      \
  ROW(divide, "/", 7)                                                                                        \
  ROW(floor_divide, "//", 7)                                                                                 \
  ROW(remainder, "%", 7)                                                                                     \
  ROW(matmul, "@", 7)                                                                                        \
  ROW(power, "**", 9)                                                                                        \
  ROW(negative, "-", 0)                                                                                      \
  ROW(positive, "+", 0)                                                                                      \
  ROW(bitwise_invert, "~", 0)

/// Operators carry the catalogue's names.
enum class Operator : std::uint8_t {
#define ROW(name, text, precedence) name,
  TGC_OPERATORS(ROW)
#undef ROW
};

inline constexpr int comparisonPrecedence = 1;
inline constexpr int sumPrecedence = 6;
inline constexpr int unaryPrecedence = 8;
inline constexpr int powerPrecedence = 9;

/// The catalogue's name, "floor_divide"; the sign as written, "//"; and how tightly it binds.
std::string_view nameOf(Operator op);
std::string_view textOf(Operator op);
int precedenceOf(Operator op);

enum class NodeKind : std::uint8_t {
  Name,     ///< also true, false, none, inf, nan, pi and dtypes: `constantNamed`
  Integer,  ///< text in the source; at most 2^64 - 1, over 2^63 - 1 only beside an operator or in a call
  Float,    ///< text in the source
  String,   ///< quotes included in the span
  Unary,    ///< child
  Binary,   ///< left, right
  Call,     ///< callee, then arguments; named ones are `Named` nodes and come last
  Named,    ///< value; `mark` is the name
  Index,    ///< base, then items
  List,     ///< elements; also tuples
  Slice,    ///< start, stop, step, each may be noNode
  Ellipsis, ///< `...` as an index
};

/// 32 bytes. Children are created before their parents.
struct Node {
  NodeKind kind = NodeKind::Name;
  Operator op = Operator::add;
  bool inBrackets = false;      ///< written in round brackets of its own
  std::uint32_t firstChild = 0; ///< in Ast::children
  std::uint32_t childCount = 0;
  Span span; ///< all of it, without brackets of its own
  Span mark; ///< what messages point at: operator, argument name, opening bracket
};

struct Extent {
  Span span;
  std::int64_t number = -1; ///< -1 for a name
};

struct Parameter {
  Span name;
  DType dtype = DType::f64;
  std::vector<Extent> extents;
  Span type; ///< `f64[n, d]`
};

enum class StatementKind : std::uint8_t {
  Bind,    ///< `a, b = value`
  Declare, ///< `C[i, k] = value`: one target, its indices
  Return,  ///< `return value, value`
};

struct Statement {
  StatementKind kind = StatementKind::Bind;
  Span span;
  std::vector<Span> targets;
  std::vector<Span> indices;
  std::vector<NodeId> values;
};

struct Function {
  Span name;
  std::vector<Parameter> parameters;
  std::vector<Statement> statements; ///< exactly one Return, the last
};

/// A file or (`functions` empty, `expression` set) one expression of the driver's --fn.
/// Memory: at most 100 bytes for each byte of source.
struct Ast {
  std::shared_ptr<const Source> source;
  std::vector<Node> nodes;
  std::vector<NodeId> childIds;
  std::vector<Function> functions;
  NodeId expression = noNode;
  std::unordered_map<std::string_view, std::size_t> functionNumbers; ///< the first function of each name

  const Node &operator[](NodeId id) const { return nodes[id]; }
  std::span<const NodeId> children(NodeId id) const {
    return std::span(childIds).subspan(nodes[id].firstChild, nodes[id].childCount);
  }
  NodeId child(NodeId id, std::uint32_t which) const { return childIds[nodes[id].firstChild + which]; }
  std::string_view text(Span span) const { return source->text(span); }
  std::string_view text(NodeId id) const { return source->text(nodes[id].span); }
};

enum class Constant : std::uint8_t { True, False, None, Inf, Nan, Pi, DTypeName };

/// The value of a Float token, of an imaginary one (2.5j) without its j; nothing above the largest f64.
/// Values below the least subnormal are 0.
std::optional<double> floatValue(std::string_view text);

/// The value of an Integer token; nothing above the largest u64.
std::optional<std::uint64_t> integerValue(std::string_view text);
/// Whether it is over the largest i64, so that only a u64 or a float tensor beside it can give it a dtype.
bool isLarge(const Ast &ast, NodeId id);

/// What a reserved word stands for; nothing for other words. `None` is `none`.
std::optional<Constant> constantNamed(std::string_view name);

/// grad, value_and_grad, jvp, vjp, hvp, jacobian, hessian, vmap, checkpoint.
std::span<const std::string_view> transformationNames();
bool isTransformation(std::string_view name);

} // namespace tgc::language
