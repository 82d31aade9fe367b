#include "frontend/language/Print.h"

namespace tgc::language {

namespace {

/// Text or a node still to be printed.
struct Piece {
  std::string_view text;
  NodeId node = noNode;
};

class Printer {
public:
  explicit Printer(const Ast &ast) : ast(ast) {}
  std::string out;

  void expression(NodeId root) {
    pieces.clear();
    // In index notation brackets around all of it say that it is one term.
    operand(root, ast[root].inBrackets && isOperator(root));
    stack.assign(pieces.rbegin(), pieces.rend());
    while (!stack.empty()) {
      Piece piece = stack.back();
      stack.pop_back();
      if (piece.node == noNode)
        out += piece.text;
      else
        expand(piece.node);
    }
  }

private:
  const Ast &ast;
  std::vector<Piece> stack;
  std::vector<Piece> pieces; ///< of the node in hand, in order

  void text(std::string_view words) { pieces.push_back({words}); }
  void node(NodeId id) { pieces.push_back({{}, id}); }
  void operand(NodeId id, bool brackets) {
    if (brackets) text("(");
    node(id);
    if (brackets) text(")");
  }
  bool isOperator(NodeId id) const {
    return ast[id].kind == NodeKind::Binary || ast[id].kind == NodeKind::Unary;
  }

  void list(std::span<const NodeId> items) {
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) text(", ");
      node(items[i]);
    }
  }

  void binary(const Node &shown, std::span<const NodeId> sides) {
    const Node &left = ast[sides[0]];
    bool chain = left.kind == NodeKind::Binary && shown.op != Operator::power && !left.inBrackets &&
                 precedenceOf(left.op) == precedenceOf(shown.op);
    operand(sides[0], isOperator(sides[0]) && !chain);
    text(" ");
    text(textOf(shown.op));
    text(" ");
    bool tower = shown.op == Operator::power && ast[sides[1]].kind == NodeKind::Binary &&
                 ast[sides[1]].op == Operator::power && !ast[sides[1]].inBrackets;
    operand(sides[1], isOperator(sides[1]) && !tower);
  }

  void slice(std::span<const NodeId> parts) {
    if (parts[0] != noNode) node(parts[0]);
    text(":");
    if (parts[1] != noNode) node(parts[1]);
    if (parts[2] == noNode) return;
    text(":");
    node(parts[2]);
  }

  void expand(NodeId id) {
    const Node &shown = ast[id];
    auto children = ast.children(id);
    pieces.clear();
    switch (shown.kind) {
    case NodeKind::Name:
    case NodeKind::Integer:
    case NodeKind::Float:
    case NodeKind::String:
    case NodeKind::Ellipsis:
      text(ast.text(id));
      break;
    case NodeKind::Unary:
      text(textOf(shown.op));
      operand(children[0], ast[children[0]].kind == NodeKind::Binary);
      break;
    case NodeKind::Binary:
      binary(shown, children);
      break;
    case NodeKind::Call:
    case NodeKind::Index:
      operand(children[0], isOperator(children[0]));
      text(shown.kind == NodeKind::Call ? "(" : "[");
      list(children.subspan(1));
      text(shown.kind == NodeKind::Call ? ")" : "]");
      break;
    case NodeKind::Named:
      text(ast.text(shown.mark));
      text("=");
      node(children[0]);
      break;
    case NodeKind::List:
      text("[");
      list(children);
      text("]");
      break;
    case NodeKind::Slice:
      slice(children);
      break;
    }
    stack.insert(stack.end(), pieces.rbegin(), pieces.rend());
  }
};

void appendList(std::string &out, const Ast &ast, std::span<const Span> spans) {
  for (std::size_t i = 0; i < spans.size(); ++i) {
    if (i > 0) out += ", ";
    out += ast.text(spans[i]);
  }
}

std::string typeText(const Ast &ast, const Parameter &parameter) {
  std::string out(nameOf(parameter.dtype));
  if (parameter.extents.empty()) return out;
  std::vector<Span> spans;
  for (const Extent &extent : parameter.extents)
    spans.push_back(extent.span);
  out += "[";
  appendList(out, ast, spans);
  return out + "]";
}

void printStatement(Printer &printer, const Ast &ast, const Statement &statement) {
  printer.out += "  ";
  if (statement.kind == StatementKind::Return) {
    printer.out += "return ";
  } else {
    appendList(printer.out, ast, statement.targets);
    if (statement.kind == StatementKind::Declare) {
      printer.out += "[";
      appendList(printer.out, ast, statement.indices);
      printer.out += "]";
    }
    printer.out += " = ";
  }
  for (std::size_t i = 0; i < statement.values.size(); ++i) {
    if (i > 0) printer.out += ", ";
    printer.expression(statement.values[i]);
  }
  printer.out += "\n";
}

} // namespace

std::string print(const Ast &ast, NodeId expression) {
  Printer printer(ast);
  printer.expression(expression);
  return std::move(printer.out);
}

std::string print(const Ast &ast) {
  Printer printer(ast);
  for (const Function &function : ast.functions) {
    printer.out += printer.out.empty() ? "fn " : "\nfn ";
    printer.out += ast.text(function.name);
    printer.out += "(";
    for (std::size_t i = 0; i < function.parameters.size(); ++i) {
      if (i > 0) printer.out += ", ";
      printer.out += ast.text(function.parameters[i].name);
      printer.out += ": " + typeText(ast, function.parameters[i]);
    }
    printer.out += ") {\n";
    for (const Statement &statement : function.statements)
      printStatement(printer, ast, statement);
    printer.out += "}\n";
  }
  if (ast.expression != noNode) printer.expression(ast.expression);
  return std::move(printer.out);
}

} // namespace tgc::language
