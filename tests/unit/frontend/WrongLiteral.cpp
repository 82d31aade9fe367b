// Compiled by tests that expect it to fail: TEXT is an einsum that is wrong.
#include "tgc/Einsum.h"
#define PASTE(text, suffix) text##suffix
#define LITERAL(text) PASTE(text, _einsum)
using namespace tgc::literals;
tgc::Expr product(tgc::Expr a, tgc::Expr b) { return LITERAL(TEXT)(a, b); }
