// The same with the op classes of the catalogue: reading them takes eight seconds, in over a hundred files.
#include "tools/cmake/Pch.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
