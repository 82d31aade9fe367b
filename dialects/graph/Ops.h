// The op classes, for the few who name an op.
#pragma once
#include "dialects/graph/Call.h"
#include "dialects/graph/Graph.h"
#include "dialects/graph/Kinds.h"

#define GET_OP_CLASSES
#include "dialects/graph/GraphOps.h.inc"
