module {
  func.func @gradient(%arg0: tensor<8x4xf32> {graph.name = "x"}, %arg1: tensor<8xi64> {graph.name = "label"}, %arg2: tensor<4x5xf32> {graph.name = "W1"}, %arg3: tensor<5xf32> {graph.name = "b1"}, %arg4: tensor<5x3xf32> {graph.name = "W2"}, %arg5: tensor<3xf32> {graph.name = "b2"}) -> (tensor<f32> {graph.name = "value"}, tensor<4x5xf32> {graph.name = "dW1"}, tensor<5xf32> {graph.name = "db1"}, tensor<5x3xf32> {graph.name = "dW2"}, tensor<3xf32> {graph.name = "db2"}) {
    %0 = exec.run @k0_contract(%arg0, %arg2) {why = "reads only arguments and constants"} : (tensor<8x4xf32>, tensor<4x5xf32>) -> tensor<8x5xf32>
    %cst = exec.constant dense<1.000000e+00> : tensor<f32> to tensor<f32>
    %1:2 = exec.run @k1_subtract(%0, %arg3, %cst) {why = "a pass over so few results costs less than another product's code"} : (tensor<8x5xf32>, tensor<5xf32>, tensor<f32>) -> (tensor<8x5xf32>, tensor<8x5xf32>)
    %2 = exec.run @k2_contract(%1#0, %arg4) {why = "contract has a kernel of its own"} : (tensor<8x5xf32>, tensor<5x3xf32>) -> tensor<8x3xf32>
    %cst_0 = exec.constant dense<1.000000e+00> : tensor<f32> to tensor<f32>
    %3:3 = exec.run @k3_divide(%2, %arg5, %cst_0) {why = "a pass over so few results costs less than another product's code"} : (tensor<8x3xf32>, tensor<3xf32>, tensor<f32>) -> (tensor<8x3xf32>, tensor<8x3xf32>, tensor<8x1xf32>)
    %cst_1 = exec.constant dense<0> : tensor<i64> to tensor<i64>
    %cst_2 = exec.constant dense<8.000000e+00> : tensor<f32> to tensor<f32>
    %cst_3 = exec.constant dense<-1.250000e-01> : tensor<f32> to tensor<f32>
    %4:3 = exec.run @k4_negative(%arg1, %cst_1, %3#1, %cst_2, %cst_3) {why = "reads only arguments and constants"} : (tensor<8xi64>, tensor<i64>, tensor<8x3xf32>, tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<8x3xf32>, tensor<8x3xf32>)
    %5 = exec.run @k5_add(%4#2, %3#2, %3#0, %4#1) {why = "it reduces other axes"} : (tensor<8x3xf32>, tensor<8x1xf32>, tensor<8x3xf32>, tensor<8x3xf32>) -> tensor<8x3xf32>
    %6 = exec.run @k6_sum(%5) {why = "it reduces other axes"} : (tensor<8x3xf32>) -> tensor<3xf32>
    %7 = exec.run @k7_contract(%5, %arg4) {why = "contract has a kernel of its own"} : (tensor<8x3xf32>, tensor<5x3xf32>) -> tensor<8x5xf32>
    %8 = exec.run @k8_contract(%1#0, %5) {why = "contract has a kernel of its own"} : (tensor<8x5xf32>, tensor<8x3xf32>) -> tensor<5x3xf32>
    %9:2 = exec.run @k9_sum(%1#1, %7) {why = "a pass over so few results costs less than another product's code"} : (tensor<8x5xf32>, tensor<8x5xf32>) -> (tensor<8x5xf32>, tensor<5xf32>)
    %10 = exec.run @k10_contract(%arg0, %9#0) {why = "contract has a kernel of its own"} : (tensor<8x4xf32>, tensor<8x5xf32>) -> tensor<4x5xf32>
    return %4#0, %10, %9#1, %8, %6 : tensor<f32>, tensor<4x5xf32>, tensor<5xf32>, tensor<5x3xf32>, tensor<3xf32>
  }
  func.func private @k0_contract(%arg0: tensor<8x4xf32>, %arg1: tensor<4x5xf32>) -> tensor<8x5xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<8x5xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<8x5xf32>) -> tensor<8x5xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>], iterator_types = ["parallel", "reduction", "parallel"]} ins(%arg0, %arg1 : tensor<8x4xf32>, tensor<4x5xf32>) outs(%1 : tensor<8x5xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %3 = arith.mulf %in, %in_0 fastmath<contract> : f32
      %4 = arith.addf %out, %3 fastmath<contract> : f32
      linalg.yield %4 : f32
    } -> tensor<8x5xf32>
    return %2 : tensor<8x5xf32>
  }
  func.func private @k1_subtract(%arg0: tensor<8x5xf32>, %arg1: tensor<5xf32>, %arg2: tensor<f32>) -> (tensor<8x5xf32>, tensor<8x5xf32>) attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<8x5xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg1 : tensor<5xf32>) outs(%0 : tensor<8x5xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x5xf32>
    %2 = tensor.empty() : tensor<8x5xf32>
    %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg0, %1 : tensor<8x5xf32>, tensor<8x5xf32>) outs(%2 : tensor<8x5xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %12 = arith.addf %in, %in_0 fastmath<contract> : f32
      linalg.yield %12 : f32
    } -> tensor<8x5xf32>
    %4 = tensor.empty() : tensor<8x5xf32>
    %5 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%3 : tensor<8x5xf32>) outs(%4 : tensor<8x5xf32>) {
    ^bb0(%in: f32, %out: f32):
      %12 = math.tanh %in : f32
      linalg.yield %12 : f32
    } -> tensor<8x5xf32>
    %6 = tensor.empty() : tensor<8x5xf32>
    %7 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%5 : tensor<8x5xf32>) outs(%6 : tensor<8x5xf32>) {
    ^bb0(%in: f32, %out: f32):
      %12 = arith.mulf %in, %in fastmath<contract> : f32
      linalg.yield %12 : f32
    } -> tensor<8x5xf32>
    %8 = tensor.empty() : tensor<8x5xf32>
    %9 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg2 : tensor<f32>) outs(%8 : tensor<8x5xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x5xf32>
    %10 = tensor.empty() : tensor<8x5xf32>
    %11 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%9, %7 : tensor<8x5xf32>, tensor<8x5xf32>) outs(%10 : tensor<8x5xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %12 = arith.subf %in, %in_0 fastmath<contract> : f32
      linalg.yield %12 : f32
    } -> tensor<8x5xf32>
    return %5, %11 : tensor<8x5xf32>, tensor<8x5xf32>
  }
  func.func private @k2_contract(%arg0: tensor<8x5xf32>, %arg1: tensor<5x3xf32>) -> tensor<8x3xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<8x3xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<8x3xf32>) -> tensor<8x3xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d2)>], iterator_types = ["parallel", "reduction", "parallel"]} ins(%arg0, %arg1 : tensor<8x5xf32>, tensor<5x3xf32>) outs(%1 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %3 = arith.mulf %in, %in_0 fastmath<contract> : f32
      %4 = arith.addf %out, %3 fastmath<contract> : f32
      linalg.yield %4 : f32
    } -> tensor<8x3xf32>
    return %2 : tensor<8x3xf32>
  }
  func.func private @k3_divide(%arg0: tensor<8x3xf32>, %arg1: tensor<3xf32>, %arg2: tensor<f32>) -> (tensor<8x3xf32>, tensor<8x3xf32>, tensor<8x1xf32>) attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<8x3xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg1 : tensor<3xf32>) outs(%0 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x3xf32>
    %2 = tensor.empty() : tensor<8x3xf32>
    %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg0, %1 : tensor<8x3xf32>, tensor<8x3xf32>) outs(%2 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %32 = arith.addf %in, %in_1 fastmath<contract> : f32
      linalg.yield %32 : f32
    } -> tensor<8x3xf32>
    %4 = tensor.empty() : tensor<8xf32>
    %cst = arith.constant 0xFF800000 : f32
    %5 = linalg.fill ins(%cst : f32) outs(%4 : tensor<8xf32>) -> tensor<8xf32>
    %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%3 : tensor<8x3xf32>) outs(%5 : tensor<8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %32 = arith.maximumf %out, %in fastmath<nsz> : f32
      linalg.yield %32 : f32
    } -> tensor<8xf32>
    %7 = tensor.empty() : tensor<8x1xf32>
    %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%6 : tensor<8xf32>) outs(%7 : tensor<8x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x1xf32>
    %9 = tensor.empty() : tensor<8x1xf32>
    %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%8 : tensor<8x1xf32>) outs(%9 : tensor<8x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x1xf32>
    %11 = tensor.empty() : tensor<8x3xf32>
    %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%10 : tensor<8x1xf32>) outs(%11 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x3xf32>
    %13 = tensor.empty() : tensor<8x3xf32>
    %14 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%3, %12 : tensor<8x3xf32>, tensor<8x3xf32>) outs(%13 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %32 = arith.subf %in, %in_1 fastmath<contract> : f32
      linalg.yield %32 : f32
    } -> tensor<8x3xf32>
    %15 = tensor.empty() : tensor<8x3xf32>
    %16 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%14 : tensor<8x3xf32>) outs(%15 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      %32 = math.exp %in : f32
      linalg.yield %32 : f32
    } -> tensor<8x3xf32>
    %17 = tensor.empty() : tensor<8xf32>
    %cst_0 = arith.constant 0.000000e+00 : f32
    %18 = linalg.fill ins(%cst_0 : f32) outs(%17 : tensor<8xf32>) -> tensor<8xf32>
    %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%16 : tensor<8x3xf32>) outs(%18 : tensor<8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %32 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %32 : f32
    } -> tensor<8xf32>
    %20 = tensor.empty() : tensor<8x1xf32>
    %21 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%19 : tensor<8xf32>) outs(%20 : tensor<8x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x1xf32>
    %22 = tensor.empty() : tensor<8x1xf32>
    %23 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%21 : tensor<8x1xf32>) outs(%22 : tensor<8x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      %32 = math.log %in : f32
      linalg.yield %32 : f32
    } -> tensor<8x1xf32>
    %24 = tensor.empty() : tensor<8x3xf32>
    %25 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%23 : tensor<8x1xf32>) outs(%24 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x3xf32>
    %26 = tensor.empty() : tensor<8x3xf32>
    %27 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%14, %25 : tensor<8x3xf32>, tensor<8x3xf32>) outs(%26 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %32 = arith.subf %in, %in_1 fastmath<contract> : f32
      linalg.yield %32 : f32
    } -> tensor<8x3xf32>
    %28 = tensor.empty() : tensor<8x1xf32>
    %29 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg2 : tensor<f32>) outs(%28 : tensor<8x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x1xf32>
    %30 = tensor.empty() : tensor<8x1xf32>
    %31 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%29, %21 : tensor<8x1xf32>, tensor<8x1xf32>) outs(%30 : tensor<8x1xf32>) {
    ^bb0(%in: f32, %in_1: f32, %out: f32):
      %32 = arith.divf %in, %in_1 : f32
      linalg.yield %32 : f32
    } -> tensor<8x1xf32>
    return %16, %27, %31 : tensor<8x3xf32>, tensor<8x3xf32>, tensor<8x1xf32>
  }
  func.func private @k4_negative(%arg0: tensor<8xi64>, %arg1: tensor<i64>, %arg2: tensor<8x3xf32>, %arg3: tensor<f32>, %arg4: tensor<f32>) -> (tensor<f32>, tensor<8x3xf32>, tensor<8x3xf32>) attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<8x1xi64>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg0 : tensor<8xi64>) outs(%0 : tensor<8x1xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<8x1xi64>
    %2 = tensor.empty() : tensor<8x3xi64>
    %3 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%1 : tensor<8x1xi64>) outs(%2 : tensor<8x3xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<8x3xi64>
    %4 = tensor.empty() : tensor<3xi64>
    %5 = linalg.generic {indexing_maps = [affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg1 : tensor<i64>) outs(%4 : tensor<3xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<3xi64>
    %6 = tensor.empty() : tensor<3xi64>
    %7 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%6 : tensor<3xi64>) {
    ^bb0(%out: i64):
      %33 = linalg.index 0 : index
      %34 = arith.index_cast %33 : index to i64
      linalg.yield %34 : i64
    } -> tensor<3xi64>
    %8 = tensor.empty() : tensor<3xi64>
    %9 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%5, %7 : tensor<3xi64>, tensor<3xi64>) outs(%8 : tensor<3xi64>) {
    ^bb0(%in: i64, %in_0: i64, %out: i64):
      %33 = arith.addi %in, %in_0 : i64
      linalg.yield %33 : i64
    } -> tensor<3xi64>
    %10 = tensor.empty() : tensor<3xi64>
    %11 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%9 : tensor<3xi64>) outs(%10 : tensor<3xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<3xi64>
    %12 = tensor.empty() : tensor<8x3xi64>
    %13 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%11 : tensor<3xi64>) outs(%12 : tensor<8x3xi64>) {
    ^bb0(%in: i64, %out: i64):
      linalg.yield %in : i64
    } -> tensor<8x3xi64>
    %14 = tensor.empty() : tensor<8x3xi8>
    %15 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%3, %13 : tensor<8x3xi64>, tensor<8x3xi64>) outs(%14 : tensor<8x3xi8>) {
    ^bb0(%in: i64, %in_0: i64, %out: i8):
      %33 = arith.cmpi eq, %in, %in_0 : i64
      %34 = arith.extui %33 : i1 to i8
      linalg.yield %34 : i8
    } -> tensor<8x3xi8>
    %16 = tensor.empty() : tensor<8x3xf32>
    %17 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%15 : tensor<8x3xi8>) outs(%16 : tensor<8x3xf32>) {
    ^bb0(%in: i8, %out: f32):
      %33 = arith.trunci %in : i8 to i1
      %34 = arith.uitofp %33 : i1 to f32
      linalg.yield %34 : f32
    } -> tensor<8x3xf32>
    %18 = tensor.empty() : tensor<8x3xf32>
    %19 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%17, %arg2 : tensor<8x3xf32>, tensor<8x3xf32>) outs(%18 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %33 = arith.mulf %in, %in_0 fastmath<contract> : f32
      linalg.yield %33 : f32
    } -> tensor<8x3xf32>
    %20 = tensor.empty() : tensor<f32>
    %cst = arith.constant 0.000000e+00 : f32
    %21 = linalg.fill ins(%cst : f32) outs(%20 : tensor<f32>) -> tensor<f32>
    %22 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> ()>], iterator_types = ["reduction", "reduction"]} ins(%19 : tensor<8x3xf32>) outs(%21 : tensor<f32>) {
    ^bb0(%in: f32, %out: f32):
      %33 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %33 : f32
    } -> tensor<f32>
    %23 = tensor.empty() : tensor<f32>
    %24 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%22 : tensor<f32>) outs(%23 : tensor<f32>) {
    ^bb0(%in: f32, %out: f32):
      %33 = arith.negf %in : f32
      linalg.yield %33 : f32
    } -> tensor<f32>
    %25 = tensor.empty() : tensor<f32>
    %26 = linalg.generic {indexing_maps = [affine_map<() -> ()>, affine_map<() -> ()>, affine_map<() -> ()>], iterator_types = []} ins(%24, %arg3 : tensor<f32>, tensor<f32>) outs(%25 : tensor<f32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %33 = arith.divf %in, %in_0 : f32
      linalg.yield %33 : f32
    } -> tensor<f32>
    %27 = tensor.empty() : tensor<8x3xf32>
    %28 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg4 : tensor<f32>) outs(%27 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x3xf32>
    %29 = tensor.empty() : tensor<8x3xf32>
    %30 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%17, %28 : tensor<8x3xf32>, tensor<8x3xf32>) outs(%29 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %33 = arith.mulf %in, %in_0 fastmath<contract> : f32
      linalg.yield %33 : f32
    } -> tensor<8x3xf32>
    %31 = tensor.empty() : tensor<8x3xf32>
    %32 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%30 : tensor<8x3xf32>) outs(%31 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      %33 = arith.negf %in : f32
      linalg.yield %33 : f32
    } -> tensor<8x3xf32>
    return %26, %30, %32 : tensor<f32>, tensor<8x3xf32>, tensor<8x3xf32>
  }
  func.func private @k5_add(%arg0: tensor<8x3xf32>, %arg1: tensor<8x1xf32>, %arg2: tensor<8x3xf32>, %arg3: tensor<8x3xf32>) -> tensor<8x3xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<8xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<8xf32>) -> tensor<8xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%arg0 : tensor<8x3xf32>) outs(%1 : tensor<8xf32>) {
    ^bb0(%in: f32, %out: f32):
      %13 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %13 : f32
    } -> tensor<8xf32>
    %3 = tensor.empty() : tensor<8x1xf32>
    %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%2 : tensor<8xf32>) outs(%3 : tensor<8x1xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x1xf32>
    %5 = tensor.empty() : tensor<8x1xf32>
    %6 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg1, %4 : tensor<8x1xf32>, tensor<8x1xf32>) outs(%5 : tensor<8x1xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %cst_1 = arith.constant 0.000000e+00 : f32
      %13 = arith.cmpf oeq, %in_0, %cst_1 : f32
      %14 = arith.mulf %in, %in_0 fastmath<contract> : f32
      %15 = arith.select %13, %in_0, %14 : f32
      linalg.yield %15 : f32
    } -> tensor<8x1xf32>
    %7 = tensor.empty() : tensor<8x3xf32>
    %8 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%6 : tensor<8x1xf32>) outs(%7 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<8x3xf32>
    %9 = tensor.empty() : tensor<8x3xf32>
    %10 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg2, %8 : tensor<8x3xf32>, tensor<8x3xf32>) outs(%9 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %13 = arith.mulf %in, %in_0 fastmath<contract> : f32
      linalg.yield %13 : f32
    } -> tensor<8x3xf32>
    %11 = tensor.empty() : tensor<8x3xf32>
    %12 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg3, %10 : tensor<8x3xf32>, tensor<8x3xf32>) outs(%11 : tensor<8x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %13 = arith.addf %in, %in_0 fastmath<contract> : f32
      linalg.yield %13 : f32
    } -> tensor<8x3xf32>
    return %12 : tensor<8x3xf32>
  }
  func.func private @k6_sum(%arg0: tensor<8x3xf32>) -> tensor<3xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<3xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<3xf32>) -> tensor<3xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%arg0 : tensor<8x3xf32>) outs(%1 : tensor<3xf32>) {
    ^bb0(%in: f32, %out: f32):
      %3 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %3 : f32
    } -> tensor<3xf32>
    return %2 : tensor<3xf32>
  }
  func.func private @k7_contract(%arg0: tensor<8x3xf32>, %arg1: tensor<5x3xf32>) -> tensor<8x5xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<8x5xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<8x5xf32>) -> tensor<8x5xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d2)>], iterator_types = ["parallel", "reduction", "parallel"]} ins(%arg0, %arg1 : tensor<8x3xf32>, tensor<5x3xf32>) outs(%1 : tensor<8x5xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %3 = arith.mulf %in, %in_0 fastmath<contract> : f32
      %4 = arith.addf %out, %3 fastmath<contract> : f32
      linalg.yield %4 : f32
    } -> tensor<8x5xf32>
    return %2 : tensor<8x5xf32>
  }
  func.func private @k8_contract(%arg0: tensor<8x5xf32>, %arg1: tensor<8x3xf32>) -> tensor<5x3xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<5x3xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<5x3xf32>) -> tensor<5x3xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>], iterator_types = ["reduction", "parallel", "parallel"]} ins(%arg0, %arg1 : tensor<8x5xf32>, tensor<8x3xf32>) outs(%1 : tensor<5x3xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %3 = arith.mulf %in, %in_0 fastmath<contract> : f32
      %4 = arith.addf %out, %3 fastmath<contract> : f32
      linalg.yield %4 : f32
    } -> tensor<5x3xf32>
    return %2 : tensor<5x3xf32>
  }
  func.func private @k9_sum(%arg0: tensor<8x5xf32>, %arg1: tensor<8x5xf32>) -> (tensor<8x5xf32>, tensor<5xf32>) attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<8x5xf32>
    %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg0, %arg1 : tensor<8x5xf32>, tensor<8x5xf32>) outs(%0 : tensor<8x5xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %5 = arith.mulf %in, %in_0 fastmath<contract> : f32
      linalg.yield %5 : f32
    } -> tensor<8x5xf32>
    %2 = tensor.empty() : tensor<5xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %3 = linalg.fill ins(%cst : f32) outs(%2 : tensor<5xf32>) -> tensor<5xf32>
    %4 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%1 : tensor<8x5xf32>) outs(%3 : tensor<5xf32>) {
    ^bb0(%in: f32, %out: f32):
      %5 = arith.addf %out, %in fastmath<contract> : f32
      linalg.yield %5 : f32
    } -> tensor<5xf32>
    return %1, %4 : tensor<8x5xf32>, tensor<5xf32>
  }
  func.func private @k10_contract(%arg0: tensor<8x4xf32>, %arg1: tensor<8x5xf32>) -> tensor<4x5xf32> attributes {exec.kernel} {
    %0 = tensor.empty() : tensor<4x5xf32>
    %cst = arith.constant 0.000000e+00 : f32
    %1 = linalg.fill ins(%cst : f32) outs(%0 : tensor<4x5xf32>) -> tensor<4x5xf32>
    %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>], iterator_types = ["reduction", "parallel", "parallel"]} ins(%arg0, %arg1 : tensor<8x4xf32>, tensor<8x5xf32>) outs(%1 : tensor<4x5xf32>) {
    ^bb0(%in: f32, %in_0: f32, %out: f32):
      %3 = arith.mulf %in, %in_0 fastmath<contract> : f32
      %4 = arith.addf %out, %3 fastmath<contract> : f32
      linalg.yield %4 : f32
    } -> tensor<4x5xf32>
    return %2 : tensor<4x5xf32>
  }
}
