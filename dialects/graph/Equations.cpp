// Integer points of a box under linear equations, by elimination. An equation of two variables leaves one
// free; one of more gives up a variable of factor 1 where its bounds hold by themselves, after the few values
// of another variable where they do not were taken out; else the shortest variable is tried value by value.
#include "dialects/graph/Relation.h"
#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <tuple>

namespace tgc::graph {
namespace {

using Row = Equations::Row;

std::int64_t floorDiv(std::int64_t a, std::int64_t b) {
  std::int64_t q = a / b;
  return q - (a % b != 0 && (a < 0) != (b < 0));
}
std::int64_t ceilDiv(std::int64_t a, std::int64_t b) { return -floorDiv(-a, b); }

/// Smallest and largest value of the terms of `row`, without its constant.
struct Interval {
  std::int64_t low = 0, high = 0;
};

class Elimination {
public:
  Elimination(Equations start, std::size_t limit) : limit(limit) { open.push_back(std::move(start)); }

  std::optional<std::vector<Lattice>> run() {
    while (!open.empty()) {
      if (done.size() + open.size() > limit || ++visited > 64 * limit + 1024) return std::nullopt;
      now = std::move(open.back());
      open.pop_back();
      if (!reduce()) continue;
      if (now.zero.empty())
        done.push_back(finished());
      else if (!split())
        return std::nullopt;
    }
    return std::move(done);
  }

private:
  /// The variables of an equation that are not fixed.
  std::vector<std::size_t> variables(const Row &row) const {
    std::vector<std::size_t> out;
    for (std::size_t v = 0; v < now.extents.size(); ++v)
      if (row.factor[v] != 0 && now.extents[v] > 1) out.push_back(v);
    return out;
  }

  Interval range(const Row &row, std::size_t except1, std::size_t except2) const {
    Interval out;
    for (std::size_t v : variables(row)) {
      if (v == except1 || v == except2) continue;
      std::int64_t most = row.factor[v] * (now.extents[v] - 1);
      (most < 0 ? out.low : out.high) += most;
    }
    return out;
  }

  template <typename F> void everyRow(F change) {
    for (Row &row : now.zero)
      change(row);
    for (Row &row : now.outputs)
      change(row);
  }

  /// variable = constant + sum of factors: written into all rows; the variable is left with extent 1.
  void substitute(std::size_t variable, const Row &value) {
    everyRow([&](Row &row) {
      std::int64_t factor = row.factor[variable];
      if (factor == 0) return;
      row.factor[variable] = 0;
      row.constant += factor * value.constant;
      for (std::size_t v = 0; v < row.factor.size(); ++v)
        row.factor[v] += factor * value.factor[v];
    });
    now.extents[variable] = 1;
  }

  void fix(std::size_t variable, std::int64_t value) {
    everyRow([&](Row &row) {
      row.constant += row.factor[variable] * value;
      row.factor[variable] = 0;
    });
    now.extents[variable] = 1;
  }

  /// The variable takes first .. first + extent - 1 only.
  void restrict(std::size_t variable, std::int64_t first, std::int64_t extent) {
    everyRow([&](Row &row) { row.constant += row.factor[variable] * first; });
    now.extents[variable] = extent;
  }

  /// Solves every equation of at most two variables. False where there is no solution.
  bool reduce() {
    for (std::int64_t extent : now.extents)
      if (extent <= 0) return false;
    for (bool again = true; again;) {
      again = false;
      for (std::size_t e = 0; e < now.zero.size(); ++e) {
        auto which = variables(now.zero[e]);
        if (which.size() > 2) {
          if (!possible(now.zero[e], which)) return false;
          continue;
        }
        Row row = now.zero[e];
        now.zero.erase(now.zero.begin() + static_cast<std::ptrdiff_t>(e));
        if (which.empty() ? row.constant != 0 : which.size() == 1 ? !one(row, which[0]) : !two(row, which))
          return false;
        again = true;
        break;
      }
    }
    return true;
  }

