module {
  func.func @hessian_mixture(%arg0: tensor<20x3xf64> {graph.name = "X"}, %arg1: tensor<4xf64> {graph.name = "weight"}, %arg2: tensor<4x3xf64> {graph.name = "mean"}) -> (tensor<4x3x4x3xf64> {graph.name = "out0"}) {
    %0 = graph.constant  {value = dense<-1.000000e+00> : tensor<4x3x20x1xf64>} : () -> tensor<4x3x20x1xf64>
    %1 = graph.constant  {value = dense<5.000000e-01> : tensor<4x3x20x4xf64>} : () -> tensor<4x3x20x4xf64>
    %2 = graph.constant  {value = dense<2.000000e+00> : tensor<4x3x20x4x3xf64>} : () -> tensor<4x3x20x4x3xf64>
    %3 = graph.constant  {value = dense<0.000000e+00> : tensor<20x1xf64>} : () -> tensor<20x1xf64>
    %4 = graph.constant  {value = dense<5.000000e-01> : tensor<20x4xf64>} : () -> tensor<20x4xf64>
    %5 = graph.constant  {value = dense<-1.000000e+00> : tensor<20x1xf64>} : () -> tensor<20x1xf64>
    %6 = graph.constant  {value = dense<1.000000e+00> : tensor<20x1xf64>} : () -> tensor<20x1xf64>
    %7 = graph.delta  {dtype = f64, extent = 4 : i64} : () -> tensor<4x4xf64>
    %8 = graph.delta  {dtype = f64, extent = 3 : i64} : () -> tensor<3x3xf64>
    %9 = graph.reshape %7 {shape = array<i64: 4, 4, 1>} : (tensor<4x4xf64>) -> tensor<4x4x1xf64>
    %10 = graph.broadcast_to %9 {shape = array<i64: 4, 4, 3>} : (tensor<4x4x1xf64>) -> tensor<4x4x3xf64>
    %11 = graph.reshape %8 {shape = array<i64: 3, 1, 3>} : (tensor<3x3xf64>) -> tensor<3x1x3xf64>
    %12 = graph.reshape %10 {shape = array<i64: 4, 1, 4, 3>} : (tensor<4x4x3xf64>) -> tensor<4x1x4x3xf64>
    %13 = graph.broadcast_to %12 {shape = array<i64: 4, 3, 4, 3>} : (tensor<4x1x4x3xf64>) -> tensor<4x3x4x3xf64>
    %14 = graph.broadcast_to %11 {shape = array<i64: 4, 3, 4, 3>} : (tensor<3x1x3xf64>) -> tensor<4x3x4x3xf64>
    %15 = graph.multiply %13, %14 : (tensor<4x3x4x3xf64>, tensor<4x3x4x3xf64>) -> tensor<4x3x4x3xf64>
    %16 = graph.reshape %arg0 {shape = array<i64: 20, 1, 3>} : (tensor<20x3xf64>) -> tensor<20x1x3xf64>
    %17 = graph.reshape %arg2 {shape = array<i64: 1, 4, 3>} : (tensor<4x3xf64>) -> tensor<1x4x3xf64>
    %18 = graph.reshape %15 {shape = array<i64: 4, 3, 1, 4, 3>} : (tensor<4x3x4x3xf64>) -> tensor<4x3x1x4x3xf64>
    %19 = graph.broadcast_to %16 {shape = array<i64: 20, 4, 3>} : (tensor<20x1x3xf64>) -> tensor<20x4x3xf64>
    %20 = graph.broadcast_to %17 {shape = array<i64: 20, 4, 3>} : (tensor<1x4x3xf64>) -> tensor<20x4x3xf64>
    %21 = graph.subtract %19, %20 : (tensor<20x4x3xf64>, tensor<20x4x3xf64>) -> tensor<20x4x3xf64>
    %22 = graph.negative %18 : (tensor<4x3x1x4x3xf64>) -> tensor<4x3x1x4x3xf64>
    %23 = graph.broadcast_to %22 {shape = array<i64: 4, 3, 20, 4, 3>} : (tensor<4x3x1x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %24 = graph.max %arg1 {axes = array<i64: 0>, keepdims = true} : (tensor<4xf64>) -> tensor<1xf64>
    %25 = graph.stop_gradient %24 : (tensor<1xf64>) -> tensor<1xf64>
    %26 = graph.broadcast_to %25 {shape = array<i64: 4>} : (tensor<1xf64>) -> tensor<4xf64>
    %27 = graph.subtract %arg1, %26 : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
    %28 = graph.exp %27 : (tensor<4xf64>) -> tensor<4xf64>
    %29 = graph.sum %28 {axes = array<i64: 0>, keepdims = true} : (tensor<4xf64>) -> tensor<1xf64>
    %30 = graph.log %29 : (tensor<1xf64>) -> tensor<1xf64>
    %31 = graph.broadcast_to %30 {shape = array<i64: 4>} : (tensor<1xf64>) -> tensor<4xf64>
    %32 = graph.subtract %27, %31 : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
    %33 = graph.multiply %21, %21 : (tensor<20x4x3xf64>, tensor<20x4x3xf64>) -> tensor<20x4x3xf64>
    %34 = graph.broadcast_to %21 {shape = array<i64: 4, 3, 20, 4, 3>} : (tensor<20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %35 = graph.multiply %34, %23 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %36 = graph.multiply %2, %35 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %37 = graph.sum %33 {axes = array<i64: 2>, keepdims = false} : (tensor<20x4x3xf64>) -> tensor<20x4xf64>
    %38 = graph.sum %36 {axes = array<i64: 4>, keepdims = false} : (tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4xf64>
    %39 = graph.multiply %4, %37 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %40 = graph.multiply %1, %38 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %41 = graph.broadcast_to %32 {shape = array<i64: 20, 4>} : (tensor<4xf64>) -> tensor<20x4xf64>
    %42 = graph.subtract %41, %39 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %43 = graph.negative %40 : (tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %44 = graph.max %42 {axes = array<i64: 1>, keepdims = true} : (tensor<20x4xf64>) -> tensor<20x1xf64>
    %45 = graph.stop_gradient %44 : (tensor<20x1xf64>) -> tensor<20x1xf64>
    %46 = graph.isfinite %45 : (tensor<20x1xf64>) -> tensor<20x1xi1>
    %47 = graph.where %46, %45, %3 : (tensor<20x1xi1>, tensor<20x1xf64>, tensor<20x1xf64>) -> tensor<20x1xf64>
    %48 = graph.broadcast_to %47 {shape = array<i64: 20, 4>} : (tensor<20x1xf64>) -> tensor<20x4xf64>
    %49 = graph.subtract %42, %48 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %50 = graph.exp %49 : (tensor<20x4xf64>) -> tensor<20x4xf64>
    %51 = graph.broadcast_to %50 {shape = array<i64: 4, 3, 20, 4>} : (tensor<20x4xf64>) -> tensor<4x3x20x4xf64>
    %52 = graph.multiply %51, %43 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %53 = graph.sum %50 {axes = array<i64: 1>, keepdims = true} : (tensor<20x4xf64>) -> tensor<20x1xf64>
    %54 = graph.sum %52 {axes = array<i64: 3>, keepdims = true} : (tensor<4x3x20x4xf64>) -> tensor<4x3x20x1xf64>
    %55 = graph.divide %6, %53 : (tensor<20x1xf64>, tensor<20x1xf64>) -> tensor<20x1xf64>
    %56 = graph.divide %55, %53 : (tensor<20x1xf64>, tensor<20x1xf64>) -> tensor<20x1xf64>
    %57 = graph.negative %56 : (tensor<20x1xf64>) -> tensor<20x1xf64>
    %58 = graph.broadcast_to %57 {shape = array<i64: 4, 3, 20, 1>} : (tensor<20x1xf64>) -> tensor<4x3x20x1xf64>
    %59 = graph.strong_multiply %58, %54 : (tensor<4x3x20x1xf64>, tensor<4x3x20x1xf64>) -> tensor<4x3x20x1xf64>
    %60 = graph.strong_multiply %55, %5 : (tensor<20x1xf64>, tensor<20x1xf64>) -> tensor<20x1xf64>
    %61 = graph.strong_multiply %59, %0 : (tensor<4x3x20x1xf64>, tensor<4x3x20x1xf64>) -> tensor<4x3x20x1xf64>
    %62 = graph.broadcast_to %60 {shape = array<i64: 20, 4>} : (tensor<20x1xf64>) -> tensor<20x4xf64>
    %63 = graph.broadcast_to %61 {shape = array<i64: 4, 3, 20, 4>} : (tensor<4x3x20x1xf64>) -> tensor<4x3x20x4xf64>
    %64 = graph.multiply %50, %62 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %65 = graph.broadcast_to %60 {shape = array<i64: 4, 3, 20, 4>} : (tensor<20x1xf64>) -> tensor<4x3x20x4xf64>
    %66 = graph.multiply %65, %52 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %67 = graph.multiply %51, %63 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %68 = graph.add %66, %67 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %69 = graph.negative %64 : (tensor<20x4xf64>) -> tensor<20x4xf64>
    %70 = graph.negative %68 : (tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %71 = graph.multiply %4, %69 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %72 = graph.multiply %1, %70 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %73 = graph.reshape %71 {shape = array<i64: 20, 4, 1>} : (tensor<20x4xf64>) -> tensor<20x4x1xf64>
    %74 = graph.reshape %72 {shape = array<i64: 4, 3, 20, 4, 1>} : (tensor<4x3x20x4xf64>) -> tensor<4x3x20x4x1xf64>
    %75 = graph.broadcast_to %74 {shape = array<i64: 4, 3, 20, 4, 3>} : (tensor<4x3x20x4x1xf64>) -> tensor<4x3x20x4x3xf64>
    %76 = graph.broadcast_to %73 {shape = array<i64: 4, 3, 20, 4, 3>} : (tensor<20x4x1xf64>) -> tensor<4x3x20x4x3xf64>
    %77 = graph.multiply %76, %23 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %78 = graph.multiply %34, %75 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %79 = graph.add %77, %78 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %80 = graph.multiply %2, %79 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %81 = graph.negative %80 : (tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %82 = graph.sum %81 {axes = array<i64: 2>, keepdims = false} : (tensor<4x3x20x4x3xf64>) -> tensor<4x3x4x3xf64>
    return %82 : tensor<4x3x4x3xf64>
  }
}
