// RUN: tgc-opt %s --tgc-plan-memory | FileCheck %s
// Results are written where the caller wants them, slots are shared, what needs no work is copied.

func.func private @k(%b: index, %e: index, %x: memref<4xf32>, %y: memref<4xf32>)
    attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 1 : i64} {
  return
}

// CHECK: func.func @main(%[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<2x2xf32>, %[[Z:.*]]: memref<4xf32>, %[[ARENA:.*]]: memref<128xi8>)
// CHECK-SAME: exec.arguments = 1
func.func @main(%x: tensor<4xf32>) -> (tensor<2x2xf32>, tensor<4xf32>) {
  // CHECK: %[[A:.*]] = exec.slot %[[ARENA]][0] : memref<128xi8> to memref<4xf32>
  // CHECK: exec.launch @k(%[[X]] : memref<4xf32>) to(%[[A]] : memref<4xf32>)
  %a = exec.run @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[B:.*]] = exec.slot %[[ARENA]][64]
  // CHECK: exec.launch @k(%[[A]] : memref<4xf32>) to(%[[B]] : memref<4xf32>)
  %b = exec.run @k(%a) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: %[[R:.*]] = exec.reshape %[[Y]] : memref<2x2xf32> to memref<4xf32>
  // CHECK: exec.launch @k(%[[B]] : memref<4xf32>) to(%[[R]] : memref<4xf32>)
  %c = exec.run @k(%b) : (tensor<4xf32>) -> tensor<4xf32>
  %r = exec.reshape %c : tensor<4xf32> to tensor<2x2xf32>
  // CHECK: exec.copy %[[X]] to %[[Z]] {why = "it is an argument or a constant"} : memref<4xf32>
  // CHECK-NEXT: return
  return %r, %x : tensor<2x2xf32>, tensor<4xf32>
}
