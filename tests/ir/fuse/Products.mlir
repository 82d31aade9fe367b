// RUN: tgc-opt %s --tgc-outline | FileCheck %s

// A bias and a rectifier are done by the product's kernel.
// CHECK-LABEL: func.func @layer
// CHECK: exec.run @k0_relu(%{{.*}}, %{{.*}}, %{{.*}}) {{.*}} : (tensor<256x4xf32>, tensor<4x192xf32>, tensor<192xf32>) -> tensor<256x192xf32>
// CHECK-NOT: exec.run
func.func @layer(%x: tensor<256x4xf32>, %w: tensor<4x192xf32>, %b: tensor<192xf32>) -> tensor<256x192xf32> {
  %p = graph.contract %x, %w {equation = "ij,jk->ik"} : (tensor<256x4xf32>, tensor<4x192xf32>) -> tensor<256x192xf32>
  %c = graph.broadcast_to %b {shape = array<i64: 256, 192>} : (tensor<192xf32>) -> tensor<256x192xf32>
  %s = graph.add %p, %c : (tensor<256x192xf32>, tensor<256x192xf32>) -> tensor<256x192xf32>
  %r = graph.relu %s : (tensor<256x192xf32>) -> tensor<256x192xf32>
  return %r : tensor<256x192xf32>
}

// What only a reduction reads is calculated there; a product in another order is read from memory.
// CHECK-LABEL: func.func @reduced
// CHECK: exec.run @k{{[0-9]+}}_contract
// CHECK: exec.run @k{{[0-9]+}}_sum{{.*}}a reduction calculates it on the fly
// CHECK: exec.run @k{{[0-9]+}}_add{{.*}}it reads the product before it in another order
func.func @reduced(%x: tensor<256x4xf32>, %w: tensor<4x256xf32>) -> (tensor<f32>, tensor<256x256xf32>) {
  %p = graph.contract %x, %w {equation = "ij,jk->ik"} : (tensor<256x4xf32>, tensor<4x256xf32>) -> tensor<256x256xf32>
  %q = graph.square %p : (tensor<256x256xf32>) -> tensor<256x256xf32>
  %s = graph.sum %q {axes = array<i64: 0, 1>, keepdims = false} : (tensor<256x256xf32>) -> tensor<f32>
  %t = graph.permute_dims %p {axes = array<i64: 1, 0>} : (tensor<256x256xf32>) -> tensor<256x256xf32>
  %a = graph.add %p, %t : (tensor<256x256xf32>, tensor<256x256xf32>) -> tensor<256x256xf32>
  return %s, %a : tensor<f32>, tensor<256x256xf32>
}

// Integers wrap and divide; their products stay alone.
// CHECK-LABEL: func.func @integers
// CHECK: exec.run @k{{[0-9]+}}_contract
// CHECK: exec.run @k{{[0-9]+}}_add{{.*}}only floats follow a product in its kernel
func.func @integers(%x: tensor<256x4xi32>, %w: tensor<4x256xi32>) -> tensor<256x256xi32> {
  %p = graph.contract %x, %w {equation = "ij,jk->ik"} : (tensor<256x4xi32>, tensor<4x256xi32>) -> tensor<256x256xi32>
  %a = graph.add %p, %p : (tensor<256x256xi32>, tensor<256x256xi32>) -> tensor<256x256xi32>
  return %a : tensor<256x256xi32>
}

// A pass over few results costs less than the code of another product.
// CHECK-LABEL: func.func @small
// CHECK: exec.run @k{{[0-9]+}}_contract
// CHECK: exec.run @k{{[0-9]+}}_relu{{.*}}a pass over so few results costs less than another product's code
func.func @small(%x: tensor<8x4xf32>, %w: tensor<4x8xf32>) -> tensor<8x8xf32> {
  %p = graph.contract %x, %w {equation = "ij,jk->ik"} : (tensor<8x4xf32>, tensor<4x8xf32>) -> tensor<8x8xf32>
  %r = graph.relu %p : (tensor<8x8xf32>) -> tensor<8x8xf32>
  return %r : tensor<8x8xf32>
}
