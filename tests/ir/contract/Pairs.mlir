// RUN: tgc-opt %s --tgc-plan-contractions --split-input-file | FileCheck %s
// Networks become pairs in the cheapest order, with intermediates laid out for their consumer.

// Right to left: two matrix-vector products instead of a matrix product.
// CHECK-LABEL: @chain
// CHECK: %[[V:.*]] = graph.contract %arg1, %arg2 {equation = "ab,b->a"}
// CHECK: graph.contract %arg0, %[[V]] {equation = "ab,b->a"}
func.func @chain(%a: tensor<10x20xf64>, %b: tensor<20x30xf64>, %c: tensor<30xf64>) -> tensor<10xf64> {
  %0 = graph.contract %a, %b, %c {equation = "ab,bc,c->a"} : (tensor<10x20xf64>, tensor<20x30xf64>, tensor<30xf64>) -> tensor<10xf64>
  return %0 : tensor<10xf64>
}

// -----

// An index that one operand has alone is summed before it multiplies work.
// CHECK-LABEL: @lone
// CHECK: %[[S:.*]] = graph.contract %arg0 {equation = "abc->ab"} : (tensor<4x5x7xf64>) -> tensor<4x5xf64>
// CHECK: graph.contract %[[S]], %arg1 {equation = "ab,bc->ac"}
func.func @lone(%a: tensor<4x5x7xf64>, %b: tensor<5x6xf64>) -> tensor<4x6xf64> {
  %0 = graph.contract %a, %b {equation = "abc,bd->ad"} : (tensor<4x5x7xf64>, tensor<5x6xf64>) -> tensor<4x6xf64>
  return %0 : tensor<4x6xf64>
}

// -----

// The operand with the result's last index comes second: rows times columns.
// CHECK-LABEL: @rows
// CHECK: graph.contract %arg1, %arg0 {equation = "ab,bc->ac"}
func.func @rows(%a: tensor<5x6xf64>, %b: tensor<4x5xf64>) -> tensor<4x6xf64> {
  %0 = graph.contract %a, %b {equation = "bc,ab->ac"} : (tensor<5x6xf64>, tensor<4x5xf64>) -> tensor<4x6xf64>
  return %0 : tensor<4x6xf64>
}

// -----

// CHECK-LABEL: @single
// CHECK-NEXT: %[[T:.*]] = graph.permute_dims %arg0 {axes = array<i64: 1, 0>}
// CHECK-NEXT: %[[D:.*]] = graph.contract %arg1 {equation = "aa->a"}
// CHECK-NEXT: return %[[T]], %arg0, %[[D]]
func.func @single(%a: tensor<2x3xf64>, %b: tensor<3x3xf64>) -> (tensor<3x2xf64>, tensor<2x3xf64>, tensor<3xf64>) {
  %0 = graph.contract %a {equation = "ab->ba"} : (tensor<2x3xf64>) -> tensor<3x2xf64>
  %1 = graph.contract %a {equation = "ab->ab"} : (tensor<2x3xf64>) -> tensor<2x3xf64>
  %2 = graph.contract %b {equation = "aa->a"} : (tensor<3x3xf64>) -> tensor<3xf64>
  return %0, %1, %2 : tensor<3x2xf64>, tensor<2x3xf64>, tensor<3xf64>
}

// -----

// The second network spells its indices otherwise and wants BC as well: it is computed once.
// CHECK-LABEL: @shared
// CHECK: %[[BC:.*]] = graph.contract %arg1, %arg2 {equation = "ab,bc->ac"}
// CHECK: graph.contract %arg0, %[[BC]]
// CHECK: graph.contract %arg3, %[[BC]]
// CHECK-NOT: graph.contract
func.func @shared(%a: tensor<50x9xf64>, %b: tensor<9x9xf64>, %c: tensor<9x9xf64>, %d: tensor<60x9xf64>) -> (tensor<50x9xf64>, tensor<60x9xf64>) {
  %0 = graph.contract %a, %b, %c {equation = "ab,bc,cd->ad"} : (tensor<50x9xf64>, tensor<9x9xf64>, tensor<9x9xf64>) -> tensor<50x9xf64>
  %1 = graph.contract %c, %d, %b {equation = "ab,cd,da->cb"} : (tensor<9x9xf64>, tensor<60x9xf64>, tensor<9x9xf64>) -> tensor<60x9xf64>
  return %0, %1 : tensor<50x9xf64>, tensor<60x9xf64>
}
