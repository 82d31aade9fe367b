// RUN: tgc-opt %s --tgc-merge-contractions | FileCheck %s
// Contractions used only by a contraction become part of it; permuted operands are read in place.

// CHECK-LABEL: @chain
// CHECK: graph.contract %{{.*}}, %{{.*}}, %{{.*}} {equation = "ab,bc,c->a"}
// CHECK-NOT: graph.contract
func.func @chain(%a: tensor<10x20xf64>, %b: tensor<20x30xf64>, %c: tensor<30xf64>) -> tensor<10xf64> {
  %0 = graph.contract %a, %b {equation = "ab,bc->ac"} : (tensor<10x20xf64>, tensor<20x30xf64>) -> tensor<10x30xf64>
  %1 = graph.contract %0, %c {equation = "ab,b->a"} : (tensor<10x30xf64>, tensor<30xf64>) -> tensor<10xf64>
  return %1 : tensor<10xf64>
}

// A value used twice is computed once, so it stays.
// CHECK-LABEL: @used_twice
// CHECK: %[[P:.*]] = graph.contract %{{.*}}, %{{.*}} {equation = "ab,bc->ac"}
// CHECK: graph.contract %[[P]], %[[P]] {equation = "ab,cb->ac"}
func.func @used_twice(%a: tensor<4x5xf64>, %b: tensor<5x6xf64>) -> tensor<4x4xf64> {
  %0 = graph.contract %a, %b {equation = "ab,bc->ac"} : (tensor<4x5xf64>, tensor<5x6xf64>) -> tensor<4x6xf64>
  %1 = graph.contract %0, %0 {equation = "ab,cb->ac"} : (tensor<4x6xf64>, tensor<4x6xf64>) -> tensor<4x4xf64>
  return %1 : tensor<4x4xf64>
}

// The diagonal of a product needs only the diagonal: the trace of AB is a sum over both.
// CHECK-LABEL: @trace
// CHECK: graph.contract %arg0, %arg1 {equation = "ab,ba->"}
func.func @trace(%a: tensor<4x5xf64>, %b: tensor<5x4xf64>) -> tensor<f64> {
  %0 = graph.contract %a, %b {equation = "ab,bc->ac"} : (tensor<4x5xf64>, tensor<5x4xf64>) -> tensor<4x4xf64>
  %1 = graph.contract %0 {equation = "aa->"} : (tensor<4x4xf64>) -> tensor<f64>
  return %1 : tensor<f64>
}

// CHECK-LABEL: @transposed
// CHECK-NOT: permute_dims
// CHECK: graph.contract %arg0, %arg1 {equation = "ab,ac->bc"}
func.func @transposed(%a: tensor<5x4xf64>, %b: tensor<5x6xf64>) -> tensor<4x6xf64> {
  %0 = graph.permute_dims %a {axes = array<i64: 1, 0>} : (tensor<5x4xf64>) -> tensor<4x5xf64>
  %1 = graph.contract %0, %b {equation = "ab,bc->ac"} : (tensor<4x5xf64>, tensor<5x6xf64>) -> tensor<4x6xf64>
  return %1 : tensor<4x6xf64>
}
