// Formulas of products, and what all formulas share.
#include "dialects/graph/Composite.h"
#include "dialects/graph/Call.h"

using namespace mlir;

namespace tgc::graph::formulas {

static std::string nameOrNumber(const Syms &operands, int64_t which) {
  auto name = nameOf(operands[which].value());
  return name ? *name : "operand " + std::to_string(which);
}

/// Where an operand comes from, and under which name.
static void noteOrigin(InFlightDiagnostic &diagnostic, const Syms &operands, int64_t which) {
  Value value = operands[which].value();
  diagnostic.attachNote(value.getLoc())
      << nameOrNumber(operands, which) << (isa<BlockArgument>(value) ? " is declared here" : " is made here");
}

// Two operands disagree on a letter: the first is underlined, the second marked, both are named with their
// types.
static Sym refuseClash(Ink &ink, const EquationError &error, const Syms &operands) {
  std::string message = error.message;
  for (int64_t which : {error.operand, error.otherOperand}) {
    std::string words = "operand " + std::to_string(which);
    size_t at = message.rfind(words);
    if (at != std::string::npos)
      message.insert(at + words.size(), " (" + textOf(operands[which].value()) + ")");
  }
  Location first = ink.at(error.otherColumn, error.length), second = ink.at(error.column, error.length);
  auto diagnostic = emitError(first) << message;
  if (first != second) diagnostic.attachNote(second);
  noteOrigin(diagnostic, operands, error.otherOperand);
  size_t letter = message.find(' ') + 1;
  diagnostic.attachNote() << "help: " << nameOrNumber(operands, error.otherOperand) << "'s axis "
                          << error.otherAxis << " and " << nameOrNumber(operands, error.operand) << "'s axis "
                          << error.axis << " share the letter "
                          << message.substr(letter, message.find(' ', letter) - letter)
                          << " and must be equal";
  ink.fail();
  return {};
}

Sym refuse(Ink &ink, const Twine &message) {
  emitError(ink.loc()) << message;
  ink.fail();
  return {};
}

static bool isHalf(Type element) { return kindOf(element) == 'f' && bitsOf(element) == 16; }
Sym widened(Sym x) { return x && isHalf(x.element()) ? astype(x, x.ink()->builder.getF32Type()) : x; }
Sym like(Sym x, Sym result) {
  if (!result) return {};
  Type wanted = isComplexTensor(result.type()) ? x.element() : realOf(x.element());
  return result.element() != wanted ? astype(result, wanted) : result;
}

std::optional<int64_t> axisOf(Ink &ink, llvm::StringRef name, int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  refuse(ink, name + ": axis " + Twine(axis) + " is out of range for " + Twine(rank) +
                  (rank == 1 ? " axis" : " axes"));
  return std::nullopt;
}

Sym movedAxis(Sym x, int64_t from, int64_t to) {
  if (from == to) return x;
  SmallVector<int64_t> axes = allAxes(x.rank());
  axes.erase(axes.begin() + from);
  axes.insert(axes.begin() + to, from);
  return permute_dims(x, Ints(axes));
}

Sym padRank(Sym x, int64_t rank) {
  if (x.rank() >= rank) return x;
  SmallVector<int64_t> shape(rank - x.rank(), 1);
  llvm::append_range(shape, x.shape());
  return reshape(x, shape);
}

Sym part(Sym x, int64_t axis, int64_t from, int64_t to) {
  SmallVector<int64_t> starts(x.rank(), 0), stops(x.shape()), strides(x.rank(), 1);
  starts[axis] = from;
  stops[axis] = to;
  return from == 0 && to == x.extent(axis) ? x : graph::slice(x, starts, stops, strides);
}

// Four axes are enough whatever the rank: those before, the axis, the copies, those after.
static Sym copies(Sym x, int64_t axis, int64_t times, bool each) {
  if (times == 1) return x;
  int64_t before = countOf(x.shape().take_front(axis)), own = x.extent(axis);
  int64_t after = countOf(x.shape().drop_front(axis + 1));
  SmallVector<int64_t> narrow = {before, own, 1, after}, wide = {before, own, times, after}, shape(x.shape());
  if (!each) {
    std::swap(narrow[1], narrow[2]);
    std::swap(wide[1], wide[2]);
  }
  shape[axis] *= times;
  return reshape(broadcast_to(reshape(x, narrow), wide), shape);
}
Sym repeatAxis(Sym x, int64_t axis, int64_t times) { return copies(x, axis, times, true); }
Sym tileAxis(Sym x, int64_t axis, int64_t times) { return copies(x, axis, times, false); }

static Sym refuse(Ink &ink, const EquationError &error, const Syms &operands) {
  if (error.otherOperand >= 0) return refuseClash(ink, error, operands);
  auto diagnostic = emitError(ink.at(error.column, error.length)) << error.message;
  // What is wrong with the text itself has nothing to do with the operand that it stands for.
  const bool ofOperand = llvm::StringRef(error.message).contains("operand ");
  if (ofOperand && error.operand >= 0 && error.operand < static_cast<int64_t>(operands.size()))
    diagnostic.attachNote(operands[error.operand].value().getLoc())
        << "operand " << error.operand << " is " << textOf(operands[error.operand].value());
  ink.fail();
  return {};
}

// The canonical contraction: ellipsis expanded, axes of extent 1 that broadcast dropped.
Sym einsum(Ink &ink, llvm::StringRef text, const Syms &operands) {
  std::vector<uint32_t> ranks;
  std::vector<std::vector<int64_t>> shapes;
  for (Sym operand : operands) {
    ranks.push_back(operand.rank());
    shapes.emplace_back(operand.shape().begin(), operand.shape().end());
  }
  auto parsed = parseEquation({text.data(), text.size()}, std::span<const uint32_t>(ranks));
  if (auto *error = std::get_if<EquationError>(&parsed)) return refuse(ink, *error, operands);
  auto &equation = std::get<Equation>(parsed);
  auto bound = bindExtents(equation, shapes);
  if (auto *error = std::get_if<EquationError>(&bound)) return refuse(ink, *error, operands);
  const auto &axes = std::get<Extents>(bound).broadcast;
  Syms squeezed = operands;
  for (uint32_t k = 0; k < operands.size(); ++k) {
    SmallVector<int64_t> shape;
    for (uint32_t axis = 0; axis < shapes[k].size(); ++axis)
      if (!llvm::is_contained(axes, BroadcastAxis{k, axis})) shape.push_back(shapes[k][axis]);
    if (shape.size() != shapes[k].size()) squeezed[k] = reshape(operands[k], shape);
  }
  return contract(printEquation(withoutAxes(equation, axes)), squeezed);
}

// ---- products ----
/// The axes that matmul sums differ in extent.
static Sym refuseProduct(Ink &ink, const Syms &operands, int64_t left, int64_t row) {
  auto diagnostic = emitError(ink.loc());
  diagnostic << "matmul: axis " << left << " of operand 0 (" << textOf(operands[0].value()) << ") has extent "
             << operands[0].extent(left) << " but axis " << row << " of operand 1 ("
             << textOf(operands[1].value()) << ") has extent " << operands[1].extent(row);
  noteOrigin(diagnostic, operands, 0);
  if (operands[1].value() != operands[0].value()) noteOrigin(diagnostic, operands, 1);
  diagnostic.attachNote() << "help: " << nameOrNumber(operands, 0) << "'s axis " << left << " and "
                          << nameOrNumber(operands, 1) << "'s axis " << row
                          << " are summed together and must be equal";
  ink.fail();
  return {};
}

Sym matmul(Ink &ink, Sym a, Sym b) {
  for (Sym operand : {a, b})
    if (operand.rank() == 0)
      return refuse(ink, "matmul: an operand is a scalar: " + textOf(operand.value()) + "; use multiply");
  int64_t left = a.extent(a.rank() - 1), row = std::max<int64_t>(b.rank() - 2, 0), right = b.extent(row);
  if (left != right) return refuseProduct(ink, {a, b}, a.rank() - 1, row);
  std::string lhs = a.rank() == 1 ? "k" : "...ik", rhs = b.rank() == 1 ? "k" : "...kj", out;
  if (a.rank() > 1 || b.rank() > 1) out = "...";
  if (a.rank() > 1) out += "i";
  if (b.rank() > 1) out += "j";
  return graph::einsum(lhs + "," + rhs + "->" + out, {a, b});
}

Sym tensordot(Ink &ink, Sym a, Sym b, Ints axes) {
  SmallVector<int64_t> ours, theirs;
  if (axes.size() == 1) {
    if (axes[0] < 0 || axes[0] > std::min(a.rank(), b.rank()))
      return refuse(ink, "tensordot: " + textOf(a.value()) + " and " + textOf(b.value()) + " do not share " +
                             Twine(axes[0]) + " axes");
    for (int64_t k = 0; k < axes[0]; ++k) {
      ours.push_back(a.rank() - axes[0] + k);
      theirs.push_back(k);
    }
  } else if (axes.size() % 2) {
    return refuse(ink, "tensordot: the two lists of axes differ in length");
  }
  for (size_t k = 0; axes.size() != 1 && k < axes.size() / 2; ++k) {
    auto own = axisOf(ink, "tensordot", axes[k], a.rank());
    auto other = axisOf(ink, "tensordot", axes[axes.size() / 2 + k], b.rank());
    if (!own || !other) return {};
    ours.push_back(*own);
    theirs.push_back(*other);
  }
  std::string lhs(a.rank(), ' '), rhs(b.rank(), ' '), out;
  for (auto [k, own] : llvm::enumerate(ours)) {
    int64_t other = theirs[k];
    if (lhs[own] != ' ' || rhs[other] != ' ') return refuse(ink, "tensordot: an axis is given twice");
    if (a.extent(own) != b.extent(other))
      return refuse(ink, "tensordot: axis " + Twine(own) + " of operand 0 (" + textOf(a.value()) +
                             ") and axis " + Twine(other) + " of operand 1 (" + textOf(b.value()) +
                             ") differ in extent");
    lhs[own] = rhs[other] = static_cast<char>('a' + k);
  }
  char next = 'A';
  for (std::string *text : {&lhs, &rhs})
    for (char &letter : *text)
      if (letter == ' ') out += letter = next++;
  return graph::einsum(lhs + "," + rhs + "->" + out, {a, b});
}

Sym vecdot(Ink &ink, Sym a, Sym b, int64_t axis) {
  auto own = axisOf(ink, "vecdot", axis, a.rank()), other = axisOf(ink, "vecdot", axis, b.rank());
  if (!own || !other) return {};
  if (a.extent(*own) != b.extent(*other))
    return refuse(ink, "vecdot: " + textOf(a.value()) + " and " + textOf(b.value()) +
                           " differ in the extent of axis " + Twine(axis));
  return graph::einsum("...i,...i->...",
                       {movedAxis(a, *own, a.rank() - 1), movedAxis(b, *other, b.rank() - 1)});
}

Sym outer(Ink &ink, Sym a, Sym b) {
  for (Sym operand : {a, b})
    if (operand.rank() != 1) return refuse(ink, "outer takes vectors, got " + textOf(operand.value()));
  return graph::einsum("i,j->ij", {a, b});
}

Sym kron(Ink &ink, Sym a, Sym b) {
  int64_t rank = std::max(a.rank(), b.rank());
  a = padRank(a, rank);
  b = padRank(b, rank);
  Sym left = a, right = b;
  for (int64_t axis = 0; axis < rank; ++axis) {
    left = repeatAxis(left, axis, b.extent(axis));
    right = tileAxis(right, axis, a.extent(axis));
  }
  return left * right;
}

Sym diagonal(Ink &ink, Sym x, int64_t offset) {
  if (x.rank() < 2) return refuse(ink, "a diagonal needs two axes, " + textOf(x.value()) + " has fewer");
  int64_t rows = x.rank() - 2, columns = x.rank() - 1;
  int64_t down = std::clamp<int64_t>(-offset, 0, x.extent(rows)),
          right = std::clamp<int64_t>(offset, 0, x.extent(columns));
  int64_t length = std::min(x.extent(rows) - down, x.extent(columns) - right);
  Sym square = part(part(x, rows, down, down + length), columns, right, right + length);
  return graph::einsum("...ii->...i", {square});
}

Sym diag(Ink &ink, Sym x, int64_t offset) {
  if (x.rank() == 2) return diagonal(ink, x, offset);
  if (x.rank() != 1) return refuse(ink, "diag takes a vector or a matrix, got " + textOf(x.value()));
  int64_t low = std::max<int64_t>(-offset, 0), right = std::max<int64_t>(offset, 0),
          n = x.extent(0) + low + right;
  if (n < 0 || n > maxElements) return refuse(ink, "diag: no tensor holds diagonal " + Twine(offset));
  // Above the main diagonal an element's column tells its place, below it its row.
  Sym line = pad_zero(x, {right}, {low}, {0});
  if (offset < 0) line = pad_zero(x, {low}, {right}, {0});
  line = reshape(line, offset < 0 ? SmallVector<int64_t>{n, 1} : SmallVector<int64_t>{1, n});
  Sym here = graph::iota(ink, {n, n}, 1) == graph::iota(ink, {n, n}, 0) + static_cast<double>(offset);
  return where(here, line, ink.zero(line.type()));
}

Sym bilinear(Ink &ink, Sym a, Sym b, Sym weight, Sym bias) {
  if (weight.rank() != 3 || a.rank() == 0 || b.rank() == 0)
    return refuse(ink, "bilinear: the weight has three axes, x1 and x2 at least one; got " +
                           textOf(weight.value()) + ", " + textOf(a.value()) + " and " + textOf(b.value()));
  if (weight.extent(1) != a.extent(a.rank() - 1) || weight.extent(2) != b.extent(b.rank() - 1))
    return refuse(ink, "bilinear: " + textOf(weight.value()) + " does not stand between " +
                           textOf(a.value()) + " and " + textOf(b.value()));
  Sym y = graph::einsum("...m,omn,...n->...o", {a, weight, b});
  if (!y || !bias) return y;
  if (bias.rank() > 1 || (bias.rank() == 1 && bias.extent(0) != 1 && bias.extent(0) != weight.extent(0)))
    return refuse(ink, "bilinear: the bias has an element for each of the weight's matrices, got " +
                           textOf(bias.value()) + " for " + textOf(weight.value()));
  return y + bias;
}

} // namespace tgc::graph::formulas
