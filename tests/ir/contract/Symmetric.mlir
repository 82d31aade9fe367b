// RUN: tgc-opt %s --tgc-plan-contractions --canonicalize --split-input-file | FileCheck %s
// A scale between two copies of a tensor stays there: nobody writes the scaled copy, and schedule computes half.

// CHECK-LABEL: @scaled
// CHECK-NEXT: %[[H:.*]] = graph.contract %arg0, %arg1, %arg0 {equation = "ab,a,ac->{{bc|cb}}"}
// CHECK-NEXT: return %[[H]]
func.func @scaled(%x: tensor<50x40xf64>, %s: tensor<50xf64>) -> tensor<40x40xf64> {
  %0 = graph.contract %x, %s, %x {equation = "ki,k,kj->ij"} : (tensor<50x40xf64>, tensor<50xf64>, tensor<50x40xf64>) -> tensor<40x40xf64>
  return %0 : tensor<40x40xf64>
}

// -----

// A product with the scale repeated over rows, as a program writes it when x is calculated.
// CHECK-LABEL: @product
// CHECK: graph.contract %arg0, %{{.*}}, %arg0 {equation = "ab,a,ac->{{bc|cb}}"}
func.func @product(%x: tensor<50x40xf64>, %s: tensor<50x1xf64>) -> tensor<40x40xf64> {
  %0 = graph.broadcast_to %s {shape = array<i64: 50, 40>} : (tensor<50x1xf64>) -> tensor<50x40xf64>
  %1 = graph.multiply %x, %0 : (tensor<50x40xf64>, tensor<50x40xf64>) -> tensor<50x40xf64>
  %2 = graph.contract %1, %x {equation = "ki,kj->ij"} : (tensor<50x40xf64>, tensor<50x40xf64>) -> tensor<40x40xf64>
  return %2 : tensor<40x40xf64>
}

// -----

// The scaled copy is a result too: it is made once.
// CHECK-LABEL: @shared
// CHECK-NOT: graph.contract %{{.*}}, %{{.*}}, %{{.*}} {
// CHECK: return
func.func @shared(%x: tensor<50x40xf64>, %s: tensor<50x1xf64>) -> (tensor<40x40xf64>, tensor<50x40xf64>) {
  %0 = graph.broadcast_to %s {shape = array<i64: 50, 40>} : (tensor<50x1xf64>) -> tensor<50x40xf64>
  %1 = graph.multiply %x, %0 : (tensor<50x40xf64>, tensor<50x40xf64>) -> tensor<50x40xf64>
  %2 = graph.contract %1, %x {equation = "ki,kj->ij"} : (tensor<50x40xf64>, tensor<50x40xf64>) -> tensor<40x40xf64>
  return %2, %1 : tensor<40x40xf64>, tensor<50x40xf64>
}

// -----

// Not symmetric: the scale belongs to one side, the copies are read along other axes, the tensors differ, or a
// whole matrix stands between them.
// CHECK-LABEL: @not
// CHECK-NOT: graph.contract %{{.*}}, %{{.*}}, %{{.*}} {
// CHECK: return
func.func @not(%x: tensor<40x40xf64>, %y: tensor<40x40xf64>, %s: tensor<40xf64>, %m: tensor<40x40xf64>) -> (tensor<40x40xf64>, tensor<40x40xf64>, tensor<40x40xf64>, tensor<40x40xf64>) {
  %0 = graph.contract %x, %s, %x {equation = "ki,i,kj->ij"} : (tensor<40x40xf64>, tensor<40xf64>, tensor<40x40xf64>) -> tensor<40x40xf64>
  %1 = graph.contract %x, %s, %x {equation = "ik,k,kj->ij"} : (tensor<40x40xf64>, tensor<40xf64>, tensor<40x40xf64>) -> tensor<40x40xf64>
  %2 = graph.contract %x, %s, %y {equation = "ki,k,kj->ij"} : (tensor<40x40xf64>, tensor<40xf64>, tensor<40x40xf64>) -> tensor<40x40xf64>
  %3 = graph.contract %x, %m, %x {equation = "ki,kl,lj->ij"} : (tensor<40x40xf64>, tensor<40x40xf64>, tensor<40x40xf64>) -> tensor<40x40xf64>
  return %0, %1, %2, %3 : tensor<40x40xf64>, tensor<40x40xf64>, tensor<40x40xf64>, tensor<40x40xf64>
}
