module {
  func.func @hessian_chain(%arg0: tensor<1000xf64> {graph.name = "x"}) -> (tensor<2998xf64> {graph.name = "out0"}, tensor<1001xi64> {graph.name = "out1"}, tensor<2998xi64> {graph.name = "out2"}) {
    %0 = graph.constant  {value = dense<1.000000e+02> : tensor<3x999xf64>} : () -> tensor<3x999xf64>
    %1 = graph.constant  {value = dense<2.000000e+00> : tensor<3x999xf64>} : () -> tensor<3x999xf64>
    %2 = graph.constant  {value = dense<1.000000e+02> : tensor<999xf64>} : () -> tensor<999xf64>
    %3 = graph.constant  {value = dense<2.000000e+00> : tensor<999xf64>} : () -> tensor<999xf64>
    %4 = graph.constant  {value = dense<[998, 999]> : tensor<2xi64>} : () -> tensor<2xi64>
    %5 = graph.constant  {value = dense<[0, 1]> : tensor<2xi64>} : () -> tensor<2xi64>
    %6 = graph.constant  {value = dense_resource<__elided__> : tensor<998x3xi64>} : () -> tensor<998x3xi64>
    %7 = graph.constant  {value = dense<[2996, 2998]> : tensor<2xi64>} : () -> tensor<2xi64>
    %8 = graph.constant  {value = dense<0> : tensor<1xi64>} : () -> tensor<1xi64>
    %9 = graph.constant  {value = dense<2> : tensor<998xi64>} : () -> tensor<998xi64>
    %10 = graph.constant  {value = dense<3> : tensor<998xi64>} : () -> tensor<998xi64>
    %11 = graph.constant  {value = dense<[997, 1997, 2997, 1998, 2998, 998, 2999, 999]> : tensor<8xi64>} : () -> tensor<8xi64>
    %12 = graph.constant  {value = dense<[0, 1000]> : tensor<2xi64>} : () -> tensor<2xi64>
    %13 = graph.constant  {value = dense_resource<__elided__> : tensor<332x9xi64>} : () -> tensor<332x9xi64>
    %14 = graph.constant  {value = dense<3> : tensor<332x9xi64>} : () -> tensor<332x9xi64>
    %15 = graph.constant  {value = dense<3> : tensor<1000xi32>} : () -> tensor<1000xi32>
    %16 = graph.iota  {axis = 0 : i64, dtype = i32, shape = array<i64: 1000>} : () -> tensor<1000xi32>
    %17 = graph.remainder %16, %15 : (tensor<1000xi32>, tensor<1000xi32>) -> tensor<1000xi32>
    %18 = graph.iota  {axis = 0 : i64, dtype = i32, shape = array<i64: 3, 1000>} : () -> tensor<3x1000xi32>
    %19 = graph.broadcast_to %17 {shape = array<i64: 3, 1000>} : (tensor<1000xi32>) -> tensor<3x1000xi32>
    %20 = graph.equal %18, %19 : (tensor<3x1000xi32>, tensor<3x1000xi32>) -> tensor<3x1000xi1>
    %21 = graph.astype %20 {dtype = f64} : (tensor<3x1000xi1>) -> tensor<3x1000xf64>
    %22 = graph.slice %arg0 {starts = array<i64: 1>, stops = array<i64: 1000>, strides = array<i64: 1>} : (tensor<1000xf64>) -> tensor<999xf64>
    %23 = graph.slice %21 {starts = array<i64: 0, 1>, stops = array<i64: 3, 1000>, strides = array<i64: 1, 1>} : (tensor<3x1000xf64>) -> tensor<3x999xf64>
    %24 = graph.slice %arg0 {starts = array<i64: 0>, stops = array<i64: 999>, strides = array<i64: 1>} : (tensor<1000xf64>) -> tensor<999xf64>
    %25 = graph.slice %21 {starts = array<i64: 0, 0>, stops = array<i64: 3, 999>, strides = array<i64: 1, 1>} : (tensor<3x1000xf64>) -> tensor<3x999xf64>
    %26 = graph.square %24 : (tensor<999xf64>) -> tensor<999xf64>
    %27 = graph.multiply %3, %24 : (tensor<999xf64>, tensor<999xf64>) -> tensor<999xf64>
    %28 = graph.broadcast_to %27 {shape = array<i64: 3, 999>} : (tensor<999xf64>) -> tensor<3x999xf64>
    %29 = graph.multiply %28, %25 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %30 = graph.subtract %22, %26 : (tensor<999xf64>, tensor<999xf64>) -> tensor<999xf64>
    %31 = graph.subtract %23, %29 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %32 = graph.negative %25 : (tensor<3x999xf64>) -> tensor<3x999xf64>
    %33 = graph.multiply %1, %32 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %34 = graph.multiply %3, %30 : (tensor<999xf64>, tensor<999xf64>) -> tensor<999xf64>
    %35 = graph.multiply %1, %31 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %36 = graph.multiply %34, %2 : (tensor<999xf64>, tensor<999xf64>) -> tensor<999xf64>
    %37 = graph.multiply %0, %35 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %38 = graph.negative %36 : (tensor<999xf64>) -> tensor<999xf64>
    %39 = graph.negative %37 : (tensor<3x999xf64>) -> tensor<3x999xf64>
    %40 = graph.multiply %1, %25 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %41 = graph.broadcast_to %38 {shape = array<i64: 3, 999>} : (tensor<999xf64>) -> tensor<3x999xf64>
    %42 = graph.multiply %41, %40 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %43 = graph.multiply %28, %39 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %44 = graph.add %42, %43 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %45 = graph.subtract %44, %33 : (tensor<3x999xf64>, tensor<3x999xf64>) -> tensor<3x999xf64>
    %46 = graph.pad_zero %45 {high = array<i64: 0, 1>, interior = array<i64: 0, 0>, low = array<i64: 0, 0>} : (tensor<3x999xf64>) -> tensor<3x1000xf64>
    %47 = graph.pad_zero %37 {high = array<i64: 0, 0>, interior = array<i64: 0, 0>, low = array<i64: 0, 1>} : (tensor<3x999xf64>) -> tensor<3x1000xf64>
    %48 = graph.add %46, %47 : (tensor<3x1000xf64>, tensor<3x1000xf64>) -> tensor<3x1000xf64>
    %49 = graph.reshape %48 {shape = array<i64: 3000>} : (tensor<3x1000xf64>) -> tensor<3000xf64>
    %50 = graph.iota  {axis = 0 : i64, dtype = i64, shape = array<i64: 332, 9>} : () -> tensor<332x9xi64>
    %51 = graph.multiply %50, %14 : (tensor<332x9xi64>, tensor<332x9xi64>) -> tensor<332x9xi64>
    %52 = graph.add %51, %13 : (tensor<332x9xi64>, tensor<332x9xi64>) -> tensor<332x9xi64>
    %53 = graph.reshape %52 {shape = array<i64: 2988>} : (tensor<332x9xi64>) -> tensor<2988xi64>
    %54 = graph.concat %12, %53, %11 {axis = 0 : i64} : (tensor<2xi64>, tensor<2988xi64>, tensor<8xi64>) -> tensor<2998xi64>
    %55 = graph.gather %49, %54 {axes = array<i64: 0>, batch_axes = 0 : i64, mode = "clamp", place = 0 : i64} : (tensor<3000xf64>, tensor<2998xi64>) -> tensor<2998xf64>
    %56 = graph.iota  {axis = 0 : i64, dtype = i64, shape = array<i64: 998>} : () -> tensor<998xi64>
    %57 = graph.multiply %56, %10 : (tensor<998xi64>, tensor<998xi64>) -> tensor<998xi64>
    %58 = graph.add %57, %9 : (tensor<998xi64>, tensor<998xi64>) -> tensor<998xi64>
    %59 = graph.concat %8, %58, %7 {axis = 0 : i64} : (tensor<1xi64>, tensor<998xi64>, tensor<2xi64>) -> tensor<1001xi64>
    %60 = graph.iota  {axis = 0 : i64, dtype = i64, shape = array<i64: 998, 3>} : () -> tensor<998x3xi64>
    %61 = graph.add %60, %6 : (tensor<998x3xi64>, tensor<998x3xi64>) -> tensor<998x3xi64>
    %62 = graph.reshape %61 {shape = array<i64: 2994>} : (tensor<998x3xi64>) -> tensor<2994xi64>
    %63 = graph.concat %5, %62, %4 {axis = 0 : i64} : (tensor<2xi64>, tensor<2994xi64>, tensor<2xi64>) -> tensor<2998xi64>
    return %55, %59, %63 : tensor<2998xf64>, tensor<1001xi64>, tensor<2998xi64>
  }
}
