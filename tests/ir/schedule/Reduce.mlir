// RUN: tgc-opt %s --tgc-schedule-kernels="vector-bytes=64" | FileCheck %s
// RUN: tgc-opt %s --tgc-schedule-kernels="level=0" | FileCheck %s --check-prefix=PLAIN

// A row's sum runs over lanes with several accumulators; level 0 adds one element after another.
// CHECK-LABEL: func.func private @rows
// CHECK: scf.for
// CHECK: scf.for {{.*}} -> (vector<16xf32>, vector<16xf32>, vector<16xf32>, vector<16xf32>)
// CHECK: vector.shuffle
// CHECK: memref.store {{.*}} : memref<8xf32>
// PLAIN-LABEL: func.func private @rows
// PLAIN: scf.for {{.*}} -> (f32)
// PLAIN-NOT: vector
func.func private @rows(%x: tensor<8x1024xf32>) -> tensor<8xf32> attributes {exec.kernel} {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>],
                       iterator_types = ["parallel", "reduction"]} ins(%x : tensor<8x1024xf32>) outs(%f : tensor<8xf32>) {
  ^bb0(%p: f32, %o: f32):
    %s = arith.addf %p, %o : f32
    linalg.yield %s : f32
  } -> tensor<8xf32>
  return %r : tensor<8xf32>
}
