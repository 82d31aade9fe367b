module {
  func.func @gradient(%arg0: tensor<8x4xf32> {graph.name = "x"}, %arg1: tensor<8xi64> {graph.name = "label"}, %arg2: tensor<4x5xf32> {graph.name = "W1"}, %arg3: tensor<5xf32> {graph.name = "b1"}, %arg4: tensor<5x3xf32> {graph.name = "W2"}, %arg5: tensor<3xf32> {graph.name = "b2"}) -> (tensor<f32> {graph.name = "value"}, tensor<4x5xf32> {graph.name = "dW1"}, tensor<5xf32> {graph.name = "db1"}, tensor<5x3xf32> {graph.name = "dW2"}, tensor<3xf32> {graph.name = "db2"}) {
    %0 = graph.constant  {value = dense<1.000000e+00> : tensor<f32>} : () -> tensor<f32>
    %1:5 = graph.vjp @loss_0(%arg0, %arg1, %arg2, %arg3, %arg4, %arg5, %0) {wrt = array<i64: 2, 3, 4, 5>} : (tensor<8x4xf32>, tensor<8xi64>, tensor<4x5xf32>, tensor<5xf32>, tensor<5x3xf32>, tensor<3xf32>, tensor<f32>) -> (tensor<f32>, tensor<4x5xf32>, tensor<5xf32>, tensor<5x3xf32>, tensor<3xf32>)
    return %1#0, %1#1, %1#2, %1#3, %1#4 : tensor<f32>, tensor<4x5xf32>, tensor<5xf32>, tensor<5x3xf32>, tensor<3xf32>
  }
  func.func private @loss_0(%arg0: tensor<8x4xf32>, %arg1: tensor<8xi64>, %arg2: tensor<4x5xf32>, %arg3: tensor<5xf32>, %arg4: tensor<5x3xf32>, %arg5: tensor<3xf32>) -> tensor<f32> {
    %0 = graph.matmul %arg0, %arg2 : (tensor<8x4xf32>, tensor<4x5xf32>) -> tensor<8x5xf32>
    %1 = graph.broadcast_to %arg3 {shape = array<i64: 8, 5>} : (tensor<5xf32>) -> tensor<8x5xf32>
    %2 = graph.add %0, %1 : (tensor<8x5xf32>, tensor<8x5xf32>) -> tensor<8x5xf32>
    %3 = graph.tanh %2 : (tensor<8x5xf32>) -> tensor<8x5xf32>
    %4 = graph.matmul %3, %arg4 : (tensor<8x5xf32>, tensor<5x3xf32>) -> tensor<8x3xf32>
    %5 = graph.broadcast_to %arg5 {shape = array<i64: 8, 3>} : (tensor<3xf32>) -> tensor<8x3xf32>
    %6 = graph.add %4, %5 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %7 = graph.log_softmax %6 {axis = 1 : i64} : (tensor<8x3xf32>) -> tensor<8x3xf32>
    %8 = graph.reshape %arg1 {shape = array<i64: 8, 1>} : (tensor<8xi64>) -> tensor<8x1xi64>
    %9 = graph.arange  {first = 3 : i64, step = 1 : i64} : () -> tensor<3xi64>
    %10 = graph.broadcast_to %8 {shape = array<i64: 8, 3>} : (tensor<8x1xi64>) -> tensor<8x3xi64>
    %11 = graph.broadcast_to %9 {shape = array<i64: 8, 3>} : (tensor<3xi64>) -> tensor<8x3xi64>
    %12 = graph.equal %10, %11 : (tensor<8x3xi64>, tensor<8x3xi64>) -> tensor<8x3xi1>
    %13 = graph.astype %12 {dtype = f32} : (tensor<8x3xi1>) -> tensor<8x3xf32>
    %14 = graph.multiply %13, %7 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %15 = graph.sum %14 {axes = array<i64: 0, 1>, keepdims = false} : (tensor<8x3xf32>) -> tensor<f32>
    %16 = graph.negative %15 : (tensor<f32>) -> tensor<f32>
    %17 = graph.constant  {value = dense<8.000000e+00> : tensor<f32>} : () -> tensor<f32>
    %18 = graph.divide %16, %17 : (tensor<f32>, tensor<f32>) -> tensor<f32>
    return %18 : tensor<f32>
  }
}
