// Ops that hold functions: few files know them, so their classes are generated apart from the catalogue's.
#ifndef TGC_GRAPH_FUNCTIONS
#define TGC_GRAPH_FUNCTIONS

include "dialects/graph/Dialect.td"
include "dialects/graph/Interfaces.td"
include "dialects/graph/Requests.td"
include "dialects/graph/Calls.td"
include "dialects/graph/Control.td"

#endif
