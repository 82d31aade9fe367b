module {
  func.func @hessian_quadratic(%arg0: tensor<5x5xf64> {graph.name = "A"}, %arg1: tensor<5xf64> {graph.name = "x"}) -> (tensor<5x5xf64> {graph.name = "out0"}) {
    %0 = graph.permute_dims %arg0 {axes = array<i64: 1, 0>} : (tensor<5x5xf64>) -> tensor<5x5xf64>
    %1 = graph.add %arg0, %0 : (tensor<5x5xf64>, tensor<5x5xf64>) -> tensor<5x5xf64>
    return %1 : tensor<5x5xf64>
  }
}
