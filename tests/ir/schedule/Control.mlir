// RUN: tgc-opt %s --tgc-plan-memory | FileCheck %s
// Bodies get their memory before the loops that run them; what goes round is written over its argument where the step
// reads that for the last time.

func.func private @k(%b: index, %e: index, %x: memref<4xf32>, %y: memref<4xf32>)
    attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 1 : i64, exec.inplace = array<i64: 0, 0>} {
  return
}
func.func private @other(%b: index, %e: index, %x: memref<4xf32>, %y: memref<4xf32>)
    attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 1 : i64} {
  return
}

// One place: the kernel may write over what it reads.
// CHECK-LABEL: func.func private @inplace
// CHECK-SAME: exec.merged = array<i64: 0>
func.func private @inplace(%i: tensor<i64>, %c: tensor<4xf32>) -> tensor<4xf32> attributes {exec.carry = array<i64: 1, 0>} {
  %r = exec.run @k(%c) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
// Two places: it may not.
// CHECK-LABEL: func.func private @twoplaces
// CHECK-NOT: exec.merged
// CHECK-SAME: memref<0xi8>
func.func private @twoplaces(%i: tensor<i64>, %c: tensor<4xf32>) -> tensor<4xf32> attributes {exec.carry = array<i64: 1, 0>} {
  %r = exec.run @other(%c) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
// One place: the argument was read before.
// CHECK-LABEL: func.func private @later
// CHECK-SAME: exec.merged = array<i64: 0>
func.func private @later(%i: tensor<i64>, %c: tensor<4xf32>) -> tensor<4xf32> attributes {exec.carry = array<i64: 1, 0>} {
  %t = exec.run @other(%c) : (tensor<4xf32>) -> tensor<4xf32>
  %r = exec.run @other(%t) : (tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
// Unchanged: one place and no work. The other two change places with each other.
// CHECK-LABEL: func.func private @swap
// CHECK-SAME: exec.merged = array<i64: 2>
// CHECK: exec.copy
// CHECK: exec.copy
// CHECK-NOT: exec.copy
func.func private @swap(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
    attributes {exec.carry = array<i64: 0, 0, 1, 1, 2, 2>} {
  return %b, %a, %c : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
// CHECK-LABEL: func.func private @holds
func.func private @holds(%a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<i1> {
  %r = exec.constant dense<false> : tensor<i1> to tensor<i1>
  return %r : tensor<i1>
}

// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: memref<4xf32>, %[[Y:.*]]: memref<4xf32>, %[[ARENA:.*]]: memref<{{.*}}xi8>
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // The scratch of the first: a number, a flag. Of the second: a second place besides.
  // CHECK: %[[A:.*]] = exec.slot %[[ARENA]]
  // CHECK: exec.enter "scan" @inplace(%[[X]] : memref<4xf32>) to(%[[A]] : memref<4xf32>) with %{{.*}} : memref<128xi8> {carried = 1 : i64, length = 7 : i64}
  %a = exec.control "scan" @inplace(%x) {carried = 1 : i64, length = 7 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: exec.enter "scan" @twoplaces(%[[A]] : memref<4xf32>) to({{.*}}) with %{{.*}} : memref<192xi8>
  %b = exec.control "scan" @twoplaces(%a) {carried = 1 : i64, length = 7 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  // The scratch of the third holds its body's arena.
  // CHECK: exec.enter "scan" @later({{.*}} : memref<4xf32>) to({{.*}} : memref<4xf32>) with %{{.*}} : memref<192xi8>
  %c = exec.control "scan" @later(%b) {carried = 1 : i64, length = 7 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: exec.enter "while" @holds, @swap({{.*}}) to({{.*}}%[[Y]]
  %d:3 = exec.control "while" @holds, @swap(%x, %c, %x) {carried = 3 : i64} : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
  return %d#1 : tensor<4xf32>
}
