module {
  func.func @rows(%arg0: tensor<2x4x3xf32> {graph.name = "q"}, %arg1: tensor<2x4x3xf32> {graph.name = "k"}, %arg2: tensor<2x4x3xf32> {graph.name = "v"}, %arg3: tensor<3xf32> {graph.name = "gain"}) -> (tensor<2x4x3xf32> {graph.name = "out"}) {
    %0 = graph.constant  {value = dense<9.99999974E-6> : tensor<2x4x1xf32>} : () -> tensor<2x4x1xf32>
    %1 = graph.constant  {value = dense<3.000000e+00> : tensor<2x4x1xf32>} : () -> tensor<2x4x1xf32>
    %2 = graph.vmap @attend_0(%arg0, %arg1, %arg2) {axes = array<i64: 0, 0, 0>, extent = 2 : i64} : (tensor<2x4x3xf32>, tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %3 = graph.sum %2 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x3xf32>) -> tensor<2x4x1xf32>
    %4 = graph.divide %3, %1 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %5 = graph.broadcast_to %4 {shape = array<i64: 2, 4, 3>} : (tensor<2x4x1xf32>) -> tensor<2x4x3xf32>
    %6 = graph.subtract %2, %5 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %7 = graph.broadcast_to %arg3 {shape = array<i64: 2, 4, 3>} : (tensor<3xf32>) -> tensor<2x4x3xf32>
    %8 = graph.multiply %7, %6 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %9 = graph.multiply %6, %6 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %10 = graph.sum %9 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x3xf32>) -> tensor<2x4x1xf32>
    %11 = graph.divide %10, %1 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %12 = graph.add %11, %0 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %13 = graph.sqrt %12 : (tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %14 = graph.broadcast_to %13 {shape = array<i64: 2, 4, 3>} : (tensor<2x4x1xf32>) -> tensor<2x4x3xf32>
    %15 = graph.divide %8, %14 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    return %15 : tensor<2x4x3xf32>
  }
  func.func private @attend_0(%arg0: tensor<4x3xf32>, %arg1: tensor<4x3xf32>, %arg2: tensor<4x3xf32>) -> tensor<4x3xf32> {
    %0 = graph.constant  {value = dense<0xFF800000> : tensor<4x4xf32>} : () -> tensor<4x4xf32>
    %1 = graph.constant  {value = dense<0> : tensor<4xi64>} : () -> tensor<4xi64>
    %2 = graph.constant  {value = dense<1.73205078> : tensor<4x4x3xf32>} : () -> tensor<4x4x3xf32>
    %3 = graph.reshape %arg0 {shape = array<i64: 4, 1, 3>} : (tensor<4x3xf32>) -> tensor<4x1x3xf32>
    %4 = graph.reshape %arg1 {shape = array<i64: 1, 4, 3>} : (tensor<4x3xf32>) -> tensor<1x4x3xf32>
    %5 = graph.broadcast_to %3 {shape = array<i64: 4, 4, 3>} : (tensor<4x1x3xf32>) -> tensor<4x4x3xf32>
    %6 = graph.broadcast_to %4 {shape = array<i64: 4, 4, 3>} : (tensor<1x4x3xf32>) -> tensor<4x4x3xf32>
    %7 = graph.multiply %5, %6 : (tensor<4x4x3xf32>, tensor<4x4x3xf32>) -> tensor<4x4x3xf32>
    %8 = graph.divide %7, %2 : (tensor<4x4x3xf32>, tensor<4x4x3xf32>) -> tensor<4x4x3xf32>
    %9 = graph.sum %8 {axes = array<i64: 2>, keepdims = false} : (tensor<4x4x3xf32>) -> tensor<4x4xf32>
    %10 = graph.iota  {axis = 0 : i64, dtype = i64, shape = array<i64: 4>} : () -> tensor<4xi64>
    %11 = graph.add %1, %10 : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
    %12 = graph.astype %11 {dtype = i64} : (tensor<4xi64>) -> tensor<4xi64>
    %13 = graph.reshape %12 {shape = array<i64: 4, 1>} : (tensor<4xi64>) -> tensor<4x1xi64>
    %14 = graph.broadcast_to %13 {shape = array<i64: 4, 4>} : (tensor<4x1xi64>) -> tensor<4x4xi64>
    %15 = graph.broadcast_to %12 {shape = array<i64: 4, 4>} : (tensor<4xi64>) -> tensor<4x4xi64>
    %16 = graph.greater_equal %14, %15 : (tensor<4x4xi64>, tensor<4x4xi64>) -> tensor<4x4xi1>
    %17 = graph.where %16, %9, %0 : (tensor<4x4xi1>, tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %18 = graph.max %17 {axes = array<i64: 1>, keepdims = true} : (tensor<4x4xf32>) -> tensor<4x1xf32>
    %19 = graph.stop_gradient %18 : (tensor<4x1xf32>) -> tensor<4x1xf32>
    %20 = graph.broadcast_to %19 {shape = array<i64: 4, 4>} : (tensor<4x1xf32>) -> tensor<4x4xf32>
    %21 = graph.subtract %17, %20 : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %22 = graph.exp %21 : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %23 = graph.sum %22 {axes = array<i64: 1>, keepdims = true} : (tensor<4x4xf32>) -> tensor<4x1xf32>
    %24 = graph.broadcast_to %23 {shape = array<i64: 4, 4>} : (tensor<4x1xf32>) -> tensor<4x4xf32>
    %25 = graph.divide %22, %24 : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %26 = graph.contract %25, %arg2 {equation = "ab,bc->ac"} : (tensor<4x4xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
    return %26 : tensor<4x3xf32>
  }
}
