// Buffers as lists of numbers, and functions compiled to be called on them: what checks of derivatives run
// on.
#pragma once
#include "tgc/Buffer.h"
#include "tgc/Executable.h"
#include <random>

namespace tgc::detail {

using Buffers = std::vector<Buffer>;
/// The elements of some tensors.
using Reals = std::vector<std::vector<double>>;

/// Element `at` of a row-major tensor of any dtype; of a complex number its real part.
double realAt(const View &dense, std::int64_t at);
inline double realAt(const Buffer &buffer, std::int64_t at) { return realAt(buffer.view(), at); }
/// Rounds to the buffer's dtype, which is floating-point.
void setReal(Buffer &buffer, std::int64_t at, double value);
Reals realsOf(const Buffers &buffers);

/// Independent normal numbers.
Result<Buffer> randomLike(const Param &param, std::mt19937_64 &bits);
Result<Buffers> cloned(const Buffers &buffers);

/// A function ready to be called; one thread at a time.
class Evaluator {
public:
  static Result<Evaluator> make(const Function &f);
  /// Arguments are those of `first`, then of `second`.
  Result<Buffers> operator()(const Buffers &first, const Buffers &second = {}) const;

private:
  explicit Evaluator(Executable code) : code(std::move(code)) {}
  Executable code;
};

} // namespace tgc::detail
