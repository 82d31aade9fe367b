// What each kind answers for all of its ops. Kinds.td writes calls of these; Kinds.cpp holds the bodies.
#pragma once
#include "dialects/graph/Graph.h"
#include "dialects/graph/HostTensor.h"
#include "dialects/graph/Lowering.h"
#include "dialects/graph/Sym.h"

namespace tgc::graph {

// ---- types ----
/// One shape, one element type among those in `bits`; bit k of `conditions`: operand k is bool and does not
/// count. A null `result` means the operands' element type. `advice` ends the message about a refused dtype.
llvm::LogicalResult inferPointwise(std::optional<mlir::Location> loc, llvm::StringRef name,
                                   mlir::ValueRange operands, int bits, llvm::StringRef words,
                                   llvm::StringRef advice, int conditions, mlir::Type result,
                                   llvm::SmallVectorImpl<mlir::Type> &out);
/// The operands of some declared positions, an optional or variadic one whole.
template <typename Adaptor>
llvm::SmallVector<mlir::Value> declaredOperands(Adaptor adaptor, llvm::ArrayRef<unsigned> declared) {
  llvm::SmallVector<mlir::Value> out;
  for (unsigned which : declared)
    llvm::append_range(out, adaptor.getODSOperands(which));
  return out;
}
/// The types of what the formula builds, in a scratch block; `operands` have to be among `bits`.
llvm::LogicalResult inferByFormula(mlir::MLIRContext *context, std::optional<mlir::Location> loc,
                                   llvm::StringRef name, mlir::ValueRange operands, int bits,
                                   llvm::StringRef words, llvm::function_ref<Syms(Ink &)> formula,
                                   llvm::SmallVectorImpl<mlir::Type> &out);

// ---- derivatives ----
/// An error at the op: it has no derivative, and the row's reason why.
llvm::LogicalResult noRule(mlir::Operation *op);
/// A composite was asked for what only its formula knows: `Expand` has to run first.
llvm::LogicalResult expandFirst(mlir::Operation *op);
/// partial * t, strong where the row is singular.
inline Sym product(Sym partial, Sym t, bool singular) { return singular ? strong(partial, t) : partial * t; }
/// The op on other operands, attributes kept.
Sym sameOp(mlir::Operation *op, Ink &ink, SymsRef operands);
/// The op applied to the tangents of its jointly linear operands; missing ones are zero.
Sym linearTangent(mlir::Operation *op, Ink &ink, SymsRef tangents,
                  llvm::function_ref<bool(unsigned)> isLinear);
/// The sum of the op with one tangent in the place of its operand, over the operands it is linear in alone.
Sym multilinearTangent(mlir::Operation *op, Ink &ink, SymsRef tangents,
                       llvm::function_ref<bool(unsigned)> isLinear);
inline bool differentiable(mlir::Operation *op) { return isDifferentiable(op->getResult(0).getType()); }

// ---- batching ----
llvm::FailureOr<Syms> batchPointwise(mlir::Operation *op, Ink &ink, SymsRef operands,
                                     llvm::ArrayRef<bool> mapped, int64_t extent);
Syms batchLeaf(mlir::Operation *op, Ink &ink, int64_t extent);
/// The operand with a leading axis of `extent`: as it is, or broadcast.
Sym withLeadingAxis(Ink &ink, Sym operand, bool mapped, int64_t extent);

// ---- reference evaluation ----
inline HostTensor hostOperandAt(HostTensorsRef operands, unsigned start, unsigned length) {
  return length ? operands[start] : HostTensor();
}
/// The operand declared at position `which`; an absent optional one has a null type.
template <typename Op> HostTensor hostOperand(Op &op, HostTensorsRef operands, unsigned which) {
  auto [start, length] = op.getODSOperandIndexAndLength(which);
  return hostOperandAt(operands, start, length);
}
/// All tensors of a variadic operand.
template <typename Op> HostTensorsRef hostOperands(Op &op, HostTensorsRef operands, unsigned which) {
  auto [start, length] = op.getODSOperandIndexAndLength(which);
  return operands.slice(start, length);
}
template <typename Op> HostTensors asTensors(Op &, HostTensor value) { return {std::move(value)}; }
template <typename Op> HostTensors asTensors(Op &, HostTensors values) { return values; }

/// Complex operands: the row's rule, evaluated on their parts.
HostTensors evaluateComplex(mlir::Operation *op, HostTensorsRef operands);
/// One element of every operand as T, in order, through `rule`.
template <int bits, int arity, typename Rule>
HostTensors evaluatePointwise(mlir::Operation *op, HostTensorsRef operands, Rule rule) {
  if (llvm::any_of(operands, [](const HostTensor &operand) { return operand.isComplex(); }))
    return evaluateComplex(op, operands);
  HostTensor out(tensorOf(op->getResult(0)));
  // The element type of the numbers: a bool operand beside others is a condition and does not decide it.
  char kind = operands[0].kind();
  for (const HostTensor &operand : operands)
    if (operand.kind() != 'b') kind = operand.kind();
  auto run = [&]<typename T>(T) {
    for (int64_t at = 0; at < out.count(); ++at) {
      auto value = [&]<size_t... k>(std::index_sequence<k...>) {
        return rule(operands[k].template get<T>(at)...);
      }(std::make_index_sequence<arity>());
      out.set(at,
              static_cast<std::conditional_t<std::is_integral_v<decltype(value)> &&
                                                 !std::is_same_v<decltype(value), bool> && sizeof(value) < 8,
                                             int64_t, decltype(value)>>(value));
    }
  };
  if constexpr (bits & 1)
    if (kind == 'f') run(double());
  if constexpr (bits & 2)
    if (kind == 'i') run(int64_t());
  if constexpr (bits & 4)
    if (kind == 'u') run(uint64_t());
  if constexpr (bits & 8)
    if (kind == 'b') run(bool());
  return {std::move(out)};
}

// ---- templates over the op class ----
template <typename Op>
llvm::FailureOr<Syms> tangentByPartials(Op op, Ink &ink, SymsRef tangents, llvm::ArrayRef<bool> known,
                                        bool singular) {
  Sym total = ink.zero(op->getResult(0).getType());
  if (!differentiable(op)) return Syms{total};
  if (known.empty()) return noRule(op);
  for (unsigned k = 0; k < tangents.size(); ++k) {
    if (tangents[k].isZero() || !known[k]) continue;
    Sym partial = Op::partial(k, ink, typename Op::Adaptor(op), ink.sym(op->getResult(0)));
    total = total + product(partial, tangents[k], singular);
  }
  return Syms{total};
}

template <typename Op>
llvm::FailureOr<Syms> cotangentByPartials(Op op, Ink &ink, SymsRef cotangents, llvm::ArrayRef<bool> wanted,
                                          llvm::ArrayRef<bool> known, bool singular) {
  Syms out;
  for (mlir::Value operand : op->getOperands())
    out.push_back(ink.zero(operand.getType()));
  if (!differentiable(op) || cotangents[0].isZero()) return out;
  if (known.empty()) return noRule(op);
  for (unsigned k = 0; k < out.size(); ++k) {
    if (!wanted[k] || !known[k]) continue;
    Sym partial = Op::partial(k, ink, typename Op::Adaptor(op), ink.sym(op->getResult(0)));
    out[k] = product(partial, cotangents[0], singular || ink.areProductsStrong());
  }
  return out;
}

template <typename Op>
llvm::FailureOr<Syms> tangentByLinearity(Op op, Ink &ink, SymsRef tangents, llvm::ArrayRef<bool> linear,
                                         bool multilinear) {
  if (!differentiable(op)) return Syms{ink.zero(op->getResult(0).getType())};
  auto isLinear = [&](unsigned k) { return linear[k]; };
  return Syms{multilinear ? multilinearTangent(op, ink, tangents, isLinear)
                          : linearTangent(op, ink, tangents, isLinear)};
}

template <typename Op>
llvm::FailureOr<Syms> cotangentByAdjoints(Op op, Ink &ink, SymsRef cotangents, llvm::ArrayRef<bool> wanted) {
  Syms out;
  for (unsigned k = 0; k < op->getNumOperands(); ++k) {
    out.push_back(ink.zero(op->getOperand(k).getType()));
    if (!wanted[k] || !differentiable(op) || cotangents[0].isZero()) continue;
    if (Sym ct = Op::adjoint(k, ink, typename Op::Adaptor(op), cotangents[0])) out[k] = ct;
  }
  return out;
}

/// Whether operand `k` of a Linear row is linear: listed by declared position; a variadic operand counts
/// whole.
template <typename Op> bool isLinearIn(Op op, unsigned k, llvm::ArrayRef<unsigned> linearIn) {
  for (unsigned declared : linearIn) {
    auto [start, length] = op.getODSOperandIndexAndLength(declared);
    if (k >= start && k < start + length) return true;
  }
  return false;
}

template <typename Op>
llvm::FailureOr<Syms> tangentOfLinear(Op op, Ink &ink, SymsRef tangents, llvm::ArrayRef<unsigned> linearIn,
                                      bool multilinear) {
  if (!differentiable(op)) return Syms{ink.zero(op->getResult(0).getType())};
  auto isLinear = [&](unsigned k) { return isLinearIn(op, k, linearIn); };
  return Syms{multilinear ? multilinearTangent(op, ink, tangents, isLinear)
                          : linearTangent(op, ink, tangents, isLinear)};
}

template <typename Op>
llvm::FailureOr<Syms> cotangentByAdjoint(Op op, Ink &ink, SymsRef cotangents, llvm::ArrayRef<bool> wanted,
                                         llvm::ArrayRef<unsigned> linearIn) {
  Syms out;
  for (unsigned k = 0; k < op->getNumOperands(); ++k) {
    out.push_back(ink.zero(op->getOperand(k).getType()));
    if (!wanted[k] || !isLinearIn(op, k, linearIn) || !differentiable(op) || cotangents[0].isZero()) continue;
    out.back() = op.adjoint(k, ink, cotangents[0]);
  }
  return out;
}

} // namespace tgc::graph
