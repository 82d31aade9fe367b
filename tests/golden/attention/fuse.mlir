module {
  func.func @rows(%arg0: tensor<2x4x3xf32> {graph.name = "q"}, %arg1: tensor<2x4x3xf32> {graph.name = "k"}, %arg2: tensor<2x4x3xf32> {graph.name = "v"}, %arg3: tensor<3xf32> {graph.name = "gain"}) -> (tensor<2x4x3xf32> {graph.name = "out"}) {
    %cst = exec.constant dense<1.73205078> : tensor<f32> to tensor<f32>
    %cst_0 = exec.constant dense<0> : tensor<i64> to tensor<i64>
    %cst_1 = exec.constant dense<0xFF800000> : tensor<f32> to tensor<f32>
    %0 = exec.run @k0_where(%arg0, %arg1, %cst, %cst_0, %cst_1) {why = "reads only arguments and constants"} : (tensor<2x4x3xf32>, tensor<2x4x3xf32>, tensor<f32>, tensor<i64>, tensor<f32>) -> tensor<2x4x4xf32>
    %1 = exec.run @k1_divide(%0) {why = "it reduces another index space"} : (tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %2 = exec.run @k2_contract(%1, %arg2) {why = "contract has a kernel of its own"} : (tensor<2x4x4xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %cst_2 = exec.constant dense<3.000000e+00> : tensor<f32> to tensor<f32>
    %cst_3 = exec.constant dense<9.99999974E-6> : tensor<f32> to tensor<f32>
    %3 = exec.run @k3_divide(%2, %cst_2, %arg3, %cst_3) {why = "the product before it has a kernel of its own"} : (tensor<2x4x3xf32>, tensor<f32>, tensor<3xf32>, tensor<f32>) -> tensor<2x4x3xf32>
    return %3 : tensor<2x4x3xf32>
  }
  func.func private @k0_where(%arg0: tensor<2x4x3xf32>, %arg1: tensor<2x4x3xf32>, %arg2: tensor<f32>, %arg3: tensor<i64>, %arg4: tensor<f32>) -> tensor<2x4x4xf32> attributes {exec.kernel} {
    %0 = graph.reshape %arg0 {shape = array<i64: 2, 4, 1, 3>} : (tensor<2x4x3xf32>) -> tensor<2x4x1x3xf32>
    %1 = graph.broadcast_to %0 {shape = array<i64: 2, 4, 4, 3>} : (tensor<2x4x1x3xf32>) -> tensor<2x4x4x3xf32>
    %2 = graph.reshape %arg1 {shape = array<i64: 2, 1, 4, 3>} : (tensor<2x4x3xf32>) -> tensor<2x1x4x3xf32>
    %3 = graph.broadcast_to %2 {shape = array<i64: 2, 4, 4, 3>} : (tensor<2x1x4x3xf32>) -> tensor<2x4x4x3xf32>
    %4 = graph.multiply %1, %3 : (tensor<2x4x4x3xf32>, tensor<2x4x4x3xf32>) -> tensor<2x4x4x3xf32>
    %5 = graph.broadcast_to %arg2 {shape = array<i64: 2, 4, 4, 3>} : (tensor<f32>) -> tensor<2x4x4x3xf32>
    %6 = graph.divide %4, %5 : (tensor<2x4x4x3xf32>, tensor<2x4x4x3xf32>) -> tensor<2x4x4x3xf32>
    %7 = graph.sum %6 {axes = array<i64: 3>, keepdims = false} : (tensor<2x4x4x3xf32>) -> tensor<2x4x4xf32>
    %8 = graph.broadcast_to %arg3 {shape = array<i64: 4>} : (tensor<i64>) -> tensor<4xi64>
    %9 = graph.iota  {axis = 0 : i64, dtype = i64, shape = array<i64: 4>} : () -> tensor<4xi64>
    %10 = graph.add %8, %9 : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
    %11 = graph.astype %10 {dtype = i64} : (tensor<4xi64>) -> tensor<4xi64>
    %12 = graph.reshape %11 {shape = array<i64: 4, 1>} : (tensor<4xi64>) -> tensor<4x1xi64>
    %13 = graph.broadcast_to %12 {shape = array<i64: 4, 4>} : (tensor<4x1xi64>) -> tensor<4x4xi64>
    %14 = graph.broadcast_to %11 {shape = array<i64: 4, 4>} : (tensor<4xi64>) -> tensor<4x4xi64>
    %15 = graph.greater_equal %13, %14 : (tensor<4x4xi64>, tensor<4x4xi64>) -> tensor<4x4xi1>
    %16 = graph.broadcast_to %15 {shape = array<i64: 2, 4, 4>} : (tensor<4x4xi1>) -> tensor<2x4x4xi1>
    %17 = graph.broadcast_to %arg4 {shape = array<i64: 2, 4, 4>} : (tensor<f32>) -> tensor<2x4x4xf32>
    %18 = graph.where %16, %7, %17 : (tensor<2x4x4xi1>, tensor<2x4x4xf32>, tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    return %18 : tensor<2x4x4xf32>
  }
  func.func private @k1_divide(%arg0: tensor<2x4x4xf32>) -> tensor<2x4x4xf32> attributes {exec.kernel} {
    %0 = graph.max %arg0 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x4xf32>) -> tensor<2x4x1xf32>
    %1 = graph.stop_gradient %0 : (tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %2 = graph.broadcast_to %1 {shape = array<i64: 2, 4, 4>} : (tensor<2x4x1xf32>) -> tensor<2x4x4xf32>
    %3 = graph.subtract %arg0, %2 : (tensor<2x4x4xf32>, tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %4 = graph.exp %3 : (tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %5 = graph.sum %4 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x4xf32>) -> tensor<2x4x1xf32>
    %6 = graph.broadcast_to %5 {shape = array<i64: 2, 4, 4>} : (tensor<2x4x1xf32>) -> tensor<2x4x4xf32>
    %7 = graph.divide %4, %6 : (tensor<2x4x4xf32>, tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    return %7 : tensor<2x4x4xf32>
  }
  func.func private @k2_contract(%arg0: tensor<2x4x4xf32>, %arg1: tensor<2x4x3xf32>) -> tensor<2x4x3xf32> attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "abc,acd->abd"} : (tensor<2x4x4xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    return %0 : tensor<2x4x3xf32>
  }
  func.func private @k3_divide(%arg0: tensor<2x4x3xf32>, %arg1: tensor<f32>, %arg2: tensor<3xf32>, %arg3: tensor<f32>) -> tensor<2x4x3xf32> attributes {exec.kernel} {
    %0 = graph.sum %arg0 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x3xf32>) -> tensor<2x4x1xf32>
    %1 = graph.broadcast_to %arg1 {shape = array<i64: 2, 4, 1>} : (tensor<f32>) -> tensor<2x4x1xf32>
    %2 = graph.divide %0, %1 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %3 = graph.broadcast_to %2 {shape = array<i64: 2, 4, 3>} : (tensor<2x4x1xf32>) -> tensor<2x4x3xf32>
    %4 = graph.subtract %arg0, %3 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %5 = graph.broadcast_to %arg2 {shape = array<i64: 2, 4, 3>} : (tensor<3xf32>) -> tensor<2x4x3xf32>
    %6 = graph.multiply %5, %4 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %7 = graph.multiply %4, %4 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %8 = graph.sum %7 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x3xf32>) -> tensor<2x4x1xf32>
    %9 = graph.divide %8, %1 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %10 = graph.broadcast_to %arg3 {shape = array<i64: 2, 4, 1>} : (tensor<f32>) -> tensor<2x4x1xf32>
    %11 = graph.add %9, %10 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %12 = graph.sqrt %11 : (tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %13 = graph.broadcast_to %12 {shape = array<i64: 2, 4, 3>} : (tensor<2x4x1xf32>) -> tensor<2x4x3xf32>
    %14 = graph.divide %6, %13 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    return %14 : tensor<2x4x3xf32>
  }
}
