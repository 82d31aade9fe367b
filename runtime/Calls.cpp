// The symbol table of generated code: nothing outside it can be called, so a kernel reaches the process
// through one page.
#include "runtime/Calls.h"
#include "tgc/DType.h"
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <dlfcn.h>
#include <math.h> // exp10, roundeven, lgamma_r: not in <cmath>
#include <span>
#include <string>

extern "C" {

float tgc_lgammaf(float x) {
  int sign;
  return lgammaf_r(x, &sign);
}

double tgc_lgamma(double x) {
  int sign;
  return lgamma_r(x, &sign);
}

#if defined(__x86_64__)
_Float16 tgc_truncsfhf2(float x) { return std::bit_cast<_Float16>(tgc::f16Of(x)); }
_Float16 tgc_truncdfhf2(double x) { return std::bit_cast<_Float16>(tgc::f16Of(x)); }
float tgc_extendhfsf2(_Float16 x) { return tgc::floatOfF16(std::bit_cast<std::uint16_t>(x)); }
_Float16 tgc_truncsfbf2(float x) { return std::bit_cast<_Float16>(tgc::bf16Of(x)); }
_Float16 tgc_truncdfbf2(double x) { return std::bit_cast<_Float16>(tgc::bf16Of(x)); }
#endif
}

namespace tgc {
namespace {

template <typename T, int Arity> struct MathFunction;
template <typename T> struct MathFunction<T, 1> {
  using type = T (*)(T);
};
template <typename T> struct MathFunction<T, 2> {
  using type = T (*)(T, T);
};
template <typename T> struct MathFunction<T, 3> {
  using type = T (*)(T, T, T);
};

struct Row {
  CallRow row;
  void *address;
};

constexpr std::string_view mathText = "the C library's; cannot fail";

/// The overload of <cmath> or <math.h> with the row's types.
template <typename Type> void *addressOfTyped(Type function) { return reinterpret_cast<void *>(function); }

constexpr std::string_view signatureOf(char type, int arity) {
  constexpr std::string_view f32[] = {"float(float)", "float(float, float)", "float(float, float, float)"};
  constexpr std::string_view f64[] = {"double(double)", "double(double, double)",
                                      "double(double, double, double)"};
  return (type == 'f' ? f32 : f64)[arity - 1];
}

/// Built on each call: the addresses of shared libraries are not constants, and a table kept would be state
/// of the process.
auto table() {
  return std::to_array<Row>({
#define TGC_MATH(name, arity)                                                                                \
  {{#name, signatureOf('d', arity), mathText}, addressOfTyped<MathFunction<double, arity>::type>(::name)},   \
      {{#name "f", signatureOf('f', arity), mathText},                                                       \
       addressOfTyped<MathFunction<float, arity>::type>(::name##f)},
#define TGC_CALL(name, result, parameters, text)                                                             \
  {{#name, #result #parameters, text}, addressOfTyped<result(*) parameters>(::name)},
#include "runtime/Calls.def"
#if defined(__x86_64__)
#define SOFT(name, signature, text) {{"__" #name, signature, text}, addressOfTyped(::tgc_##name)},
      SOFT(truncsfhf2, "f16(float)", "rounds to f16; cannot fail")
          SOFT(truncdfhf2, "f16(double)", "rounds once to f16; cannot fail")
              SOFT(extendhfsf2, "float(f16)", "exact; cannot fail")
                  SOFT(truncsfbf2, "bf16(float)", "rounds to bf16; cannot fail")
                      SOFT(truncdfbf2, "bf16(double)", "rounds once to bf16; cannot fail")
#undef SOFT
#endif
  });
}

struct VectorRow {
  std::string_view name;
  int arity;
};

constexpr VectorRow vectorRows[] = {
#define TGC_VECTOR_MATH(name, arity) {#name, arity},
#include "runtime/Calls.def"
};

/// Whether `name` is a libmvec name of a row: _ZGV, instruction set, N (no mask), lanes, one v for each
/// operand, _, name.
bool isVectorName(std::string_view name) {
  for (const VectorRow &row : vectorRows)
    for (const bool wide : {true, false})
      for (const char isa : {'b', 'c', 'd', 'e'}) {
        const int bytes = isa == 'b' ? 16 : isa == 'e' ? 64 : 32;
        std::string candidate = std::string("_ZGV") + isa + "N" + std::to_string(bytes / (wide ? 8 : 4));
        candidate.append(std::size_t(row.arity), 'v').append("_").append(row.name).append(wide ? "" : "f");
        if (candidate == name) return true;
      }
  return false;
}

std::optional<void *> vectorAddress(std::string_view name) {
#if defined(__x86_64__) && defined(__linux__)
  // The handle is left open on purpose: generated code keeps calling into the library.
  if (void *library = dlopen("libmvec.so.1", RTLD_LAZY | RTLD_LOCAL))
    if (void *address = dlsym(library, std::string(name).c_str())) return address;
#endif
  return std::nullopt;
}

} // namespace

std::optional<void *> addressOf(std::string_view name) {
  if (name.starts_with("_ZGV")) return isVectorName(name) ? vectorAddress(name) : std::nullopt;
  for (const Row &row : table())
    if (row.row.name == name) return row.address;
  return std::nullopt;
}

std::vector<CallRow> callRows() {
  std::vector<CallRow> rows;
  for (const Row &row : table())
    rows.push_back(row.row);
#define TGC_VECTOR_MATH(name, arity)                                                                         \
  rows.push_back({"_ZGV*_" #name "[f]", arity == 1 ? "vector(vector)" : "vector(vector, vector)",            \
                  "glibc's libmvec; cannot fail"});
#include "runtime/Calls.def"
  return rows;
}

} // namespace tgc
