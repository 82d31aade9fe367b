// The generated calls of rows by name over Sym, declared at the end of Call.h.
#include "dialects/graph/Call.h"
#include "dialects/graph/Rules.cpp.inc"
