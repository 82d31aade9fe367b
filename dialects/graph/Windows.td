// CATALOGUE: windows. Convolution and pooling are formulas over two ops: `windows`, a view, and its adjoint
// `window_sum`; every derivative and batching rule follows from theirs. Blocks in Windows.cpp, formulas in
// Convolution.cpp, references in WindowReference.cpp.

let group = "windows" in {

def Graph_WindowsOp : Linear<"windows", (ins Tensor:$x, Ints:$axes, Ints:$sizes, Ints:$strides, Ints:$dilations, Int:$place), [0]> {
  let complex = "parts";
  let view = 1; let map = 1;
  let summary = "the windows of a tensor along axes: element (o, k) is x at o * stride + k * dilation";
  let description = [{ Each axis listed becomes that of its windows; the axes within the windows, in the order listed, stand from `place` on in the result.
    C1: axes ascending, one entry of each list for each. C2: a window fits. }];
  let source = "torch.nn.functional";
  let internal = 1;
  let sample = "x: 7, axes: [0], sizes: [3], strides: [2], dilations: [1], place: 1; x: 2x5x6, axes: [1, 2], sizes: [2, 3], strides: [1, 2], dilations: [2, 1], place: 1";
}
def Graph_WindowSumOp : Linear<"window_sum", (ins Tensor:$x, Ints:$axes, Ints:$strides, Ints:$dilations, Int:$place, Ints:$shape), [0]> {
  let complex = "parts";
  let relates = 1;
  let summary = "windows laid over each other and added: the adjoint of windows";
  let description = [{ `shape` are the extents of the result. Floats of 16 bits are added in f32. C1: `windows` of that shape have the operand's. }];
  let source = "torch.nn.functional";
  let internal = 1;
  let sample = "x: 3x3, axes: [0], strides: [2], dilations: [1], place: 1, shape: [7]; x: 2x2x3x3x2, axes: [1, 2], strides: [1, 2], dilations: [2, 1], place: 1, shape: [2, 5, 6]";
}

let source = "torch.nn.functional" in {

def Graph_ConvOp : Composite<"conv", (ins Tensor:$x, Tensor:$kernel, Ints:$stride, Padding:$padding, Ints:$dilation, Int:$groups, Text:$layout)> {
  let complex = "formula";
  let summary = "convolution (without reversal) over one to three axes";
  let description = [{ x is (batch, channels, extents...), or (batch, extents..., channels) where the layout is "NHWC" whatever the number of axes; kernel is (channels out,
    channels in / groups, extents...) in both. Lists have one entry for each axis, or one for all. padding is a number, pairs, "valid" (none) or "same" (as many windows
    as extent / stride, rounded up; the odd one behind). C1: 1 to 3 axes. C2: groups divide the channels on both sides, those in are the kernel's times groups.
    C3: a window fits. }];
  let call = "conv(x, kernel, stride: ints = 1, padding: padding = 0, dilation: ints = 1, groups: int = 1, layout: text = \"NCHW\")";
  let formula = "formulas::conv(ink, x, kernel, {stride, padding, dilation, layout}, groups)";
  let value = "reference::conv(x, kernel, {stride, padding, dilation, layout}, groups)";
  let sample = "x: 2x3x5, kernel: 4x3x2; x: 1x4x5x6, kernel: 2x2x3x2, stride: [2, 1], padding: [[1, 1], [0, 2]], groups: 2; x: 2x6x5x3, kernel: 4x3x2x3, padding: \"same\", stride: 2, layout: \"NHWC\"; x: 1x2x3x4x3, kernel: 2x1x2x2x2, dilation: [1, 2, 1], groups: 2, padding: 1";
}
def Graph_ConvTransposeOp : Composite<"conv_transpose", (ins Tensor:$x, Tensor:$kernel, Ints:$stride, Padding:$padding, Ints:$extra, Ints:$dilation, Int:$groups, Text:$layout)> {
  let summary = "the transpose of a convolution: each element of x lays the kernel, times itself, over the result";
  let description = [{ kernel is (channels in, channels out / groups, extents...). Along an axis the result has (n - 1) * stride - padding + dilation * (k - 1) + 1 +
    output_padding elements. C1 and C2 as for conv. C3: padding is no text and leaves something. }];
  let call = "conv_transpose(x, kernel, stride: ints = 1, padding: padding = 0, extra as output_padding: ints = 0, dilation: ints = 1, groups: int = 1, layout: text = \"NCHW\")";
  let formula = "formulas::convTranspose(ink, x, kernel, {stride, padding, dilation, layout}, extra, groups)";
  let value = "reference::convTranspose(x, kernel, {stride, padding, dilation, layout}, extra, groups)";
  let sample = "x: 2x3x5, kernel: 3x4x2; x: 1x4x3x3, kernel: 4x1x3x2, stride: [2, 1], padding: 1, output_padding: [1, 0], groups: 2; x: 1x4x3, kernel: 3x2x3, stride: 2, layout: \"NHWC\"";
}
def Graph_MaxPoolOp : Composite<"max_pool", (ins Tensor:$x, Ints:$size, Ints:$stride, Padding:$padding, Ints:$dilation, Text:$layout)> {
  let summary = "the largest element of each window";
  let description = [{ The extents, padding and layout are those of conv; the stride is the window's size where it is not given. Nothing outside of x counts. Equal largest elements
    share the derivative equally. C1: 1 to 3 axes. C2: a window fits, and meets an element of x. }];
  let types = Numbers;
  let call = "max_pool(x, size: ints, stride: ints = [], padding: padding = 0, dilation: ints = 1, layout: text = \"NCHW\")";
  let formula = "formulas::maxPool(ink, x, size, {stride, padding, dilation, layout})";
  let value = "reference::pool(x, size, {stride, padding, dilation, layout}, true, false)";
  let sample = "x: 2x3x6 apart, size: 2; x: 1x2x5x6 apart, size: [3, 2], stride: [2, 1], padding: [[1, 1], [0, 1]]; x: 1x5x5x2 apart, size: 3, padding: \"same\", stride: 2, layout: \"NHWC\"";
}
def Graph_AvgPoolOp : Composite<"avg_pool", (ins Tensor:$x, Ints:$size, Ints:$stride, Padding:$padding, Flag:$counts, Text:$layout)> {
  let complex = "parts";
  let summary = "the mean of each window";
  let description = [{ As max_pool; what is padded counts as zeros, or (count_include_pad: false) not at all. }];
  let call = "avg_pool(x, size: ints, stride: ints = [], padding: padding = 0, counts as count_include_pad: flag = true, layout: text = \"NCHW\")";
  let formula = "formulas::avgPool(ink, x, size, {stride, padding, {1}, layout}, counts)";
  let value = "reference::pool(x, size, {stride, padding, {1}, layout}, false, counts)";
  let sample = "x: 2x3x6, size: 2; x: 1x2x5x6, size: [3, 2], stride: [2, 1], padding: [[1, 1], [0, 1]]; x: 1x2x5x5, size: 3, padding: 1, stride: 2, count_include_pad: false";
}

} // source
} // windows

let group = "softmax family" in {

def Graph_BatchNormOp : Composite<"batch_norm", (ins Tensor:$x, Tensor:$mean, Tensor:$variance, Optional<Tensor>:$scale, Optional<Tensor>:$bias, Axis:$axis, Real:$eps), [AttrSizedOperandSegments]> {
  let summary = "(x - mean) / sqrt(var + eps) * scale + bias, with one of each for each channel";
  let description = [{ The channels are those of `axis`. The statistics are the caller's: those of the batch are mean(x, ...) and var(x, ...), through which derivatives go.
    C1: vectors of the axis' extent. }];
  let source = "torch.nn.functional";
  let call = "batch_norm(x, mean, variance as var, scale: tensor = none, bias: tensor = none, axis: axis = 1, eps: real = 1e-5)";
  let formula = "formulas::batchNorm(ink, x, mean, variance, scale, bias, axis, eps)";
  let value = "reference::batchNorm(x, mean, variance, scale, bias, axis, eps)";
  let sample = "x: 4x3, mean: 3, var: 3 in 0.5 .. 2, scale: 3, bias: 3; x: 2x3x4, mean: 4, var: 4 in 0.5 .. 2, axis: 2";
}
def Graph_GroupNormOp : Composite<"group_norm", (ins Tensor:$x, Optional<Tensor>:$scale, Optional<Tensor>:$bias, Int:$groups, Real:$eps), [AttrSizedOperandSegments]> {
  let summary = "each group of channels of each batch element brought to mean 0 and variance 1, then scaled and shifted by channel";
  let description = [{ x is (batch, channels, extents...). C1: groups divide the channels. C2: scale and bias are vectors of the channels. }];
  let source = "torch.nn.functional";
  let call = "group_norm(x, groups: int, scale: tensor = none, bias: tensor = none, eps: real = 1e-5)";
  let formula = "formulas::groupNorm(ink, x, groups, scale, bias, eps)";
  let value = "reference::groupNorm(x, groups, scale, bias, eps)";
  let sample = "x: 2x4x3, groups: 2, scale: 4, bias: 4; x: 3x6, groups: 3";
}

} // softmax family
