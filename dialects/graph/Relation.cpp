#include "dialects/graph/Relation.h"
#include <algorithm>
#include <numeric>
#include <tuple>

namespace tgc::graph {
namespace {

using Shape = std::vector<std::int64_t>;
using Span = std::span<const std::int64_t>;

bool hasElements(Span shape) { return std::ranges::find(shape, 0) == shape.end(); }

std::int64_t count(Span shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t(1), std::multiplies<>());
}

std::vector<std::int64_t> stridesOf(Span shape) {
  std::vector<std::int64_t> out(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;)
    out[axis - 1] = out[axis] * shape[axis];
  return out;
}

std::int64_t dot(Span a, Span b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), std::int64_t(0));
}

/// c with b = c * a, for steps; nothing where there is none.
std::optional<std::int64_t> ratio(Span a, Span b) {
  std::optional<std::int64_t> out;
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] == 0 && b[k] == 0) continue;
    if (a[k] == 0 || b[k] % a[k] != 0 || (out && *out != b[k] / a[k])) return std::nullopt;
    out = b[k] / a[k];
  }
  return out;
}

bool isZero(Span step) {
  return std::ranges::all_of(step, [](std::int64_t each) { return each == 0; });
}

/// Steps forwards, none twice, none that stands still, none that continues another; sorted.
void normalise(Lattice &lattice) {
  std::erase_if(lattice.loops, [](const Loop &loop) { return loop.extent == 1 || isZero(loop.step); });
  for (Loop &loop : lattice.loops) {
    auto first = std::ranges::find_if(loop.step, [](std::int64_t each) { return each != 0; });
    if (*first > 0) continue;
    for (std::size_t k = 0; k < loop.step.size(); ++k) {
      lattice.base[k] += loop.step[k] * (loop.extent - 1);
      loop.step[k] = -loop.step[k];
    }
  }
  std::ranges::sort(lattice.loops, {}, [](const Loop &loop) { return std::tie(loop.step, loop.extent); });
  for (std::size_t a = 0; a < lattice.loops.size(); ++a)
    for (std::size_t b = 0; b < lattice.loops.size(); ++b) {
      if (a == b) continue;
      auto factor = ratio(lattice.loops[a].step, lattice.loops[b].step);
      if (!factor || *factor < 1 || *factor > lattice.loops[a].extent) continue;
      lattice.loops[a].extent += *factor * (lattice.loops[b].extent - 1);
      lattice.loops.erase(lattice.loops.begin() + static_cast<std::ptrdiff_t>(b));
      return normalise(lattice);
    }
}

/// Makes `a` the union where that is one lattice again.
bool merge(Lattice &a, Lattice b) {
  if (b.loops.empty() && a.loops.size() == 1) b.loops.push_back({1, a.loops[0].step});
  if (a.loops.empty() && b.loops.size() == 1) a.loops.push_back({1, b.loops[0].step});
  bool comparable = a.loops.size() == b.loops.size();
  std::size_t differing = a.loops.size();
  Shape moved(a.base.size());
  std::ranges::transform(b.base, a.base, moved.begin(), std::minus<>());
  for (std::size_t l = 0; comparable && l < a.loops.size(); ++l) {
    comparable = a.loops[l].step == b.loops[l].step;
    if (a.loops[l].extent == b.loops[l].extent) continue;
    comparable &= differing == a.loops.size();
    differing = l;
  }
  std::int64_t shift = 0;
  if (comparable && !isZero(moved)) {
    for (std::size_t l = 0; l < a.loops.size(); ++l) {
      if (differing != a.loops.size() && differing != l) continue;
      auto factor = ratio(a.loops[l].step, moved);
      if (!factor) continue;
      differing = l, shift = *factor;
      break;
    }
    comparable = shift != 0;
  }
  if (comparable && differing != a.loops.size()) {
    std::int64_t first = a.loops[differing].extent, second = b.loops[differing].extent;
    comparable = shift <= first && shift + second >= 0;
    if (comparable) {
      std::int64_t low = std::min<std::int64_t>(shift, 0), high = std::max(first, shift + second);
      for (std::size_t k = 0; k < a.base.size(); ++k)
        a.base[k] += low * a.loops[differing].step[k];
      a.loops[differing].extent = high - low;
    }
  }
  std::erase_if(a.loops, [](const Loop &loop) { return loop.extent == 1; });
  return comparable;
}

std::int64_t countOf(const Lattice &lattice) {
  std::int64_t out = 1;
  for (const Loop &loop : lattice.loops)
    if (__builtin_mul_overflow(out, loop.extent, &out)) return std::int64_t(1) << 62;
  return out;
}

void enumerate(const Lattice &flat, Table &out) {
  std::vector<std::int64_t> at(flat.loops.size(), 0);
  std::int64_t row = flat.base[0], column = flat.base[1];
  for (;;) {
    out.emplace_back(row, column);
    std::size_t l = 0;
    for (; l < at.size(); ++l) {
      const Loop &loop = flat.loops[l];
      row += loop.step[0], column += loop.step[1];
      if (++at[l] < loop.extent) break;
      row -= loop.extent * loop.step[0], column -= loop.extent * loop.step[1];
      at[l] = 0;
    }
    if (l == at.size()) return;
  }
}

