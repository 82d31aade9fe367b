module {
  func.func @rows(%arg0: tensor<2x4x3xf32> {graph.name = "q"}, %arg1: tensor<2x4x3xf32> {graph.name = "k"}, %arg2: tensor<2x4x3xf32> {graph.name = "v"}, %arg3: tensor<3xf32> {graph.name = "gain"}) -> (tensor<2x4x3xf32> {graph.name = "out"}) {
    %0 = graph.constant  {value = dense<0xFF800000> : tensor<2x4x4xf32>} : () -> tensor<2x4x4xf32>
    %1 = graph.constant  {value = dense<1.73205078> : tensor<2x4x4x3xf32>} : () -> tensor<2x4x4x3xf32>
    %2 = graph.constant  {value = dense<9.99999974E-6> : tensor<2x4x1xf32>} : () -> tensor<2x4x1xf32>
    %3 = graph.constant  {value = dense<3.000000e+00> : tensor<2x4x1xf32>} : () -> tensor<2x4x1xf32>
    %4 = graph.constant  {value = dense<0> : tensor<4xi64>} : () -> tensor<4xi64>
    %5 = graph.reshape %arg0 {shape = array<i64: 2, 4, 1, 3>} : (tensor<2x4x3xf32>) -> tensor<2x4x1x3xf32>
    %6 = graph.reshape %arg1 {shape = array<i64: 2, 1, 4, 3>} : (tensor<2x4x3xf32>) -> tensor<2x1x4x3xf32>
    %7 = graph.broadcast_to %5 {shape = array<i64: 2, 4, 4, 3>} : (tensor<2x4x1x3xf32>) -> tensor<2x4x4x3xf32>
    %8 = graph.broadcast_to %6 {shape = array<i64: 2, 4, 4, 3>} : (tensor<2x1x4x3xf32>) -> tensor<2x4x4x3xf32>
    %9 = graph.multiply %7, %8 : (tensor<2x4x4x3xf32>, tensor<2x4x4x3xf32>) -> tensor<2x4x4x3xf32>
    %10 = graph.divide %9, %1 : (tensor<2x4x4x3xf32>, tensor<2x4x4x3xf32>) -> tensor<2x4x4x3xf32>
    %11 = graph.sum %10 {axes = array<i64: 3>, keepdims = false} : (tensor<2x4x4x3xf32>) -> tensor<2x4x4xf32>
    %12 = graph.iota  {axis = 0 : i64, dtype = i64, shape = array<i64: 4>} : () -> tensor<4xi64>
    %13 = graph.add %4, %12 : (tensor<4xi64>, tensor<4xi64>) -> tensor<4xi64>
    %14 = graph.astype %13 {dtype = i64} : (tensor<4xi64>) -> tensor<4xi64>
    %15 = graph.reshape %14 {shape = array<i64: 4, 1>} : (tensor<4xi64>) -> tensor<4x1xi64>
    %16 = graph.broadcast_to %15 {shape = array<i64: 4, 4>} : (tensor<4x1xi64>) -> tensor<4x4xi64>
    %17 = graph.broadcast_to %14 {shape = array<i64: 4, 4>} : (tensor<4xi64>) -> tensor<4x4xi64>
    %18 = graph.greater_equal %16, %17 : (tensor<4x4xi64>, tensor<4x4xi64>) -> tensor<4x4xi1>
    %19 = graph.broadcast_to %18 {shape = array<i64: 2, 4, 4>} : (tensor<4x4xi1>) -> tensor<2x4x4xi1>
    %20 = graph.where %19, %11, %0 : (tensor<2x4x4xi1>, tensor<2x4x4xf32>, tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %21 = graph.max %20 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x4xf32>) -> tensor<2x4x1xf32>
    %22 = graph.stop_gradient %21 : (tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %23 = graph.broadcast_to %22 {shape = array<i64: 2, 4, 4>} : (tensor<2x4x1xf32>) -> tensor<2x4x4xf32>
    %24 = graph.subtract %20, %23 : (tensor<2x4x4xf32>, tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %25 = graph.exp %24 : (tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %26 = graph.sum %25 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x4xf32>) -> tensor<2x4x1xf32>
    %27 = graph.broadcast_to %26 {shape = array<i64: 2, 4, 4>} : (tensor<2x4x1xf32>) -> tensor<2x4x4xf32>
    %28 = graph.divide %25, %27 : (tensor<2x4x4xf32>, tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %29 = graph.contract %28, %arg2 {equation = "abc,acd->abd"} : (tensor<2x4x4xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %30 = graph.sum %29 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x3xf32>) -> tensor<2x4x1xf32>
    %31 = graph.divide %30, %3 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %32 = graph.broadcast_to %31 {shape = array<i64: 2, 4, 3>} : (tensor<2x4x1xf32>) -> tensor<2x4x3xf32>
    %33 = graph.subtract %29, %32 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %34 = graph.broadcast_to %arg3 {shape = array<i64: 2, 4, 3>} : (tensor<3xf32>) -> tensor<2x4x3xf32>
    %35 = graph.multiply %34, %33 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %36 = graph.multiply %33, %33 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %37 = graph.sum %36 {axes = array<i64: 2>, keepdims = true} : (tensor<2x4x3xf32>) -> tensor<2x4x1xf32>
    %38 = graph.divide %37, %3 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %39 = graph.add %38, %2 : (tensor<2x4x1xf32>, tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %40 = graph.sqrt %39 : (tensor<2x4x1xf32>) -> tensor<2x4x1xf32>
    %41 = graph.broadcast_to %40 {shape = array<i64: 2, 4, 3>} : (tensor<2x4x1xf32>) -> tensor<2x4x3xf32>
    %42 = graph.divide %35, %41 : (tensor<2x4x3xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    return %42 : tensor<2x4x3xf32>
  }
}
