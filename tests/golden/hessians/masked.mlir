module {
  func.func @hessian_masked(%arg0: tensor<6x5xf64> {graph.name = "M"}, %arg1: tensor<6x5xf64> {graph.name = "W"}, %arg2: tensor<6x2xf64> {graph.name = "U"}, %arg3: tensor<5x2xf64> {graph.name = "V"}) -> (tensor<6x2x6x2xf64> {graph.name = "out0"}) {
    %0 = graph.constant  {value = dense<2.000000e+00> : tensor<6x2x6x5xf64>} : () -> tensor<6x2x6x5xf64>
    %1 = graph.delta  {dtype = f64, extent = 6 : i64} : () -> tensor<6x6xf64>
    %2 = graph.permute_dims %arg3 {axes = array<i64: 1, 0>} : (tensor<5x2xf64>) -> tensor<2x5xf64>
    %3 = graph.reshape %2 {shape = array<i64: 1, 2, 1, 5>} : (tensor<2x5xf64>) -> tensor<1x2x1x5xf64>
    %4 = graph.negative %3 : (tensor<1x2x1x5xf64>) -> tensor<1x2x1x5xf64>
    %5 = graph.broadcast_to %4 {shape = array<i64: 6, 2, 6, 5>} : (tensor<1x2x1x5xf64>) -> tensor<6x2x6x5xf64>
    %6 = graph.broadcast_to %arg1 {shape = array<i64: 6, 2, 6, 5>} : (tensor<6x5xf64>) -> tensor<6x2x6x5xf64>
    %7 = graph.multiply %6, %5 : (tensor<6x2x6x5xf64>, tensor<6x2x6x5xf64>) -> tensor<6x2x6x5xf64>
    %8 = graph.multiply %0, %7 : (tensor<6x2x6x5xf64>, tensor<6x2x6x5xf64>) -> tensor<6x2x6x5xf64>
    %9 = graph.contract %arg1, %8, %arg3 {equation = "ab,acab,bd->acd"} : (tensor<6x5xf64>, tensor<6x2x6x5xf64>, tensor<5x2xf64>) -> tensor<6x2x2xf64>
    %10 = graph.reshape %9 {shape = array<i64: 6, 2, 1, 2>} : (tensor<6x2x2xf64>) -> tensor<6x2x1x2xf64>
    %11 = graph.reshape %1 {shape = array<i64: 6, 1, 6, 1>} : (tensor<6x6xf64>) -> tensor<6x1x6x1xf64>
    %12 = graph.broadcast_to %11 {shape = array<i64: 6, 2, 6, 2>} : (tensor<6x1x6x1xf64>) -> tensor<6x2x6x2xf64>
    %13 = graph.negative %10 : (tensor<6x2x1x2xf64>) -> tensor<6x2x1x2xf64>
    %14 = graph.broadcast_to %13 {shape = array<i64: 6, 2, 6, 2>} : (tensor<6x2x1x2xf64>) -> tensor<6x2x6x2xf64>
    %15 = graph.multiply %14, %12 : (tensor<6x2x6x2xf64>, tensor<6x2x6x2xf64>) -> tensor<6x2x6x2xf64>
    return %15 : tensor<6x2x6x2xf64>
  }
}
