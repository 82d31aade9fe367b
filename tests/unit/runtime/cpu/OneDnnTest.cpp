#include "runtime/Calls.h"
#include <cstdio>
#include <doctest/doctest.h>
#include <vector>

extern "C" {
int omp_get_max_threads(void);
void omp_set_num_threads(int count);
}

namespace {

int threadCount() {
  std::FILE *file = std::fopen("/proc/self/status", "r");
  char line[256];
  int count = -1;
  while (file && std::fgets(line, sizeof line, file))
    if (std::sscanf(line, "Threads: %d", &count) == 1) break;
  if (file) std::fclose(file);
  return count;
}

void check(int m, int n, int k, bool turnA, bool turnB, float alpha, float beta) {
  std::vector<float> a(std::size_t(m * k)), b(std::size_t(k * n)), c(std::size_t(m * n)), wanted(c.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    a[i] = float(int(i * 7 % 11) - 5); // small integers: sums are exact
  for (std::size_t i = 0; i < b.size(); ++i)
    b[i] = float(int(i * 5 % 13) - 6);
  for (std::size_t i = 0; i < c.size(); ++i)
    c[i] = float(i % 3);
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j) {
      float sum = 0;
      for (int l = 0; l < k; ++l)
        sum += (turnA ? a[l * m + i] : a[i * k + l]) * (turnB ? b[j * k + l] : b[l * n + j]);
      wanted[i * n + j] = alpha * sum + beta * c[i * n + j];
    }
  tgc_sgemm(turnA, turnB, m, n, k, alpha, a.data(), turnA ? m : k, b.data(), turnB ? k : n, beta, c.data(),
            n);
  CHECK(c == wanted);
}

} // namespace

TEST_CASE("sgemm: row-major products in every transposition, exact on integers, without a thread") {
  // More threads than any pool of this process has: oneDNN, were it free to, would have to make them.
  const int allowed = omp_get_max_threads(), before = threadCount();
  omp_set_num_threads(before + 7);
  for (bool turnA : {false, true})
    for (bool turnB : {false, true}) {
      check(3, 5, 7, turnA, turnB, 1, 0);
      check(65, 33, 129, turnA, turnB, 2, 1);
      check(1, 1, 1, turnA, turnB, 1, -1);
      check(200, 190, 210, turnA, turnB, 1, 0);
    }
  check(4, 3, 0, false, false, 1, 2);
  CHECK(threadCount() <= before); // fewer when a thread that an earlier test joined was still leaving
  CHECK(omp_get_max_threads() == before + 7); // the host's setting is as it was
  omp_set_num_threads(allowed);
}
