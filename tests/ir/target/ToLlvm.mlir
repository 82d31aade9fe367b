// RUN: tgc-opt %s --tgc-stage=target | FileCheck %s
// Kernels take bare pointers; outer functions and notes are gone; log1p is a call, not log(1 + x).

// CHECK: llvm.func @log1pf(f32) -> f32
// CHECK-LABEL: llvm.func @k(
// CHECK-SAME: %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr)
// CHECK-NOT: exec.
func.func private @k(%b: index, %e: index, %x: memref<4xf32>, %y: memref<4xf32>)
    attributes {exec.kernel, exec.items = 4 : i64, exec.nanoseconds = 1 : i64} {
  %c1 = arith.constant 1 : index
  // CHECK: llvm.cond_br
  scf.for %i = %b to %e step %c1 {
    %v = memref.load %x[%i] : memref<4xf32>
    // CHECK: llvm.call @log1pf
    %w = math.log1p %v : f32
    memref.store %w, %y[%i] : memref<4xf32>
  }
  return
}
// CHECK-NOT: @main
func.func @main(%x: memref<4xf32>, %y: memref<4xf32>, %arena: memref<0xi8>) attributes {exec.arguments = 1 : i64} {
  exec.launch @k(%x : memref<4xf32>) to (%y : memref<4xf32>)
  return
}
