module {
  func.func @gradient(%arg0: tensor<6x3xf64> {graph.name = "X"}, %arg1: tensor<6xf64> {graph.name = "y"}, %arg2: tensor<3xf64> {graph.name = "w"}, %arg3: tensor<f64> {graph.name = "strength"}) -> (tensor<f64> {graph.name = "value"}, tensor<3xf64> {graph.name = "slope"}) {
    %0 = graph.constant  {value = dense<2.000000e+00> : tensor<3xf64>} : () -> tensor<3xf64>
    %1 = graph.constant  {value = dense<0.16666666666666666> : tensor<6xf64>} : () -> tensor<6xf64>
    %2 = graph.constant  {value = dense<5.000000e-01> : tensor<f64>} : () -> tensor<f64>
    %3 = graph.constant  {value = dense<6.000000e+00> : tensor<f64>} : () -> tensor<f64>
    %4 = graph.contract %arg0, %arg2 {equation = "ab,b->a"} : (tensor<6x3xf64>, tensor<3xf64>) -> tensor<6xf64>
    %5 = graph.multiply %arg1, %4 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %6 = graph.negative %5 : (tensor<6xf64>) -> tensor<6xf64>
    %7 = graph.softplus %6 : (tensor<6xf64>) -> tensor<6xf64>
    %8 = graph.sum %7 {axes = array<i64: 0>, keepdims = false} : (tensor<6xf64>) -> tensor<f64>
    %9 = graph.divide %8, %3 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %10 = graph.multiply %2, %arg3 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %11 = graph.multiply %arg2, %arg2 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %12 = graph.sum %11 {axes = array<i64: 0>, keepdims = false} : (tensor<3xf64>) -> tensor<f64>
    %13 = graph.multiply %10, %12 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %14 = graph.add %9, %13 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %15 = graph.reshape %10 {shape = array<i64: 1>} : (tensor<f64>) -> tensor<1xf64>
    %16 = graph.broadcast_to %15 {shape = array<i64: 3>} : (tensor<1xf64>) -> tensor<3xf64>
    %17 = graph.multiply %arg2, %16 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %18 = graph.multiply %0, %17 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %19 = graph.sigmoid %6 : (tensor<6xf64>) -> tensor<6xf64>
    %20 = graph.multiply %19, %1 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %21 = graph.negative %20 : (tensor<6xf64>) -> tensor<6xf64>
    %22 = graph.multiply %arg1, %21 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %23 = graph.contract %arg0, %22 {equation = "ab,a->b"} : (tensor<6x3xf64>, tensor<6xf64>) -> tensor<3xf64>
    %24 = graph.add %18, %23 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    return %14, %24 : tensor<f64>, tensor<3xf64>
  }
}
