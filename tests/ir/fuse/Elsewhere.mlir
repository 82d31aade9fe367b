// RUN: tgc-opt %s --tgc-outline | FileCheck %s

// What a concatenation alone reads is calculated inside its kernel.
// CHECK-LABEL: func.func @step
// CHECK: exec.run @k0_concat(%{{.*}}) {{.*}} : (tensor<64xf64>) -> tensor<64xf64>
// CHECK-NOT: exec.run
func.func @step(%u: tensor<64xf64>) -> tensor<64xf64> {
  %a = graph.slice %u {starts = array<i64: 2>, stops = array<i64: 64>, strides = array<i64: 1>} : (tensor<64xf64>) -> tensor<62xf64>
  %b = graph.slice %u {starts = array<i64: 0>, stops = array<i64: 62>, strides = array<i64: 1>} : (tensor<64xf64>) -> tensor<62xf64>
  %s = graph.add %a, %b : (tensor<62xf64>, tensor<62xf64>) -> tensor<62xf64>
  %first = graph.slice %u {starts = array<i64: 0>, stops = array<i64: 1>, strides = array<i64: 1>} : (tensor<64xf64>) -> tensor<1xf64>
  %last = graph.slice %u {starts = array<i64: 63>, stops = array<i64: 64>, strides = array<i64: 1>} : (tensor<64xf64>) -> tensor<1xf64>
  %c = graph.concat %first, %s, %last {axis = 0 : i64} : (tensor<1xf64>, tensor<62xf64>, tensor<1xf64>) -> tensor<64xf64>
  return %c : tensor<64xf64>
}

// Padded values that others read too are made once; the paddings of one index space share a kernel with their sum.
// CHECK-LABEL: func.func @both
// CHECK: exec.run {{.*}} : (tensor<3xf64>) -> tensor<3xf64>
// CHECK: exec.run {{.*}}values of the kernel before it are read by others too{{.*}} : (tensor<3xf64>) -> tensor<4xf64>
// CHECK-NOT: exec.run
func.func @both(%u: tensor<3xf64>) -> (tensor<3xf64>, tensor<4xf64>) {
  %m = graph.negative %u : (tensor<3xf64>) -> tensor<3xf64>
  %p = graph.pad_zero %m {low = array<i64: 1>, high = array<i64: 0>, interior = array<i64: 0>} : (tensor<3xf64>) -> tensor<4xf64>
  %q = graph.pad_zero %m {low = array<i64: 0>, high = array<i64: 1>, interior = array<i64: 0>} : (tensor<3xf64>) -> tensor<4xf64>
  %s = graph.add %p, %q : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
  return %m, %s : tensor<3xf64>, tensor<4xf64>
}
