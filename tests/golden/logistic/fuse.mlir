module {
  func.func @gradient(%arg0: tensor<6x3xf64> {graph.name = "X"}, %arg1: tensor<6xf64> {graph.name = "y"}, %arg2: tensor<3xf64> {graph.name = "w"}, %arg3: tensor<f64> {graph.name = "strength"}) -> (tensor<f64> {graph.name = "value"}, tensor<3xf64> {graph.name = "slope"}) {
    %cst = exec.constant dense<0.16666666666666666> : tensor<f64> to tensor<f64>
    %0:2 = exec.run @k0_multiply(%arg0, %arg2, %arg1, %cst) {why = "reads only arguments and constants"} : (tensor<6x3xf64>, tensor<3xf64>, tensor<6xf64>, tensor<f64>) -> (tensor<6xf64>, tensor<6xf64>)
    %cst_0 = exec.constant dense<6.000000e+00> : tensor<f64> to tensor<f64>
    %1 = exec.run @k1_divide(%0#0, %cst_0) {why = "a reduction calculates it on the fly"} : (tensor<6xf64>, tensor<f64>) -> tensor<f64>
    %cst_1 = exec.constant dense<5.000000e-01> : tensor<f64> to tensor<f64>
    %2 = exec.run @k2_multiply(%cst_1, %arg3) {why = "reads only arguments and constants"} : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %3 = exec.run @k3_add(%arg2, %2, %1) {why = "reads only arguments and constants"} : (tensor<3xf64>, tensor<f64>, tensor<f64>) -> tensor<f64>
    %cst_2 = exec.constant dense<2.000000e+00> : tensor<f64> to tensor<f64>
    %4 = exec.run @k4_multiply(%arg2, %2, %cst_2) {why = "its index space f64[3] is not the one before it"} : (tensor<3xf64>, tensor<f64>, tensor<f64>) -> tensor<3xf64>
    %5 = exec.run @k5_add(%arg0, %0#1, %4) {why = "the product before it has a kernel of its own"} : (tensor<6x3xf64>, tensor<6xf64>, tensor<3xf64>) -> tensor<3xf64>
    return %3, %5 : tensor<f64>, tensor<3xf64>
  }
  func.func private @k0_multiply(%arg0: tensor<6x3xf64>, %arg1: tensor<3xf64>, %arg2: tensor<6xf64>, %arg3: tensor<f64>) -> (tensor<6xf64>, tensor<6xf64>) attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "ab,b->a"} : (tensor<6x3xf64>, tensor<3xf64>) -> tensor<6xf64>
    %1 = graph.multiply %arg2, %0 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %2 = graph.negative %1 : (tensor<6xf64>) -> tensor<6xf64>
    %3 = graph.sigmoid %2 : (tensor<6xf64>) -> tensor<6xf64>
    %4 = graph.broadcast_to %arg3 {shape = array<i64: 6>} : (tensor<f64>) -> tensor<6xf64>
    %5 = graph.multiply %3, %4 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    %6 = graph.negative %5 : (tensor<6xf64>) -> tensor<6xf64>
    %7 = graph.multiply %arg2, %6 : (tensor<6xf64>, tensor<6xf64>) -> tensor<6xf64>
    return %2, %7 : tensor<6xf64>, tensor<6xf64>
  }
  func.func private @k1_divide(%arg0: tensor<6xf64>, %arg1: tensor<f64>) -> tensor<f64> attributes {exec.kernel} {
    %0 = graph.softplus %arg0 : (tensor<6xf64>) -> tensor<6xf64>
    %1 = graph.sum %0 {axes = array<i64: 0>, keepdims = false} : (tensor<6xf64>) -> tensor<f64>
    %2 = graph.divide %1, %arg1 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    return %2 : tensor<f64>
  }
  func.func private @k2_multiply(%arg0: tensor<f64>, %arg1: tensor<f64>) -> tensor<f64> attributes {exec.kernel} {
    %0 = graph.multiply %arg0, %arg1 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    return %0 : tensor<f64>
  }
  func.func private @k3_add(%arg0: tensor<3xf64>, %arg1: tensor<f64>, %arg2: tensor<f64>) -> tensor<f64> attributes {exec.kernel} {
    %0 = graph.multiply %arg0, %arg0 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %1 = graph.sum %0 {axes = array<i64: 0>, keepdims = false} : (tensor<3xf64>) -> tensor<f64>
    %2 = graph.multiply %arg1, %1 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %3 = graph.add %arg2, %2 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    return %3 : tensor<f64>
  }
  func.func private @k4_multiply(%arg0: tensor<3xf64>, %arg1: tensor<f64>, %arg2: tensor<f64>) -> tensor<3xf64> attributes {exec.kernel} {
    %0 = graph.reshape %arg1 {shape = array<i64: 1>} : (tensor<f64>) -> tensor<1xf64>
    %1 = graph.broadcast_to %0 {shape = array<i64: 3>} : (tensor<1xf64>) -> tensor<3xf64>
    %2 = graph.multiply %arg0, %1 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %3 = graph.broadcast_to %arg2 {shape = array<i64: 3>} : (tensor<f64>) -> tensor<3xf64>
    %4 = graph.multiply %3, %2 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    return %4 : tensor<3xf64>
  }
  func.func private @k5_add(%arg0: tensor<6x3xf64>, %arg1: tensor<6xf64>, %arg2: tensor<3xf64>) -> tensor<3xf64> attributes {exec.kernel} {
    %0 = graph.contract %arg0, %arg1 {equation = "ab,a->b"} : (tensor<6x3xf64>, tensor<6xf64>) -> tensor<3xf64>
    %1 = graph.add %arg2, %0 : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    return %1 : tensor<3xf64>
  }
}
