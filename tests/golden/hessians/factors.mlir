module {
  func.func @hessian_factors(%arg0: tensor<6x5xf64> {graph.name = "M"}, %arg1: tensor<6x2xf64> {graph.name = "U"}, %arg2: tensor<5x2xf64> {graph.name = "V"}) -> (tensor<6x2x6x2xf64> {graph.name = "out0"}) {
    %0 = graph.constant  {value = dense<2.000000e+00> : tensor<f64>} : () -> tensor<f64>
    %1 = graph.delta  {dtype = f64, extent = 6 : i64} : () -> tensor<6x6xf64>
    %2 = graph.contract %0, %arg2, %arg2 {equation = ",ab,ac->bc"} : (tensor<f64>, tensor<5x2xf64>, tensor<5x2xf64>) -> tensor<2x2xf64>
    %3 = graph.reshape %2 {shape = array<i64: 1, 2, 1, 2>} : (tensor<2x2xf64>) -> tensor<1x2x1x2xf64>
    %4 = graph.broadcast_to %3 {shape = array<i64: 6, 2, 6, 2>} : (tensor<1x2x1x2xf64>) -> tensor<6x2x6x2xf64>
    %5 = graph.reshape %1 {shape = array<i64: 6, 1, 6, 1>} : (tensor<6x6xf64>) -> tensor<6x1x6x1xf64>
    %6 = graph.broadcast_to %5 {shape = array<i64: 6, 2, 6, 2>} : (tensor<6x1x6x1xf64>) -> tensor<6x2x6x2xf64>
    %7 = graph.multiply %4, %6 : (tensor<6x2x6x2xf64>, tensor<6x2x6x2xf64>) -> tensor<6x2x6x2xf64>
    return %7 : tensor<6x2x6x2xf64>
  }
}
