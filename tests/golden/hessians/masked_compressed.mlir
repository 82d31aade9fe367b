module {
  func.func @hessian_masked(%arg0: tensor<6x5xf64> {graph.name = "M"}, %arg1: tensor<6x5xf64> {graph.name = "W"}, %arg2: tensor<6x2xf64> {graph.name = "U"}, %arg3: tensor<5x2xf64> {graph.name = "V"}) -> (tensor<6x2x2xf64> {graph.name = "out0"}) attributes {graph.structure = ["dense[abcd] = core[abd] unit[ac]"]} {
    %0 = graph.constant  {value = dense<2.000000e+00> : tensor<6x2x6x5xf64>} : () -> tensor<6x2x6x5xf64>
    %1 = graph.permute_dims %arg3 {axes = array<i64: 1, 0>} : (tensor<5x2xf64>) -> tensor<2x5xf64>
    %2 = graph.reshape %1 {shape = array<i64: 1, 2, 1, 5>} : (tensor<2x5xf64>) -> tensor<1x2x1x5xf64>
    %3 = graph.negative %2 : (tensor<1x2x1x5xf64>) -> tensor<1x2x1x5xf64>
    %4 = graph.broadcast_to %3 {shape = array<i64: 6, 2, 6, 5>} : (tensor<1x2x1x5xf64>) -> tensor<6x2x6x5xf64>
    %5 = graph.broadcast_to %arg1 {shape = array<i64: 6, 2, 6, 5>} : (tensor<6x5xf64>) -> tensor<6x2x6x5xf64>
    %6 = graph.multiply %5, %4 : (tensor<6x2x6x5xf64>, tensor<6x2x6x5xf64>) -> tensor<6x2x6x5xf64>
    %7 = graph.multiply %0, %6 : (tensor<6x2x6x5xf64>, tensor<6x2x6x5xf64>) -> tensor<6x2x6x5xf64>
    %8 = graph.contract %arg1, %7, %arg3 {equation = "ab,acab,bd->acd"} : (tensor<6x5xf64>, tensor<6x2x6x5xf64>, tensor<5x2xf64>) -> tensor<6x2x2xf64>
    %9 = graph.reshape %8 {shape = array<i64: 6, 2, 1, 2>} : (tensor<6x2x2xf64>) -> tensor<6x2x1x2xf64>
    %10 = graph.negative %9 : (tensor<6x2x1x2xf64>) -> tensor<6x2x1x2xf64>
    %11 = graph.reshape %10 {shape = array<i64: 6, 2, 2>} : (tensor<6x2x1x2xf64>) -> tensor<6x2x2xf64>
    return %11 : tensor<6x2x2xf64>
  }
}
