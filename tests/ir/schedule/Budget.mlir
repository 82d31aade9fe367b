// A budget puts steps in another order, then makes the plan run a kernel again; a donated argument lets its last reader
// go first. Every value takes 512 bytes.
// RUN: tgc-opt %s --tgc-plan-memory=budget-bytes=1024 | FileCheck %s

func.func private @one(%b: index, %e: index, %x: memref<64xf64>, %y: memref<64xf64>)
  attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 100 : i64} { return }
func.func private @two(%b: index, %e: index, %x: memref<64xf64>, %y: memref<64xf64>, %z: memref<64xf64>)
  attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 100 : i64} { return }

// %a is made where it is read.
// CHECK-LABEL: func.func @order(
// CHECK-SAME:    memref<1024xi8>)
// CHECK:         %[[b:.*]] = exec.slot
// CHECK:         exec.launch @one(%arg0 : memref<64xf64>) to(%[[b]]
// CHECK:         exec.launch @one(%[[b]]
// CHECK:         exec.launch @one(%arg0 : memref<64xf64>)
// CHECK-NOT:     again
// CHECK:         exec.launch @two
func.func @order(%x: tensor<64xf64>) -> tensor<64xf64> {
  %a = exec.run @one(%x) : (tensor<64xf64>) -> tensor<64xf64>
  %b = exec.run @one(%x) : (tensor<64xf64>) -> tensor<64xf64>
  %c = exec.run @one(%b) : (tensor<64xf64>) -> tensor<64xf64>
  %d = exec.run @two(%a, %c) : (tensor<64xf64>, tensor<64xf64>) -> tensor<64xf64>
  return %d : tensor<64xf64>
}

// CHECK-LABEL: func.func @again(
// CHECK-SAME:    memref<1024xi8>)
// CHECK:         exec.launch @one(%arg0 : memref<64xf64>)
// CHECK-NOT:     again
// CHECK:         exec.launch @one(%arg0 : memref<64xf64>) to(%{{.*}} : memref<64xf64>) {again}
// CHECK:         exec.launch @two
func.func @again(%x: tensor<64xf64>) -> tensor<64xf64> {
  %a = exec.run @one(%x) : (tensor<64xf64>) -> tensor<64xf64>
  %b = exec.run @one(%a) : (tensor<64xf64>) -> tensor<64xf64>
  %c = exec.run @one(%b) : (tensor<64xf64>) -> tensor<64xf64>
  %d = exec.run @two(%a, %c) : (tensor<64xf64>, tensor<64xf64>) -> tensor<64xf64>
  return %d : tensor<64xf64>
}

// The update %n waits for the last reader of %w.
// CHECK-LABEL: func.func @donated(
// CHECK:         exec.launch @one(%arg0
// CHECK:         exec.launch @one(%arg0
// CHECK:         exec.launch @two
// CHECK-NOT:     exec.copy
// CHECK:         return
func.func @donated(%w: tensor<64xf64>) -> (tensor<64xf64>, tensor<64xf64>) attributes {exec.donated = array<i64: 0, 0>} {
  %g = exec.run @one(%w) : (tensor<64xf64>) -> tensor<64xf64>
  %n = exec.run @two(%g, %g) : (tensor<64xf64>, tensor<64xf64>) -> tensor<64xf64>
  %s = exec.run @one(%w) : (tensor<64xf64>) -> tensor<64xf64>
  return %n, %s : tensor<64xf64>, tensor<64xf64>
}
