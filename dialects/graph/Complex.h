// Complex numbers as pairs of real tensors. A complex value of the graph is `join_parts` of two real ones,
// and a call on it writes the real ops its parts are made of: every later question (derivatives, batching,
// fusion) is then one about real numbers. What stays complex: what functions, branches and loops hand on, and
// the rows marked `whole` (contractions) until their order is chosen.
#pragma once
#include "dialects/graph/Sym.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace tgc::graph {

/// Two real tensors of one shape. A part may be a symbolic zero or a literal.
struct Complex {
  Sym re, im;
};

/// The parts of a complex tensor; a real one has a zero for its imaginary part.
Complex partsOf(Sym z);
/// The complex tensor of two parts, broadcast against each other.
Sym joined(Ink &ink, Complex z);
/// Each part as another real dtype.
Complex converted(Complex z, mlir::Type part);

Complex operator+(Complex a, Complex b);
Complex operator-(Complex a, Complex b);
Complex operator-(Complex a);
Complex operator*(Complex a, Complex b);
/// Without overflow where the quotient has none (Smith).
Complex operator/(Complex a, Complex b);

/// A call of a row with complex operands: what a rule reads, and how it gives its results.
class ComplexCall {
public:
  /// `segments`: how many of `operands` each declared operand has.
  ComplexCall(Ink &ink, llvm::StringRef name, llvm::ArrayRef<Complex> operands,
              llvm::ArrayRef<int32_t> segments, mlir::DictionaryAttr attributes)
      : ink(ink), name(name), operands(operands), segments(segments), attributes(attributes) {}

  /// A declared operand; both parts are absent where it was left out. What is no number (a mask, indices) is
  /// `re`.
  Complex one(unsigned which) const;
  llvm::ArrayRef<Complex> list(unsigned which) const;
  int64_t integer(llvm::StringRef key) const;
  llvm::ArrayRef<int64_t> integers(llvm::StringRef key) const;
  double real(llvm::StringRef key) const;
  bool flag(llvm::StringRef key) const;
  llvm::StringRef text(llvm::StringRef key) const;
  mlir::Type type(llvm::StringRef key) const;

  /// What a rule gave as the call's results: complex values joined, real ones as they are.
  Syms results(Complex z) { return {joined(ink, z)}; }
  Syms results(Sym x) { return {x}; }
  Syms results(Syms all) { return all; }

  Ink &ink;
  llvm::StringRef name;
  llvm::ArrayRef<Complex> operands;
  llvm::ArrayRef<int32_t> segments;
  mlir::DictionaryAttr attributes;
};

/// The op on the real parts, and again on the imaginary ones.
Syms complexByParts(ComplexCall &call);
/// The composite's formula, its operands being complex.
Syms complexByFormula(ComplexCall &call);

namespace complexes {
// ComplexFunctions.cpp: principal values; cuts and signs of zeros as C99 and NumPy have them.
Sym size(Complex z); ///< without overflow
Sym phase(Complex z);
Complex conjugate(Complex z);
Complex direction(Complex z); ///< z / |z|, 0 at 0
Complex square(Complex z);
Complex sqrt(Complex z);
Complex exp(Complex z);
Complex expm1(Complex z);
Complex log(Complex z);
Complex log1p(Complex z);
Complex scaledLog(Complex z, double base);
Complex power(Complex z, Complex w);
Complex sin(Complex z);
Complex cos(Complex z);
Complex tan(Complex z);
Complex sinh(Complex z);
Complex cosh(Complex z);
Complex tanh(Complex z);
Complex asin(Complex z);
Complex acos(Complex z);
Complex atan(Complex z);
Complex asinh(Complex z);
Complex acosh(Complex z);
Complex atanh(Complex z);
Sym equal(Complex a, Complex b);
Sym isNonzero(Complex z);

// ComplexProducts.cpp
Complex contract(llvm::ArrayRef<Complex> tensors, llvm::StringRef equation);
Complex prod(Complex x, llvm::ArrayRef<int64_t> axes, bool keepdims);
Sym vecdot(Ink &ink, Complex a, Complex b, int64_t axis);
Syms scatter(ComplexCall &call, llvm::StringRef how);
Syms convert(ComplexCall &call, Complex x, mlir::Type dtype);

// ComplexFactors.cpp: by real matrices of twice the size, whose factors have the form of complex ones.
/// Reports what are none.
bool areMatrices(Ink &ink, llvm::StringRef name, Complex x, bool square);
Complex solve(Ink &ink, Complex a, Complex b);
Complex inverse(Ink &ink, Complex x);
Complex cholesky(Ink &ink, Complex x, bool upper);
Syms qr(Ink &ink, Complex x);

// ComplexDecompose.cpp
Sym det(Ink &ink, Complex x);
Syms slogdet(Ink &ink, Complex x);
Syms eigh(Ink &ink, Complex x);
Sym eigvalsh(Ink &ink, Complex x);
Syms svd(Ink &ink, Complex x);
Sym svdvals(Ink &ink, Complex x);
} // namespace complexes
} // namespace tgc::graph
