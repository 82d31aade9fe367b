// Rewrite rules, one row each, the identity above it. Laws.md says what every rule obeys.
#ifndef TGC_ALGEBRA_RULES
#define TGC_ALGEBRA_RULES

include "mlir/IR/PatternBase.td"
include "dialects/graph/Graph.td"

class Splat<string number> : AttrConstraint<CPred<"isSplat($_self, " # number # ")">, "every element is " # number>;
def FiniteSplat : AttrConstraint<CPred<"isFiniteSplat($_self)">, "every element is one finite number">;
class BoolSplat<string flag> : AttrConstraint<CPred<"isBoolSplat($_self, " # flag # ")">, "every element is " # flag>;
def IsBool : Constraint<CPred<"::tgc::graph::isBoolTensor($0.getType())">, "bool">;
def SameType : Constraint<CPred<"$0.getType() == $1.getType()">, "types are equal">;
def IsFloat : Constraint<CPred<"::tgc::graph::isFloatTensor($0.getType())">, "floating-point">;

// x + (-0.0) = x, and x + 0 = x for integers
def : Pat<(Graph_AddOp $x, (Graph_ConstantOp Splat<"-0.0">)), (replaceWithValue $x)>;
// x - 0 = x
def : Pat<(Graph_SubtractOp $x, (Graph_ConstantOp Splat<"+0.0">)), (replaceWithValue $x)>;
// x * 1 = x
def : Pat<(Graph_MultiplyOp $x, (Graph_ConstantOp Splat<"1">)), (replaceWithValue $x)>;
// 1 * x = x
def : Pat<(Graph_MultiplyOp (Graph_ConstantOp Splat<"1">), $x), (replaceWithValue $x)>;
// x * (-1) = -x
def : Pat<(Graph_MultiplyOp $x, (Graph_ConstantOp Splat<"-1">)), (Graph_NegativeOp $x)>;
// (-1) * x = -x
def : Pat<(Graph_MultiplyOp (Graph_ConstantOp Splat<"-1">), $x), (Graph_NegativeOp $x)>;
// x / 1 = x
def : Pat<(Graph_DivideOp $x, (Graph_ConstantOp Splat<"1">)), (replaceWithValue $x)>;
// -(-x) = x
def : Pat<(Graph_NegativeOp (Graph_NegativeOp $x)), (replaceWithValue $x)>;
// x + (-y) = x - y
def : Pat<(Graph_AddOp $x, (Graph_NegativeOp $y)), (Graph_SubtractOp $x, $y)>;
// (-x) + y = y - x
def : Pat<(Graph_AddOp (Graph_NegativeOp $x), $y), (Graph_SubtractOp $y, $x)>;
// x - (-y) = x + y
def : Pat<(Graph_SubtractOp $x, (Graph_NegativeOp $y)), (Graph_AddOp $x, $y)>;
// (-x) * (-y) = x * y
def : Pat<(Graph_MultiplyOp (Graph_NegativeOp $x), (Graph_NegativeOp $y)), (Graph_MultiplyOp $x, $y)>;
// x ** 2 = x * x, rounded once
def : Pat<(Graph_PowerOp $x, (Graph_ConstantOp Splat<"2">)), (Graph_SquareOp $x)>;
// x ** 1 = x
def : Pat<(Graph_PowerOp $x, (Graph_ConstantOp Splat<"1">)), (replaceWithValue $x)>;
// x ** -1 = 1 / x for floats, rounded once
def : Pat<(Graph_PowerOp $x, (Graph_ConstantOp Splat<"-1">)), (Graph_ReciprocalOp $x), [(IsFloat $x)]>;
// where(c, x, x) = x
def : Pat<(Graph_WhereOp $c, $x, $y), (replaceWithValue $x), [(Constraint<CPred<"$0 == $1">> $x, $y)]>;
// where(true, x, y) = x, where(false, x, y) = y
def : Pat<(Graph_WhereOp (Graph_ConstantOp BoolSplat<"true">), $x, $y), (replaceWithValue $x)>;
def : Pat<(Graph_WhereOp (Graph_ConstantOp BoolSplat<"false">), $x, $y), (replaceWithValue $y)>;
// a and false = false, a and true = a
def : Pat<(Graph_LogicalAndOp $a, (Graph_ConstantOp:$c BoolSplat<"false">)), (replaceWithValue $c)>;
def : Pat<(Graph_LogicalAndOp (Graph_ConstantOp:$c BoolSplat<"false">), $a), (replaceWithValue $c)>;
def : Pat<(Graph_LogicalAndOp $a, (Graph_ConstantOp BoolSplat<"true">)), (replaceWithValue $a), [(IsBool $a)]>;
def : Pat<(Graph_LogicalAndOp (Graph_ConstantOp BoolSplat<"true">), $a), (replaceWithValue $a), [(IsBool $a)]>;
// a factor of 1 is strong already: strong(1, t) = t
def : Pat<(Graph_StrongMultiplyOp (Graph_ConstantOp Splat<"1">), $t), (replaceWithValue $t)>;
// a finite constant factor needs no guard: strong(c, t) = c * t
def : Pat<(Graph_StrongMultiplyOp (Graph_ConstantOp:$c FiniteSplat:$v), $t), (Graph_MultiplyOp $c, $t)>;

#endif
