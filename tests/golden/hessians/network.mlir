module {
  func.func @hessian_network(%arg0: tensor<20x5xf64> {graph.name = "X"}, %arg1: tensor<20xf64> {graph.name = "y"}, %arg2: tensor<5x4xf64> {graph.name = "W1"}, %arg3: tensor<4xf64> {graph.name = "w2"}) -> (tensor<5x4x5x4xf64> {graph.name = "out0"}) {
    %0 = graph.constant  {value = dense<2.000000e+00> : tensor<5x4x20xf64>} : () -> tensor<5x4x20xf64>
    %1 = graph.constant  {value = dense<1.000000e+00> : tensor<20x4xf64>} : () -> tensor<20x4xf64>
    %2 = graph.constant  {value = dense<2.000000e+00> : tensor<20x4xf64>} : () -> tensor<20x4xf64>
    %3 = graph.constant  {value = dense<2.000000e+00> : tensor<20xf64>} : () -> tensor<20xf64>
    %4 = graph.delta  {dtype = f64, extent = 4 : i64} : () -> tensor<4x4xf64>
    %5 = graph.contract %arg0, %arg2 {equation = "ab,bc->ac"} : (tensor<20x5xf64>, tensor<5x4xf64>) -> tensor<20x4xf64>
    %6 = graph.permute_dims %arg0 {axes = array<i64: 1, 0>} : (tensor<20x5xf64>) -> tensor<5x20xf64>
    %7 = graph.reshape %6 {shape = array<i64: 5, 1, 20, 1>} : (tensor<5x20xf64>) -> tensor<5x1x20x1xf64>
    %8 = graph.broadcast_to %7 {shape = array<i64: 5, 4, 20, 4>} : (tensor<5x1x20x1xf64>) -> tensor<5x4x20x4xf64>
    %9 = graph.tanh %5 : (tensor<20x4xf64>) -> tensor<20x4xf64>
    %10 = graph.square %9 : (tensor<20x4xf64>) -> tensor<20x4xf64>
    %11 = graph.subtract %1, %10 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %12 = graph.broadcast_to %11 {shape = array<i64: 5, 4, 20, 4>} : (tensor<20x4xf64>) -> tensor<5x4x20x4xf64>
    %13 = graph.multiply %12, %8 : (tensor<5x4x20x4xf64>, tensor<5x4x20x4xf64>) -> tensor<5x4x20x4xf64>
    %14 = graph.contract %9, %arg3 {equation = "ab,b->a"} : (tensor<20x4xf64>, tensor<4xf64>) -> tensor<20xf64>
    %15 = graph.contract %13, %arg3 {equation = "abcb,b->abc"} : (tensor<5x4x20x4xf64>, tensor<4xf64>) -> tensor<5x4x20xf64>
    %16 = graph.subtract %14, %arg1 : (tensor<20xf64>, tensor<20xf64>) -> tensor<20xf64>
    %17 = graph.multiply %3, %16 : (tensor<20xf64>, tensor<20xf64>) -> tensor<20xf64>
    %18 = graph.multiply %0, %15 : (tensor<5x4x20xf64>, tensor<5x4x20xf64>) -> tensor<5x4x20xf64>
    %19 = graph.reshape %17 {shape = array<i64: 20, 1>} : (tensor<20xf64>) -> tensor<20x1xf64>
    %20 = graph.broadcast_to %19 {shape = array<i64: 20, 4>} : (tensor<20x1xf64>) -> tensor<20x4xf64>
    %21 = graph.reshape %arg3 {shape = array<i64: 1, 4>} : (tensor<4xf64>) -> tensor<1x4xf64>
    %22 = graph.broadcast_to %21 {shape = array<i64: 20, 4>} : (tensor<1x4xf64>) -> tensor<20x4xf64>
    %23 = graph.multiply %20, %22 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %24 = graph.reshape %18 {shape = array<i64: 5, 4, 20, 1>} : (tensor<5x4x20xf64>) -> tensor<5x4x20x1xf64>
    %25 = graph.broadcast_to %24 {shape = array<i64: 5, 4, 20, 4>} : (tensor<5x4x20x1xf64>) -> tensor<5x4x20x4xf64>
    %26 = graph.broadcast_to %21 {shape = array<i64: 5, 4, 20, 4>} : (tensor<1x4xf64>) -> tensor<5x4x20x4xf64>
    %27 = graph.multiply %25, %26 : (tensor<5x4x20x4xf64>, tensor<5x4x20x4xf64>) -> tensor<5x4x20x4xf64>
    %28 = graph.multiply %2, %9 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %29 = graph.broadcast_to %28 {shape = array<i64: 5, 4, 20, 4>} : (tensor<20x4xf64>) -> tensor<5x4x20x4xf64>
    %30 = graph.multiply %29, %13 : (tensor<5x4x20x4xf64>, tensor<5x4x20x4xf64>) -> tensor<5x4x20x4xf64>
    %31 = graph.negative %30 : (tensor<5x4x20x4xf64>) -> tensor<5x4x20x4xf64>
    %32 = graph.broadcast_to %23 {shape = array<i64: 5, 4, 20, 4>} : (tensor<20x4xf64>) -> tensor<5x4x20x4xf64>
    %33 = graph.multiply %32, %31 : (tensor<5x4x20x4xf64>, tensor<5x4x20x4xf64>) -> tensor<5x4x20x4xf64>
    %34 = graph.multiply %12, %27 : (tensor<5x4x20x4xf64>, tensor<5x4x20x4xf64>) -> tensor<5x4x20x4xf64>
    %35 = graph.contract %arg0, %33 {equation = "ab,cdad->cdb"} : (tensor<20x5xf64>, tensor<5x4x20x4xf64>) -> tensor<5x4x5xf64>
    %36 = graph.reshape %35 {shape = array<i64: 5, 4, 5, 1>} : (tensor<5x4x5xf64>) -> tensor<5x4x5x1xf64>
    %37 = graph.broadcast_to %36 {shape = array<i64: 5, 4, 5, 4>} : (tensor<5x4x5x1xf64>) -> tensor<5x4x5x4xf64>
    %38 = graph.reshape %4 {shape = array<i64: 1, 4, 1, 4>} : (tensor<4x4xf64>) -> tensor<1x4x1x4xf64>
    %39 = graph.broadcast_to %38 {shape = array<i64: 5, 4, 5, 4>} : (tensor<1x4x1x4xf64>) -> tensor<5x4x5x4xf64>
    %40 = graph.multiply %37, %39 : (tensor<5x4x5x4xf64>, tensor<5x4x5x4xf64>) -> tensor<5x4x5x4xf64>
    %41 = graph.contract %arg0, %34 {equation = "ab,cdae->cdbe"} : (tensor<20x5xf64>, tensor<5x4x20x4xf64>) -> tensor<5x4x5x4xf64>
    %42 = graph.add %40, %41 : (tensor<5x4x5x4xf64>, tensor<5x4x5x4xf64>) -> tensor<5x4x5x4xf64>
    return %42 : tensor<5x4x5x4xf64>
  }
}
