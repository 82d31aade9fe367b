module {
  func.func @gradient(%arg0: tensor<6x3xf64> {graph.name = "X"}, %arg1: tensor<6xf64> {graph.name = "y"}, %arg2: tensor<3xf64> {graph.name = "w"}, %arg3: tensor<f64> {graph.name = "strength"}) -> (tensor<f64> {graph.name = "value"}, tensor<3xf64> {graph.name = "slope"}) {
    %0 = exec.run @k0_contract(%arg0, %arg2) {why = "reads only arguments and constants"} : (tensor<6x3xf64>, tensor<3xf64>) -> tensor<6xf64>
    %cst = exec.constant dense<6.000000e+00> : tensor<f64> to tensor<f64>
    %cst_0 = exec.constant dense<0.16666666666666666> : tensor<f64> to tensor<f64>
    %1:2 = exec.run @k1_multiply(%arg1, %0, %cst, %cst_0) {why = "a pass over so few results costs less than another product's code"} : (tensor<6xf64>, tensor<6xf64>, tensor<f64>, tensor<f64>) -> (tensor<f64>, tensor<6xf64>)
    %cst_1 = exec.constant dense<5.000000e-01> : tensor<f64> to tensor<f64>
    %2 = exec.run @k2_add(%arg2, %cst_1, %arg3, %1#0) {why = "reads only arguments and constants"} : (tensor<3xf64>, tensor<f64>, tensor<f64>, tensor<f64>) -> tensor<f64>
    %3 = exec.run @k3_contract(%arg0, %1#1) {why = "contract has a kernel of its own"} : (tensor<6x3xf64>, tensor<6xf64>) -> tensor<3xf64>
    %cst_2 = exec.constant dense<2.000000e+00> : tensor<f64> to tensor<f64>
    %4 = exec.run @k4_add(%arg2, %cst_1, %arg3, %cst_2, %3) {why = "reads only arguments and constants"} : (tensor<3xf64>, tensor<f64>, tensor<f64>, tensor<f64>, tensor<3xf64>) -> tensor<3xf64>
    return %2, %4 : tensor<f64>, tensor<3xf64>
  }
  func.func private @k0_contract(%arg0: tensor<6x3xf64>, %arg1: tensor<3xf64>) -> tensor<6xf64> attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "ab,b->a"} : (tensor<6x3xf64>, tensor<3xf64>) -> tensor<6xf64>
    return %0 : tensor<6xf64>
  }
  func.func private @k1_multiply(%arg0: tensor<6xf64>, %arg1: tensor<6xf64>, %arg2: tensor<f64>, %arg3: tensor<f64>) -> (tensor<f64>, tensor<6xf64>) attributes {exec.kernel} {
    %0 = graph.multiply %arg0, %arg1 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %1 = graph.negative %0 : (tensor<6xf64>) -> tensor<6xf64>
    %2 = graph.softplus %1 : (tensor<6xf64>) -> tensor<6xf64>
    %3 = graph.sum %2 {axes = array<i64: 0>, keepdims = false} : (tensor<6xf64>) -> tensor<f64>
    %4 = graph.divide %3, %arg2 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %5 = graph.sigmoid %1 : (tensor<6xf64>) -> tensor<6xf64>
    %6 = graph.broadcast_to %arg3 {shape = array<i64: 6>} : (tensor<f64>) -> tensor<6xf64>
    %7 = graph.multiply %5, %6 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %8 = graph.negative %7 : (tensor<6xf64>) -> tensor<6xf64>
    %9 = graph.multiply %arg0, %8 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    return %4, %9 : tensor<f64>, tensor<6xf64>
  }
  func.func private @k2_add(%arg0: tensor<3xf64>, %arg1: tensor<f64>, %arg2: tensor<f64>, %arg3: tensor<f64>) -> tensor<f64> attributes {exec.kernel} {
    %0 = graph.multiply %arg0, %arg0 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %1 = graph.sum %0 {axes = array<i64: 0>, keepdims = false} : (tensor<3xf64>) -> tensor<f64>
    %2 = graph.multiply %arg1, %arg2 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %3 = graph.multiply %2, %1 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %4 = graph.add %arg3, %3 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    return %4 : tensor<f64>
  }
  func.func private @k3_contract(%arg0: tensor<6x3xf64>, %arg1: tensor<6xf64>) -> tensor<3xf64> attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "ab,a->b"} : (tensor<6x3xf64>, tensor<6xf64>) -> tensor<3xf64>
    return %0 : tensor<3xf64>
  }
  func.func private @k4_add(%arg0: tensor<3xf64>, %arg1: tensor<f64>, %arg2: tensor<f64>, %arg3: tensor<f64>, %arg4: tensor<3xf64>) -> tensor<3xf64> attributes {exec.kernel} {
    %0 = graph.multiply %arg1, %arg2 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %1 = graph.reshape %0 {shape = array<i64: 1>} : (tensor<f64>) -> tensor<1xf64>
    %2 = graph.broadcast_to %1 {shape = array<i64: 3>} : (tensor<1xf64>) -> tensor<3xf64>
    %3 = graph.multiply %arg0, %2 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %4 = graph.broadcast_to %arg3 {shape = array<i64: 3>} : (tensor<f64>) -> tensor<3xf64>
    %5 = graph.multiply %4, %3 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %6 = graph.add %5, %arg4 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    return %6 : tensor<3xf64>
  }
}
