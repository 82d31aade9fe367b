// Branches and loops. Bodies are C++ functions that run once, on symbols; they may use any value around them.
// Loops stay loops in the compiled program: its size and the time to compile it do not depend on the number
// of steps.
//   Expr root = while_loop([&](Expr x) { return abs(x * x - a) > 1e-12; },
//                          [&](Expr x) { return (x + a / x) * 0.5; }, a);
// All of them differentiate in both modes and to any order, and nest with each other and with vmap.
#pragma once
#include "tgc/Expr.h"
#include <functional>
#include <span>

namespace tgc {

using Exprs = std::vector<Expr>;
using ExprSpan = std::span<const Expr>;

/// What reverse mode keeps of a loop of n steps. All: what the steps calculate and the way back reads.
/// Carries: the values that go round, of every step; the rest is calculated again. Sqrt, Log: about 2 sqrt(n)
/// and log2(n) of those; the others are made again by going forward from them (binomial checkpointing).
enum class LoopMemory { All, Carries, Sqrt, Log };

/// A step of a scan gives these; so does the scan, `stacked` with a leading axis.
struct Steps {
  Exprs carry, stacked;
};

struct ScanOptions {
  std::optional<std::int64_t> length = {}; ///< needed without xs
  bool reverse = false;                    ///< the last step first
  LoopMemory memory = LoopMemory::All;
};

/// For every step: `step(carry, x)` with `x` the parts of `xs` along their leading axis, which all have one
/// extent. Gives the last carry and what the steps stack.
/// Errors: Invalid where a step's carry has other types than `init`, leading extents differ, or nothing says
/// how many steps there are.
Steps scan(const std::function<Steps(ExprSpan carry, ExprSpan x)> &step, const Exprs &init,
           const Exprs &xs = {}, const ScanOptions &options = {}, Arg::Here here = Arg::Here::current());

/// `body(i, carry)` for i = lower .. upper - 1; `i` is an i64 scalar. Errors: as scan.
Exprs fori_loop(std::int64_t lower, std::int64_t upper,
                const std::function<Exprs(Expr i, ExprSpan carry)> &body, const Exprs &init,
                LoopMemory memory = LoopMemory::All, Arg::Here here = Arg::Here::current());
Expr fori_loop(std::int64_t lower, std::int64_t upper, const std::function<Expr(Expr i, Expr carry)> &body,
               const Expr &init, LoopMemory memory = LoopMemory::All, Arg::Here here = Arg::Here::current());

/// `body` again and again while `condition` gives true. Under vmap with conditions that differ all instances
/// go on until the last one is done; those that are done keep their values. Reverse mode counts the steps,
/// then goes back: `slots` carries are kept, the others are made again; with slots >= steps every one is
/// kept. Errors: Invalid where the condition is no bool scalar or the carry changes its types.
Exprs while_loop(const std::function<Expr(ExprSpan carry)> &condition,
                 const std::function<Exprs(ExprSpan carry)> &body, const Exprs &init, std::int64_t slots = 32,
                 Arg::Here here = Arg::Here::current());
Expr while_loop(const std::function<Expr(Expr carry)> &condition, const std::function<Expr(Expr carry)> &body,
                const Expr &init, std::int64_t slots = 32, Arg::Here here = Arg::Here::current());

/// `f` of every part of `xs` along their leading axis, one after the other: the memory of one, where vmap
/// takes that of all. Errors: as scan.
Exprs map(const std::function<Exprs(ExprSpan x)> &f, const Exprs &xs, LoopMemory memory = LoopMemory::All,
          Arg::Here here = Arg::Here::current());
Expr map(const std::function<Expr(Expr x)> &f, const Expr &xs, LoopMemory memory = LoopMemory::All,
         Arg::Here here = Arg::Here::current());

/// One of two; only the branch taken runs. Under vmap with a mapped predicate both run and `where` selects.
/// Errors: Invalid where the predicate is no bool scalar or the branches give different types.
Exprs cond(const Expr &predicate, const std::function<Exprs()> &then, const std::function<Exprs()> &otherwise,
           Arg::Here here = Arg::Here::current());
Expr cond(const Expr &predicate, const std::function<Expr()> &then, const std::function<Expr()> &otherwise,
          Arg::Here here = Arg::Here::current());

} // namespace tgc
