// Contractions that read a sparse matrix become products with its entries. The order is chosen here, step by
// step, because what a sparse matrix costs is the number of its entries and not its extents: of (A X) W and
// A (X W) the one with fewer multiplications.
#include "dialects/graph/Composite.h"
#include "dialects/graph/Indices.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/SparseMatrix.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace tgc::graph {
namespace {

using Letters = std::vector<Index>;

constexpr double entryWeight = 4;  ///< of a multiplication with an entry against one of a dense product
constexpr size_t mostOptional = 8; ///< operands whose every subset is looked at

bool has(const Letters &letters, Index letter) { return llvm::is_contained(letters, letter); }

/// A tensor in the estimate of costs: what it costs to go through is its size times its density.
struct Term {
  Letters letters;
  double density = 1;
};

/// A contraction while a step of it is chosen.
struct Problem {
  Equation equation;
  SmallVector<Value> tensors;
  std::vector<int64_t> extents;

  explicit Problem(ContractOp op) : tensors(op.getTensors()) {
    llvm::StringRef text = op.getEquation();
    equation = std::get<Equation>(parseEquation({text.data(), text.size()}));
    std::vector<std::vector<int64_t>> shapes;
    for (Value tensor : tensors)
      shapes.emplace_back(shapeOf(tensor).begin(), shapeOf(tensor).end());
    extents = std::get<Extents>(bindExtents(equation, shapes)).of;
  }
  const Letters &lettersOf(size_t k) const { return equation.operands[k]; }
  CooOp sparseAt(size_t k) const { return tensors[k].getDefiningOp<CooOp>(); }
  double product(const Letters &letters) const {
    double size = 1;
    for (Index letter : letters)
      size *= static_cast<double>(extents[letter]);
    return size;
  }
  Term term(size_t k) const {
    CooOp coo = sparseAt(k);
    if (!coo || product(lettersOf(k)) == 0) return {lettersOf(k), 1};
    auto last = lettersOf(k).end();
    double entries = static_cast<double>(shapeOf(coo.getRows()).back());
    return {lettersOf(k), std::min(1.0, entries / product({last[-2], last[-1]}))};
  }
  double cost(std::vector<Term> terms, const Letters &output) const;
};

Letters united(const Letters &a, const Letters &b) {
  Letters all = a;
  for (Index letter : b)
    if (!has(all, letter)) all.push_back(letter);
  return all;
}

// Multiplications of the cheapest pair first, again and again.
double Problem::cost(std::vector<Term> terms, const Letters &output) const {
  double total = 0;
  while (terms.size() > 1) {
    size_t left = 0, right = 1;
    double least = std::numeric_limits<double>::infinity();
    for (size_t i = 0; i < terms.size(); ++i)
      for (size_t j = i + 1; j < terms.size(); ++j) {
        double price =
            product(united(terms[i].letters, terms[j].letters)) * terms[i].density * terms[j].density;
        if (price < least) least = price, left = i, right = j;
      }
    Term made;
    for (Index letter : united(terms[left].letters, terms[right].letters)) {
      bool kept = has(output, letter);
      for (size_t k = 0; k < terms.size() && !kept; ++k)
        kept = k != left && k != right && has(terms[k].letters, letter);
      if (kept) made.letters.push_back(letter);
    }
    total += least;
    terms.erase(terms.begin() + static_cast<ptrdiff_t>(right));
    terms[left] = std::move(made);
  }
  return total;
}

/// One product with a sparse operand: what is contracted first with the letter it sums, and what is left.
struct Step {
  size_t sparse = 0;
  Index summed = 0, kept = 0;
  Letters batch, columns; ///< of the operand; of the dense side besides
  SmallVector<size_t> first, rest;
  double price = 0;
};

class Planner {
public:
  explicit Planner(const Problem &problem) : problem(problem) {}
  std::optional<Step> best() {
    for (size_t k = 0; k < problem.tensors.size(); ++k)
      if (problem.sparseAt(k)) lookAt(k);
    return found;
  }

private:
  void lookAt(size_t sparse);
  void lookAt(Step step);
  void price(Step step);
  const Problem &problem;
  std::optional<Step> found;
};

void Planner::lookAt(size_t sparse) {
  const Letters &letters = problem.lettersOf(sparse);
  Letters sorted = letters;
  llvm::sort(sorted);
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return; // a diagonal
  Step step;
  step.sparse = sparse;
  step.batch = Letters(letters.begin(), letters.end() - 2);
  Index row = letters[letters.size() - 2], column = letters.back();
  for (auto [summed, kept] : {std::pair(column, row), std::pair(row, column)}) {
    step.summed = summed, step.kept = kept;
    if (!has(problem.equation.output, summed)) lookAt(step);
  }
}

// What has the summed letter comes first; what has neither letter may come first or later.
void Planner::lookAt(Step step) {
  SmallVector<size_t> needed, optional;
  for (size_t k = 0; k < problem.tensors.size(); ++k) {
    if (k == step.sparse) continue;
    const Letters &letters = problem.lettersOf(k);
    if (has(letters, step.summed)) {
      if (has(letters, step.kept)) return;
      needed.push_back(k);
    } else if (has(letters, step.kept)) {
      step.rest.push_back(k);
    } else {
      optional.push_back(k);
    }
  }
  size_t subsets = needed.empty() ? 1 : optional.size() <= mostOptional ? size_t(1) << optional.size() : 2;
  for (size_t subset = 0; subset < subsets; ++subset) {
    Step one = step;
    one.first = needed;
    for (auto [at, k] : llvm::enumerate(optional)) {
      bool early = optional.size() <= mostOptional ? subset >> at & 1 : subset == 1;
      (early ? one.first : one.rest).push_back(k);
    }
    price(std::move(one));
  }
}

void Planner::price(Step step) {
  Letters needed = problem.equation.output;
  for (size_t k : step.rest)
    needed = united(needed, problem.lettersOf(k));
  std::vector<Term> first, rest;
  for (size_t k : step.first) {
    first.push_back(problem.term(k));
    for (Index letter : problem.lettersOf(k))
      if (letter != step.summed && has(needed, letter) && !has(step.batch, letter) &&
          !has(step.columns, letter))
        step.columns.push_back(letter);
  }
  for (size_t k : step.rest)
    rest.push_back(problem.term(k));
  Letters made = step.batch, wanted = step.columns;
  made.push_back(step.kept);
  wanted.push_back(step.summed);
  made = united(made, step.columns);
  rest.push_back({made, 1});
  double entries = static_cast<double>(shapeOf(problem.sparseAt(step.sparse).getRows()).back());
  bool transposed = step.kept == problem.lettersOf(step.sparse).back();
  step.price =
      problem.cost(first, united(wanted, step.batch)) +
      entries * problem.product(united(step.columns, step.batch)) * entryWeight * (transposed ? 1.5 : 1) +
      problem.cost(rest, problem.equation.output);
  if (!found || step.price < found->price) found = std::move(step);
}

/// Writes a step out.
class Writer {
public:
  Writer(const Problem &problem, const Step &step, Ink &ink)
      : problem(problem), step(step), ink(ink), coo(problem.sparseAt(step.sparse)) {}
  Sym write();

private:
  Sym denseSide();
  std::string text(const std::vector<Letters> &operands, const Letters &output) const {
    Equation equation = problem.equation;
    equation.operands = operands, equation.output = output;
    return printEquation(equation);
  }
  SmallVector<int64_t> extents(const Letters &letters) const {
    return llvm::map_to_vector(letters, [&](Index letter) { return problem.extents[letter]; });
  }
  const Problem &problem;
  const Step &step;
  Ink &ink;
  CooOp coo;
};

// The dense side as matrices: the summed letter by all others.
Sym Writer::denseSide() {
  int64_t inner = problem.extents[step.summed], width = countOf(extents(step.columns));
  if (step.first.empty()) return ink.full({inner, width}, elementOf(coo.getType()), 1);
  std::vector<Letters> operands;
  Syms tensors;
  bool batched = false;
  for (size_t k : step.first) {
    operands.push_back(problem.lettersOf(k));
    tensors.push_back(ink.sym(problem.tensors[k]));
    batched |= llvm::any_of(step.batch, [&](Index letter) { return has(operands.back(), letter); });
  }
  Letters output;
  SmallVector<int64_t> narrow, wide;
  for (Index letter : batched ? step.batch : Letters()) {
    bool known = llvm::any_of(operands, [&](const Letters &letters) { return has(letters, letter); });
    if (known) output.push_back(letter);
    wide.push_back(problem.extents[letter]);
    narrow.push_back(known ? wide.back() : 1);
  }
  output.push_back(step.summed);
  output.insert(output.end(), step.columns.begin(), step.columns.end());
  for (auto *shape : {&narrow, &wide})
    shape->append({inner, width});
  Sym x = contract(text(operands, output), tensors);
  if (!x) return x;
  x = reshape(x, narrow);
  return narrow == wide ? x : broadcast_to(x, wide);
}

Sym Writer::write() {
  Sym dense = denseSide(), rows = ink.sym(coo.getRows()), columns = ink.sym(coo.getColumns());
  if (!dense) return {};
  if (step.kept == problem.lettersOf(step.sparse).back()) std::swap(rows, columns);
  Sym made = coo_matmul(rows, columns, ink.sym(coo.getValues()), dense, problem.extents[step.kept]);
  if (!made) return {};
  Letters letters = step.batch;
  letters.push_back(step.kept);
  letters.insert(letters.end(), step.columns.begin(), step.columns.end());
  made = reshape(made, extents(letters));
  std::vector<Letters> operands;
  Syms tensors;
  for (size_t k : step.rest) {
    operands.push_back(problem.lettersOf(k));
    tensors.push_back(ink.sym(problem.tensors[k]));
  }
  operands.push_back(letters), tensors.push_back(made);
  return contract(text(operands, problem.equation.output), tensors);
}

// einsum("ij,jd,dk->ik", coo(...), x, w) = products with the entries, in the order that costs least
struct SparseProduct : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    if (llvm::none_of(op.getTensors(), [](Value x) { return bool(x.getDefiningOp<CooOp>()); }))
      return failure();
    Problem problem(op);
    auto step = Planner(problem).best();
    if (!step) return failure();
    Ink ink(rewriter, op.getLoc());
    Sym made = Writer(problem, *step, ink).write();
    if (!made || ink.failed()) return failure();
    rewriter.replaceOp(op, made.value());
    return success();
  }
};

