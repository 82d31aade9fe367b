// A budget makes the plan run a kernel again; a donated argument lets its last reader go first.
// RUN: tgc-opt %s --tgc-fit-memory=budget-bytes=1024 | FileCheck %s

func.func private @one(%b: index, %e: index, %x: memref<64xf64>, %y: memref<64xf64>)
  attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 100 : i64} { return }
func.func private @two(%b: index, %e: index, %x: memref<64xf64>, %y: memref<64xf64>, %z: memref<64xf64>)
  attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 100 : i64} { return }

// Three values of 512 bytes are alive while @c is made of @b, unless @a waits outside: it is made again.
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[x:.*]]: tensor<64xf64>)
// CHECK:         %[[b:.*]] = exec.run @one(%[[x]])
// CHECK:         %[[c:.*]] = exec.run @one(%[[b]])
// CHECK:         return
func.func @main(%x: tensor<64xf64>) -> tensor<64xf64> {
  %a = exec.run @one(%x) : (tensor<64xf64>) -> tensor<64xf64>
  %b = exec.run @one(%x) : (tensor<64xf64>) -> tensor<64xf64>
  %c = exec.run @one(%b) : (tensor<64xf64>) -> tensor<64xf64>
  %d = exec.run @two(%a, %c) : (tensor<64xf64>, tensor<64xf64>) -> tensor<64xf64>
  return %d : tensor<64xf64>
}

// CHECK-LABEL: func.func @again(
// CHECK-SAME:    %[[x:.*]]: tensor<64xf64>)
// CHECK:         %[[a:.*]] = exec.run @one(%[[x]])
// CHECK:         exec.run @one(%[[a]])
// CHECK:         exec.run @one(%[[x]]) {again}
// CHECK:         return
func.func @again(%x: tensor<64xf64>) -> tensor<64xf64> {
  %a = exec.run @one(%x) : (tensor<64xf64>) -> tensor<64xf64>
  %b = exec.run @one(%a) : (tensor<64xf64>) -> tensor<64xf64>
  %c = exec.run @one(%b) : (tensor<64xf64>) -> tensor<64xf64>
  %d = exec.run @two(%a, %c) : (tensor<64xf64>, tensor<64xf64>) -> tensor<64xf64>
  return %d : tensor<64xf64>
}

// CHECK-LABEL: func.func @donated(
// CHECK:         exec.run @one(%arg0)
// CHECK:         exec.run @one(%arg0)
// CHECK:         exec.run @two
func.func @donated(%w: tensor<64xf64>) -> (tensor<64xf64>, tensor<64xf64>) attributes {exec.donated = array<i64: 0, 0>} {
  %g = exec.run @one(%w) : (tensor<64xf64>) -> tensor<64xf64>
  %n = exec.run @two(%g, %g) : (tensor<64xf64>, tensor<64xf64>) -> tensor<64xf64>
  %s = exec.run @one(%w) : (tensor<64xf64>) -> tensor<64xf64>
  return %n, %s : tensor<64xf64>, tensor<64xf64>
}
