// RUN: tgc-opt %s --tgc-outline --split-input-file | FileCheck %s
// What makes much out of little waits for its reader and shares the reader's kernel: it never lies in memory.

// CHECK-LABEL: @diagonal
// CHECK: %[[C:.*]] = exec.run @[[PRODUCT:[a-z0-9_]+]](%arg0, %arg1)
// CHECK-NEXT: %[[R:.*]] = exec.run @[[SUM:[a-z0-9_]+]](
// CHECK-NEXT: return %[[R]]
// CHECK: func.func private @[[SUM]](
// CHECK: graph.delta
// CHECK: graph.multiply
// CHECK: graph.add
func.func @diagonal(%a: tensor<30x20xf64>, %b: tensor<20x30xf64>, %s: tensor<1xf64>) -> tensor<30x30xf64> {
  %0 = graph.delta {dtype = f64, extent = 30 : i64} : () -> tensor<30x30xf64>
  %1 = graph.broadcast_to %s {shape = array<i64: 30, 30>} : (tensor<1xf64>) -> tensor<30x30xf64>
  %2 = graph.multiply %1, %0 : (tensor<30x30xf64>, tensor<30x30xf64>) -> tensor<30x30xf64>
  %3 = graph.contract %a, %b {equation = "ij,jk->ik"} : (tensor<30x20xf64>, tensor<20x30xf64>) -> tensor<30x30xf64>
  %4 = graph.add %2, %3 : (tensor<30x30xf64>, tensor<30x30xf64>) -> tensor<30x30xf64>
  return %4 : tensor<30x30xf64>
}
