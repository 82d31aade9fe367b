// RUN: tgc-opt %s --tgc-stage=fuse | FileCheck %s

// A function of the host's is a kernel of its own, declared in loop form: fused with nothing, called once for each
// instance at strides that say which operands are shared.
// CHECK-LABEL: func.func @main
// CHECK: %[[A:.*]] = exec.run @[[EXP:k[0-9]+_exp]](%arg0)
// CHECK: %[[B:.*]] = exec.run @[[HOST:k[0-9]+_table]](%[[A]], %arg1)
// CHECK: exec.run @[[NEG:k[0-9]+_negative]](%[[B]])
func.func @main(%x: tensor<4x3xf64>, %y: tensor<2xi32>) -> tensor<4x5xf32> {
  %0 = graph.exp %x : (tensor<4x3xf64>) -> tensor<4x3xf64>
  %1 = graph.foreign "table"(%0, %y) {mapped = array<i1: true, false>, leading = array<i64: 4>} : (tensor<4x3xf64>, tensor<2xi32>) -> tensor<4x5xf32>
  %2 = graph.negative %1 : (tensor<4x5xf32>) -> tensor<4x5xf32>
  return %2 : tensor<4x5xf32>
}
// CHECK: func.func private @[[HOST]](index, index, memref<4x3xf64>, memref<2xi32>, memref<4x5xf32>)
// CHECK-SAME: exec.foreign = "table"
// CHECK-SAME: exec.items = 4 : i64
// CHECK-SAME: exec.strides = array<i64: 24, 0, 20>
