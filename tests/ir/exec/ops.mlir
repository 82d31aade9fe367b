// RUN: tgc-opt %s | tgc-opt | FileCheck %s
// RUN: tgc-opt %s --emit-bytecode | tgc-opt | FileCheck %s
// Every op of exec prints, parses and survives bytecode.

func.func private @onTensors(%x: tensor<4xf32>) -> tensor<4xf32> attributes {exec.kernel} {
  return %x : tensor<4xf32>
}
func.func private @inMemory(%begin: index, %end: index, %x: memref<4xf32>, %y: memref<4xf32>)
    attributes {exec.kernel, exec.items = 1 : i64, exec.nanoseconds = 20 : i64, exec.inplace = array<i64: 0, 0>} {
  return
}
func.func private @flags(%begin: index, %end: index, %x: memref<2xi8>, %y: memref<2xi32>) attributes {exec.kernel} {
  return
}

// CHECK-LABEL: @tensors
func.func @tensors(%x: tensor<4xf32>, %b: tensor<2xi1>) -> (tensor<2x2xf32>, tensor<4xf32>, tensor<2xui32>) {
  // CHECK: exec.run @onTensors(%{{.*}}) : (tensor<4xf32>) -> tensor<4xf32>
  %y = exec.run @onTensors(%x) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: exec.run @inMemory
  %z = exec.run @inMemory(%y) : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: exec.run @flags(%{{.*}}) : (tensor<2xi1>) -> tensor<2xui32>
  %f = exec.run @flags(%b) : (tensor<2xi1>) -> tensor<2xui32>
  // CHECK: %[[V:.*]] = exec.reshape %{{.*}} : tensor<4xf32> to tensor<2x2xf32>
  %v = exec.reshape %z : tensor<4xf32> to tensor<2x2xf32>
  // CHECK: exec.constant dense<1.000000e+00> : tensor<4xf32> to tensor<4xf32>
  %c = exec.constant dense<1.0> : tensor<4xf32> to tensor<4xf32>
  return %v, %c, %f : tensor<2x2xf32>, tensor<4xf32>, tensor<2xui32>
}

// CHECK-LABEL: @memory
func.func @memory(%x: memref<4xf32>, %y: memref<4xf32>, %arena: memref<128xi8>) attributes {exec.arguments = 1 : i64} {
  // CHECK: exec.slot %{{.*}}[64] : memref<128xi8> to memref<4xf32>
  %s = exec.slot %arena[64] : memref<128xi8> to memref<4xf32>
  // CHECK: exec.launch @inMemory(%{{.*}} : memref<4xf32>) to(%{{.*}} : memref<4xf32>)
  exec.launch @inMemory(%x : memref<4xf32>) to (%s : memref<4xf32>)
  // CHECK: exec.copy %{{.*}} to %{{.*}} : memref<4xf32>
  exec.copy %s to %y : memref<4xf32>
  return
}