// contract(coo(values), y, ...) where y has an element for each of the matrix = contract(coo(values * y),
// ...)
struct SparseByDense : OpRewritePattern<ContractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ContractOp op, PatternRewriter &rewriter) const override {
    Problem problem(op);
    for (size_t k = 0; k < problem.tensors.size(); ++k) {
      CooOp coo = problem.sparseAt(k);
      const Letters &letters = problem.lettersOf(k);
      if (!coo || letters.size() != 2 || letters[0] == letters[1]) continue;
      for (size_t other = 0; other < problem.tensors.size(); ++other) {
        const Letters &theirs = problem.lettersOf(other);
        bool same = theirs == letters, turned = theirs == Letters{letters[1], letters[0]};
        if (other == k || (!same && !turned)) continue;
        return rewrite(op, problem, k, other, turned, rewriter);
      }
    }
    return failure();
  }
  static LogicalResult rewrite(ContractOp op, Problem &problem, size_t k, size_t other, bool turned,
                               PatternRewriter &rewriter) {
    Ink ink(rewriter, op.getLoc());
    CooOp coo = problem.sparseAt(k);
    Sym rows = ink.sym(coo.getRows()), columns = ink.sym(coo.getColumns());
    Sym factor = formulas::entriesAt(ink, ink.sym(problem.tensors[other]), turned ? columns : rows,
                                     turned ? rows : columns);
    if (!factor) return failure();
    Sym values = ink.sym(coo.getValues());
    values = kindOf(values.element()) == 'b' ? values & factor : values * factor;
    problem.tensors[k] = graph::coo(rows, columns, values, coo.getShape()).value();
    problem.tensors.erase(problem.tensors.begin() + other);
    problem.equation.operands.erase(problem.equation.operands.begin() + static_cast<ptrdiff_t>(other));
    if (ink.failed()) return failure();
    rewriter.replaceOpWithNewOp<ContractOp>(op, op.getType(), problem.tensors,
                                            rewriter.getStringAttr(printEquation(problem.equation)));
    return success();
  }
};

} // namespace

void addSparsePlans(RewritePatternSet &patterns) {
  patterns.add<SparseByDense>(patterns.getContext(), /*benefit=*/3);
  patterns.add<SparseProduct>(patterns.getContext(), /*benefit=*/2);
}

} // namespace tgc::graph
