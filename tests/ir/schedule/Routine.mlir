// RUN: tgc-opt %s --tgc-schedule-kernels="vector-bytes=64" | FileCheck %s

// Up to four bodies stand in the kernel (here two registers and the masked rest); what is rare is called: it would be
// most of the code.
// CHECK-DAG: func.func private @tgc.reduce_huge.16xf32(%{{.*}}: vector<16xf32>, {{.*}}) -> (vector<16xi32>, vector<16xf32>) attributes {exec.routine}
// CHECK-LABEL: func.func private @few
// CHECK: math.fma
// CHECK: func.call @tgc.reduce_huge.16xf32
// CHECK-NOT: @tgc.sin
func.func private @few(%x: tensor<40xf32>) -> tensor<40xf32> attributes {exec.kernel} {
  %e = tensor.empty() : tensor<40xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                       iterator_types = ["parallel"]} ins(%x : tensor<40xf32>) outs(%e : tensor<40xf32>) {
  ^bb0(%p: f32, %o: f32):
    %s = math.sin %p : f32
    linalg.yield %s : f32
  } -> tensor<40xf32>
  return %r : tensor<40xf32>
}

// With more each is a call.
// CHECK-LABEL: func.func private @many
// CHECK-NOT: math.fma
// CHECK: func.call @tgc.sin.16xf32
// CHECK: func.call @tgc.exp.16xf32
func.func private @many(%x: tensor<40xf32>) -> tensor<40xf32> attributes {exec.kernel} {
  %e = tensor.empty() : tensor<40xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>],
                       iterator_types = ["parallel"]} ins(%x : tensor<40xf32>) outs(%e : tensor<40xf32>) {
  ^bb0(%p: f32, %o: f32):
    %s = math.sin %p : f32
    %t = math.exp %s : f32
    %u = math.cos %t : f32
    linalg.yield %u : f32
  } -> tensor<40xf32>
  return %r : tensor<40xf32>
}
