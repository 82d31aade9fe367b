#include "compiler/Structure.h"
#include "dialects/graph/Ops.h"
#include "frontend/Maker.h"
#include "tgc/Einsum.h"
#include "tgc/Ops.h"
#include "tgc/Structured.h"
#include <algorithm>

namespace tgc {

using detail::Maker;

namespace {

CompressedFunction compress(const Function &f, const Wrt &wrt, const char *name, bool second,
                            Arg::Here here) {
  Maker maker(f, name, here);
  auto positions = maker.positions(wrt);
  if (second) detail::scalarFirst(maker);
  for (const Param &result : f.results())
    if (!second && !isFloat(result.dtype))
      maker.refuse("result " + result.name + " is " + std::string(nameOf(result.dtype)) +
                   "; only floating-point results have derivatives");
  std::optional<CompressedBlocks> made;
  if (!maker.failed()) {
    auto found = compressed({*maker.f.graph->module, maker.f.symbol, positions, second});
    if (found)
      made = std::move(*found);
    else
      maker.fail(found.error());
  }
  maker.begin();
  if (maker.failed()) return {maker.done(), {}, {}};
  auto results = writeCores(*made, maker.builder, *maker.f.graph->module, maker.function.getArguments());
  std::vector<Param> columns;
  for (int64_t position : positions)
    columns.push_back(maker.f.params[static_cast<std::size_t>(position)]);
  return {maker.end(results), std::move(made->blocks), std::move(columns)};
}

/// A tensor whose axes have letters.
struct Lettered {
  Expr tensor;
  std::string letters;
};

std::vector<std::int64_t> extentsOf(const UnitFactors &factors, const std::string &letters) {
  std::string dense = factors.letters();
  std::vector<std::int64_t> out;
  for (char letter : letters)
    out.push_back(factors.extents[dense.find(letter)]);
  return out;
}

/// x over other letters: those it lacks are repeated along, and where one stands twice there are zeros beside
/// the diagonal.
Expr spread(const Lettered &x, const std::string &letters, const UnitFactors &factors) {
  std::string once, own;
  for (char letter : letters)
    if (once.find(letter) == std::string::npos) once += letter;
  for (char letter : once)
    if (x.letters.find(letter) != std::string::npos) own += letter;
  Expr out = x.letters == own ? x.tensor : einsum(x.letters + "->" + own, x.tensor);
  std::vector<std::int64_t> ones;
  std::string seen;
  for (char letter : letters) {
    bool first = seen.find(letter) == std::string::npos;
    bool has = first && own.find(letter) != std::string::npos;
    ones.push_back(has ? extentsOf(factors, {letter})[0] : 1);
    seen += letter;
  }
  auto extents = extentsOf(factors, letters);
  out = broadcast_to(reshape(out, ones), extents);
  for (std::size_t axis = 0; axis < letters.size(); ++axis) {
    std::size_t first = letters.find(letters[axis]);
    if (first == axis) continue;
    auto at = [&](std::size_t along) { return iota(extents, static_cast<std::int64_t>(along)); };
    out = where(equal(at(first), at(axis)), out, 0.0);
  }
  return out;
}

Function failedFunction(const CompressedFunction &derivative, std::string message, Arg::Here here) {
  auto state = std::make_shared<detail::FunctionState>(*derivative.cores.state);
  if (!state->error)
    state->error =
        Error{ErrorKind::Invalid, std::move(message), {here.file_name(), here.line(), here.column()}};
  return Function(std::shared_ptr<const detail::FunctionState>(state));
}

std::vector<Arg> argumentsOf(std::span<const Expr> all, std::size_t count) {
  std::vector<Arg> out;
  for (std::size_t k = 0; k < count; ++k)
    out.push_back(all[k]);
  return out;
}

/// The letters of a block, apart: what ties rows and columns, and the others of each.
struct Sides {
  std::string rows, columns, tied, freeRows, freeColumns;
  bool square = true;

