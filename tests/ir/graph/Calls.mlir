// RUN: tgc-opt %s --split-input-file --verify-diagnostics

func.func private @f(%x: tensor<3xf64>, %k: tensor<i64>) -> (tensor<3xf64>, tensor<i1>) {
  %c = graph.constant {value = dense<true> : tensor<i1>} : () -> tensor<i1>
  return %x, %c : tensor<3xf64>, tensor<i1>
}
func.func private @rule(%x: tensor<3xf64>, %k: tensor<i64>, %y: tensor<3xf64>, %b: tensor<i1>, %d: tensor<3xf64>) -> tensor<3xf64> {
  return %d : tensor<3xf64>
}
func.func private @rule_2(%x: tensor<2x3xf64>, %k: tensor<2xi64>) -> (tensor<2x3xf64>, tensor<2xi1>) {
  %c = graph.constant {value = dense<true> : tensor<2xi1>} : () -> tensor<2xi1>
  return %x, %c : tensor<2x3xf64>, tensor<2xi1>
}
func.func @good(%x: tensor<3xf64>, %k: tensor<i64>) -> tensor<3xf64> {
  %0:2 = graph.call @f(%x, %k) {jvp = @rule, vjp = @rule, batch = [@rule_2], title = "f"} : (tensor<3xf64>, tensor<i64>) -> (tensor<3xf64>, tensor<i1>)
  return %0#0 : tensor<3xf64>
}

// -----

func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  // expected-error@+1 {{names no function: @f}}
  %0 = graph.call @f(%x) : (tensor<3xf64>) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}

// -----

func.func private @f(%x: tensor<3xf64>) -> tensor<3xf64> { return %x : tensor<3xf64> }
func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  // expected-error@+1 {{has the jvp rule @f of type '(tensor<3xf64>) -> tensor<3xf64>' where ('tensor<3xf64>', 'tensor<3xf64>', 'tensor<3xf64>') -> ('tensor<3xf64>') is needed}}
  %0 = graph.call @f(%x) {jvp = @f} : (tensor<3xf64>) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}

// -----

func.func private @f(%x: tensor<3xf64>) -> tensor<3xf64> { return %x : tensor<3xf64> }
func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  // expected-error@+1 {{keeps 2 of 1 results for its rules}}
  %0 = graph.call @f(%x) {residuals = 2 : i64} : (tensor<3xf64>) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}

// -----

func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  // expected-error@+1 {{has an operand f64[3] without the leading axes (2)}}
  %0 = graph.foreign "f"(%x) {mapped = array<i1: true>, leading = array<i64: 2>} : (tensor<3xf64>) -> tensor<2x3xf64>
  return %x : tensor<3xf64>
}

// -----

func.func @main(%x: tensor<3xf64>) -> tensor<3xf64> {
  // expected-error@+1 {{says of 0 operands whether they are mapped, and has 1}}
  %0 = graph.foreign "f"(%x) {mapped = array<i1>, leading = array<i64>} : (tensor<3xf64>) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}
