// The catalogue: every op that is a row. Files are included in reading order.
#ifndef TGC_GRAPH_CATALOGUE
#define TGC_GRAPH_CATALOGUE

include "dialects/graph/Dialect.td"
include "dialects/graph/Interfaces.td"
include "dialects/graph/Kinds.td"
include "dialects/graph/Leaf.td"
include "dialects/graph/Pointwise.td"
include "dialects/graph/Logic.td"
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
include "dialects/graph/Sparse.td"
include "dialects/graph/Activations.td"
include "dialects/graph/Complex.td"

#endif
