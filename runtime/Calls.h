// What generated code may call, as declarations and as the JIT's symbol table. The rows are in Calls.def.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

extern "C" {
float tgc_lgammaf(float x);
double tgc_lgamma(double x);
/// Positions of a row's elements in ascending (or descending) order, equal ones in the order they stand; NaN
/// is after every number. `kind` is 'f', 'B' (bf16), 'i', 'u' or 'b', `bits` those in memory; `keys`, `order`
/// (i64) and `scratch` (4 * count words of 64 bits) are addresses, strides count elements. Cost: O(count) for
/// each byte of the keys that differs among them.
void tgc_argsort(std::int64_t kind, std::int64_t bits, std::int64_t keys, std::int64_t keyStride,
                 std::int64_t order, std::int64_t orderStride, std::int64_t scratch, std::int64_t count,
                 std::int64_t descending);
/// The first `wanted` of these positions; scratch holds 8 * wanted + 128 words. Cost: O(count) where few are
/// wanted, O(count log count) at most.
void tgc_top_places(std::int64_t kind, std::int64_t bits, std::int64_t keys, std::int64_t keyStride,
                    std::int64_t order, std::int64_t orderStride, std::int64_t scratch, std::int64_t count,
                    std::int64_t descending, std::int64_t wanted);
/// One n x n matrix, row-major, of f32 or f64 (`bits`), at addresses; m is the number of right-hand sides. A
/// step of 0 repeats the first number for all elements. Only the lower triangle is read by tgc_cholesky, the
/// named one by tgc_solve_triangular; scratch holds n * n numbers.
void tgc_cholesky(std::int64_t bits, std::int64_t from, std::int64_t step, std::int64_t to, std::int64_t n);
void tgc_solve_triangular(std::int64_t bits, std::int64_t a, std::int64_t stepA, std::int64_t b,
                          std::int64_t stepB, std::int64_t x, std::int64_t n, std::int64_t m,
                          std::int64_t lower, std::int64_t transposed, std::int64_t unit);
void tgc_solve(std::int64_t bits, std::int64_t a, std::int64_t stepA, std::int64_t b, std::int64_t stepB,
               std::int64_t x, std::int64_t scratch, std::int64_t n, std::int64_t m);
void tgc_determinant(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result,
                     std::int64_t scratch, std::int64_t n, std::int64_t what);
/// One m x n matrix with m >= n, or the symmetric n x n one with this lower triangle; steps as above. The
/// results lie one after the other: q (m, n) and r (n, n); values (n) and vectors (n, n; columns); u (m, n),
/// values (n) and v^T (n, n). scratch holds 2 m n, 2 n n, and 2 (m n + n n) numbers. Cost: O(m n n), O(n n
/// n), and O(m n n) with O(n n n) for each of some six sweeps of rotations.
void tgc_qr(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result, std::int64_t scratch,
            std::int64_t n, std::int64_t m);
void tgc_eigh(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result, std::int64_t scratch,
              std::int64_t n);
void tgc_svd(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result, std::int64_t scratch,
             std::int64_t n, std::int64_t m);
/// The same of complex matrices whose parts lie side by side (n x n; m x n with m >= n; the Hermitian part
/// for eigh), in numbers of one part: determinant, its direction and the logarithm of its size (5); values
/// (n) and vectors; u, values (n) and v^H. scratch holds 2 n n, 4 n n and 2 (m n + n n). Cost: O(n n n), for
/// the last two in each of some eight sweeps.
void tgc_complex_determinant(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result,
                             std::int64_t scratch, std::int64_t n);
void tgc_complex_eigh(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result,
                      std::int64_t scratch, std::int64_t n);
void tgc_complex_svd(std::int64_t bits, std::int64_t a, std::int64_t step, std::int64_t result,
                     std::int64_t scratch, std::int64_t n, std::int64_t m);

// What LLVM calls on processors without instructions for 16-bit floats; values travel in xmm registers like
// _Float16's.
#if defined(__x86_64__)
_Float16 tgc_truncsfhf2(float x);
_Float16 tgc_truncdfhf2(double x);
float tgc_extendhfsf2(_Float16 x);
_Float16 tgc_truncsfbf2(float x);
_Float16 tgc_truncdfbf2(double x);
#endif
}

namespace tgc {

/// The address of a function generated code names; nothing for a name that is no row, or that this machine's
/// C library lacks. Cost: a search of about a hundred names; libmvec's also a dlsym.
std::optional<void *> addressOf(std::string_view name);

/// A row as documentation: name, signature, what it may fail with.
struct CallRow {
  std::string_view name, signature, text;
};
/// All rows with an address of their own, then libmvec's with "*" for instruction set and lanes.
std::vector<CallRow> callRows();

} // namespace tgc
