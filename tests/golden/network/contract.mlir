module {
  func.func @gradient(%arg0: tensor<8x4xf32> {graph.name = "x"}, %arg1: tensor<8xi64> {graph.name = "label"}, %arg2: tensor<4x5xf32> {graph.name = "W1"}, %arg3: tensor<5xf32> {graph.name = "b1"}, %arg4: tensor<5x3xf32> {graph.name = "W2"}, %arg5: tensor<3xf32> {graph.name = "b2"}) -> (tensor<f32> {graph.name = "value"}, tensor<4x5xf32> {graph.name = "dW1"}, tensor<5xf32> {graph.name = "db1"}, tensor<5x3xf32> {graph.name = "dW2"}, tensor<3xf32> {graph.name = "db2"}) {
    %0 = graph.constant  {value = dense<1.000000e+00> : tensor<8x5xf32>} : () -> tensor<8x5xf32>
    %1 = graph.constant  {value = dense<1.000000e+00> : tensor<8x1xf32>} : () -> tensor<8x1xf32>
    %2 = graph.constant  {value = dense<-1.250000e-01> : tensor<8x3xf32>} : () -> tensor<8x3xf32>
    %3 = graph.constant  {value = dense<8.000000e+00> : tensor<f32>} : () -> tensor<f32>
    %4 = graph.constant  {value = dense<0> : tensor<3xi64>} : () -> tensor<3xi64>
    %5 = graph.contract %arg0, %arg2 {equation = "ab,bc->ac"} : (tensor<8x4xf32>, tensor<4x5xf32>) -> tensor<8x5xf32>
    %6 = graph.broadcast_to %arg3 {shape = array<i64: 8, 5>} : (tensor<5xf32>) -> tensor<8x5xf32>
    %7 = graph.add %5, %6 : (tensor<8x5xf32>, tensor<8x5xf32>) -> tensor<8x5xf32>
    %8 = graph.tanh %7 : (tensor<8x5xf32>) -> tensor<8x5xf32>
    %9 = graph.contract %8, %arg4 {equation = "ab,bc->ac"} : (tensor<8x5xf32>, tensor<5x3xf32>) -> tensor<8x3xf32>
    %10 = graph.broadcast_to %arg5 {shape = array<i64: 8, 3>} : (tensor<3xf32>) -> tensor<8x3xf32>
    %11 = graph.add %9, %10 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %12 = graph.max %11 {axes = array<i64: 1>, keepdims = true} : (tensor<8x3xf32>) -> tensor<8x1xf32>
    %13 = graph.stop_gradient %12 : (tensor<8x1xf32>) -> tensor<8x1xf32>
    %14 = graph.broadcast_to %13 {shape = array<i64: 8, 3>} : (tensor<8x1xf32>) -> tensor<8x3xf32>
    %15 = graph.subtract %11, %14 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %16 = graph.exp %15 : (tensor<8x3xf32>) -> tensor<8x3xf32>
    %17 = graph.sum %16 {axes = array<i64: 1>, keepdims = true} : (tensor<8x3xf32>) -> tensor<8x1xf32>
    %18 = graph.log %17 : (tensor<8x1xf32>) -> tensor<8x1xf32>
    %19 = graph.broadcast_to %18 {shape = array<i64: 8, 3>} : (tensor<8x1xf32>) -> tensor<8x3xf32>
    %20 = graph.subtract %15, %19 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %21 = graph.reshape %arg1 {shape = array<i64: 8, 1>} : (tensor<8xi64>) -> tensor<8x1xi64>
    %22 = graph.iota  {axis = 0 : i64, dtype = i64, shape = array<i64: 3>} : () -> tensor<3xi64>
    %23 = graph.add %4, %22 : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
    %24 = graph.astype %23 {dtype = i64} : (tensor<3xi64>) -> tensor<3xi64>
    %25 = graph.broadcast_to %21 {shape = array<i64: 8, 3>} : (tensor<8x1xi64>) -> tensor<8x3xi64>
    %26 = graph.broadcast_to %24 {shape = array<i64: 8, 3>} : (tensor<3xi64>) -> tensor<8x3xi64>
    %27 = graph.equal %25, %26 : (tensor<8x3xi64>, tensor<8x3xi64>) -> tensor<8x3xi1>
    %28 = graph.astype %27 {dtype = f32} : (tensor<8x3xi1>) -> tensor<8x3xf32>
    %29 = graph.multiply %28, %20 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %30 = graph.sum %29 {axes = array<i64: 0, 1>, keepdims = false} : (tensor<8x3xf32>) -> tensor<f32>
    %31 = graph.negative %30 : (tensor<f32>) -> tensor<f32>
    %32 = graph.divide %31, %3 : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %33 = graph.multiply %28, %2 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %34 = graph.negative %33 : (tensor<8x3xf32>) -> tensor<8x3xf32>
    %35 = graph.sum %34 {axes = array<i64: 1>, keepdims = false} : (tensor<8x3xf32>) -> tensor<8xf32>
    %36 = graph.reshape %35 {shape = array<i64: 8, 1>} : (tensor<8xf32>) -> tensor<8x1xf32>
    %37 = graph.divide %1, %17 : (tensor<8x1xf32>, tensor<8x1xf32>) -> tensor<8x1xf32>
    %38 = graph.strong_multiply %37, %36 : (tensor<8x1xf32>, tensor<8x1xf32>) -> tensor<8x1xf32>
    %39 = graph.broadcast_to %38 {shape = array<i64: 8, 3>} : (tensor<8x1xf32>) -> tensor<8x3xf32>
    %40 = graph.multiply %16, %39 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %41 = graph.add %33, %40 : (tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %42 = graph.sum %41 {axes = array<i64: 0>, keepdims = false} : (tensor<8x3xf32>) -> tensor<3xf32>
    %43 = graph.contract %41, %arg4 {equation = "ab,cb->ac"} : (tensor<8x3xf32>, tensor<5x3xf32>) -> tensor<8x5xf32>
    %44 = graph.contract %8, %41 {equation = "ab,ac->bc"} : (tensor<8x5xf32>, tensor<8x3xf32>) -> tensor<5x3xf32>
    %45 = graph.square %8 : (tensor<8x5xf32>) -> tensor<8x5xf32>
    %46 = graph.subtract %0, %45 : (tensor<8x5xf32>, tensor<8x5xf32>) -> tensor<8x5xf32>
    %47 = graph.multiply %46, %43 : (tensor<8x5xf32>, tensor<8x5xf32>) -> tensor<8x5xf32>
    %48 = graph.sum %47 {axes = array<i64: 0>, keepdims = false} : (tensor<8x5xf32>) -> tensor<5xf32>
    %49 = graph.contract %arg0, %47 {equation = "ab,ac->bc"} : (tensor<8x4xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
    return %32, %49, %48, %44, %42 : tensor<f32>, tensor<4x5xf32>, tensor<5xf32>, tensor<5x3xf32>, tensor<3xf32>
  }
}
