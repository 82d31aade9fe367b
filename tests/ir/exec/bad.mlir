// RUN: tgc-opt %s --split-input-file --verify-diagnostics

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{no function is named @k}}
  %y = exec.run @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> { return %x : tensor<4xf32> }
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{function @k carries no exec.kernel}}
  %y = exec.run @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> attributes {exec.kernel} { return %x : tensor<4xf32> }
func.func @main(%x: tensor<5xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{has type '(tensor<5xf32>) -> tensor<4xf32>' where kernel @k has '(tensor<4xf32>) -> tensor<4xf32>'}}
  %y = exec.run @k(%x) : (tensor<5xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @k(%b: index, %e: index, %x: memref<4xf32>, %y: memref<4xf32>) attributes {exec.kernel} { return }
func.func @main(%x: tensor<4xf32>) -> tensor<4xf64> {
  // expected-error@+1 {{value 1 has type 'tensor<4xf64>' where kernel @k takes 'memref<4xf32>'}}
  %y = exec.run @k(%x) : (tensor<4xf32>) -> tensor<4xf64>
  return %y : tensor<4xf64>
}

// -----

func.func private @k(%b: index, %e: index, %x: memref<4xf32>, %y: memref<4xf32>) attributes {exec.kernel} { return }
func.func @main(%x: memref<4xf32>) {
  // expected-error@+1 {{has 1 operands and results where kernel @k has 2 memory arguments}}
  exec.launch @k(%x : memref<4xf32>) to ()
  return
}

// -----

func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> attributes {exec.kernel} { return %x : tensor<4xf32> }
func.func @main(%x: memref<4xf32>) {
  // expected-error@+1 {{kernel @k is not in loop form}}
  exec.launch @k(%x : memref<4xf32>) to ()
  return
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<5xf32> {
  // expected-error@+1 {{turns 4 elements into 5}}
  %y = exec.reshape %x : tensor<4xf32> to tensor<5xf32>
  return %y : tensor<5xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xi32> {
  // expected-error@+1 {{changes the element type from 'f32' to 'i32'}}
  %y = exec.reshape %x : tensor<4xf32> to tensor<4xi32>
  return %y : tensor<4xi32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> memref<4xf32> {
  // expected-error@+1 {{joins a tensor and a place in memory}}
  %y = exec.reshape %x : tensor<4xf32> to memref<4xf32>
  return %y : memref<4xf32>
}

// -----

func.func @main() -> tensor<3xf32> {
  // expected-error@+1 {{where its result is 'tensor<3xf32>'}}
  %y = exec.constant dense<1.0> : tensor<4xf32> to tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @main(%arena: memref<128xi8>) {
  // expected-error@+1 {{offset 32 is not a multiple of 64 bytes}}
  %y = exec.slot %arena[32] : memref<128xi8> to memref<4xf32>
  return
}

// -----

func.func @main(%arena: memref<128xi8>) {
  // expected-error@+1 {{ends at byte 144 of an arena of 128}}
  %y = exec.slot %arena[128] : memref<128xi8> to memref<4xf32>
  return
}

// -----

// expected-error@+1 {{exec.items must be a 64-bit integer that is not negative}}
func.func private @k() attributes {exec.kernel, exec.items = -1 : i64}

// -----

// expected-error@+1 {{exec.inplace must be an array<i64: input, result, ...> of pairs}}
func.func private @k() attributes {exec.kernel, exec.inplace = array<i64: 0>}

// -----

// expected-error@+1 {{exec.kernel carries no value}}
func.func private @k() attributes {exec.kernel = 3 : i64}

// -----

// expected-error@+1 {{exec.donated gives an argument of type 'tensor<4xf32>' to a result of type 'tensor<5xf32>'}}
func.func @main(%x: tensor<4xf32>, %y: tensor<5xf32>) -> tensor<5xf32> attributes {exec.donated = array<i64: 0, 0>} {
  return %y : tensor<5xf32>
}

// -----

func.func private @body(%i: tensor<i64>, %c: tensor<4xf32>) -> tensor<4xf32> {
  return %c : tensor<4xf32>
}
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{has 1 inputs where its numbers ask for 2}}
  %y = exec.control "scan" @body(%x) {carried = 1 : i64, sliced = 1 : i64, length = 3 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-error@+1 {{exec.donated names an argument or a result twice}}
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {exec.donated = array<i64: 0, 0, 0, 1>} {
  return %x, %x : tensor<4xf32>, tensor<4xf32>
}

// -----

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{no function is named @body}}
  %y = exec.control "scan" @body(%x) {carried = 1 : i64, length = 3 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @body(%i: tensor<i64>, %c: tensor<4xf32>) -> tensor<4xf32> {
  return %c : tensor<4xf32>
}
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{of kind while names one function}}
  %y = exec.control "while" @body(%x) {carried = 1 : i64} : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