  bool possible(const Row &row, const std::vector<std::size_t> &which) const {
    std::int64_t divisor = 0;
    for (std::size_t v : which)
      divisor = std::gcd(divisor, row.factor[v]);
    Interval all = range(row, now.extents.size(), now.extents.size());
    return row.constant % divisor == 0 && row.constant + all.low <= 0 && row.constant + all.high >= 0;
  }

  bool one(const Row &row, std::size_t v) {
    if (row.constant % row.factor[v] != 0) return false;
    std::int64_t value = -row.constant / row.factor[v];
    if (value < 0 || value >= now.extents[v]) return false;
    fix(v, value);
    return true;
  }

  // a u + b v + c = 0 with gcd(a, b) = 1: u = u0 + b t, v = v0 - a t.
  bool two(const Row &row, const std::vector<std::size_t> &which) {
    std::size_t u = which[0], v = which[1];
    std::int64_t a = row.factor[u], b = row.factor[v], c = row.constant, divisor = std::gcd(a, b);
    if (c % divisor != 0) return false;
    a /= divisor, b /= divisor, c /= divisor;
    std::int64_t size = std::abs(b), u0 = 0;
    if (size > 1) { // u0 = -c / a modulo |b|
      std::int64_t inverse = inverted(a, size), wanted = ((-c) % size + size) % size;
      u0 = static_cast<std::int64_t>(static_cast<__int128>(wanted) * inverse % size);
    }
    std::int64_t v0 = (-c - a * u0) / b;
    std::int64_t low = std::numeric_limits<std::int64_t>::min(), high = -(low + 1);
    auto within = [&](std::int64_t start, std::int64_t step, std::int64_t extent) {
      std::int64_t first = step > 0 ? ceilDiv(-start, step) : ceilDiv(extent - 1 - start, step),
                   last = step > 0 ? floorDiv(extent - 1 - start, step) : floorDiv(-start, step);
      low = std::max(low, first);
      high = std::min(high, last);
    };
    within(u0, b, now.extents[u]);
    within(v0, -a, now.extents[v]);
    if (low > high) return false;
    // u becomes the free variable t - low; v depends on it.
    Row ofV{v0 - a * low, std::vector<std::int64_t>(row.factor.size(), 0)};
    ofV.factor[u] = -a;
    std::int64_t first = u0 + b * low;
    everyRow([&](Row &each) {
      std::int64_t factorU = each.factor[u], factorV = each.factor[v];
      each.constant += factorU * first + factorV * ofV.constant;
      each.factor[u] = factorU * b - factorV * a;
      each.factor[v] = 0;
    });
    now.extents[u] = high - low + 1;
    now.extents[v] = 1;
    return true;
  }

  static std::int64_t inverted(std::int64_t a, std::int64_t modulus) {
    std::int64_t r0 = modulus, r1 = ((a % modulus) + modulus) % modulus, t0 = 0, t1 = 1;
    while (r1 != 0) {
      std::int64_t q = r0 / r1;
      std::tie(r0, r1) = std::pair(r1, r0 - q * r1);
      std::tie(t0, t1) = std::pair(t1, t0 - q * t1);
    }
    return ((t0 % modulus) + modulus) % modulus;
  }

  /// An equation of three variables or more. False where that needs too many cases.
  bool split() {
    for (std::size_t e = 0; e < now.zero.size(); ++e)
      for (std::size_t v : variables(now.zero[e]))
        if (std::abs(now.zero[e].factor[v]) == 1 && free(e, v)) return true;
    for (std::size_t e = 0; e < now.zero.size(); ++e)
      for (std::size_t v : variables(now.zero[e]))
        if (std::abs(now.zero[e].factor[v]) == 1 && free(e, v, largestBut(now.zero[e], v))) return true;
    return enumerate(shortest());
  }

  std::size_t largestBut(const Row &row, std::size_t v) const {
    std::size_t best = v;
    for (std::size_t w : variables(row))
      if (w != v && (best == v || std::abs(row.factor[w]) > std::abs(row.factor[best]))) best = w;
    return best;
  }

