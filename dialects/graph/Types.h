// Element types of the dialect: which tensors are ours, names, promotion. Types.cpp holds the tables.
#pragma once
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Value.h"
#include <optional>
#include <string>

namespace tgc::graph {

inline constexpr int64_t maxRank = 8;
/// Of complex tensors: where memory holds them their parts are one more axis.
inline constexpr int64_t maxComplexRank = maxRank - 1;
inline constexpr int64_t maxElements = int64_t(1) << 48;

/// A ranked tensor of static shape, rank 0..8, at most 2^48 elements, of one of the 15 dtypes.
bool isTensor(mlir::Type type);
bool isFloatTensor(mlir::Type type);
bool isComplexTensor(mlir::Type type);
/// Real or complex numbers: what has a tangent and a cotangent.
inline bool isDifferentiable(mlir::Type type) { return isFloatTensor(type) || isComplexTensor(type); }
bool isBoolTensor(mlir::Type type);
bool isIntTensor(mlir::Type type);

/// 'f', 'i', 'u', 'b' or 'c' of an element type; 0 for a type that is not ours.
char kindOf(mlir::Type element);
/// Bits of one value of the element type; bool has 1.
unsigned bitsOf(mlir::Type element);
/// The element type of the real and the imaginary part of a complex one; any other is its own.
mlir::Type realOf(mlir::Type element);
/// The same tensor with elements of the parts.
mlir::RankedTensorType realTypeOf(mlir::RankedTensorType type);
/// "f64", "bool", ... and back.
std::string nameOf(mlir::Type element);
mlir::Type typeNamed(mlir::MLIRContext *context, llvm::StringRef name);

inline mlir::RankedTensorType tensorOf(mlir::Type type) { return llvm::cast<mlir::RankedTensorType>(type); }
inline mlir::RankedTensorType tensorOf(mlir::Value value) { return tensorOf(value.getType()); }
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) { return tensorOf(value).getShape(); }
inline mlir::Type elementOf(mlir::Type type) { return tensorOf(type).getElementType(); }
inline mlir::Type elementOf(mlir::Value value) { return elementOf(value.getType()); }

/// "f32[4, 8]"; a scalar is "f32".
std::string textOf(mlir::Type type);
/// "A: f32[4, 8]" where the value's location carries a name, else "f32[4, 8]".
std::string textOf(mlir::Value value);
/// The name a frontend gave the value, or nothing.
std::optional<std::string> nameOf(mlir::Value value);

/// The common dtype by the Python array API standard's table; null where the table has no entry.
mlir::Type promote(mlir::Type a, mlir::Type b);

/// Number of elements; the product is checked when types are built.
int64_t countOf(llvm::ArrayRef<int64_t> shape);

/// A tensor type after checking rank and number of elements; reports at `loc`.
llvm::FailureOr<mlir::RankedTensorType> checkedTensor(std::optional<mlir::Location> loc,
                                                      llvm::ArrayRef<int64_t> shape, mlir::Type element);

} // namespace tgc::graph
