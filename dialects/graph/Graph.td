// The only TableGen root of the dialect. Files are included in reading order.
#ifndef TGC_GRAPH
#define TGC_GRAPH

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
}

include "dialects/graph/Interfaces.td"
include "dialects/graph/Kinds.td"
include "dialects/graph/Leaf.td"
include "dialects/graph/Pointwise.td"
include "dialects/graph/Linear.td"
include "dialects/graph/Custom.td"
include "dialects/graph/Composite.td"
include "dialects/graph/Indexing.td"
include "dialects/graph/Ordering.td"
include "dialects/graph/Cumulative.td"
include "dialects/graph/Selection.td"
include "dialects/graph/Random.td"
include "dialects/graph/Windows.td"
include "dialects/graph/LinearAlgebra.td"
include "dialects/graph/Activations.td"
include "dialects/graph/Requests.td"
include "dialects/graph/Control.td"

#endif