  std::size_t shortest() const {
    std::size_t best = now.extents.size();
    for (const Row &row : now.zero)
      for (std::size_t v : variables(row))
        if (best == now.extents.size() || now.extents[v] < now.extents[best]) best = v;
    return best;
  }

  void give(std::size_t e, std::size_t v) {
    Row value = now.zero[e];
    std::int64_t sign = -value.factor[v];
    value.factor[v] = 0;
    value.constant *= sign;
    for (std::int64_t &factor : value.factor)
      factor *= sign;
    now.zero.erase(now.zero.begin() + static_cast<std::ptrdiff_t>(e));
    substitute(v, value);
    open.push_back(std::move(now));
  }

  /// v follows from the others, whatever they are.
  bool free(std::size_t e, std::size_t v) {
    const Row &row = now.zero[e];
    Interval rest = range(row, v, v);
    std::int64_t low = row.constant + rest.low, high = row.constant + rest.high; // -factor * v
    if (row.factor[v] > 0) std::tie(low, high) = std::pair(-high, -low);
    if (low < 0 || high >= now.extents[v]) return false;
    give(e, v);
    return true;
  }

  /// The same for most values of w; the others are tried one by one.
  bool free(std::size_t e, std::size_t v, std::size_t w) {
    const Row &row = now.zero[e];
    Interval rest = range(row, v, w);
    // 0 <= sign * (constant + factor * w + rest) < extent, for all of rest or for some
    std::int64_t sign = -row.factor[v], step = sign * row.factor[w], from = sign * row.constant;
    std::int64_t low = sign > 0 ? rest.low : -rest.high, high = sign > 0 ? rest.high : -rest.low;
    auto values = [&](std::int64_t atLeast, std::int64_t atMost) { // of w with atLeast <= step * w <= atMost
      std::int64_t first = step > 0 ? ceilDiv(atLeast, step) : ceilDiv(atMost, step),
                   last = step > 0 ? floorDiv(atMost, step) : floorDiv(atLeast, step);
      return std::pair(std::max<std::int64_t>(first, 0), std::min(last, now.extents[w] - 1));
    };
    std::int64_t top = now.extents[v] - 1;
    auto [sure, sureEnd] = values(-from - low, top - from - high);
    auto [maybe, maybeEnd] = values(-from - high, top - from - low);
    if (sure > sureEnd || maybeEnd - maybe - (sureEnd - sure) > static_cast<std::int64_t>(limit))
      return false;
    Equations whole = now;
    for (std::int64_t value = maybe; value <= maybeEnd; ++value) {
      if (value == sure) value = sureEnd + 1;
      if (value > maybeEnd) break;
      now = whole;
      fix(w, value);
      open.push_back(std::move(now));
    }
    now = std::move(whole);
    restrict(w, sure, sureEnd - sure + 1);
    give(e, v);
    return true;
  }

  bool enumerate(std::size_t v) {
    std::int64_t extent = now.extents[v];
    if (extent > static_cast<std::int64_t>(limit)) return false;
    Equations whole = std::move(now);
    for (std::int64_t value = 0; value < extent; ++value) {
      now = whole;
      fix(v, value);
      open.push_back(std::move(now));
    }
    return true;
  }

  Lattice finished() const {
    Lattice out;
    for (const Row &row : now.outputs)
      out.base.push_back(row.constant);
    for (std::size_t v = 0; v < now.extents.size(); ++v) {
      if (now.extents[v] == 1) continue;
      Loop loop{now.extents[v], {}};
      for (const Row &row : now.outputs)
        loop.step.push_back(row.factor[v]);
      out.loops.push_back(std::move(loop));
    }
    return out;
  }

  std::size_t limit, visited = 0;
  Equations now;
  std::vector<Equations> open;
  std::vector<Lattice> done;
};

} // namespace

std::optional<std::vector<Lattice>> solve(Equations equations, std::size_t limit) {
  return Elimination(std::move(equations), limit).run();
}

} // namespace tgc::graph
