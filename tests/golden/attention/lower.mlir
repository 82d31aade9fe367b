module {
  func.func @rows(%arg0: tensor<2x4x3xf32> {graph.name = "q"}, %arg1: tensor<2x4x3xf32> {graph.name = "k"}, %arg2: tensor<2x4x3xf32> {graph.name = "v"}, %arg3: tensor<3xf32> {graph.name = "gain"}) -> (tensor<2x4x3xf32> {graph.name = "out"}) {
    %cst = exec.constant dense<1.73205078> : tensor<f32> to tensor<f32>
    %cst_0 = exec.constant dense<0> : tensor<i64> to tensor<i64>
    %cst_1 = exec.constant dense<0xFF800000> : tensor<f32> to tensor<f32>
    %0 = exec.run @k0_where(%arg0, %arg1, %cst, %cst_0, %cst_1) {why = "reads only arguments and constants"} : (tensor<2x4x3xf32>, tensor<2x4x3xf32>, tensor<f32>, tensor<i64>, tensor<f32>) -> tensor<2x4x4xf32>
    %1 = exec.run @k1_divide(%0) {why = "it reduces another index space"} : (tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %2 = exec.run @k2_contract(%1, %arg2) {why = "contract has a kernel of its own"} : (tensor<2x4x4xf32>, tensor<2x4x3xf32>) -> tensor<2x4x3xf32>
    %cst_2 = exec.constant dense<3.000000e+00> : tensor<f32> to tensor<f32>
    %cst_3 = exec.constant dense<9.99999974E-6> : tensor<f32> to tensor<f32>
    %3 = exec.run @k3_divide(%2, %cst_2, %arg3, %cst_3) {why = "the product before it has a kernel of its own"} : (tensor<2x4x3xf32>, tensor<f32>, tensor<3xf32>, tensor<f32>) -> tensor<2x4x3xf32>
    return %3 : tensor<2x4x3xf32>
  }
  func.func private @k0_where(%arg0: tensor<2x4x3xf32>, %arg1: tensor<2x4x3xf32>, %arg2: tensor<f32>, %arg3: tensor<i64>, %arg4: tensor<f32>) -> tensor<2x4x4xf32> attributes {exec.kernel} {
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
      %39 = arith.mulf %in, %in_0 fastmath<contract> : f32
      linalg.yield %39 : f32
    } -> tensor<2x4x4x3xf32>
    %10 = tensor.empty() : tensor<2x4x4x3xf32>
    %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> ()>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%arg2 : tensor<f32>) outs(%10 : tensor<2x4x4x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4x3xf32>
    %12 = tensor.empty() : tensor<2x4x4x3xf32>
    %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%9, %11 : tensor<2x4x4x3xf32>, tensor<2x4x4x3xf32>) outs(%12 : tensor<2x4x4x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %39 = arith.divf %in, %in_0 : f32
      linalg.yield %39 : f32
    } -> tensor<2x4x4x3xf32>
    %14 = tensor.empty() : tensor<2x4x4xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %15 = linalg.fill ins(%cst : f32) outs(%14 : tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
    %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>, affine_map<(d0, d1, d2, d3) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%13 : tensor<2x4x4x3xf32>) outs(%15 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %39 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %39 : f32
    } -> tensor<2x4x4xf32>
    %17 = tensor.empty() : tensor<4xi64>
    %18 = linalg.generic {indexing_maps = [affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg3 : tensor<i64>) outs(%17 : tensor<4xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4xi64>
    %19 = tensor.empty() : tensor<4xi64>
    %20 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%19 : tensor<4xi64>) {
    ^bb0(%out: i64):
      %39 = linalg.index 0 : index
      %40 = arith.index_cast %39 : index to i64
      linalg.yield %40 : i64
    } -> tensor<4xi64>
    %21 = tensor.empty() : tensor<4xi64>
    %22 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%18, %20 : tensor<4xi64>, tensor<4xi64>) outs(%21 : tensor<4xi64>) {
    ^bb0(%in: i64, %in_0: i64, %out: i64):
      %39 = arith.addi %in, %in_0 : i64
      linalg.yield %39 : i64
    } -> tensor<4xi64>
    %23 = tensor.empty() : tensor<4xi64>
    %24 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%22 : tensor<4xi64>) outs(%23 : tensor<4xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4xi64>
    %25 = tensor.empty() : tensor<4x1xi64>
    %26 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%24 : tensor<4xi64>) outs(%25 : tensor<4x1xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4x1xi64>
    %27 = tensor.empty() : tensor<4x4xi64>
    %28 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%26 : tensor<4x1xi64>) outs(%27 : tensor<4x4xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4x4xi64>
    %29 = tensor.empty() : tensor<4x4xi64>
    %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%24 : tensor<4xi64>) outs(%29 : tensor<4x4xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<4x4xi64>
    %31 = tensor.empty() : tensor<4x4xi8>
    %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%28, %30 : tensor<4x4xi64>, tensor<4x4xi64>) outs(%31 : tensor<4x4xi8>) {
    ^bb0(%in: i64, %in_0: i64, %out: i8):
      %39 = arith.cmpi sge, %in, %in_0 : i64
      %40 = arith.extui %39 : i1 to i8
      linalg.yield %40 : i8
    } -> tensor<4x4xi8>
    %33 = tensor.empty() : tensor<2x4x4xi8>
    %34 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%32 : tensor<4x4xi8>) outs(%33 : tensor<2x4x4xi8>) {
    ^bb0(%in: i8, %out: i8):
      linalg.yield %in : i8
    } -> tensor<2x4x4xi8>
    %35 = tensor.empty() : tensor<2x4x4xf32>
    %36 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> ()>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg4 : tensor<f32>) outs(%35 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4xf32>
    %37 = tensor.empty() : tensor<2x4x4xf32>
    %38 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%34, %16, %36 : tensor<2x4x4xi8>, tensor<2x4x4xf32>, tensor<2x4x4xf32>) outs(%37 : tensor<2x4x4xf32>) {
    ^bb0(%in: i8, %in_0: f32, %in_1: f32, %out: f32):
      %39 = arith.trunci %in : i8 to i1
      %40 = arith.select %39, %in_0, %in_1 : f32
      linalg.yield %40 : f32
    } -> tensor<2x4x4xf32>
    return %38 : tensor<2x4x4xf32>
  }
  func.func private @k1_divide(%arg0: tensor<2x4x4xf32>) -> tensor<2x4x4xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<2x4xf32>
    %cst = arith.constant 0xFF800000 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<2x4xf32>) -> tensor<2x4xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg0 : tensor<2x4x4xf32>) outs(%1 : tensor<2x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %22 = arith.maximumf %out, %in fastmath<nsz> : f32
      linalg.yield %22 : f32
    } -> tensor<2x4xf32>
    %3 = tensor.empty() : tensor<2x4x1xf32>
    %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%2 : tensor<2x4xf32>) outs(%3 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %5 = tensor.empty() : tensor<2x4x1xf32>
    %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%4 : tensor<2x4x1xf32>) outs(%5 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %7 = tensor.empty() : tensor<2x4x4xf32>
    %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%6 : tensor<2x4x1xf32>) outs(%7 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4xf32>
    %9 = tensor.empty() : tensor<2x4x4xf32>
    %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%arg0, %8 : tensor<2x4x4xf32>, tensor<2x4x4xf32>) outs(%9 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %22 = arith.subf %in, %in_1 fastmath<contract> : f32
      linalg.yield %22 : f32
    } -> tensor<2x4x4xf32>
    %11 = tensor.empty() : tensor<2x4x4xf32>
    %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%10 : tensor<2x4x4xf32>) outs(%11 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %22 = math.exp %in : f32
      linalg.yield %22 : f32
    } -> tensor<2x4x4xf32>
    %13 = tensor.empty() : tensor<2x4xf32>
    %cst_0 = arith.constant 0.000000e+00 : f32
    %14 = linalg.fill ins(%cst_0 : f32) outs(%13 : tensor<2x4xf32>) -> tensor<2x4xf32>
    %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%12 : tensor<2x4x4xf32>) outs(%14 : tensor<2x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %22 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %22 : f32
    } -> tensor<2x4xf32>
    %16 = tensor.empty() : tensor<2x4x1xf32>
    %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%15 : tensor<2x4xf32>) outs(%16 : tensor<2x4x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x1xf32>
    %18 = tensor.empty() : tensor<2x4x4xf32>
    %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, 0)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%17 : tensor<2x4x1xf32>) outs(%18 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<2x4x4xf32>
    %20 = tensor.empty() : tensor<2x4x4xf32>
    %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>], iterator_types = ["parallel", "parallel", "parallel"]} ins(%12, %19 : tensor<2x4x4xf32>, tensor<2x4x4xf32>) outs(%20 : tensor<2x4x4xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %22 = arith.divf %in, %in_1 : f32
      linalg.yield %22 : f32
    } -> tensor<2x4x4xf32>
    return %21 : tensor<2x4x4xf32>
  }
  func.func private @k2_contract(%arg0: tensor<2x4x4xf32>, %arg1: tensor<2x4x3xf32>) -> tensor<2x4x3xf32> attributes {exec.kernel} {
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
  func.func private @k3_divide(%arg0: tensor<2x4x3xf32>, %arg1: tensor<f32>, %arg2: tensor<3xf32>, %arg3: tensor<f32>) -> tensor<2x4x3xf32> attributes {exec.kernel} {
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
