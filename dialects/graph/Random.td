// CATALOGUE: random numbers from explicit keys: each number is a function of the key and of its place, so it is the
// same on every machine and any number of threads. Formulas in Random.cpp, references in RandomReference.cpp.

let group = "random" in {

def Graph_ThreefryOp : Pointwise<"threefry", (ins Tensor:$k0, Tensor:$k1, Tensor:$c0, Tensor:$c1, Int:$word)> {
  let summary = "a word of Threefry-2x32 with 20 rounds of key (k0, k1) and counter (c0, c1)";
  let description = [{ J. Salmon and others, Parallel random numbers: as easy as 1, 2, 3 (2011). The low 32 bits of each operand count. }];
  let source = "jax.random";
  let types = Integers;
  let call = "threefry(k0, k1, c0, c1, word: int)";
  let internal = 1;
  let noDerivative = "its result is made of bits";
  let value = "reference::threefry(k0, k1, c0, c1, word)";  let emit = "threefryWord(k0, k1, c0, c1, word)";
  let sample = "k0: any, k1: any, c0: any, c1: any, word: 0; k0: any, k1: any, c0: any, c1: any, word: 1";
}

let types = Anything, source = "jax.random" in {

def Graph_RandomKeyOp : Composite<"random_key", (ins Int:$seed)> {
  let summary = "a key, u32[2]: the two halves of a seed";
  let dtypes = "a u32 key";
  let call = "random_key(seed: int)";
  let noDerivative = "its result is made of bits";
  let formula = "formulas::randomKey(ink, seed)";
  let value = "reference::randomKey(getContext(), seed)";
  let sample = "seed: 0; seed: -5; seed: 81985529216486895";
}
def Graph_SplitKeyOp : Composite<"split_key", (ins IntTensor:$key, Int:$count)> {
  let summary = "independent keys made from one, u32[count, 2]";
  let description = [{ The numbers are those of jax.random.split. A key is used once: what it was split into is used instead of it. C1: key is u32[2]. }];
  let dtypes = "a u32 key";
  let call = "split_key(key, count: int = 2)";
  let noDerivative = "its result is made of bits";
  let formula = "formulas::splitKey(ink, key, count)";
  let value = "reference::splitKey(key, count)";
  let sample = "key: u32 2 in any; key: u32 2 in any, count: 5";
}
def Graph_FoldInOp : Composite<"fold_in", (ins IntTensor:$key, IntTensor:$data)> {
  let summary = "a key made from a key and an integer, such as the number of a step";
  let description = [{ The low 32 bits of data count. C1: key is u32[2]. C2: data is a scalar. }];
  let dtypes = "a u32 key";
  let call = "fold_in(key, data)";
  let noDerivative = "its result is made of bits";
  let formula = "formulas::foldIn(ink, key, data)";
  let value = "reference::foldIn(key, data)";
  let sample = "key: u32 2 in any, data: u32 scalar in any; key: u32 2 in any, data: i64 scalar in any";
}
def Graph_RandomBitsOp : Composite<"random_bits", (ins IntTensor:$key, Ints:$shape, DTypeOf:$dtype)> {
  let summary = "independent random bits";
  let description = [{ The numbers are those of jax.random.bits. C1: key is u32[2]. C2: dtype is unsigned. C3: fewer than 2^32 elements. }];
  let dtypes = "u64 u32 u16 u8 results";
  let call = "random_bits(key, shape: shape, dtype: dtype = u32)";
  let noDerivative = "its result is made of bits";
  let formula = "formulas::randomBits(ink, key, shape, dtype)";
  let value = "reference::randomBits(key, shape, dtype)";
  let sample = "key: u32 2 in any, shape: [3, 4]; key: u32 2 in any, shape: [], dtype: u64; key: u32 2 in any, shape: [17], dtype: u8; key: u32 2 in any, shape: [2, 0, 3]";
}
def Graph_UniformOp : Composite<"uniform", (ins IntTensor:$key, Ints:$shape, Real:$least, Real:$most, DTypeOf:$dtype)> {
  let summary = "numbers of [min, max), all alike likely";
  let description = [{ The numbers are those of jax.random.uniform in f32 and f64. C1: key is u32[2]. C2: dtype is floating-point. }];
  let dtypes = "f64 f32 bf16 f16 results";
  let call = "uniform(key, shape: shape, least as min: real = 0, most as max: real = 1, dtype: dtype = f64)";
  let noDerivative = "its operand is made of bits";
  let formula = "formulas::uniform(ink, key, shape, least, most, dtype)";
  let value = "reference::uniform(key, shape, least, most, dtype)";
  let sample = "key: u32 2 in any, shape: [3, 4]; key: u32 2 in any, shape: [5], min: -2, max: 6, dtype: f32; key: u32 2 in any, shape: [9], dtype: bf16; key: u32 2 in any, shape: [9], dtype: f16";
}
def Graph_NormalOp : Composite<"normal", (ins IntTensor:$key, Ints:$shape, DTypeOf:$dtype)> {
  let summary = "numbers of the normal distribution with mean 0 and variance 1";
  let description = [{ The numbers are those of jax.random.normal in f32 and f64, to rounding. C1: key is u32[2]. C2: dtype is floating-point. }];
  let dtypes = "f64 f32 bf16 f16 results";
  let call = "normal(key, shape: shape, dtype: dtype = f64)";
  let noDerivative = "its operand is made of bits";
  let formula = "formulas::normal(ink, key, shape, dtype)";
  let value = "reference::normal(key, shape, dtype)";
  let sample = "key: u32 2 in any, shape: [3, 4]; key: u32 2 in any, shape: [40], dtype: f32; key: u32 2 in any, shape: [9], dtype: f16";
}
def Graph_TruncatedNormalOp : Composite<"truncated_normal", (ins IntTensor:$key, Real:$lower, Real:$upper, Ints:$shape, DTypeOf:$dtype)> {
  let summary = "numbers of the normal distribution, of those between two bounds";
  let description = [{ C1: key is u32[2]. C2: dtype is floating-point. C3: lower < upper. }];
  let dtypes = "f64 f32 bf16 f16 results";
  let call = "truncated_normal(key, lower: real, upper: real, shape: shape, dtype: dtype = f64)";
  let noDerivative = "its operand is made of bits";
  let formula = "formulas::truncatedNormal(ink, key, lower, upper, shape, dtype)";
  let value = "reference::truncatedNormal(key, lower, upper, shape, dtype)";
  let sample = "key: u32 2 in any, lower: -1, upper: 2, shape: [3, 4]; key: u32 2 in any, lower: 0, upper: 0.5, shape: [9], dtype: f32";
}
def Graph_GammaOp : Composite<"gamma", (ins IntTensor:$key, FloatTensor:$a, Ints:$shape, DTypeOf:$dtype)> {
  let summary = "numbers of the gamma distribution of shape a and scale 1";
  let description = [{ By the method of Marsaglia and Tsang with eight tries; not jax.random's numbers. Where a is not positive: NaN, or anything.
    C1: key is u32[2]. C2: a broadcasts to the shape. C3: dtype is floating-point. }];
  let dtypes = "f64 f32 bf16 f16 results";
  let call = "gamma(key, a, shape: shape, dtype: dtype = f64)";
  let noDerivative = "its derivative by a is that of an inverse incomplete gamma function, which is not there";
  let formula = "formulas::gamma(ink, key, a, shape, dtype)";
  let value = "reference::gamma(key, a, shape, dtype)";
  let sample = "key: u32 2 in any, a: f64 4 in 0.3 .. 3, shape: [3, 4]; key: u32 2 in any, a: f64 scalar in 1 .. 5, shape: [9]";
}
def Graph_BernoulliOp : Composite<"bernoulli", (ins IntTensor:$key, FloatTensor:$p, Ints:$shape)> {
  let summary = "true with probability p";
  let description = [{ C1: key is u32[2]. C2: p broadcasts to the shape. }];
  let dtypes = "f64 f32 bf16 f16 to bool";
  let call = "bernoulli(key, p, shape: shape)";
  let noDerivative = "its result is bool";
  let formula = "formulas::bernoulli(ink, key, p, shape)";
  let value = "reference::bernoulli(key, p, shape)";
  let sample = "key: u32 2 in any, p: f64 4 in 0 .. 1, shape: [3, 4]; key: u32 2 in any, p: f32 scalar in 0 .. 1, shape: [9]";
}
def Graph_CategoricalOp : Composite<"categorical", (ins IntTensor:$key, FloatTensor:$logits, Int:$axis, Ints:$shape)> {
  let summary = "positions along an axis, drawn with probabilities softmax(logits)";
  let description = [{ By the largest of logits + Gumbel noise. The shape stands in front of the extents of logits without the axis: independent draws.
    C1: key is u32[2]. C2: the axis has an element. }];
  let dtypes = "f64 f32 bf16 f16 to i64";
  let call = "categorical(key, logits, axis: int = -1, shape: shape = [])";
  let noDerivative = "its result counts positions";
  let formula = "formulas::categorical(ink, key, logits, axis, shape)";
  let value = "reference::categorical(key, logits, axis, shape)";
  let sample = "key: u32 2 in any, logits: f64 3x4; key: u32 2 in any, logits: f64 4, axis: 0, shape: [2, 3]; key: u32 2 in any, logits: f32 4x2, axis: 0";
}
def Graph_MultinomialOp : Composite<"multinomial", (ins IntTensor:$key, FloatTensor:$p, Int:$count)> {
  let summary = "how often each position of the last axis comes in a number of draws";
  let description = [{ p need not sum to 1. C1: key is u32[2]. C2: the axis has an element. }];
  let dtypes = "f64 f32 bf16 f16 to i64";
  let call = "multinomial(key, p, count: int)";
  let noDerivative = "its result is made of whole numbers";
  let formula = "formulas::multinomial(ink, key, p, count)";
  let value = "reference::multinomial(key, p, count)";
  let sample = "key: u32 2 in any, p: f64 4 in 0.1 .. 1, count: 20; key: u32 2 in any, p: f64 2x3 in 0.1 .. 1, count: 7";
}
def Graph_PermutationOp : Composite<"permutation", (ins IntTensor:$key, Tensor:$x, Axis:$axis)> {
  let summary = "the slices of x along an axis in random order";
  let description = [{ In the order of 64 random bits for each slice. C1: key is u32[2]. }];
  let call = "permutation(key, x, axis: int = 0)";
  let formula = "formulas::permutation(ink, key, x, axis)";
  let value = "reference::permutation(key, x, axis)";
  let sample = "key: u32 2 in any, x: 7; key: u32 2 in any, x: 3x4, axis: 1";
}
def Graph_DropoutOp : Composite<"dropout", (ins IntTensor:$key, Tensor:$x, Real:$rate)> {
  let summary = "x with elements set to zero with probability rate, the others divided by 1 - rate";
  let description = [{ C1: key is u32[2]. C2: 0 <= rate <= 1; at 1 nothing is left. }];
  let types = Floats;
  let call = "dropout(key, x, rate: real)";
  let formula = "formulas::dropout(ink, key, x, rate)";
  let value = "reference::dropout(key, x, rate)";
  let sample = "key: u32 2 in any, x: 7, rate: 0.25; key: u32 2 in any, x: 3x4, rate: 0.5";
}

} // types
} // random
