// References of complex numbers: parts, and factors of complex matrices by way of real ones of twice the
// size, whose eigenvalues and singular values stand twice.
#include "dialects/graph/TensorReference.h"
#include <complex>

using namespace mlir;

namespace tgc::graph::reference {

using Number = std::complex<long double>;

HostTensor complex(const HostTensor &re, const HostTensor &im) {
  HostTensor out(RankedTensorType::get(re.shape(), ComplexType::get(re.element())));
  for (int64_t at = 0; at < out.count(); ++at)
    out.setComplex(at, {re.get<double>(at), im.get<double>(at)});
  return out;
}

HostTensor part(const HostTensor &z, bool imaginary) {
  if (!z.isComplex()) return imaginary ? HostTensor(z.type()) : z;
  HostTensor out(realTypeOf(z.type()));
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, imaginary ? z.complexAt(at).imag() : z.complexAt(at).real());
  return out;
}

HostTensor angle(const HostTensor &x) {
  HostTensor out(x.type());
  for (int64_t at = 0; at < out.count(); ++at)
    out.set(at, std::arg(std::complex<double>(x.get<double>(at), 0.0)));
  return out;
}

namespace {

struct Extents {
  int64_t batches, m, n;
  explicit Extents(const HostTensor &x)
      : batches(countOf(x.shape().drop_back(3))), m(x.shape().drop_back(2).back()),
        n(x.shape().drop_back().back()) {}
};

Number elementAt(const HostTensor &x, int64_t k) { return {x.get<double>(2 * k), x.get<double>(2 * k + 1)}; }

/// Every number a + ib as [[a, -b], [b, a]]; of a square matrix the Hermitian part where that is asked for.
HostTensor embedded(const HostTensor &x, bool hermitian) {
  Extents of(x);
  SmallVector<int64_t> shape(x.shape().drop_back(3));
  shape.append({2 * of.m, 2 * of.n});
  HostTensor out(RankedTensorType::get(shape, x.element()));
  for (int64_t which = 0; which < of.batches; ++which)
    for (int64_t i = 0; i < of.m; ++i)
      for (int64_t j = 0; j < of.n; ++j) {
        Number z = elementAt(x, (which * of.m + i) * of.n + j);
        if (hermitian) z = (z + std::conj(elementAt(x, (which * of.m + j) * of.n + i))) * 0.5L;
        const double a = static_cast<double>(z.real()), b = static_cast<double>(z.imag());
        int64_t row = (which * 2 * of.m + 2 * i) * 2 * of.n + 2 * j;
        out.set(row, a), out.set(row + 1, -b);
        out.set(row + 2 * of.n, b), out.set(row + 2 * of.n + 1, a);
      }
  return out;
}

/// What makes the first large element of a vector positive.
Number phaseOf(ArrayRef<Number> x) {
  long double top = 0;
  for (Number z : x)
    top = std::max(top, std::abs(z));
  for (Number z : x)
    if (std::abs(z) >= 0.9L * top && top > 0) return std::conj(z) / std::abs(z);
  return 1;
}

void put(HostTensor &out, int64_t at, Number z) {
  out.set(at, static_cast<double>(z.real()));
  out.set(at + 1, static_cast<double>(z.imag()));
}

/// The complex vector of every second column (or, of v^T, row) of the real factor.
SmallVector<Number> vectorOf(const HostTensor &x, int64_t which, int64_t k, bool rows) {
  int64_t height = x.shape().drop_back().back(), width = x.shape().back();
  SmallVector<Number> out;
  for (int64_t i = 0; 2 * i < (rows ? width : height); ++i) {
    auto at = [&](int64_t place) {
      int64_t row = rows ? 2 * k : place, column = rows ? place : 2 * k;
      return static_cast<long double>(x.get<double>((which * height + row) * width + column));
    };
    out.emplace_back(at(2 * i), at(2 * i + 1));
  }
  return out;
}

} // namespace

HostTensor complexEigh(const HostTensor &x, RankedTensorType type) {
  Extents of(x);
  HostTensor out(type);
  HostTensors real = eigh(embedded(x, true), false);
  for (int64_t which = 0; which < of.batches; ++which)
    for (int64_t k = 0, n = of.n, base = which * (n + 2 * n * n); k < n; ++k) {
      out.set(base + k, real[0].get<double>(which * 2 * n + 2 * k));
      SmallVector<Number> vector = vectorOf(real[1], which, k, false);
      Number phase = phaseOf(vector);
      for (int64_t i = 0; i < n; ++i)
        put(out, base + n + 2 * (i * n + k), phase * vector[i]);
    }
  return out;
}

HostTensor complexSvd(const HostTensor &x, RankedTensorType type) {
  Extents of(x);
  int64_t m = of.m, n = of.n;
  HostTensor out(type);
  HostTensors real = svd(embedded(x, false));
  for (int64_t which = 0; which < of.batches; ++which)
    for (int64_t k = 0, base = which * (2 * m * n + n + 2 * n * n); k < n; ++k) {
      SmallVector<Number> u = vectorOf(real[0], which, k, false), v = vectorOf(real[2], which, k, true);
      Number phase = phaseOf(v);
      for (int64_t i = 0; i < m; ++i)
        put(out, base + 2 * (i * n + k), phase * u[i]);
      out.set(base + 2 * m * n + k, real[1].get<double>(which * 2 * n + 2 * k));
      for (int64_t j = 0; j < n; ++j)
        put(out, base + 2 * m * n + n + 2 * (k * n + j), std::conj(phase * v[j]));
    }
  return out;
}

// Columns are taken from columns, in long double.
HostTensor complexDeterminant(const HostTensor &x, RankedTensorType type) {
  Extents of(x);
  HostTensor out(type);
  for (int64_t which = 0, n = of.n; which < of.batches; ++which) {
    std::vector<Number> a;
    for (int64_t k = 0; k < n * n; ++k)
      a.push_back(elementAt(x, which * n * n + k));
    Number product = 1, direction = 1;
    long double logarithm = 0;
    for (int64_t k = 0; k < n; ++k) {
      int64_t best = k;
      for (int64_t j = k; j < n; ++j)
        if (std::abs(a[k * n + j]) > std::abs(a[k * n + best])) best = j;
      for (int64_t i = 0; i < n && best != k; ++i)
        std::swap(a[i * n + k], a[i * n + best]);
      Number pivot = a[k * n + k] * (best == k ? 1.0L : -1.0L);
      long double size = std::abs(pivot);
      product *= pivot;
      direction = size == 0 ? Number(0) : direction * (pivot / size);
      logarithm += std::log(size);
      if (size == 0) break;
      for (int64_t j = k + 1; j < n; ++j) {
        Number multiple = a[k * n + j] / a[k * n + k];
        for (int64_t i = k; i < n; ++i)
          a[i * n + j] -= multiple * a[i * n + k];
      }
    }
    put(out, which * 5, product);
    put(out, which * 5 + 2, direction);
    out.set(which * 5 + 4, static_cast<double>(logarithm));
  }
  return out;
}

double complexScale(const HostTensor &x, int64_t which) {
  HostTensor real = embedded(x, which == 1);
  return which == 0   ? std::max(detScale(real), logDetScale(real))
         : which == 1 ? eighScale(real, false, true, 2)
                      : svdScale(real, true, 2);
}

} // namespace tgc::graph::reference
