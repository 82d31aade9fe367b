module {
  func.func @gradient(%arg0: tensor<6x3xf64> {graph.name = "X"}, %arg1: tensor<6xf64> {graph.name = "y"}, %arg2: tensor<3xf64> {graph.name = "w"}, %arg3: tensor<f64> {graph.name = "strength"}) -> (tensor<f64> {graph.name = "value"}, tensor<3xf64> {graph.name = "slope"}) {
    %0 = graph.constant  {value = dense<1.000000e+00> : tensor<f64>} : () -> tensor<f64>
    %1:2 = graph.vjp @loss_0(%arg0, %arg1, %arg2, %arg3, %0) {wrt = array<i64: 2>} : (tensor<6x3xf64>, tensor<6xf64>, tensor<3xf64>, tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<3xf64>)
    return %1#0, %1#1 : tensor<f64>, tensor<3xf64>
  }
  func.func private @loss_0(%arg0: tensor<6x3xf64>, %arg1: tensor<6xf64>, %arg2: tensor<3xf64>, %arg3: tensor<f64>) -> tensor<f64> {
    %0 = graph.matmul %arg0, %arg2 : (tensor<6x3xf64>, tensor<3xf64>) -> tensor<6xf64>
    %1 = graph.multiply %arg1, %0 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %2 = graph.negative %1 : (tensor<6xf64>) -> tensor<6xf64>
    %3 = graph.softplus %2 : (tensor<6xf64>) -> tensor<6xf64>
    %4 = graph.mean %3 {axes = array<i64: 0>, keepdims = false} : (tensor<6xf64>) -> tensor<f64>
    %5 = graph.constant  {value = dense<5.000000e-01> : tensor<f64>} : () -> tensor<f64>
    %6 = graph.multiply %5, %arg3 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %7 = graph.multiply %arg2, %arg2 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %8 = graph.sum %7 {axes = array<i64: 0>, keepdims = false} : (tensor<3xf64>) -> tensor<f64>
    %9 = graph.multiply %6, %8 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %10 = graph.add %4, %9 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    return %10 : tensor<f64>
  }
}
