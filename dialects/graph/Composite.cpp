// Formulas of the composites.
#include "dialects/graph/Composite.h"
#include "dialects/graph/Call.h"

using namespace mlir;

namespace tgc::graph::formulas {

static std::string nameOrNumber(const Syms &operands, int64_t which) {
  auto name = nameOf(operands[which].value());
  return name ? *name : "operand " + std::to_string(which);
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
  Value other = operands[error.otherOperand].value();
  std::string name = nameOrNumber(operands, error.otherOperand);
  diagnostic.attachNote(other.getLoc())
      << name << (isa<BlockArgument>(other) ? " is declared here" : " is made here");
  size_t letter = message.find(' ') + 1;
  diagnostic.attachNote() << "help: " << name << "'s axis " << error.otherAxis << " and "
                          << nameOrNumber(operands, error.operand) << "'s axis " << error.axis
                          << " share the letter "
                          << message.substr(letter, message.find(' ', letter) - letter)
                          << " and must be equal";
  ink.fail();
  return {};
}

static Sym refuse(Ink &ink, const EquationError &error, const Syms &operands) {
  if (error.otherOperand >= 0) return refuseClash(ink, error, operands);
  auto diagnostic = emitError(ink.at(error.column, error.length)) << error.message;
  if (error.operand >= 0 && error.operand < static_cast<int64_t>(operands.size()))
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

} // namespace tgc::graph::formulas
