// Everything the dialect has, for tools that read all of it.
#ifndef TGC_GRAPH
#define TGC_GRAPH

include "dialects/graph/Catalogue.td"
include "dialects/graph/Functions.td"

#endif
