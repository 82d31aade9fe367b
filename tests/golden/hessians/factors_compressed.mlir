module {
  func.func @hessian_factors(%arg0: tensor<6x5xf64> {graph.name = "M"}, %arg1: tensor<6x2xf64> {graph.name = "U"}, %arg2: tensor<5x2xf64> {graph.name = "V"}) -> (tensor<2x2xf64> {graph.name = "out0"}) attributes {graph.structure = ["dense[abcd] = core[bd] unit[ac]"]} {
    %0 = graph.constant  {value = dense<2.000000e+00> : tensor<f64>} : () -> tensor<f64>
    %1 = graph.contract %0, %arg2, %arg2 {equation = ",ab,ac->bc"} : (tensor<f64>, tensor<5x2xf64>, tensor<5x2xf64>) -> tensor<2x2xf64>
    return %1 : tensor<2x2xf64>
  }
}
