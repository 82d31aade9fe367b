module {
  func.func @rows(%arg0: tensor<2x4x3xf32> {graph.name = "q"}, %arg1: tensor<2x4x3xf32> {graph.name = "k"}, %arg2: tensor<2x4x3xf32> {graph.name = "v"}, %arg3: tensor<3xf32> {graph.name = "gain"}) -> (tensor<2x4x3xf32> {graph.name = "out"}) {
    %0 = graph.vmap @attend_0(%arg0, %arg1, %arg2) {axes = array<i64: 0, 0, 0>, extent = 2 : i64} : (tensor<2x4x3xf32>, tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %1 = graph.mean %0 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x3xf32>) -> tensor<2x4x1xf32>
    %2 = graph.broadcast_to %1 {shape = array<i64: 2, 4, 3>} : (tensor<2x4x1xf32>) -> tensor<2x4x3xf32>
    %3 = graph.subtract %0, %2 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %4 = graph.broadcast_to %arg3 {shape = array<i64: 2, 4, 3>} : (tensor<3xf32>) -> tensor<2x4x3xf32>
    %5 = graph.multiply %4, %3 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %6 = graph.multiply %3, %3 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %7 = graph.mean %6 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x3xf32>) -> tensor<2x4x1xf32>
    %8 = graph.constant  {value = dense<9.99999974E-6> : tensor<2x4x1xf32>} : () -> tensor<2x4x1xf32>
    %9 = graph.add %7, %8 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %10 = graph.sqrt %9 : (tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %11 = graph.broadcast_to %10 {shape = array<i64: 2, 4, 3>} : (tensor<2x4x1xf32>) -> tensor<2x4x3xf32>
    %12 = graph.divide %5, %11 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    return %12 : tensor<2x4x3xf32>
  }
  func.func private @attend_0(%arg0: tensor<4x3xf32>, %arg1: tensor<4x3xf32>, %arg2: tensor<4x3xf32>) -> tensor<4x3xf32> {
    %0 = graph.reshape %arg0 {shape = array<i64: 4, 1, 3>} : (tensor<4x3xf32>) -> tensor<4x1x3xf32>
    %1 = graph.reshape %arg1 {shape = array<i64: 1, 4, 3>} : (tensor<4x3xf32>) -> tensor<1x4x3xf32>
    %2 = graph.broadcast_to %0 {shape = array<i64: 4, 4, 3>} : (tensor<4x1x3xf32>) -> tensor<4x4x3xf32>
    %3 = graph.broadcast_to %1 {shape = array<i64: 4, 4, 3>} : (tensor<1x4x3xf32>) -> tensor<4x4x3xf32>
    %4 = graph.multiply %2, %3 : (tensor<4x4x3xf32>, tensor<4x4x3xf32>) -> tensor<4x4x3xf32>
    %5 = graph.constant  {value = dense<1.73205078> : tensor<4x4x3xf32>} : () -> tensor<4x4x3xf32>
    %6 = graph.divide %4, %5 : (tensor<4x4x3xf32>, tensor<4x4x3xf32>) -> tensor<4x4x3xf32>
    %7 = graph.einsum %6 {equation = "ije->ij"} : (tensor<4x4x3xf32>) -> tensor<4x4xf32>
    %8 = graph.arange  {first = 4 : i64, step = 1 : i64} : () -> tensor<4xi64>
    %9 = graph.reshape %8 {shape = array<i64: 4, 1>} : (tensor<4xi64>) -> tensor<4x1xi64>
    %10 = graph.broadcast_to %9 {shape = array<i64: 4, 4>} : (tensor<4x1xi64>) -> tensor<4x4xi64>
    %11 = graph.broadcast_to %8 {shape = array<i64: 4, 4>} : (tensor<4xi64>) -> tensor<4x4xi64>
    %12 = graph.greater_equal %10, %11 : (tensor<4x4xi64>, tensor<4x4xi64>) -> tensor<4x4xi1>
    %13 = graph.constant  {value = dense<0xFF800000> : tensor<4x4xf32>} : () -> tensor<4x4xf32>
    %14 = graph.where %12, %7, %13 : (tensor<4x4xi1>, tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %15 = graph.softmax %14 {axis = 1 : i64} : (tensor<4x4xf32>) -> tensor<4x4xf32>
    %16 = graph.matmul %15, %arg2 : (tensor<4x4xf32>, tensor<4x3xf32>) -> tensor<4x3xf32>
    return %16 : tensor<4x3xf32>
  }
}
