// Outer and Kronecker products, trace and diagonal, each by einsum and by its own operation.
#include "Data.h"
#include <tgc/Tgc.h>

using namespace tgc;

int main() {
  Function both("both", {{"a", i64, {3}}, {"b", i64, {2}}, {"M", i64, {3, 3}}, {"N", i64, {2, 2}}},
                [](Expr a, Expr b, Expr M, Expr N) {
                  return std::vector<Expr>{all(einsum("i,j->ij", a, b) == outer(a, b)),
                                           all(reshape(einsum("ij,kl->ikjl", M, N), {6, 6}) == kron(M, N)),
                                           einsum("ii", M) == trace(M),
                                           all(einsum("ii->i", M) == diagonal(M))};
                });
  Executable code = example::need(compile(both));
  std::vector<std::int64_t> a{1, 2, 3}, b{4, 5}, M{1, 2, 3, 4, 5, 6, 7, 8, 9}, N{1, -1, 2, 0};
  bool same[4] = {};
  Workspace space(code);
  example::need(code.run({a, b, View(i64, M.data(), {3, 3}), View(i64, N.data(), {2, 2})},
                         {same[0], same[1], same[2], same[3]}, space));
  std::printf("outer %d, kron %d, trace %d, diagonal %d\n", same[0], same[1], same[2], same[3]);
  return same[0] && same[1] && same[2] && same[3] ? 0 : 1;
}
