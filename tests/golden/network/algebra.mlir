module {
  func.func @gradient(%arg0: tensor<8x4xf32> {graph.name = "x"}, %arg1: tensor<8xi64> {graph.name = "label"}, %arg2: tensor<4x5xf32> {graph.name = "W1"}, %arg3: tensor<5xf32> {graph.name = "b1"}, %arg4: tensor<5x3xf32> {graph.name = "W2"}, %arg5: tensor<3xf32> {graph.name = "b2"}) -> (tensor<f32> {graph.name = "value"}, tensor<4x5xf32> {graph.name = "dW1"}, tensor<5xf32> {graph.name = "db1"}, tensor<5x3xf32> {graph.name = "dW2"}, tensor<3xf32> {graph.name = "db2"}) {
    %0 = graph.constant  {value = dense<1.000000e+00> : tensor<f32>} : () -> tensor<f32>
    %1:5 = graph.vjp @loss_0(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5, %0) {wrt = array<i64: 2, 3, 4, 5>} : (tensor<8x4xf32>, tensor<8xi64>, tensor<4x5xf32>, tensor<5xf32>, tensor<5x3xf32>, tensor<3xf32>, tensor<f32>) -> (tensor<f32>, tensor<4x5xf32>, tensor<5xf32>, tensor<5x3xf32>, tensor<3xf32>)
    return %1#0, %1#1, %1#2, %1#3, %1#4 : tensor<f32>, tensor<4x5xf32>, tensor<5xf32>, tensor<5x3xf32>, tensor<3xf32>
  }
  func.func private @loss_0(%arg0: tensor<8x4xf32>, %arg1: tensor<8xi64>, %arg2: tensor<4x5xf32>, %arg3: tensor<5xf32>, %arg4: tensor<5x3xf32>, %arg5: tensor<3xf32>) -> tensor<f32> {
    %0 = graph.constant  {value = dense<8.000000e+00> : tensor<f32>} : () -> tensor<f32>
    %1 = graph.constant  {value = dense<0> : tensor<3xi64>} : () -> tensor<3xi64>
    %2 = graph.contract %arg0, %arg2 {equation = "ab,bc->ac"} : (tensor<8x4xf32>, tensor<4x5xf32>) -> tensor<8x5xf32>
    %3 = graph.broadcast_to %arg3 {shape = array<i64: 8, 5>} : (tensor<5xf32>) -> tensor<8x5xf32>
    %4 = graph.add %2, %3 : (tensor<8x5xf32>, tensor<8x5xf32>) -> tensor<8x5xf32>
    %5 = graph.tanh %4 : (tensor<8x5xf32>) -> tensor<8x5xf32>
    %6 = graph.contract %5, %arg4 {equation = "ab,bc->ac"} : (tensor<8x5xf32>, tensor<5x3xf32>) -> tensor<8x3xf32>
    %7 = graph.broadcast_to %arg5 {shape = array<i64: 8, 3>} : (tensor<3xf32>) -> tensor<8x3xf32>
    %8 = graph.add %6, %7 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %9 = graph.max %8 {axes = array<i64: 1>, keepdims = true} : (tensor<8x3xf32>) -> tensor<8x1xf32>
    %10 = graph.stop_gradient %9 : (tensor<8x1xf32>) -> tensor<8x1xf32>
    %11 = graph.broadcast_to %10 {shape = array<i64: 8, 3>} : (tensor<8x1xf32>) -> tensor<8x3xf32>
    %12 = graph.subtract %8, %11 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %13 = graph.exp %12 : (tensor<8x3xf32>) -> tensor<8x3xf32>
    %14 = graph.sum %13 {axes = array<i64: 1>, keepdims = true} : (tensor<8x3xf32>) -> tensor<8x1xf32>
    %15 = graph.log %14 : (tensor<8x1xf32>) -> tensor<8x1xf32>
    %16 = graph.broadcast_to %15 {shape = array<i64: 8, 3>} : (tensor<8x1xf32>) -> tensor<8x3xf32>
    %17 = graph.subtract %12, %16 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %18 = graph.reshape %arg1 {shape = array<i64: 8, 1>} : (tensor<8xi64>) -> tensor<8x1xi64>
    %19 = graph.iota  {axis = 0 : i64, dtype = i64, shape = array<i64: 3>} : () -> tensor<3xi64>
    %20 = graph.add %1, %19 : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
    %21 = graph.astype %20 {dtype = i64} : (tensor<3xi64>) -> tensor<3xi64>
    %22 = graph.broadcast_to %18 {shape = array<i64: 8, 3>} : (tensor<8x1xi64>) -> tensor<8x3xi64>
    %23 = graph.broadcast_to %21 {shape = array<i64: 8, 3>} : (tensor<3xi64>) -> tensor<8x3xi64>
    %24 = graph.equal %22, %23 : (tensor<8x3xi64>, tensor<8x3xi64>) -> tensor<8x3xi1>
    %25 = graph.astype %24 {dtype = f32} : (tensor<8x3xi1>) -> tensor<8x3xf32>
    %26 = graph.multiply %25, %17 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %27 = graph.sum %26 {axes = array<i64: 0, 1>, keepdims = false} : (tensor<8x3xf32>) -> tensor<f32>
    %28 = graph.negative %27 : (tensor<f32>) -> tensor<f32>
    %29 = graph.divide %28, %0 : (tensor<f32>, tensor<f32>) -> tensor<f32>
    return %29 : tensor<f32>
  }
}