  explicit Sides(const UnitFactors &factors) {
    std::string all = factors.letters();
    rows = all.substr(0, factors.rows);
    columns = all.substr(factors.rows);
    for (char letter : rows)
      (columns.find(letter) != std::string::npos ? tied : freeRows) += letter;
    for (char letter : columns)
      if (rows.find(letter) == std::string::npos) freeColumns += letter;
    auto repeats = [](std::string letters) {
      std::ranges::sort(letters);
      return std::ranges::adjacent_find(letters) != letters.end();
    };
    square = !repeats(rows) && !repeats(columns) && size(factors, freeRows) == size(factors, freeColumns);
  }
  static std::int64_t size(const UnitFactors &factors, const std::string &letters) {
    std::int64_t out = 1;
    for (std::int64_t extent : extentsOf(factors, letters))
      out *= extent;
    return out;
  }
};

/// x with core x = b: a batch of what the core has of the tied letters, the other tied ones are right sides.
Expr solution(const UnitFactors &factors, const Expr &core, const Expr &b) {
  Sides sides(factors);
  std::string own = factors.coreLetters(), batch, rights;
  for (char letter : sides.tied)
    (own.find(letter) != std::string::npos ? batch : rights) += letter;
  std::int64_t size = Sides::size(factors, sides.freeRows), right = Sides::size(factors, rights);
  auto shape = [&](std::vector<std::int64_t> last) {
    auto out = extentsOf(factors, batch);
    out.insert(out.end(), last.begin(), last.end());
    return out;
  };
  std::string from = batch + sides.freeRows + rights, to = batch + sides.freeColumns + rights;
  Expr matrices =
      reshape(spread({core, own}, batch + sides.freeRows + sides.freeColumns, factors), shape({size, size}));
  Expr given = reshape(einsum(sides.rows + "->" + from, b), shape({size, right}));
  Expr found = size == 1 ? given / matrices : solve(matrices, given);
  return einsum(to + "->" + sides.columns, reshape(found, extentsOf(factors, to)));
}

} // namespace

CompressedFunction compressed_jacobian(const Function &f, const Wrt &wrt, Arg::Here here) {
  return compress(f, wrt, "compressed_jacobian", false, here);
}
CompressedFunction compressed_hessian(const Function &f, const Wrt &wrt, Arg::Here here) {
  return compress(f, wrt, "compressed_hessian", true, here);
}

Function expanded(const CompressedFunction &derivative) {
  if (derivative.cores.error()) return derivative.cores;
  const auto &params = derivative.cores.params();
  return Function("expanded(" + derivative.cores.name() + ")", params, [&](std::span<const Expr> x) {
    auto cores = derivative.cores(argumentsOf(x, params.size()));
    Results out;
    for (std::size_t k = 0; k < cores.size(); ++k) {
      const UnitFactors &factors = derivative.blocks[k];
      out.emplace_back("out" + std::to_string(k),
                       spread({cores[k], factors.coreLetters()}, factors.letters(), factors));
    }
    return out;
  });
}

Function times(const CompressedFunction &derivative) {
  if (derivative.cores.error()) return derivative.cores;
  auto params = derivative.cores.params();
  std::size_t count = params.size(), columns = derivative.columns.size();
  for (const Param &column : derivative.columns)
    params.push_back({"v_" + column.name, column.dtype, column.extents});
  return Function("times(" + derivative.cores.name() + ")", params, [&](std::span<const Expr> x) {
    auto cores = derivative.cores(argumentsOf(x, count));
    Results out;
    for (std::size_t first = 0; first < cores.size(); first += columns) {
      std::optional<Expr> sum;
      for (std::size_t k = first; k < first + columns; ++k) {
        const UnitFactors &factors = derivative.blocks[k];
        std::string all = factors.letters(), rows = all.substr(0, factors.rows),
                    columnLetters = all.substr(factors.rows), own = factors.coreLetters(), known;
        for (char letter : rows)
          if (known.find(letter) == std::string::npos &&
              (own + columnLetters).find(letter) != std::string::npos)
            known += letter;
        Expr part = einsum(own + "," + columnLetters + "->" + known, cores[k], x[count + k - first]);
        part = spread({part, known}, rows, factors);
        sum = sum ? *sum + part : part;
      }
      out.emplace_back("out" + std::to_string(out.size()), *sum);
    }
    return out;
  });
}

Function solved(const CompressedFunction &derivative, Arg::Here here) {
  if (derivative.cores.error()) return derivative.cores;
  if (derivative.blocks.size() != 1)
    return failedFunction(derivative,
                          "solved: " + std::to_string(derivative.blocks.size()) +
                              " blocks; it takes a derivative of one block",
                          here);
  const UnitFactors &factors = derivative.blocks[0];
  if (!Sides(factors).square)
    return failedFunction(derivative, "solved: " + factors.text() + " is not square", here);
  auto params = derivative.cores.params();
  std::size_t count = params.size();
  params.push_back(
      {"b", derivative.cores.results()[0].dtype,
       Ints(factors.extents.begin(), factors.extents.begin() + static_cast<std::ptrdiff_t>(factors.rows))});
  return Function("solved(" + derivative.cores.name() + ")", params, [&](std::span<const Expr> x) {
    return solution(factors, derivative.cores(argumentsOf(x, count))[0], x[count]);
  });
}

} // namespace tgc
