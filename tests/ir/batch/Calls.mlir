// RUN: tgc-opt %s --tgc-derive --tgc-drop-unused | FileCheck %s --check-prefix=DERIVED
// RUN: tgc-opt %s --tgc-derive --tgc-batch --tgc-inline-calls --tgc-drop-unused | FileCheck %s --check-prefix=INLINED

func.func private @f(%x: tensor<3xf64>) -> tensor<3xf64> {
  %0 = graph.exp %x : (tensor<3xf64>) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}
// Reads the result, so that nothing is computed twice.
func.func private @f_jvp(%x: tensor<3xf64>, %y: tensor<3xf64>, %d: tensor<3xf64>) -> tensor<3xf64> {
  %0 = graph.multiply %y, %d : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}
func.func private @f_2(%x: tensor<2x3xf64>) -> tensor<2x3xf64> {
  %0 = graph.expm1 %x : (tensor<2x3xf64>) -> tensor<2x3xf64>
  return %0 : tensor<2x3xf64>
}
func.func private @called(%x: tensor<3xf64>) -> tensor<3xf64> {
  %0 = graph.call @f(%x) {jvp = @f_jvp, batch = [@f_2]} : (tensor<3xf64>) -> tensor<3xf64>
  return %0 : tensor<3xf64>
}

// The cotangent is the transpose of the jvp rule; the call stays for maps to come.
// DERIVED-LABEL: func.func @back
// DERIVED: %[[Y:.*]] = graph.call @f(%arg0) {batch = [@f_2], jvp = @f_jvp}
// DERIVED: %[[CT:.*]] = graph.multiply %[[Y]], %arg1
// DERIVED: return %[[Y]], %[[CT]]
// INLINED-LABEL: func.func @back
// INLINED: %[[Y:.*]] = graph.exp %arg0
// INLINED: graph.multiply %[[Y]], %arg1
func.func @back(%x: tensor<3xf64>, %ct: tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>) {
  %0:2 = graph.vjp @called(%x, %ct) {wrt = array<i64: 0>} : (tensor<3xf64>, tensor<3xf64>) -> (tensor<3xf64>, tensor<3xf64>)
  return %0#0, %0#1 : tensor<3xf64>, tensor<3xf64>
}

// The rule for two instances, the body for four.
// INLINED-LABEL: func.func @two
// INLINED: graph.expm1
// INLINED-LABEL: func.func @four
// INLINED: graph.exp
func.func @two(%x: tensor<2x3xf64>) -> tensor<2x3xf64> {
  %0 = graph.vmap @called(%x) {axes = array<i64: 0>, extent = 2 : i64} : (tensor<2x3xf64>) -> tensor<2x3xf64>
  return %0 : tensor<2x3xf64>
}
func.func @four(%x: tensor<4x3xf64>) -> tensor<4x3xf64> {
  %0 = graph.vmap @called(%x) {axes = array<i64: 0>, extent = 4 : i64} : (tensor<4x3xf64>) -> tensor<4x3xf64>
  return %0 : tensor<4x3xf64>
}
