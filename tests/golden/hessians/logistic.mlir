module {
  func.func @hessian_logistic(%arg0: tensor<50x7xf64> {graph.name = "X"}, %arg1: tensor<50xf64> {graph.name = "y"}, %arg2: tensor<7xf64> {graph.name = "w"}, %arg3: tensor<f64> {graph.name = "strength"}) -> (tensor<7x7xf64> {graph.name = "out0"}) {
    %0 = graph.constant  {value = dense<2.000000e-02> : tensor<f64>} : () -> tensor<f64>
    %1 = graph.constant  {value = dense<2.000000e+00> : tensor<1xf64>} : () -> tensor<1xf64>
    %2 = graph.constant  {value = dense<5.000000e-01> : tensor<f64>} : () -> tensor<f64>
    %3 = graph.constant  {value = dense<1.000000e+00> : tensor<50xf64>} : () -> tensor<50xf64>
    %4 = graph.delta  {dtype = f64, extent = 7 : i64} : () -> tensor<7x7xf64>
    %5 = graph.contract %arg0, %arg2 {equation = "ab,b->a"} : (tensor<50x7xf64>, tensor<7xf64>) -> tensor<50xf64>
    %6 = graph.multiply %arg1, %5 : (tensor<50xf64>, tensor<50xf64>) -> tensor<50xf64>
    %7 = graph.negative %6 : (tensor<50xf64>) -> tensor<50xf64>
    %8 = graph.multiply %2, %arg3 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %9 = graph.reshape %8 {shape = array<i64: 1>} : (tensor<f64>) -> tensor<1xf64>
    %10 = graph.multiply %1, %9 : (tensor<1xf64>, tensor<1xf64>) -> tensor<1xf64>
    %11 = graph.broadcast_to %10 {shape = array<i64: 7, 7>} : (tensor<1xf64>) -> tensor<7x7xf64>
    %12 = graph.multiply %11, %4 : (tensor<7x7xf64>, tensor<7x7xf64>) -> tensor<7x7xf64>
    %13 = graph.sigmoid %7 : (tensor<50xf64>) -> tensor<50xf64>
    %14 = graph.subtract %3, %13 : (tensor<50xf64>, tensor<50xf64>) -> tensor<50xf64>
    %15 = graph.multiply %13, %14 : (tensor<50xf64>, tensor<50xf64>) -> tensor<50xf64>
    %16 = graph.contract %arg0, %arg1, %0, %15, %arg1, %arg0 {equation = "ab,a,,a,a,ac->cb"} : (tensor<50x7xf64>, tensor<50xf64>, tensor<f64>, tensor<50xf64>, tensor<50xf64>, tensor<50x7xf64>) -> tensor<7x7xf64>
    %17 = graph.add %12, %16 : (tensor<7x7xf64>, tensor<7x7xf64>) -> tensor<7x7xf64>
    return %17 : tensor<7x7xf64>
  }
}
