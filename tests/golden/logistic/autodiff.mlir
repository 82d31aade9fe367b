module {
  func.func @gradient(%arg0: tensor<6x3xf64> {graph.name = "X"}, %arg1: tensor<6xf64> {graph.name = "y"}, %arg2: tensor<3xf64> {graph.name = "w"}, %arg3: tensor<f64> {graph.name = "strength"}) -> (tensor<f64> {graph.name = "value"}, tensor<3xf64> {graph.name = "slope"}) {
    %0 = graph.constant  {value = dense<0.16666666666666666> : tensor<6xf64>} : () -> tensor<6xf64>
    %1 = graph.constant  {value = dense<5.000000e-01> : tensor<f64>} : () -> tensor<f64>
    %2 = graph.constant  {value = dense<6.000000e+00> : tensor<f64>} : () -> tensor<f64>
    %3 = graph.contract %arg0, %arg2 {equation = "ab,b->a"} : (tensor<6x3xf64>, tensor<3xf64>) -> tensor<6xf64>
    %4 = graph.multiply %arg1, %3 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %5 = graph.negative %4 : (tensor<6xf64>) -> tensor<6xf64>
    %6 = graph.softplus %5 : (tensor<6xf64>) -> tensor<6xf64>
    %7 = graph.sum %6 {axes = array<i64: 0>, keepdims = false} : (tensor<6xf64>) -> tensor<f64>
    %8 = graph.divide %7, %2 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %9 = graph.multiply %1, %arg3 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %10 = graph.multiply %arg2, %arg2 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %11 = graph.sum %10 {axes = array<i64: 0>, keepdims = false} : (tensor<3xf64>) -> tensor<f64>
    %12 = graph.multiply %9, %11 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %13 = graph.add %8, %12 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %14 = graph.reshape %9 {shape = array<i64: 1>} : (tensor<f64>) -> tensor<1xf64>
    %15 = graph.broadcast_to %14 {shape = array<i64: 3>} : (tensor<1xf64>) -> tensor<3xf64>
    %16 = graph.multiply %arg2, %15 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %17 = graph.add %16, %16 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %18 = graph.sigmoid %5 : (tensor<6xf64>) -> tensor<6xf64>
    %19 = graph.multiply %18, %0 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %20 = graph.negative %19 : (tensor<6xf64>) -> tensor<6xf64>
    %21 = graph.multiply %arg1, %20 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %22 = graph.contract %arg0, %21 {equation = "ab,a->b"} : (tensor<6x3xf64>, tensor<6xf64>) -> tensor<3xf64>
    %23 = graph.add %17, %22 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    return %13, %23 : tensor<f64>, tensor<3xf64>
  }
}
