// A checkpointed function keeps its arguments only: what the cotangents need is computed again behind a barrier, which
// common subexpressions do not cross and kernels do not join across.
// RUN: tgc-opt %s --tgc-derive --cse --tgc-drop-unused | FileCheck %s
// RUN: tgc-opt %s --tgc-derive --cse --tgc-drop-unused --tgc-outline | FileCheck %s --check-prefix=KERNELS

func.func private @f(%x: tensor<4xf64>) -> tensor<4xf64> {
  %a = graph.exp %x : (tensor<4xf64>) -> tensor<4xf64>
  %b = graph.exp %a : (tensor<4xf64>) -> tensor<4xf64>
  return %b : tensor<4xf64>
}

func.func private @g(%x: tensor<4xf64>) -> tensor<4xf64> {
  %y = graph.checkpoint @f(%x) : (tensor<4xf64>) -> tensor<4xf64>
  return %y : tensor<4xf64>
}

// CHECK-LABEL: func.func @reverse(
// CHECK-SAME:    %[[x:.*]]: tensor<4xf64>, %[[ct:.*]]: tensor<4xf64>)
// CHECK:         %[[a:.*]] = graph.exp %[[x]]
// CHECK:         %[[y:.*]] = graph.exp %[[a]]
// CHECK:         %[[late:.*]]:2 = graph.barrier %[[x]], %[[ct]]
// CHECK:         %[[again:.*]] = graph.exp %[[late]]#0
// CHECK:         graph.exp %[[again]]
// CHECK-NOT:     %[[a]]
// CHECK:         return %[[y]]
// KERNELS-LABEL: func.func @reverse(
// KERNELS-NOT:   graph.barrier
// KERNELS-COUNT-2: exec.run
// KERNELS:       return
func.func @reverse(%x: tensor<4xf64>, %ct: tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf64>) {
  %y, %dx = graph.vjp @g(%x, %ct) {wrt = array<i64: 0>} : (tensor<4xf64>, tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf64>)
  return %y, %dx : tensor<4xf64>, tensor<4xf64>
}

// Forward mode shares the values: one exp each.
// CHECK-LABEL: func.func @forward(
// CHECK-COUNT-2: graph.exp
// CHECK-NOT:     graph.exp
// CHECK:         return
func.func @forward(%x: tensor<4xf64>, %d: tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf64>) {
  %y, %dy = graph.jvp @g(%x, %d) {wrt = array<i64: 0>} : (tensor<4xf64>, tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf64>)
  return %y, %dy : tensor<4xf64>, tensor<4xf64>
}
