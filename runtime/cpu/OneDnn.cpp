// Large f32 products by oneDNN, the only file that knows it.
// oneDNN would start OpenMP's whole team by itself; threads are the caller's business (RunOptions), so it is
// held to the calling thread, and a kernel that wants more makes its panels items of a step.
#include "runtime/Calls.h"
#include <oneapi/dnnl/dnnl.h>

extern "C" {
int omp_get_max_threads(void);
void omp_set_num_threads(int count);
}

namespace {

/// The thread count is a property of the calling thread in OpenMP, so setting it back leaves nothing behind.
class OneThread {
public:
  OneThread() : before(omp_get_max_threads()) {
    if (before != 1) omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before != 1) omp_set_num_threads(before);
  }

private:
  int before;
};

struct Matrix {
  const float *data;
  std::int64_t stride;
  bool transposed;
  float at(std::int64_t row, std::int64_t column) const {
    return transposed ? data[column * stride + row] : data[row * stride + column];
  }
};

} // namespace

extern "C" void tgc_sgemm(std::int64_t transposeA, std::int64_t transposeB, std::int64_t m, std::int64_t n,
                          std::int64_t k, float alpha, const float *a, std::int64_t lda, const float *b,
                          std::int64_t ldb, float beta, float *c, std::int64_t ldc) {
  const OneThread held;
  if (dnnl_sgemm(transposeA ? 'T' : 'N', transposeB ? 'T' : 'N', m, n, k, alpha, a, lda, b, ldb, beta, c,
                 ldc) == dnnl_success)
    return;
  // oneDNN refuses some degenerate sizes and may run out of memory; generated code has no way to hear of it.
  const Matrix left{a, lda, transposeA != 0}, right{b, ldb, transposeB != 0};
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      float sum = 0;
      for (std::int64_t l = 0; l < k; ++l)
        sum += left.at(i, l) * right.at(l, j);
      float &out = c[i * ldc + j];
      out = beta == 0 ? alpha * sum : alpha * sum + beta * out;
    }
}
