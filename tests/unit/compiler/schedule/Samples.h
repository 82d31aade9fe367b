// Kernels in form linalg, written as text, and the comparison of an emitter with plain loops.
#pragma once
#include "tests/unit/compiler/schedule/Jit.h"

namespace tgc::testing {

struct Array {
  std::string type; // element type as MLIR writes it
  std::vector<int64_t> shape;
  int64_t count() const;
  int64_t bytes() const;
  std::string tensor() const;
};

struct Sample {
  std::string name, text;
  std::vector<Array> inputs, results;
  double tolerance = 0; // relative; 0 asks for equal bits
};

// (a + b) * a on arrays of one shape.
Sample pointwise(const std::string &type, const std::vector<int64_t> &shape);
// x * x * ... with `length` products: a body of that cost.
Sample chain(const std::string &type, const std::vector<int64_t> &shape, int length);
// x + table[map] for a result of `shape`.
Sample access(const std::string &type, const std::vector<int64_t> &shape, const std::vector<int64_t> &table,
              const std::string &map);
// x + table[nearest index to the result's own one minus `shift`, along every axis], read by tensor.extract.
Sample nearest(const std::string &type, const std::vector<int64_t> &shape, const std::vector<int64_t> &table,
               int64_t shift);
// `rows` rows, each several arrays of the given extents one after the other, plus x; read by tensor.extract.
Sample joined(const std::string &type, int64_t rows, const std::vector<int64_t> &extents);
// The text of an affine identity over `rank` dimensions, "(d0, d1) -> (d0, d1)".
std::string identity(size_t rank);
std::string parallels(size_t rank);
bool isFloat(const std::string &type);

// Combines the elements along `axes` by arith.`combiner`.
Sample reduction(const std::string &type, const std::string &combiner, const std::vector<int64_t> &shape,
                 const std::vector<int64_t> &axes);
// exp(x - max) / sum along the last or the first axis of a matrix; the sum is a second result.
Sample softmax(const std::string &type, const std::vector<int64_t> &shape, bool last);
// (x - mean) * (x - mean) / variance along an axis, with the mean as second result.
Sample moments(const std::string &type, const std::vector<int64_t> &shape, bool last);
// Value and place of the largest element along an axis.
Sample argmax(const std::string &type, const std::vector<int64_t> &shape, bool last);

// Small values that every type can hold, different at each place.
std::vector<char> fill(const Array &array, unsigned seed);
// Runs the kernel both ways on the same inputs and compares every result; also in three pieces in reverse
// order.
void compareWithLoops(const Sample &sample, const Emitter &emit);

} // namespace tgc::testing
