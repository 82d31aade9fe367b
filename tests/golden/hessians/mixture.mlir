module {
  func.func @hessian_mixture(%arg0: tensor<20x3xf64> {graph.name = "X"}, %arg1: tensor<4xf64> {graph.name = "weight"}, %arg2: tensor<4x3xf64> {graph.name = "mean"}) -> (tensor<4x3x4x3xf64> {graph.name = "out0"}) {
    %0 = graph.constant  {value = dense<5.000000e-01> : tensor<4x3x20x4xf64>} : () -> tensor<4x3x20x4xf64>
    %1 = graph.constant  {value = dense<2.000000e+00> : tensor<4x3x20x4x3xf64>} : () -> tensor<4x3x20x4x3xf64>
    %2 = graph.constant  {value = dense<0.000000e+00> : tensor<20x1xf64>} : () -> tensor<20x1xf64>
    %3 = graph.constant  {value = dense<5.000000e-01> : tensor<20x4xf64>} : () -> tensor<20x4xf64>
    %4 = graph.constant  {value = dense<-1.000000e+00> : tensor<20x1xf64>} : () -> tensor<20x1xf64>
    %5 = graph.constant  {value = dense<1.000000e+00> : tensor<20x1xf64>} : () -> tensor<20x1xf64>
    %6 = graph.delta  {dtype = f64, extent = 4 : i64} : () -> tensor<4x4xf64>
    %7 = graph.delta  {dtype = f64, extent = 3 : i64} : () -> tensor<3x3xf64>
    %8 = graph.reshape %6 {shape = array<i64: 4, 4, 1>} : (tensor<4x4xf64>) -> tensor<4x4x1xf64>
    %9 = graph.broadcast_to %8 {shape = array<i64: 4, 4, 3>} : (tensor<4x4x1xf64>) -> tensor<4x4x3xf64>
    %10 = graph.reshape %7 {shape = array<i64: 3, 1, 3>} : (tensor<3x3xf64>) -> tensor<3x1x3xf64>
    %11 = graph.reshape %9 {shape = array<i64: 4, 1, 4, 3>} : (tensor<4x4x3xf64>) -> tensor<4x1x4x3xf64>
    %12 = graph.broadcast_to %11 {shape = array<i64: 4, 3, 4, 3>} : (tensor<4x1x4x3xf64>) -> tensor<4x3x4x3xf64>
    %13 = graph.broadcast_to %10 {shape = array<i64: 4, 3, 4, 3>} : (tensor<3x1x3xf64>) -> tensor<4x3x4x3xf64>
    %14 = graph.multiply %12, %13 : (tensor<4x3x4x3xf64>, tensor<4x3x4x3xf64>) -> tensor<4x3x4x3xf64>
    %15 = graph.reshape %arg0 {shape = array<i64: 20, 1, 3>} : (tensor<20x3xf64>) -> tensor<20x1x3xf64>
    %16 = graph.reshape %arg2 {shape = array<i64: 1, 4, 3>} : (tensor<4x3xf64>) -> tensor<1x4x3xf64>
    %17 = graph.reshape %14 {shape = array<i64: 4, 3, 1, 4, 3>} : (tensor<4x3x4x3xf64>) -> tensor<4x3x1x4x3xf64>
    %18 = graph.broadcast_to %15 {shape = array<i64: 20, 4, 3>} : (tensor<20x1x3xf64>) -> tensor<20x4x3xf64>
    %19 = graph.broadcast_to %16 {shape = array<i64: 20, 4, 3>} : (tensor<1x4x3xf64>) -> tensor<20x4x3xf64>
    %20 = graph.subtract %18, %19 : (tensor<20x4x3xf64>, tensor<20x4x3xf64>) -> tensor<20x4x3xf64>
    %21 = graph.negative %17 : (tensor<4x3x1x4x3xf64>) -> tensor<4x3x1x4x3xf64>
    %22 = graph.broadcast_to %21 {shape = array<i64: 4, 3, 20, 4, 3>} : (tensor<4x3x1x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %23 = graph.max %arg1 {axes = array<i64: 0>, keepdims = true} : (tensor<4xf64>) -> tensor<1xf64>
    %24 = graph.stop_gradient %23 : (tensor<1xf64>) -> tensor<1xf64>
    %25 = graph.broadcast_to %24 {shape = array<i64: 4>} : (tensor<1xf64>) -> tensor<4xf64>
    %26 = graph.subtract %arg1, %25 : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
    %27 = graph.exp %26 : (tensor<4xf64>) -> tensor<4xf64>
    %28 = graph.sum %27 {axes = array<i64: 0>, keepdims = true} : (tensor<4xf64>) -> tensor<1xf64>
    %29 = graph.log %28 : (tensor<1xf64>) -> tensor<1xf64>
    %30 = graph.broadcast_to %29 {shape = array<i64: 4>} : (tensor<1xf64>) -> tensor<4xf64>
    %31 = graph.subtract %26, %30 : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
    %32 = graph.multiply %20, %20 : (tensor<20x4x3xf64>, tensor<20x4x3xf64>) -> tensor<20x4x3xf64>
    %33 = graph.broadcast_to %20 {shape = array<i64: 4, 3, 20, 4, 3>} : (tensor<20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %34 = graph.multiply %33, %22 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %35 = graph.multiply %1, %34 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %36 = graph.sum %32 {axes = array<i64: 2>, keepdims = false} : (tensor<20x4x3xf64>) -> tensor<20x4xf64>
    %37 = graph.sum %35 {axes = array<i64: 4>, keepdims = false} : (tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4xf64>
    %38 = graph.multiply %3, %36 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %39 = graph.multiply %0, %37 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %40 = graph.broadcast_to %31 {shape = array<i64: 20, 4>} : (tensor<4xf64>) -> tensor<20x4xf64>
    %41 = graph.subtract %40, %38 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %42 = graph.negative %39 : (tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %43 = graph.max %41 {axes = array<i64: 1>, keepdims = true} : (tensor<20x4xf64>) -> tensor<20x1xf64>
    %44 = graph.stop_gradient %43 : (tensor<20x1xf64>) -> tensor<20x1xf64>
    %45 = graph.isfinite %44 : (tensor<20x1xf64>) -> tensor<20x1xi1>
    %46 = graph.where %45, %44, %2 : (tensor<20x1xi1>, tensor<20x1xf64>, tensor<20x1xf64>) -> tensor<20x1xf64>
    %47 = graph.broadcast_to %46 {shape = array<i64: 20, 4>} : (tensor<20x1xf64>) -> tensor<20x4xf64>
    %48 = graph.subtract %41, %47 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %49 = graph.exp %48 : (tensor<20x4xf64>) -> tensor<20x4xf64>
    %50 = graph.broadcast_to %49 {shape = array<i64: 4, 3, 20, 4>} : (tensor<20x4xf64>) -> tensor<4x3x20x4xf64>
    %51 = graph.multiply %50, %42 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %52 = graph.sum %49 {axes = array<i64: 1>, keepdims = true} : (tensor<20x4xf64>) -> tensor<20x1xf64>
    %53 = graph.sum %51 {axes = array<i64: 3>, keepdims = true} : (tensor<4x3x20x4xf64>) -> tensor<4x3x20x1xf64>
    %54 = graph.divide %5, %52 : (tensor<20x1xf64>, tensor<20x1xf64>) -> tensor<20x1xf64>
    %55 = graph.divide %54, %52 : (tensor<20x1xf64>, tensor<20x1xf64>) -> tensor<20x1xf64>
    %56 = graph.negative %55 : (tensor<20x1xf64>) -> tensor<20x1xf64>
    %57 = graph.broadcast_to %56 {shape = array<i64: 4, 3, 20, 1>} : (tensor<20x1xf64>) -> tensor<4x3x20x1xf64>
    %58 = graph.strong_multiply %57, %53 : (tensor<4x3x20x1xf64>, tensor<4x3x20x1xf64>) -> tensor<4x3x20x1xf64>
    %59 = graph.strong_multiply %54, %4 : (tensor<20x1xf64>, tensor<20x1xf64>) -> tensor<20x1xf64>
    %60 = graph.negative %58 : (tensor<4x3x20x1xf64>) -> tensor<4x3x20x1xf64>
    %61 = graph.broadcast_to %59 {shape = array<i64: 20, 4>} : (tensor<20x1xf64>) -> tensor<20x4xf64>
    %62 = graph.broadcast_to %60 {shape = array<i64: 4, 3, 20, 4>} : (tensor<4x3x20x1xf64>) -> tensor<4x3x20x4xf64>
    %63 = graph.multiply %49, %61 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %64 = graph.broadcast_to %59 {shape = array<i64: 4, 3, 20, 4>} : (tensor<20x1xf64>) -> tensor<4x3x20x4xf64>
    %65 = graph.multiply %64, %51 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %66 = graph.multiply %50, %62 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %67 = graph.add %65, %66 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %68 = graph.negative %63 : (tensor<20x4xf64>) -> tensor<20x4xf64>
    %69 = graph.negative %67 : (tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %70 = graph.multiply %3, %68 : (tensor<20x4xf64>, tensor<20x4xf64>) -> tensor<20x4xf64>
    %71 = graph.multiply %0, %69 : (tensor<4x3x20x4xf64>, tensor<4x3x20x4xf64>) -> tensor<4x3x20x4xf64>
    %72 = graph.reshape %70 {shape = array<i64: 20, 4, 1>} : (tensor<20x4xf64>) -> tensor<20x4x1xf64>
    %73 = graph.reshape %71 {shape = array<i64: 4, 3, 20, 4, 1>} : (tensor<4x3x20x4xf64>) -> tensor<4x3x20x4x1xf64>
    %74 = graph.broadcast_to %73 {shape = array<i64: 4, 3, 20, 4, 3>} : (tensor<4x3x20x4x1xf64>) -> tensor<4x3x20x4x3xf64>
    %75 = graph.broadcast_to %72 {shape = array<i64: 4, 3, 20, 4, 3>} : (tensor<20x4x1xf64>) -> tensor<4x3x20x4x3xf64>
    %76 = graph.multiply %75, %22 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %77 = graph.multiply %33, %74 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %78 = graph.add %76, %77 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %79 = graph.multiply %1, %78 : (tensor<4x3x20x4x3xf64>, tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %80 = graph.negative %79 : (tensor<4x3x20x4x3xf64>) -> tensor<4x3x20x4x3xf64>
    %81 = graph.sum %80 {axes = array<i64: 2>, keepdims = false} : (tensor<4x3x20x4x3xf64>) -> tensor<4x3x4x3xf64>
    return %81 : tensor<4x3x4x3xf64>
  }
}
