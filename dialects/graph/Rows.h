// The catalogue as data: one Row per op, generated from the .td files. The frontends, `tgc ops`, the
// documentation and the catalogue tests read it; no op is named in any of them.
#pragma once
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <string>

namespace tgc::graph {

/// What a parameter of a public call takes. In parentheses: the attribute it becomes.
enum class ParamKind : uint8_t {
  Tensor,   ///< a tensor or number
  Tensors,  ///< a list of tensors
  Rest,     ///< all remaining positional tensors
  Int,      ///< (I64Attr)
  Real,     ///< (F64Attr)
  Flag,     ///< (BoolAttr)
  Text,     ///< (StrAttr)
  DType,    ///< (TypeAttr); none where optional
  Ints,     ///< a list of integers, or one (DenseI64ArrayAttr)
  Axis,     ///< an axis of the first tensor, negative from the end (I64Attr, non-negative)
  Axes,     ///< axes of the first tensor, or none for all (DenseI64ArrayAttr, sorted)
  Shape,    ///< extents (DenseI64ArrayAttr)
  AxisList, ///< axes of the first tensor in the order given (DenseI64ArrayAttr), or none
  Pairs,    ///< a list of pairs, flattened (DenseI64ArrayAttr)
  Number,   ///< an integer, a real or a bool (I64Attr, F64Attr or BoolAttr)
  Padding,  ///< a number, a list of pairs, or a text (DenseI64ArrayAttr or StrAttr)
  Order,    ///< a number or a text (I64Attr, F64Attr or StrAttr)
  Cuts,     ///< a number of parts, or a list of positions (I64Attr or DenseI64ArrayAttr)
};

struct Param {
  const char *name;
  ParamKind kind;
  const char *fallback;  ///< the default as written, or null where the argument is required
  const char *attribute; ///< the op's attribute or operand that takes it
};

/// A declared operand of the op.
struct OperandRow {
  const char *name;
  const char *constraint; ///< Tensor, FloatTensor, BoolTensor, IntTensor
  bool optional, variadic;
};

class ComplexCall;
class Syms;

struct Row {
  const char *name, *kind, *group, *summary, *description, *source, *call, *sample, *types, *noDerivative,
      *forward, *reverse, *batch, *file;
  unsigned line;
  bool broadcasts, internal;
  bool elementwise; ///< one result for each element: what index notation may hold
  /// The results on complex operands, as parts; null where the op takes none.
  Syms (*complex)(ComplexCall &call);
  bool whole; ///< the op keeps complex operands until contractions are planned
  llvm::ArrayRef<Param> params;
  llvm::ArrayRef<OperandRow> operands;
};

/// All rows, by name in alphabetical order.
llvm::ArrayRef<Row> rows();
/// A public call that takes functions: branches and loops.
struct FormRow {
  const char *name, *call, *summary, *description;
};
llvm::ArrayRef<FormRow> forms();

/// The row of a public or internal call; null for an unknown name.
const Row *rowNamed(llvm::StringRef name);
/// The public name nearest to a wrong one, for messages; empty where none is near.
std::string nearestRow(llvm::StringRef name);

} // namespace tgc::graph
