#include "frontend/language/Notation.h"
#include <algorithm>
#include <set>

namespace tgc::language {

namespace {

bool isSum(const Node &node) {
  return node.kind == NodeKind::Binary && (node.op == Operator::add || node.op == Operator::subtract) &&
         !node.inBrackets;
}

/// Letters for einsum where an index has a longer name: ASCII, then Latin letters beyond.
std::string freeSymbol(const std::set<std::string> &taken) {
  for (char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    if (!taken.count(std::string(1, c))) return std::string(1, c);
  for (unsigned code = 0x100; code < 0x250; ++code) {
    std::string symbol = {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
    if (!taken.count(symbol)) return symbol;
  }
  return {};
}

} // namespace

Notation::Notation(Build &build, Frame &frame, const Statement &statement)
    : build(build), ast(build.ast), frame(frame), root(statement.values[0]) {
  for (Span index : statement.indices)
    left.push_back(ast.text(index));
  markLetters();
}

bool Notation::lettersIn(NodeId index) const {
  auto items = ast.children(index).subspan(1);
  return std::any_of(items.begin(), items.end(), [&](NodeId item) {
    std::string_view text = ast.text(item);
    return ast[item].kind == NodeKind::Name && !constantNamed(text) && !frame.values.count(text) &&
           !frame.extents.count(text);
  });
}

void Notation::markLetters() {
  // Children come before parents, and the nodes of one expression stand together.
  firstNode = root;
  std::vector<NodeId> stack = {root};
  while (!stack.empty()) {
    NodeId id = stack.back();
    stack.pop_back();
    firstNode = std::min(firstNode, id);
    for (NodeId child : ast.children(id))
      if (child != noNode) stack.push_back(child);
  }
  std::set<std::string> taken;
  for (std::string_view index : left)
    letters.emplace(index, Letter{1, {}, {}, letters.size(), {}});
  for (NodeId id = firstNode; id <= root; ++id) {
    bool has = ast[id].kind == NodeKind::Index && lettersIn(id);
    if (has)
      for (NodeId item : ast.children(id).subspan(1))
        letters.emplace(ast.text(item), Letter{1, {}, {}, letters.size(), {}});
    for (NodeId child : ast.children(id))
      has |= child != noNode && hasLetters[child - firstNode];
    hasLetters.push_back(has);
  }
  for (auto &[index, letter] : letters)
    if (countCodePoints(index) == 1 && index != "_") taken.insert(letter.symbol = std::string(index));
  std::vector<std::pair<std::size_t, std::string_view>> others;
  for (auto &[index, letter] : letters)
    if (letter.symbol.empty()) others.emplace_back(letter.order, index);
  std::sort(others.begin(), others.end());
  for (auto &[order, index] : others)
    taken.insert(letters[index].symbol = freeSymbol(taken));
}

std::optional<Argument> Notation::declare() {
  bool tooMany = std::any_of(letters.begin(), letters.end(),
                             [](const auto &entry) { return entry.second.symbol.empty(); });
  if (tooMany)
    return build.fail(ast[root].span, "more than 300 indices in one statement", {}, ErrorKind::Limit);
  auto parts = terms();
  if (!parts) return std::nullopt;
  std::optional<Argument> total;
  for (auto [negative, node] : *parts) {
    Span mark = ast[node].mark;
    auto next = term(node);
    if (!next) return std::nullopt;
    if (total)
      total = build.binary(frame, negative ? Operator::subtract : Operator::add, mark, std::move(*total),
                           std::move(*next));
    else
      total = negative ? build.unary(frame, Operator::negative, mark, std::move(*next)) : std::move(next);
    if (!total) return std::nullopt;
  }
  std::vector<std::int64_t> extents;
  for (std::string_view index : left)
    extents.push_back(letters[index].extent);
  auto *sym = total->as<graph::Sym>();
  if (!sym || sym->shape() == llvm::ArrayRef<int64_t>(extents)) return total;
  return build.operation(frame, "broadcast_to", ast[root].mark,
                         {std::move(*total), Argument(llvm::ArrayRef<int64_t>(extents))});
}

std::optional<std::vector<std::pair<bool, NodeId>>> Notation::terms() {
  NodeId id = root;
  const Node &top = ast[root];
  bool looser = top.kind == NodeKind::Binary && !top.inBrackets && precedenceOf(top.op) < sumPrecedence;
  if (looser && (isSum(ast[ast.child(id, 0)]) || isSum(ast[ast.child(id, 1)])))
    return build.fail(top.mark, "terms are what + and - separate, and this operator joins several",
                      "put brackets around what is one term");
  std::vector<std::pair<bool, NodeId>> found;
  for (; isSum(ast[id]); id = ast.child(id, 0))
    found.emplace_back(ast[id].op == Operator::subtract, ast.child(id, 1));
  found.emplace_back(false, id);
  std::reverse(found.begin(), found.end());
  return found;
}

Notation::Factors Notation::factorsOf(NodeId term) const {
  Factors found;
  std::vector<NodeId> stack = {term};
  while (!stack.empty()) {
    NodeId id = stack.back();
    stack.pop_back();
    const Node &node = ast[id];
    if (node.kind == NodeKind::Binary && node.op == Operator::multiply) {
      stack.push_back(ast.child(id, 1));
      stack.push_back(ast.child(id, 0));
    } else if (node.kind == NodeKind::Unary && node.op == Operator::negative) {
      found.negative = !found.negative;
      stack.push_back(ast.child(id, 0));
    } else {
      found.nodes.push_back(id);
    }
  }
  return found;
}

std::optional<Argument> Notation::term(NodeId node) {
  Factors factors = factorsOf(node);
  Span mark = ast[node].mark;
  std::vector<Indexed> tensors;
  std::optional<Argument> number;
  for (NodeId id : factors.nodes) {
    auto factor = pointwise(id);
    if (!factor || !scalar(*factor, id)) return std::nullopt;
    if (!factor->value.isNumber()) {
      tensors.push_back(std::move(*factor));
    } else {
      number =
          number ? build.binary(frame, Operator::multiply, mark, std::move(*number), std::move(factor->value))
                 : std::optional<Argument>(std::move(factor->value));
      if (!number) return std::nullopt;
    }
  }
  std::optional<Argument> result = std::move(number);
  if (!tensors.empty()) {
    auto product = contract(std::move(tensors), mark);
    if (!product) return std::nullopt;
    result = result ? build.binary(frame, Operator::multiply, mark, std::move(*result), std::move(*product))
                    : std::move(product);
  }
  if (result && factors.negative) result = build.unary(frame, Operator::negative, mark, std::move(*result));
  return result;
}

/// What is no index and no number must be a scalar; a value that is no tensor at all cannot be a factor.
bool Notation::scalar(const Indexed &value, NodeId id) {
  if (value.value.isNumber() || !value.indices.empty()) return true;
  auto *sym = value.value.as<graph::Sym>();
  if (!sym)
    build.fail(ast[id].span, "a tensor or a number is needed here, and this is " + describe(value.value));
  else if (sym->rank() > 0)
    build.fail(ast[id].span, describe(value.value) + " has no indices here",
               "write one index for each axis, for example x[i]");
  return !build.failure;
}

std::string Notation::symbols(const std::vector<std::string_view> &indices) {
  std::string out;
  for (std::string_view index : indices)
    out += letters[index].symbol;
  return out;
}

std::optional<Argument> Notation::contract(std::vector<Indexed> factors, Span mark) {
  std::vector<std::string_view> kept;
  bool sums = false;
  auto stands = [&](std::string_view index) {
    return std::any_of(factors.begin(), factors.end(), [&](const Indexed &factor) {
      return std::find(factor.indices.begin(), factor.indices.end(), index) != factor.indices.end();
    });
  };
  std::copy_if(left.begin(), left.end(), std::back_inserter(kept), stands);
  for (const Indexed &factor : factors)
    for (std::string_view index : factor.indices)
      sums |= std::find(kept.begin(), kept.end(), index) == kept.end();
  if (factors.size() == 1 && !sums) return spread(std::move(factors[0]), left, mark);
  std::string equation;
  graph::Arguments arguments(1);
  for (Indexed &factor : factors) {
    equation += (arguments.size() > 1 ? "," : "") + symbols(factor.indices);
    arguments.push_back(std::move(factor.value));
  }
  arguments[0] = Argument(equation + "->" + symbols(kept));
  auto product = build.operation(frame, "einsum", mark, arguments);
  if (!product) return std::nullopt;
  return spread({std::move(*product), kept}, left, mark);
}

std::optional<Argument> Notation::spread(Indexed value, const std::vector<std::string_view> &onto,
                                         Span mark) {
  graph::Sym sym = *value.value.as<graph::Sym>();
  Argument::List order;
  std::vector<std::int64_t> extents;
  for (std::string_view index : onto) {
    auto found = std::find(value.indices.begin(), value.indices.end(), index);
    auto axis = static_cast<std::int64_t>(found - value.indices.begin());
    bool present = found != value.indices.end();
    if (present) order.push_back(Argument(axis));
    extents.push_back(present ? sym.extent(axis) : 1);
  }
  std::optional<Argument> result = std::move(value.value);
  bool sorted = true;
  for (std::size_t i = 0; i < order.size(); ++i)
    sorted &= *order[i].as<int64_t>() == static_cast<std::int64_t>(i);
  if (!sorted)
    result = build.operation(frame, "permute_dims", mark, {std::move(*result), Argument(std::move(order))});
  if (!result || result->as<graph::Sym>()->shape() == llvm::ArrayRef<int64_t>(extents)) return result;
  return build.operation(frame, "reshape", mark,
                         {std::move(*result), Argument(llvm::ArrayRef<int64_t>(extents))});
}

std::optional<std::vector<std::string_view>> Notation::align(std::vector<Indexed> &values, Span mark) {
  std::vector<std::string_view> all;
  for (const Indexed &value : values)
    for (std::string_view index : value.indices)
      if (std::find(all.begin(), all.end(), index) == all.end()) all.push_back(index);
  std::sort(all.begin(), all.end(),
            [&](std::string_view a, std::string_view b) { return letters[a].order < letters[b].order; });
  if (all.size() > 8) {
    build.fail(mark, "more than 8 indices in one pointwise operation");
    return std::nullopt;
  }
  for (Indexed &value : values) {
    if (value.indices.empty()) continue;
    auto aligned = spread(std::move(value), all, mark);
    if (!aligned) return std::nullopt;
    value = {std::move(*aligned), all};
  }
  return all;
}

std::optional<Notation::Indexed> Notation::pointwise(NodeId id) {
  std::vector<NodeId> spine;
  auto leans = [&](NodeId node) {
    bool isOperator = ast[node].kind == NodeKind::Unary || ast[node].kind == NodeKind::Binary;
    return isOperator && hasLetters[node - firstNode];
  };
  for (; leans(id); id = ast.child(id, 0))
    spine.push_back(id);
  ++build.depth;
  bool shallow = build.enter(ast[id].span); // counted twice: frames here are larger
  auto result = shallow ? leaf(id) : std::nullopt;
  for (; result && !spine.empty(); spine.pop_back())
    result = step(spine.back(), std::move(*result));
  build.depth -= 2;
  return build.failure ? std::nullopt : result;
}

std::optional<Notation::Indexed> Notation::leaf(NodeId id) {
  if (isLarge(ast, id)) {
    build.fail(ast[id].span, "this integer is over 9223372036854775807, the largest i64",
               "outside index notation it may stand beside a u64 tensor");
    return std::nullopt;
  }
  if (!hasLetters[id - firstNode]) {
    auto plain = build.value(frame, id);
    if (!plain) return std::nullopt;
    return Indexed{std::move(*plain), {}};
  }
  if (ast[id].kind == NodeKind::Index) return indexed(id);
  if (ast[id].kind == NodeKind::Call) return call(id);
  build.fail(ast[id].span, "indices cannot stand in a list");
  return std::nullopt;
}

std::optional<Notation::Indexed> Notation::step(NodeId id, Indexed first) {
  const Node &node = ast[id];
  if (!scalar(first, ast.child(id, 0))) return std::nullopt;
  if (node.kind == NodeKind::Unary) {
    auto value = build.unary(frame, node.op, node.mark, std::move(first.value));
    if (!value) return std::nullopt;
    return Indexed{std::move(*value), std::move(first.indices)};
  }
  if (node.op == Operator::matmul) {
    build.fail(node.mark, "there is no '@' in index notation",
               "write the product with an index that is summed");
    return std::nullopt;
  }
  auto second = pointwise(ast.child(id, 1));
  if (!second || !scalar(*second, ast.child(id, 1))) return std::nullopt;
  std::vector<Indexed> sides = {std::move(first), std::move(*second)};
  auto all = align(sides, node.mark);
  if (!all) return std::nullopt;
  auto value = build.binary(frame, node.op, node.mark, std::move(sides[0].value), std::move(sides[1].value));
  if (!value) return std::nullopt;
  return Indexed{std::move(*value), std::move(*all)};
}

std::optional<Notation::Indexed> Notation::call(NodeId id) {
  auto children = ast.children(id);
  Span callee = ast[children[0]].span;
  std::string name(ast.text(callee));
  auto declared = ast.functionNumbers.find(ast.text(callee));
  bool isFunction = declared != ast.functionNumbers.end() && declared->second < frame.number;
  const graph::Row *row =
      ast[children[0]].kind == NodeKind::Name && !isFunction ? graph::rowNamed(name) : nullptr;
  if (!row || !row->elementwise) {
    build.fail(callee, "only pointwise operations may hold indices, and " + name + " is none",
               "sum over an index by leaving it out on the left, or bind what " + name +
                   " gives on a line of its own");
    return std::nullopt;
  }
  std::vector<Indexed> values;
  for (NodeId child : children.subspan(1)) {
    auto argument = pointwise(ast[child].kind == NodeKind::Named ? ast.child(child, 0) : child);
    bool tensor = argument && argument->value.as<graph::Sym>();
    if (!argument || (tensor && !scalar(*argument, child))) return std::nullopt;
    values.push_back(std::move(*argument));
  }
  auto all = align(values, callee);
  if (!all) return std::nullopt;
  graph::Arguments positional;
  graph::NamedArguments named;
  for (std::size_t i = 0; i < values.size(); ++i) {
    NodeId child = children[i + 1];
    if (ast[child].kind == NodeKind::Named)
      named.emplace_back(build.word(ast[child].mark), std::move(values[i].value));
    else
      positional.push_back(std::move(values[i].value));
  }
  auto value = build.operation(frame, name, callee, positional, named);
  if (!value) return std::nullopt;
  return Indexed{std::move(*value), std::move(*all)};
}

std::optional<Notation::Indexed> Notation::indexed(NodeId id) {
  auto children = ast.children(id);
  if (hasLetters[children[0] - firstNode]) {
    build.fail(ast[id].mark, "what holds indices cannot be indexed again");
    return std::nullopt;
  }
  auto base = build.value(frame, children[0]);
  if (!base) return std::nullopt;
  auto *sym = base->as<graph::Sym>();
  if (!sym) {
    build.fail(ast[children[0]].span, "only tensors can be indexed, and this is " + describe(*base));
    return std::nullopt;
  }
  auto items = children.subspan(1);
  std::size_t rank = static_cast<std::size_t>(sym->rank());
  if (items.size() != rank) {
    build.fail({ast[id].mark.begin, ast[id].span.end},
               std::to_string(items.size()) + (items.size() == 1 ? " index" : " indices") + " for " +
                   describe(*base) + ", which has " + std::to_string(rank) + (rank == 1 ? " axis" : " axes"),
               "index notation names every axis");
    return std::nullopt;
  }
  std::vector<std::string_view> indices;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    Span place = ast[items[axis]].span;
    if (!useLetter(place, sym->extent(static_cast<std::int64_t>(axis)), describe(*base))) return std::nullopt;
    indices.push_back(ast.text(place));
  }
  return diagonal(std::move(*base), indices, ast[id].mark);
}

bool Notation::useLetter(Span place, std::int64_t extent, const std::string &operand) {
  Letter &letter = letters[ast.text(place)];
  bool first = letter.operand.empty();
  if (first || (letter.extent == 1 && extent != 1)) {
    letter.extent = extent;
    letter.place = place;
    letter.operand = operand;
    return true;
  }
  if (extent == letter.extent || extent == 1) return true;
  build.fail(letter.place, "index " + build.word(place) + " has extent " + std::to_string(letter.extent) +
                               " in " + letter.operand + " but " + std::to_string(extent) + " in " + operand);
  bool sameLine = ast.source->place(place.begin).line == ast.source->place(letter.place.begin).line;
  build.failure->notes.push_back(ast.source->note(place, sameLine ? "" : "the other one is here"));
  build.failure->notes.push_back(help("one index has one extent in a statement; only 1 broadcasts"));
  return false;
}

std::optional<Notation::Indexed> Notation::diagonal(Argument base,
                                                    const std::vector<std::string_view> &indices, Span mark) {
  std::vector<std::string_view> once;
  for (std::string_view index : indices)
    if (std::find(once.begin(), once.end(), index) == once.end()) once.push_back(index);
  if (once.size() == indices.size()) return Indexed{std::move(base), std::move(once)};
  auto value = build.operation(frame, "einsum", mark,
                               {Argument(symbols(indices) + "->" + symbols(once)), std::move(base)});
  if (!value) return std::nullopt;
  return Indexed{std::move(*value), std::move(once)};
}

} // namespace tgc::language
