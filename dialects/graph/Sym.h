// Sym: a value with arithmetic, the ink in which partials, adjoints, formulas and batching rules are written.
// An Ink builds graph ops at one insertion point, drops symbolic zeros, folds literals and builds no op
// twice.
#pragma once
#include "dialects/graph/Types.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SmallVector.h"
#include <unordered_map>

namespace tgc::graph {

class Ink;

/// One of: absent (an operand left out), a value, a symbolic zero of a type, a literal number without a type.
class Sym {
public:
  Sym() = default;
  Sym(double number) : number_(number), state_(Literal) {}
  Sym(int number) : Sym(static_cast<double>(number)) {}
  Sym(Ink &ink, mlir::Value value) : ink_(&ink), value_(value), type_(value.getType()), state_(Held) {}
  static Sym zero(Ink &ink, mlir::Type type) {
    Sym sym;
    sym.ink_ = &ink;
    sym.type_ = type;
    sym.state_ = Zero;
    return sym;
  }

  explicit operator bool() const { return state_ != Absent; }
  bool isZero() const { return state_ == Zero || (state_ == Literal && number_ == 0); }
  bool isLiteral() const { return state_ == Literal; }
  bool isValue() const { return state_ == Held; }
  double number() const { return number_; }

  /// The SSA value; a symbolic zero becomes a constant here. Not for literals.
  mlir::Value value() const;
  mlir::RankedTensorType type() const { return tensorOf(type_); }
  /// An absent Sym (after a failure) has no axes.
  llvm::ArrayRef<int64_t> shape() const { return type_ ? type().getShape() : llvm::ArrayRef<int64_t>(); }
  int64_t rank() const { return shape().size(); }
  int64_t extent(int64_t axis) const { return type_ ? type().getDimSize(axis) : 0; }
  mlir::Type element() const { return type().getElementType(); }
  Ink *ink() const { return ink_; }

private:
  enum State : uint8_t { Absent, Held, Zero, Literal };
  Ink *ink_ = nullptr;
  mlir::Value value_;
  mlir::Type type_;
  double number_ = 0;
  State state_ = Absent;
};

/// Several Syms; a formula may return one Sym or a list of them.
class Syms : public llvm::SmallVector<Sym, 4> {
public:
  using Base = llvm::SmallVector<Sym, 4>;
  using Base::Base;
  Syms() = default;
  Syms(Sym sym) : Base({sym}) {}
  Syms(std::initializer_list<Sym> list) : Base(list) {}
  Syms(const Base &list) : Base(list) {}
};
using SymsRef = llvm::ArrayRef<Sym>;

class Ink {
public:
  Ink(mlir::OpBuilder builder, mlir::Location loc) : builder(builder), loc_(loc) {}

  Sym sym(mlir::Value value) { return value ? Sym(*this, value) : Sym(); }
  Syms syms(mlir::ValueRange values);
  Sym zero(mlir::Type type) { return Sym::zero(*this, type); }
  /// A splat constant.
  Sym full(llvm::ArrayRef<int64_t> shape, mlir::Type element, double number);
  Sym constant(mlir::DenseElementsAttr value);

  /// Builds an op from operands and attributes as they are (no broadcasting, no promotion). Equal ops are
  /// built once. A failure has been reported at `loc()`; the result is then absent and `failed()` stays true.
  Syms build(llvm::StringRef name, mlir::ValueRange operands,
             llvm::ArrayRef<mlir::NamedAttribute> attributes = {});
  Sym build1(llvm::StringRef name, mlir::ValueRange operands,
             llvm::ArrayRef<mlir::NamedAttribute> attributes = {}) {
    Syms all = build(name, operands, attributes);
    return all.empty() ? Sym() : all.front();
  }

  mlir::Location loc() const { return loc_; }
  void setLoc(mlir::Location loc) { loc_ = loc; }
  /// The place of a code point inside a text argument, where the frontend said where that text is; else
  /// `loc()`.
  mlir::Location at(int64_t column, int64_t length) const;
  /// The location of a call whose text argument begins (after its quote) at `text`, a file location.
  static mlir::Location withText(mlir::Location call, mlir::Location text);
  bool failed() const { return failed_; }
  void fail() { failed_ = true; }
  /// Whether products of rules with a cotangent are strong (`strong`), whatever the row says of itself.
  bool areProductsStrong() const { return strong_; }
  void setProductsStrong(bool yes) { strong_ = yes; }
  mlir::MLIRContext *context() const { return loc_.getContext(); }

  mlir::OpBuilder builder;

private:
  mlir::Operation *seenBefore(mlir::Operation *op);
  mlir::Location loc_;
  bool failed_ = false, strong_ = false;
  std::unordered_multimap<size_t, mlir::Operation *> built_;
};

// Arithmetic with NumPy broadcasting; zeros and literals fold.
Sym operator+(Sym a, Sym b);
Sym operator-(Sym a, Sym b);
Sym operator*(Sym a, Sym b);
Sym operator/(Sym a, Sym b);
Sym operator-(Sym a);
Sym operator<(Sym a, Sym b);
Sym operator<=(Sym a, Sym b);
Sym operator>(Sym a, Sym b);
Sym operator>=(Sym a, Sym b);
Sym operator==(Sym a, Sym b);
Sym operator!=(Sym a, Sym b);
Sym operator&(Sym a, Sym b);
Sym operator|(Sym a, Sym b);

/// factor * t where a zero of `t` wins over an infinite or NaN factor.
Sym strong(Sym factor, Sym t);
/// Sums `x` down to `shape`, the adjoint of NumPy broadcasting.
Sym sumTo(Sym x, llvm::ArrayRef<int64_t> shape);
/// Integer axes 0 .. rank-1.
llvm::SmallVector<int64_t> allAxes(int64_t rank);
/// The shape with the axes set to 1 (keepdims) or dropped.
llvm::SmallVector<int64_t> reducedShape(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> axes,
                                        bool keepdims);

} // namespace tgc::graph
