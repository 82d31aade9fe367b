// RUN: tgc-opt %s --tgc-schedule-kernels="vector-bytes=64" | FileCheck %s

// A reduction to one element is cut into 15 pieces of 16669, which are items; a second kernel adds up the four
// elements that are left and the pieces.
// CHECK-LABEL: func.func @f
// CHECK: %[[PARTS:.*]] = exec.run @sum_parts(%{{.*}}) : (tensor<250039xf32>) -> tensor<15xf32>
// CHECK: exec.run @sum_joined(%{{.*}}, %[[PARTS]]) : (tensor<250039xf32>, tensor<15xf32>) -> tensor<f32>
// CHECK: func.func private @sum_parts({{.*}}memref<250039xf32>, %{{.*}}: memref<15xf32>)
// CHECK-SAME: exec.items = 15
func.func @f(%x: tensor<250039xf32>) -> tensor<f32> {
  %r = exec.run @sum(%x) : (tensor<250039xf32>) -> tensor<f32>
  return %r : tensor<f32>
}
func.func private @sum(%x: tensor<250039xf32>) -> tensor<f32> attributes {exec.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<f32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<f32>) -> tensor<f32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>],
                       iterator_types = ["reduction"]} ins(%x : tensor<250039xf32>) outs(%f : tensor<f32>) {
  ^bb0(%p: f32, %o: f32):
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  } -> tensor<f32>
  return %r : tensor<f32>
}