void sortUnique(Table &table) {
  std::ranges::sort(table);
  table.erase(std::ranges::unique(table).begin(), table.end());
}

/// The lattices of the product of two, added to `out`; false beyond the limit.
bool join(const Lattice &outer, const Lattice &inner, std::size_t rows, std::size_t between,
          std::size_t limit, std::vector<Lattice> &out) {
  Equations equations;
  for (const Lattice *side : {&outer, &inner})
    for (const Loop &loop : side->loops)
      equations.extents.push_back(loop.extent);
  auto row = [&](const Lattice &side, std::size_t coordinate, std::size_t firstVariable) {
    Equations::Row made{side.base[coordinate], std::vector<std::int64_t>(equations.extents.size(), 0)};
    for (std::size_t l = 0; l < side.loops.size(); ++l)
      made.factor[firstVariable + l] = side.loops[l].step[coordinate];
    return made;
  };
  for (std::size_t k = 0; k < rows; ++k)
    equations.outputs.push_back(row(outer, k, 0));
  for (std::size_t k = between; k < inner.base.size(); ++k)
    equations.outputs.push_back(row(inner, k, outer.loops.size()));
  for (std::size_t axis = 0; axis < between; ++axis) {
    auto equation = row(outer, rows + axis, 0), other = row(inner, axis, outer.loops.size());
    equation.constant -= other.constant;
    for (std::size_t v = 0; v < equation.factor.size(); ++v)
      equation.factor[v] -= other.factor[v];
    equations.zero.push_back(std::move(equation));
  }
  auto solved = solve(std::move(equations), limit);
  if (!solved) return false;
  out.insert(out.end(), solved->begin(), solved->end());
  return true;
}

std::optional<Table> joinTables(const Table &outer, const Table &inner, std::int64_t limit) {
  Table out;
  for (const auto &[row, between] : outer) {
    auto at = std::ranges::lower_bound(inner, between, {}, &Table::value_type::first);
    for (; at != inner.end() && at->first == between; ++at)
      out.emplace_back(row, at->second);
    if (static_cast<std::int64_t>(out.size()) > 2 * limit) {
      sortUnique(out);
      if (static_cast<std::int64_t>(out.size()) > limit) return std::nullopt;
    }
  }
  sortUnique(out);
  return out;
}

} // namespace

Relation::Relation(Shape result, Shape operand) : result_(std::move(result)), operand_(std::move(operand)) {}

Relation Relation::all(Shape result, Shape operand) {
  Relation out(std::move(result), std::move(operand));
  if (!hasElements(out.result_) || !hasElements(out.operand_)) return out;
  std::size_t rank = out.result_.size() + out.operand_.size();
  Lattice lattice{Shape(rank, 0), {}};
  for (std::size_t k = 0; k < rank; ++k) {
    Shape step(rank, 0);
    step[k] = 1;
    lattice.loops.push_back(
        {k < out.result_.size() ? out.result_[k] : out.operand_[k - out.result_.size()], step});
  }
  out.add(std::move(lattice));
  return out;
}

Relation Relation::same(const Shape &shape) {
  Relation out(shape, shape);
  if (!hasElements(shape)) return out;
  Lattice lattice{Shape(2 * shape.size(), 0), {}};
  for (std::size_t k = 0; k < shape.size(); ++k) {
    Shape step(2 * shape.size(), 0);
    step[k] = step[shape.size() + k] = 1;
    lattice.loops.push_back({shape[k], step});
  }
  out.add(std::move(lattice));
  return out;
}

/// The result's axes laid over one axis for each group: `groups` has the number of axes in each.
static Relation split(const Shape &shape, const std::vector<std::size_t> &groups) {
  Shape products;
  std::size_t axis = 0;
  for (std::size_t axes : groups) {
    products.push_back(count(Span(shape).subspan(axis, axes)));
    axis += axes;
  }
  std::size_t rank = shape.size() + products.size();
  Lattice lattice{Shape(rank, 0), {}};
  axis = 0;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    std::int64_t stride = products[group];
    for (std::size_t k = 0; k < groups[group]; ++k, ++axis) {
      stride /= shape[axis];
      Shape step(rank, 0);
      step[axis] = 1;
      step[shape.size() + group] = stride;
      lattice.loops.push_back({shape[axis], step});
    }
  }
  Relation out(shape, products);
  out.add(std::move(lattice));
  return out;
}

static Relation transposed(const Relation &relation) {
  Relation out(relation.operand(), relation.result());
  for (Lattice lattice : relation.lattices()) {
    auto swap = [&](Shape &x) {
      std::ranges::rotate(x, x.begin() + static_cast<std::ptrdiff_t>(relation.result().size()));
    };
    swap(lattice.base);
    for (Loop &loop : lattice.loops)
      swap(loop.step);
    out.add(std::move(lattice));
  }
  return out;
}

