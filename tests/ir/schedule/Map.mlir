// RUN: tgc-opt %s --tgc-schedule-kernels="vector-bytes=64" | FileCheck %s

// Two axes become one run of 35 elements: fewer than a round of four registers, so the registers are masked.
// CHECK-LABEL: func.func private @pointwise(%{{.*}}: index, %{{.*}}: index, %{{.*}}: memref<5x7xf32>, %{{.*}}: memref<5x7xf32>)
// CHECK-SAME: exec.inplace = array<i64: 0, 0>
// CHECK-SAME: exec.items = 1
// CHECK: vector.create_mask
// CHECK: vector.maskedload {{.*}} : memref<35xf32>, vector<16xi1>, vector<16xf32>
// CHECK: vector.maskedstore
func.func private @pointwise(%x: tensor<5x7xf32>) -> tensor<5x7xf32> attributes {exec.kernel} {
  %e = tensor.empty() : tensor<5x7xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>],
                       iterator_types = ["parallel", "parallel"]} ins(%x : tensor<5x7xf32>) outs(%e : tensor<5x7xf32>) {
  ^bb0(%p: f32, %o: f32):
    %s = arith.mulf %p, %p : f32
    linalg.yield %s : f32
  } -> tensor<5x7xf32>
  return %r : tensor<5x7xf32>
}
