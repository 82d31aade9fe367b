module {
  func.func @hessian_ridge(%arg0: tensor<50x7xf64> {graph.name = "X"}, %arg1: tensor<50xf64> {graph.name = "y"}, %arg2: tensor<7xf64> {graph.name = "w"}, %arg3: tensor<f64> {graph.name = "strength"}) -> (tensor<7x7xf64> {graph.name = "out0"}) {
    %0 = graph.constant  {value = dense<2.000000e+00> : tensor<1xf64>} : () -> tensor<1xf64>
    %1 = graph.constant  {value = dense<2.000000e+00> : tensor<f64>} : () -> tensor<f64>
    %2 = graph.delta  {dtype = f64, extent = 7 : i64} : () -> tensor<7x7xf64>
    %3 = graph.reshape %arg3 {shape = array<i64: 1>} : (tensor<f64>) -> tensor<1xf64>
    %4 = graph.multiply %0, %3 : (tensor<1xf64>, tensor<1xf64>) -> tensor<1xf64>
    %5 = graph.broadcast_to %4 {shape = array<i64: 7, 7>} : (tensor<1xf64>) -> tensor<7x7xf64>
    %6 = graph.multiply %5, %2 : (tensor<7x7xf64>, tensor<7x7xf64>) -> tensor<7x7xf64>
    %7 = graph.contract %arg0, %1, %arg0 {equation = "ab,,ac->cb"} : (tensor<50x7xf64>, tensor<f64>, tensor<50x7xf64>) -> tensor<7x7xf64>
    %8 = graph.add %6, %7 : (tensor<7x7xf64>, tensor<7x7xf64>) -> tensor<7x7xf64>
    return %8 : tensor<7x7xf64>
  }
}