Relation Relation::renamed(const Shape &result, const Shape &operand) {
  if (!hasElements(result) || !hasElements(operand)) return Relation(result, operand);
  std::vector<std::size_t> ofResult, ofOperand;
  std::size_t i = 0, j = 0;
  while (i < result.size() || j < operand.size()) { // groups of axes with one product
    std::size_t fromI = i, fromJ = j;
    std::int64_t a = i < result.size() ? result[i++] : 1, b = j < operand.size() ? operand[j++] : 1;
    while (a != b)
      (a < b ? a : b) *= a < b ? result[i++] : operand[j++];
    ofResult.push_back(i - fromI);
    ofOperand.push_back(j - fromJ);
  }
  return compose(split(result, ofResult), transposed(split(operand, ofOperand)));
}

Relation Relation::listed(Shape result, Shape operand, Table pairs) {
  Relation out(std::move(result), std::move(operand));
  out.listed_ = true;
  out.pairs_ = std::move(pairs);
  sortUnique(out.pairs_);
  return out;
}

void Relation::add(Lattice lattice) {
  normalise(lattice);
  lattices_.push_back(std::move(lattice));
  simplify();
}

void Relation::add(const Relation &other) {
  if (listed_ || other.listed_) {
    auto own = table(RelationLimits().pairs), more = other.table(RelationLimits().pairs);
    if (!own || !more) return void(*this = all(result_, operand_));
    own->insert(own->end(), more->begin(), more->end());
    *this = listed(result_, operand_, std::move(*own));
    return;
  }
  lattices_.insert(lattices_.end(), other.lattices_.begin(), other.lattices_.end());
  simplify();
  give({});
}

void Relation::simplify() {
  std::int64_t whole = count(result_) * count(operand_); // an overflow only costs this shortcut
  for (const Lattice &lattice : lattices_)
    if (lattice.loops.size() > 1 && countOf(lattice) == whole && whole > 0) {
      lattices_ = {Lattice(lattice)};
      return;
    }
  std::ranges::sort(lattices_);
  lattices_.erase(std::ranges::unique(lattices_).begin(), lattices_.end());
  for (std::size_t a = 0; a < lattices_.size(); ++a)
    for (std::size_t b = a + 1; b < lattices_.size();) {
      if (!merge(lattices_[a], lattices_[b])) {
        ++b;
        continue;
      }
      lattices_.erase(lattices_.begin() + static_cast<std::ptrdiff_t>(b));
      b = a + 1;
    }
}

/// Too many lattices become a table, or everything.
void Relation::give(const RelationLimits &limits) {
  if (lattices_.size() <= limits.lattices) return;
  auto pairs = table(limits.pairs);
  *this = pairs ? listed(result_, operand_, std::move(*pairs)) : all(result_, operand_);
}

std::optional<Table> Relation::table(std::int64_t limit) const {
  if (listed_) return pairs_;
  Table out;
  for (const Lattice &lattice : lattices_) {
    std::int64_t more = countOf(lattice);
    if (more > limit || static_cast<std::int64_t>(out.size()) + more > limit) return std::nullopt;
    enumerate(flattened(lattice, result_, operand_), out);
  }
  sortUnique(out);
  return out;
}

Relation compose(const Relation &outer, const Relation &inner, const RelationLimits &limits) {
  Relation out(outer.result(), inner.operand());
  if (outer.empty() || inner.empty()) return out;
  bool tables = outer.isTable() || inner.isTable();
  for (std::size_t a = 0; !tables && a < outer.lattices().size(); ++a) {
    for (std::size_t b = 0; !tables && b < inner.lattices().size(); ++b)
      tables = !join(outer.lattices()[a], inner.lattices()[b], outer.result().size(), inner.result().size(),
                     limits.lattices, out.lattices_);
    if (tables || out.lattices_.size() <= 2 * limits.lattices) continue;
    std::ranges::for_each(out.lattices_, normalise);
    out.simplify();
    tables = out.lattices_.size() > limits.lattices;
  }
  if (!tables) {
    std::ranges::for_each(out.lattices_, normalise);
    out.simplify();
    out.give(limits);
    return out;
  }
  auto first = outer.table(limits.pairs), second = inner.table(limits.pairs);
  std::optional<Table> joined;
  if (first && second) joined = joinTables(*first, *second, limits.pairs);
  return joined ? Relation::listed(outer.result(), inner.operand(), std::move(*joined))
                : Relation::all(outer.result(), inner.operand());
}

Lattice flattened(const Lattice &lattice, Span result, Span operand) {
  auto rows = stridesOf(result), columns = stridesOf(operand);
  auto flat = [&](Span x) {
    return Shape{dot(x.first(rows.size()), rows), dot(x.subspan(rows.size()), columns)};
  };
  Lattice out{flat(lattice.base), {}};
  for (const Loop &loop : lattice.loops)
    out.loops.push_back({loop.extent, flat(loop.step)});
  normalise(out);
  return out;
}

} // namespace tgc::graph
