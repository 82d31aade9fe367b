// The dialect itself, and what every op of it may hold.
#ifndef TGC_GRAPH_DIALECT
#define TGC_GRAPH_DIALECT

include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

def Graph_Dialect : Dialect {
  let name = "graph";
  let cppNamespace = "::tgc::graph";
  let summary = "tensor mathematics with value semantics";
  let description = [{
    Pure operations on ranked tensors of static shape. Broadcasting and promotion are explicit here; the calls of
    the frontend (`Call.h`) insert them. Every op answers the questions of `GraphOp`.
  }];
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = [{
    /// What `graph.foreign` names, of everything in this context.
    ::tgc::graph::ForeignFunctions foreign;
  }];
}

def Tensor : Type<CPred<"::tgc::graph::isTensor($_self)">, "tensor of a tgc dtype">;
def FloatTensor : Type<CPred<"::tgc::graph::isFloatTensor($_self)">, "tensor of a floating-point dtype">;
def BoolTensor : Type<CPred<"::tgc::graph::isBoolTensor($_self)">, "tensor of bool">;
def IntTensor : Type<CPred<"::tgc::graph::isIntTensor($_self)">, "tensor of an integer dtype">;

#endif
