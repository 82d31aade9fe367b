module {
  func.func @rows(%arg0: tensor<2x4x3xf32> {graph.name = "q"}, %arg1: tensor<2x4x3xf32> {graph.name = "k"}, %arg2: tensor<2x4x3xf32> {graph.name = "v"}, %arg3: tensor<3xf32> {graph.name = "gain"}) -> (tensor<2x4x3xf32> {graph.name = "out"}) {
    %cst = exec.constant dense<1.73205078> : tensor<f32> to tensor<f32>
    %0 = exec.run @k0_sum(%arg0, %arg1, %cst) {why = "reads only arguments and constants"} : (tensor<2x4x3xf32>, tensor<2x4x3xf32>, tensor<f32>) -> tensor<2x4x4xf32>
    %cst_0 = exec.constant dense<0> : tensor<i64> to tensor<i64>
    %1 = exec.run @k1_astype(%cst_0) {why = "reads only arguments and constants"} : (tensor<i64>) -> tensor<4xi64>
    %2 = exec.run @k2_greater_equal(%1) {why = "its index space bool[4, 4] is not the one before it"} : (tensor<4xi64>) -> tensor<4x4xi1>
    %cst_1 = exec.constant dense<0xFF800000> : tensor<f32> to tensor<f32>
    %3 = exec.run @k3_divide(%2, %0, %cst_1) {why = "its index space f32[2, 4, 4] is not the one before it"} : (tensor<4x4xi1>, tensor<2x4x4xf32>, tensor<f32>) -> tensor<2x4x4xf32>
    %4 = exec.run @k4_contract(%3, %arg2) {why = "contract has a kernel of its own"} : (tensor<2x4x4xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %cst_2 = exec.constant dense<3.000000e+00> : tensor<f32> to tensor<f32>
    %cst_3 = exec.constant dense<9.99999974E-6> : tensor<f32> to tensor<f32>
    %5 = exec.run @k5_divide(%4, %cst_2, %arg3, %cst_3) {why = "the product before it has a kernel of its own"} : (tensor<2x4x3xf32>, tensor<f32>, tensor<3xf32>, tensor<f32>) -> tensor<2x4x3xf32>
    return %5 : tensor<2x4x3xf32>
  }
  func.func private @k0_sum(%arg0: tensor<2x4x3xf32>, %arg1: tensor<2x4x3xf32>, %arg2: tensor<f32>) -> tensor<2x4x4xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<2x4x1x3xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg0 : tensor<2x4x3xf32>) outs(%0 : tensor<2x4x1x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1x3xf32>
    %2 = tensor.empty() : tensor<2x4x4x3xf32>
    %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, 0, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%1 : tensor<2x4x1x3xf32>) outs(%2 : tensor<2x4x4x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4x3xf32>
    %4 = tensor.empty() : tensor<2x1x4x3xf32>
    %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg1 : tensor<2x4x3xf32>) outs(%4 : tensor<2x1x4x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x1x4x3xf32>
    %6 = tensor.empty() : tensor<2x4x4x3xf32>
    %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, 0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%5 : tensor<2x1x4x3xf32>) outs(%6 : tensor<2x4x4x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4x3xf32>
    %8 = tensor.empty() : tensor<2x4x4x3xf32>
    %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%3, %7 : tensor<2x4x4x3xf32>, tensor<2x4x4x3xf32>) outs(%8 : tensor<2x4x4x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %17 = arith.mulf %in, %in_0 fastmath<contract> : f32
      linalg.yield %17 : f32
    } -> tensor<2x4x4x3xf32>
    %10 = tensor.empty() : tensor<2x4x4x3xf32>
    %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<f32>) outs(%10 : tensor<2x4x4x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4x3xf32>
    %12 = tensor.empty() : tensor<2x4x4x3xf32>
    %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%9, %11 : tensor<2x4x4x3xf32>, tensor<2x4x4x3xf32>) outs(%12 : tensor<2x4x4x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %17 = arith.divf %in, %in_0 : f32
      linalg.yield %17 : f32
    } -> tensor<2x4x4x3xf32>
    %14 = tensor.empty() : tensor<2x4x4xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %15 = linalg.fill ins(%cst : f32) outs(%14 : tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%13 : tensor<2x4x4x3xf32>) outs(%15 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %17 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %17 : f32
    } -> tensor<2x4x4xf32>
    return %16 : tensor<2x4x4xf32>
  }
  func.func private @k1_astype(%arg0: tensor<i64>) -> tensor<4xi64> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<4xi64>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg0 : tensor<i64>) outs(%0 : tensor<4xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4xi64>
    %2 = tensor.empty() : tensor<4xi64>
    %3 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%2 : tensor<4xi64>) {
    ^bb0(%out: i64):
      %8 = linalg.index 0 : index
      %9 = arith.index_cast %8 : index to i64
      linalg.yield %9 : i64
    } -> tensor<4xi64>
    %4 = tensor.empty() : tensor<4xi64>
    %5 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%1, %3 : tensor<4xi64>, tensor<4xi64>) outs(%4 : tensor<4xi64>) {
    ^bb0(%in: i64, %in_0: i64, %out: i64):
      %8 = arith.addi %in, %in_0 : i64
      linalg.yield %8 : i64
    } -> tensor<4xi64>
    %6 = tensor.empty() : tensor<4xi64>
    %7 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%5 : tensor<4xi64>) outs(%6 : tensor<4xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4xi64>
    return %7 : tensor<4xi64>
  }
  func.func private @k2_greater_equal(%arg0: tensor<4xi64>) -> tensor<4x4xi8> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<4x1xi64>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg0 : tensor<4xi64>) outs(%0 : tensor<4x1xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4x1xi64>
    %2 = tensor.empty() : tensor<4x4xi64>
    %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%1 : tensor<4x1xi64>) outs(%2 : tensor<4x4xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4x4xi64>
    %4 = tensor.empty() : tensor<4x4xi64>
    %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg0 : tensor<4xi64>) outs(%4 : tensor<4x4xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4x4xi64>
    %6 = tensor.empty() : tensor<4x4xi8>
    %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%3, %5 : tensor<4x4xi64>, tensor<4x4xi64>) outs(%6 : tensor<4x4xi8>) {
    ^bb0(%in: i64, %in_0: i64, %out: i8):
      %8 = arith.cmpi sge, %in, %in_0 : i64
      %9 = arith.extui %8 : i1 to i8
      linalg.yield %9 : i8
    } -> tensor<4x4xi8>
    return %7 : tensor<4x4xi8>
  }
  func.func private @k3_divide(%arg0: tensor<4x4xi8>, %arg1: tensor<2x4x4xf32>, %arg2: tensor<f32>) -> tensor<2x4x4xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<2x4x4xi8>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0 : tensor<4x4xi8>) outs(%0 : tensor<2x4x4xi8>) {
    ^bb0(%in: i8, %out: i8):
      linalg.yield %in : i8
    } -> tensor<2x4x4xi8>
    %2 = tensor.empty() : tensor<2x4x4xf32>
    %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> ()>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg2 : tensor<f32>) outs(%2 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4xf32>
    %4 = tensor.empty() : tensor<2x4x4xf32>
    %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%1, %arg1, %3 : tensor<2x4x4xi8>, tensor<2x4x4xf32>, tensor<2x4x4xf32>) outs(%4 : tensor<2x4x4xf32>) {
    ^bb0(%in: i8, %in_1: f32, %in_2: f32, %out: f32):
      %28 = arith.trunci %in : i8 to i1
      %29 = arith.select %28, %in_1, %in_2 : f32
      linalg.yield %29 : f32
    } -> tensor<2x4x4xf32>
    %6 = tensor.empty() : tensor<2x4xf32>
    %cst = arith.constant 0xFF800000 : f32
    %7 = linalg.fill ins(%cst : f32) outs(%6 : tensor<2x4xf32>) -> tensor<2x4xf32>
    %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%5 : tensor<2x4x4xf32>) outs(%7 : tensor<2x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %28 = arith.maximumf %out, %in : f32
      linalg.yield %28 : f32
    } -> tensor<2x4xf32>
    %9 = tensor.empty() : tensor<2x4x1xf32>
    %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%8 : tensor<2x4xf32>) outs(%9 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %11 = tensor.empty() : tensor<2x4x1xf32>
    %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%10 : tensor<2x4x1xf32>) outs(%11 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %13 = tensor.empty() : tensor<2x4x4xf32>
    %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%12 : tensor<2x4x1xf32>) outs(%13 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4xf32>
    %15 = tensor.empty() : tensor<2x4x4xf32>
    %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%5, %14 : tensor<2x4x4xf32>, tensor<2x4x4xf32>) outs(%15 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %28 = arith.subf %in, %in_1 fastmath<contract> : f32
      linalg.yield %28 : f32
    } -> tensor<2x4x4xf32>
    %17 = tensor.empty() : tensor<2x4x4xf32>
    %18 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%16 : tensor<2x4x4xf32>) outs(%17 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %28 = math.exp %in : f32
      linalg.yield %28 : f32
    } -> tensor<2x4x4xf32>
    %19 = tensor.empty() : tensor<2x4xf32>
    %cst_0 = arith.constant 0.000000e+00 : f32
    %20 = linalg.fill ins(%cst_0 : f32) outs(%19 : tensor<2x4xf32>) -> tensor<2x4xf32>
    %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%18 : tensor<2x4x4xf32>) outs(%20 : tensor<2x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %28 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %28 : f32
    } -> tensor<2x4xf32>
    %22 = tensor.empty() : tensor<2x4x1xf32>
    %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%21 : tensor<2x4xf32>) outs(%22 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %24 = tensor.empty() : tensor<2x4x4xf32>
    %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%23 : tensor<2x4x1xf32>) outs(%24 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4xf32>
    %26 = tensor.empty() : tensor<2x4x4xf32>
    %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%18, %25 : tensor<2x4x4xf32>, tensor<2x4x4xf32>) outs(%26 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %28 = arith.divf %in, %in_1 : f32
      linalg.yield %28 : f32
    } -> tensor<2x4x4xf32>
    return %27 : tensor<2x4x4xf32>
  }
  func.func private @k4_contract(%arg0: tensor<2x4x4xf32>, %arg1: tensor<2x4x3xf32>) -> tensor<2x4x3xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<2x4x3xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>, affine_map<(d0, d1, d2, d3) -> (d0, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>], iterator_types = ["parallel", "parallel", "reduction", "parallel"]} ins(%arg0, %arg1 : tensor<2x4x4xf32>, tensor<2x4x3xf32>) outs(%1 : tensor<2x4x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %3 = arith.mulf %in, %in_0 fastmath<contract> : f32
      %4 = arith.addf %out, %3 fastmath<contract> : f32
      linalg.yield %4 : f32
    } -> tensor<2x4x3xf32>
    return %2 : tensor<2x4x3xf32>
  }
  func.func private @k5_divide(%arg0: tensor<2x4x3xf32>, %arg1: tensor<f32>, %arg2: tensor<3xf32>, %arg3: tensor<f32>) -> tensor<2x4x3xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<2x4xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<2x4xf32>) -> tensor<2x4xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0 : tensor<2x4x3xf32>) outs(%1 : tensor<2x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %36 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %36 : f32
    } -> tensor<2x4xf32>
    %3 = tensor.empty() : tensor<2x4x1xf32>
    %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%2 : tensor<2x4xf32>) outs(%3 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %5 = tensor.empty() : tensor<2x4x1xf32>
    %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> ()>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg1 : tensor<f32>) outs(%5 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %7 = tensor.empty() : tensor<2x4x1xf32>
    %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%4, %6 : tensor<2x4x1xf32>, tensor<2x4x1xf32>) outs(%7 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %36 = arith.divf %in, %in_1 : f32
      linalg.yield %36 : f32
    } -> tensor<2x4x1xf32>
    %9 = tensor.empty() : tensor<2x4x3xf32>
    %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%8 : tensor<2x4x1xf32>) outs(%9 : tensor<2x4x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x3xf32>
    %11 = tensor.empty() : tensor<2x4x3xf32>
    %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0, %10 : tensor<2x4x3xf32>, tensor<2x4x3xf32>) outs(%11 : tensor<2x4x3xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %36 = arith.subf %in, %in_1 fastmath<contract> : f32
      linalg.yield %36 : f32
    } -> tensor<2x4x3xf32>
    %13 = tensor.empty() : tensor<2x4x3xf32>
    %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg2 : tensor<3xf32>) outs(%13 : tensor<2x4x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x3xf32>
    %15 = tensor.empty() : tensor<2x4x3xf32>
    %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%14, %12 : tensor<2x4x3xf32>, tensor<2x4x3xf32>) outs(%15 : tensor<2x4x3xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %36 = arith.mulf %in, %in_1 fastmath<contract> : f32
      linalg.yield %36 : f32
    } -> tensor<2x4x3xf32>
    %17 = tensor.empty() : tensor<2x4x3xf32>
    %18 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%12, %12 : tensor<2x4x3xf32>, tensor<2x4x3xf32>) outs(%17 : tensor<2x4x3xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %36 = arith.mulf %in, %in_1 fastmath<contract> : f32
      linalg.yield %36 : f32
    } -> tensor<2x4x3xf32>
    %19 = tensor.empty() : tensor<2x4xf32>
    %cst_0 = arith.constant 0.000000e+00 : f32
    %20 = linalg.fill ins(%cst_0 : f32) outs(%19 : tensor<2x4xf32>) -> tensor<2x4xf32>
    %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%18 : tensor<2x4x3xf32>) outs(%20 : tensor<2x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %36 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %36 : f32
    } -> tensor<2x4xf32>
    %22 = tensor.empty() : tensor<2x4x1xf32>
    %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%21 : tensor<2x4xf32>) outs(%22 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %24 = tensor.empty() : tensor<2x4x1xf32>
    %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%23, %6 : tensor<2x4x1xf32>, tensor<2x4x1xf32>) outs(%24 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %36 = arith.divf %in, %in_1 : f32
      linalg.yield %36 : f32
    } -> tensor<2x4x1xf32>
    %26 = tensor.empty() : tensor<2x4x1xf32>
    %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> ()>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg3 : tensor<f32>) outs(%26 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %28 = tensor.empty() : tensor<2x4x1xf32>
    %29 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%25, %27 : tensor<2x4x1xf32>, tensor<2x4x1xf32>) outs(%28 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %36 = arith.addf %in, %in_1 fastmath<contract> : f32
      linalg.yield %36 : f32
    } -> tensor<2x4x1xf32>
    %30 = tensor.empty() : tensor<2x4x1xf32>
    %31 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%29 : tensor<2x4x1xf32>) outs(%30 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %36 = math.sqrt %in : f32
      linalg.yield %36 : f32
    } -> tensor<2x4x1xf32>
    %32 = tensor.empty() : tensor<2x4x3xf32>
    %33 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%31 : tensor<2x4x1xf32>) outs(%32 : tensor<2x4x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x3xf32>
    %34 = tensor.empty() : tensor<2x4x3xf32>
    %35 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%16, %33 : tensor<2x4x3xf32>, tensor<2x4x3xf32>) outs(%34 : tensor<2x4x3xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %36 = arith.divf %in, %in_1 : f32
      linalg.yield %36 : f32
    } -> tensor<2x4x3xf32>
    return %35 : tensor<2x4x3xf32>
  }
}
