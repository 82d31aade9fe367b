// The classes of the ops that hold functions: requests for transformations and calls.
#pragma once
#include "dialects/graph/Graph.h"

#define GET_OP_CLASSES
#include "dialects/graph/FunctionOps.h.inc"
