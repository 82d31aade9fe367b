// Registration of the dialect and its interface; nothing else. Op definitions are in the generated parts.
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"

using namespace mlir;

#include "dialects/graph/GraphDialect.cpp.inc"
#include "dialects/graph/GraphInterfaces.cpp.inc"

namespace tgc::graph {

// With sharded definitions GET_OP_LIST is empty; the generated hook registers every shard.
void GraphDialect::initialize() {
  registerGraphDialectOperations(this);
  addOperations<
#define GET_OP_LIST
#include "dialects/graph/FunctionOps.cpp.inc"
      >();
}

Operation *GraphDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  if (auto dense = dyn_cast<DenseElementsAttr>(value))
    if (dense.getType() == type) return ConstantOp::create(builder, loc, dense);
  return nullptr;
}

} // namespace tgc::graph

#define GET_OP_CLASSES
#include "dialects/graph/FunctionOps.cpp.inc"
