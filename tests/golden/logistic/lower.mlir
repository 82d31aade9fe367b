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
    %0 = tensor.empty() : tensor<6xf64>
    %cst = arith.constant 0.000000e+00 : f64
    %1 = linalg.fill ins(%cst : f64) outs(%0 : tensor<6xf64>) -> tensor<6xf64>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%arg0, %arg1 : tensor<6x3xf64>, tensor<3xf64>) outs(%1 : tensor<6xf64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %3 = arith.mulf %in, %in_0 fastmath<contract> : f64
      %4 = arith.addf %out, %3 fastmath<contract> : f64
      linalg.yield %4 : f64
    } -> tensor<6xf64>
    return %2 : tensor<6xf64>
  }
  func.func private @k1_multiply(%arg0: tensor<6xf64>, %arg1: tensor<6xf64>, %arg2: tensor<f64>, %arg3: tensor<f64>) -> (tensor<f64>, tensor<6xf64>) attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<6xf64>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg0, %arg1 : tensor<6xf64>, tensor<6xf64>) outs(%0 : tensor<6xf64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %21 = arith.mulf %in, %in_0 fastmath<contract> : f64
      linalg.yield %21 : f64
    } -> tensor<6xf64>
    %2 = tensor.empty() : tensor<6xf64>
    %3 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%1 : tensor<6xf64>) outs(%2 : tensor<6xf64>) {
    ^bb0(%in: f64, %out: f64):
      %21 = arith.negf %in : f64
      linalg.yield %21 : f64
    } -> tensor<6xf64>
    %4 = tensor.empty() : tensor<6xf64>
    %5 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%3 : tensor<6xf64>) outs(%4 : tensor<6xf64>) {
    ^bb0(%in: f64, %out: f64):
      %cst_0 = arith.constant 0.000000e+00 : f64
      %21 = arith.maximumf %in, %cst_0 : f64
      %22 = math.absf %in : f64
      %23 = arith.negf %22 : f64
      %24 = math.exp %23 : f64
      %25 = math.log1p %24 : f64
      %26 = arith.addf %21, %25 fastmath<contract> : f64
      linalg.yield %26 : f64
    } -> tensor<6xf64>
    %6 = tensor.empty() : tensor<f64>
    %cst = arith.constant 0.000000e+00 : f64
    %7 = linalg.fill ins(%cst : f64) outs(%6 : tensor<f64>) -> tensor<f64>
    %8 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%5 : tensor<6xf64>) outs(%7 : tensor<f64>) {
    ^bb0(%in: f64, %out: f64):
      %21 = arith.addf %out, %in fastmath<contract> : f64
      linalg.yield %21 : f64
    } -> tensor<f64>
    %9 = tensor.empty() : tensor<f64>
    %10 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%8, %arg2 : tensor<f64>, tensor<f64>) outs(%9 : tensor<f64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %21 = arith.divf %in, %in_0 : f64
      linalg.yield %21 : f64
    } -> tensor<f64>
    %11 = tensor.empty() : tensor<6xf64>
    %12 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%3 : tensor<6xf64>) outs(%11 : tensor<6xf64>) {
    ^bb0(%in: f64, %out: f64):
      %21 = math.absf %in : f64
      %22 = arith.negf %21 : f64
      %23 = math.exp %22 : f64
      %cst_0 = arith.constant 0.000000e+00 : f64
      %24 = arith.cmpf oge, %in, %cst_0 : f64
      %cst_1 = arith.constant 1.000000e+00 : f64
      %25 = arith.select %24, %cst_1, %23 : f64
      %cst_2 = arith.constant 1.000000e+00 : f64
      %26 = arith.addf %cst_2, %23 fastmath<contract> : f64
      %27 = arith.divf %25, %26 : f64
      linalg.yield %27 : f64
    } -> tensor<6xf64>
    %13 = tensor.empty() : tensor<6xf64>
    %14 = linalg.generic {indexing_maps = [affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg3 : tensor<f64>) outs(%13 : tensor<6xf64>) {
    ^bb0(%in: f64, %out: f64):
      linalg.yield %in : f64
    } -> tensor<6xf64>
    %15 = tensor.empty() : tensor<6xf64>
    %16 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%12, %14 : tensor<6xf64>, tensor<6xf64>) outs(%15 : tensor<6xf64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %21 = arith.mulf %in, %in_0 fastmath<contract> : f64
      linalg.yield %21 : f64
    } -> tensor<6xf64>
    %17 = tensor.empty() : tensor<6xf64>
    %18 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%16 : tensor<6xf64>) outs(%17 : tensor<6xf64>) {
    ^bb0(%in: f64, %out: f64):
      %21 = arith.negf %in : f64
      linalg.yield %21 : f64
    } -> tensor<6xf64>
    %19 = tensor.empty() : tensor<6xf64>
    %20 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg0, %18 : tensor<6xf64>, tensor<6xf64>) outs(%19 : tensor<6xf64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %21 = arith.mulf %in, %in_0 fastmath<contract> : f64
      linalg.yield %21 : f64
    } -> tensor<6xf64>
    return %10, %20 : tensor<f64>, tensor<6xf64>
  }
  func.func private @k2_add(%arg0: tensor<3xf64>, %arg1: tensor<f64>, %arg2: tensor<f64>, %arg3: tensor<f64>) -> tensor<f64> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<3xf64>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg0, %arg0 : tensor<3xf64>, tensor<3xf64>) outs(%0 : tensor<3xf64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %11 = arith.mulf %in, %in_0 fastmath<contract> : f64
      linalg.yield %11 : f64
    } -> tensor<3xf64>
    %2 = tensor.empty() : tensor<f64>
    %cst = arith.constant 0.000000e+00 : f64
    %3 = linalg.fill ins(%cst : f64) outs(%2 : tensor<f64>) -> tensor<f64>
    %4 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>], iterator_types = ["reduction"]} ins(%1 : tensor<3xf64>) outs(%3 : tensor<f64>) {
    ^bb0(%in: f64, %out: f64):
      %11 = arith.addf %out, %in fastmath<contract> : f64
      linalg.yield %11 : f64
    } -> tensor<f64>
    %5 = tensor.empty() : tensor<f64>
    %6 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%arg1, %arg2 : tensor<f64>, tensor<f64>) outs(%5 : tensor<f64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %11 = arith.mulf %in, %in_0 fastmath<contract> : f64
      linalg.yield %11 : f64
    } -> tensor<f64>
    %7 = tensor.empty() : tensor<f64>
    %8 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%6, %4 : tensor<f64>, tensor<f64>) outs(%7 : tensor<f64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %11 = arith.mulf %in, %in_0 fastmath<contract> : f64
      linalg.yield %11 : f64
    } -> tensor<f64>
    %9 = tensor.empty() : tensor<f64>
    %10 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%arg3, %8 : tensor<f64>, tensor<f64>) outs(%9 : tensor<f64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %11 = arith.addf %in, %in_0 fastmath<contract> : f64
      linalg.yield %11 : f64
    } -> tensor<f64>
    return %10 : tensor<f64>
  }
  func.func private @k3_contract(%arg0: tensor<6x3xf64>, %arg1: tensor<6xf64>) -> tensor<3xf64> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<3xf64>
    %cst = arith.constant 0.000000e+00 : f64
    %1 = linalg.fill ins(%cst : f64) outs(%0 : tensor<3xf64>) -> tensor<3xf64>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%arg0, %arg1 : tensor<6x3xf64>, tensor<6xf64>) outs(%1 : tensor<3xf64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %3 = arith.mulf %in, %in_0 fastmath<contract> : f64
      %4 = arith.addf %out, %3 fastmath<contract> : f64
      linalg.yield %4 : f64
    } -> tensor<3xf64>
    return %2 : tensor<3xf64>
  }
  func.func private @k4_add(%arg0: tensor<3xf64>, %arg1: tensor<f64>, %arg2: tensor<f64>, %arg3: tensor<f64>, %arg4: tensor<3xf64>) -> tensor<3xf64> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<f64>
    %1 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%arg1, %arg2 : tensor<f64>, tensor<f64>) outs(%0 : tensor<f64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %14 = arith.mulf %in, %in_0 fastmath<contract> : f64
      linalg.yield %14 : f64
    } -> tensor<f64>
    %2 = tensor.empty() : tensor<1xf64>
    %3 = linalg.generic {indexing_maps = [affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%1 : tensor<f64>) outs(%2 : tensor<1xf64>) {
    ^bb0(%in: f64, %out: f64):
      linalg.yield %in : f64
    } -> tensor<1xf64>
    %4 = tensor.empty() : tensor<3xf64>
    %5 = linalg.generic {indexing_maps = [affine_map<(d0) -> (0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%3 : tensor<1xf64>) outs(%4 : tensor<3xf64>) {
    ^bb0(%in: f64, %out: f64):
      linalg.yield %in : f64
    } -> tensor<3xf64>
    %6 = tensor.empty() : tensor<3xf64>
    %7 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg0, %5 : tensor<3xf64>, tensor<3xf64>) outs(%6 : tensor<3xf64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %14 = arith.mulf %in, %in_0 fastmath<contract> : f64
      linalg.yield %14 : f64
    } -> tensor<3xf64>
    %8 = tensor.empty() : tensor<3xf64>
    %9 = linalg.generic {indexing_maps = [affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg3 : tensor<f64>) outs(%8 : tensor<3xf64>) {
    ^bb0(%in: f64, %out: f64):
      linalg.yield %in : f64
    } -> tensor<3xf64>
    %10 = tensor.empty() : tensor<3xf64>
    %11 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%9, %7 : tensor<3xf64>, tensor<3xf64>) outs(%10 : tensor<3xf64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %14 = arith.mulf %in, %in_0 fastmath<contract> : f64
      linalg.yield %14 : f64
    } -> tensor<3xf64>
    %12 = tensor.empty() : tensor<3xf64>
    %13 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%11, %arg4 : tensor<3xf64>, tensor<3xf64>) outs(%12 : tensor<3xf64>) {
    ^bb0(%in: f64, %in_0: f64, %out: f64):
      %14 = arith.addf %in, %in_0 fastmath<contract> : f64
      linalg.yield %14 : f64
    } -> tensor<3xf64>
    return %13 : tensor<3xf64>
  }
}
