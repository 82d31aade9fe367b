module {
  func.func @gradient(%arg0: tensor<8x4xf32> {graph.name = "x"}, %arg1: tensor<8xi64> {graph.name = "label"}, %arg2: tensor<4x5xf32> {graph.name = "W1"}, %arg3: tensor<5xf32> {graph.name = "b1"}, %arg4: tensor<5x3xf32> {graph.name = "W2"}, %arg5: tensor<3xf32> {graph.name = "b2"}) -> (tensor<f32> {graph.name = "value"}, tensor<4x5xf32> {graph.name = "dW1"}, tensor<5xf32> {graph.name = "db1"}, tensor<5x3xf32> {graph.name = "dW2"}, tensor<3xf32> {graph.name = "db2"}) {
    %0 = exec.run @k0_contract(%arg0, %arg2) {why = "reads only arguments and constants"} : (tensor<8x4xf32>, tensor<4x5xf32>) -> tensor<8x5xf32>
    %cst = exec.constant dense<1.000000e+00> : tensor<f32> to tensor<f32>
    %1:2 = exec.run @k1_subtract(%0, %arg3, %cst) {why = "a pass over so few results costs less than another product's code"} : (tensor<8x5xf32>, tensor<5xf32>, tensor<f32>) -> (tensor<8x5xf32>, tensor<8x5xf32>)
    %2 = exec.run @k2_contract(%1#0, %arg4) {why = "contract has a kernel of its own"} : (tensor<8x5xf32>, tensor<5x3xf32>) -> tensor<8x3xf32>
    %cst_0 = exec.constant dense<1.000000e+00> : tensor<f32> to tensor<f32>
    %3:3 = exec.run @k3_divide(%2, %arg5, %cst_0) {why = "a pass over so few results costs less than another product's code"} : (tensor<8x3xf32>, tensor<3xf32>, tensor<f32>) -> (tensor<8x3xf32>, tensor<8x3xf32>, tensor<8x1xf32>)
    %cst_1 = exec.constant dense<0> : tensor<i64> to tensor<i64>
    %cst_2 = exec.constant dense<8.000000e+00> : tensor<f32> to tensor<f32>
    %cst_3 = exec.constant dense<-1.250000e-01> : tensor<f32> to tensor<f32>
    %4:3 = exec.run @k4_negative(%arg1, %cst_1, %3#1, %cst_2, %cst_3) {why = "reads only arguments and constants"} : (tensor<8xi64>, tensor<i64>, tensor<8x3xf32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<8x3xf32>, tensor<8x3xf32>)
    %5 = exec.run @k5_add(%4#2, %3#2, %3#0, %4#1) {why = "it reduces other axes"} : (tensor<8x3xf32>, tensor<8x1xf32>, tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %6 = exec.run @k6_sum(%5) {why = "it reduces other axes"} : (tensor<8x3xf32>) -> tensor<3xf32>
    %7 = exec.run @k7_contract(%5, %arg4) {why = "contract has a kernel of its own"} : (tensor<8x3xf32>, tensor<5x3xf32>) -> tensor<8x5xf32>
    %8 = exec.run @k8_contract(%1#0, %5) {why = "contract has a kernel of its own"} : (tensor<8x5xf32>, tensor<8x3xf32>) -> tensor<5x3xf32>
    %9:2 = exec.run @k9_sum(%1#1, %7) {why = "a pass over so few results costs less than another product's code"} : (tensor<8x5xf32>, tensor<8x5xf32>) -> (tensor<8x5xf32>, tensor<5xf32>)
    %10 = exec.run @k10_contract(%arg0, %9#0) {why = "contract has a kernel of its own"} : (tensor<8x4xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
    return %4#0, %10, %9#1, %8, %6 : tensor<f32>, tensor<4x5xf32>, tensor<5xf32>, tensor<5x3xf32>, tensor<3xf32>
  }
  func.func private @k0_contract(%arg0: tensor<8x4xf32>, %arg1: tensor<4x5xf32>) -> tensor<8x5xf32> attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "ab,bc->ac"} : (tensor<8x4xf32>, tensor<4x5xf32>) -> tensor<8x5xf32>
    return %0 : tensor<8x5xf32>
  }
  func.func private @k1_subtract(%arg0: tensor<8x5xf32>, %arg1: tensor<5xf32>, %arg2: tensor<f32>) -> (tensor<8x5xf32>, tensor<8x5xf32>) attributes {exec.kernel} {
    %0 = graph.broadcast_to %arg1 {shape = array<i64: 8, 5>} : (tensor<5xf32>) -> tensor<8x5xf32>
    %1 = graph.add %arg0, %0 : (tensor<8x5xf32>, tensor<8x5xf32>) -> tensor<8x5xf32>
    %2 = graph.tanh %1 : (tensor<8x5xf32>) -> tensor<8x5xf32>
    %3 = graph.square %2 : (tensor<8x5xf32>) -> tensor<8x5xf32>
    %4 = graph.broadcast_to %arg2 {shape = array<i64: 8, 5>} : (tensor<f32>) -> tensor<8x5xf32>
    %5 = graph.subtract %4, %3 : (tensor<8x5xf32>, tensor<8x5xf32>) -> tensor<8x5xf32>
    return %2, %5 : tensor<8x5xf32>, tensor<8x5xf32>
  }
  func.func private @k2_contract(%arg0: tensor<8x5xf32>, %arg1: tensor<5x3xf32>) -> tensor<8x3xf32> attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "ab,bc->ac"} : (tensor<8x5xf32>, tensor<5x3xf32>) -> tensor<8x3xf32>
    return %0 : tensor<8x3xf32>
  }
  func.func private @k3_divide(%arg0: tensor<8x3xf32>, %arg1: tensor<3xf32>, %arg2: tensor<f32>) -> (tensor<8x3xf32>, tensor<8x3xf32>, tensor<8x1xf32>) attributes {exec.kernel} {
    %0 = graph.broadcast_to %arg1 {shape = array<i64: 8, 3>} : (tensor<3xf32>) -> tensor<8x3xf32>
    %1 = graph.add %arg0, %0 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %2 = graph.max %1 {axes = array<i64: 1>, keepdims = true} : (tensor<8x3xf32>) -> tensor<8x1xf32>
    %3 = graph.stop_gradient %2 : (tensor<8x1xf32>) -> tensor<8x1xf32>
    %4 = graph.broadcast_to %3 {shape = array<i64: 8, 3>} : (tensor<8x1xf32>) -> tensor<8x3xf32>
    %5 = graph.subtract %1, %4 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %6 = graph.exp %5 : (tensor<8x3xf32>) -> tensor<8x3xf32>
    %7 = graph.sum %6 {axes = array<i64: 1>, keepdims = true} : (tensor<8x3xf32>) -> tensor<8x1xf32>
    %8 = graph.log %7 : (tensor<8x1xf32>) -> tensor<8x1xf32>
    %9 = graph.broadcast_to %8 {shape = array<i64: 8, 3>} : (tensor<8x1xf32>) -> tensor<8x3xf32>
    %10 = graph.subtract %5, %9 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %11 = graph.broadcast_to %arg2 {shape = array<i64: 8, 1>} : (tensor<f32>) -> tensor<8x1xf32>
    %12 = graph.divide %11, %7 : (tensor<8x1xf32>, tensor<8x1xf32>) -> tensor<8x1xf32>
    return %6, %10, %12 : tensor<8x3xf32>, tensor<8x3xf32>, tensor<8x1xf32>
  }
  func.func private @k4_negative(%arg0: tensor<8xi64>, %arg1: tensor<i64>, %arg2: tensor<8x3xf32>, %arg3: tensor<f32>, %arg4: tensor<f32>) -> (tensor<f32>, tensor<8x3xf32>, tensor<8x3xf32>) attributes {exec.kernel} {
    %0 = graph.reshape %arg0 {shape = array<i64: 8, 1>} : (tensor<8xi64>) -> tensor<8x1xi64>
    %1 = graph.broadcast_to %0 {shape = array<i64: 8, 3>} : (tensor<8x1xi64>) -> tensor<8x3xi64>
    %2 = graph.broadcast_to %arg1 {shape = array<i64: 3>} : (tensor<i64>) -> tensor<3xi64>
    %3 = graph.iota  {axis = 0 : i64, dtype = i64, shape = array<i64: 3>} : () -> tensor<3xi64>
    %4 = graph.add %2, %3 : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
    %5 = graph.astype %4 {dtype = i64} : (tensor<3xi64>) -> tensor<3xi64>
    %6 = graph.broadcast_to %5 {shape = array<i64: 8, 3>} : (tensor<3xi64>) -> tensor<8x3xi64>
    %7 = graph.equal %1, %6 : (tensor<8x3xi64>, tensor<8x3xi64>) -> tensor<8x3xi1>
    %8 = graph.astype %7 {dtype = f32} : (tensor<8x3xi1>) -> tensor<8x3xf32>
    %9 = graph.multiply %8, %arg2 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %10 = graph.sum %9 {axes = array<i64: 0, 1>, keepdims = false} : (tensor<8x3xf32>) -> tensor<f32>
    %11 = graph.negative %10 : (tensor<f32>) -> tensor<f32>
    %12 = graph.divide %11, %arg3 : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %13 = graph.broadcast_to %arg4 {shape = array<i64: 8, 3>} : (tensor<f32>) -> tensor<8x3xf32>
    %14 = graph.multiply %8, %13 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %15 = graph.negative %14 : (tensor<8x3xf32>) -> tensor<8x3xf32>
    return %12, %14, %15 : tensor<f32>, tensor<8x3xf32>, tensor<8x3xf32>
  }
  func.func private @k5_add(%arg0: tensor<8x3xf32>, %arg1: tensor<8x1xf32>, %arg2: tensor<8x3xf32>, %arg3: tensor<8x3xf32>) -> tensor<8x3xf32> attributes {exec.kernel} {
    %0 = graph.sum %arg0 {axes = array<i64: 1>, keepdims = false} : (tensor<8x3xf32>) -> tensor<8xf32>
    %1 = graph.reshape %0 {shape = array<i64: 8, 1>} : (tensor<8xf32>) -> tensor<8x1xf32>
    %2 = graph.strong_multiply %arg1, %1 : (tensor<8x1xf32>, tensor<8x1xf32>) -> tensor<8x1xf32>
    %3 = graph.broadcast_to %2 {shape = array<i64: 8, 3>} : (tensor<8x1xf32>) -> tensor<8x3xf32>
    %4 = graph.multiply %arg2, %3 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %5 = graph.add %arg3, %4 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    return %5 : tensor<8x3xf32>
  }
  func.func private @k6_sum(%arg0: tensor<8x3xf32>) -> tensor<3xf32> attributes {exec.kernel} {
    %0 = graph.sum %arg0 {axes = array<i64: 0>, keepdims = false} : (tensor<8x3xf32>) -> tensor<3xf32>
    return %0 : tensor<3xf32>
  }
  func.func private @k7_contract(%arg0: tensor<8x3xf32>, %arg1: tensor<5x3xf32>) -> tensor<8x5xf32> attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "ab,cb->ac"} : (tensor<8x3xf32>, tensor<5x3xf32>) -> tensor<8x5xf32>
    return %0 : tensor<8x5xf32>
  }
  func.func private @k8_contract(%arg0: tensor<8x5xf32>, %arg1: tensor<8x3xf32>) -> tensor<5x3xf32> attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "ab,ac->bc"} : (tensor<8x5xf32>, tensor<8x3xf32>) -> tensor<5x3xf32>
    return %0 : tensor<5x3xf32>
  }
  func.func private @k9_sum(%arg0: tensor<8x5xf32>, %arg1: tensor<8x5xf32>) -> (tensor<8x5xf32>, tensor<5xf32>) attributes {exec.kernel} {
    %0 = graph.multiply %arg0, %arg1 : (tensor<8x5xf32>, tensor<8x5xf32>) -> tensor<8x5xf32>
    %1 = graph.sum %0 {axes = array<i64: 0>, keepdims = false} : (tensor<8x5xf32>) -> tensor<5xf32>
    return %0, %1 : tensor<8x5xf32>, tensor<5xf32>
  }
  func.func private @k10_contract(%arg0: tensor<8x4xf32>, %arg1: tensor<8x5xf32>) -> tensor<4x5xf32> attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "ab,ac->bc"} : (tensor<8x4xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
    return %0 : tensor<4x5xf32>
  }
}
