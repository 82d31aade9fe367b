// The dialect and its interface: what the stages include.
#pragma once
#include "dialects/graph/ForeignFunction.h"
#include "dialects/graph/HostTensor.h"
#include "dialects/graph/Lowering.h"
#include "dialects/graph/Relation.h"
#include "dialects/graph/Sym.h"
#include "dialects/graph/Types.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace tgc::graph {
enum class Kind : uint8_t { Pointwise, Linear, Composite, Custom, Leaf };
/// `GraphOp::reads` of ops that have no answer of their own: what kind, view and reduced axes say.
std::optional<Relation> usualReads(mlir::Operation *op, unsigned which);
} // namespace tgc::graph

#include "dialects/graph/GraphDialect.h.inc"
#include "dialects/graph/GraphInterfaces.h.inc"
