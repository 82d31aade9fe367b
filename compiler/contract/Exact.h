// The best tree of a whole network, where that can be known.
#pragma once
#include "compiler/contract/Budget.h"
#include "compiler/contract/Window.h"

namespace tgc::contract {

struct ExactOptions {
  Pricing pricing;
  /// Subset pairs to look at before giving up.
  std::uint64_t budget = 400'000'000;
  Budget time;
  /// The capped search also joins subsets that share no index.
  bool outerProducts = false;
  /// Networks of at most so many operands are searched over every tree.
  std::uint32_t denseLeaves = WindowSolver::maxLeaves;
};

/// Up to `denseLeaves` operands: every tree, outer products included. Up to 63: every tree of connected
/// subsets, under a growing cap on the price (Pfeifer, Haegeman, Verstraete 2014), never beyond the price of
/// `known`. Nothing if the budget is spent or the network is larger or not connected.
std::optional<Tree> exactTree(const Problem &problem, const Tree &known, const ExactOptions &options);

/// The price of a tree in units of 2^pricing.scale.
double priceOf(const Problem &problem, const Tree &tree, const Pricing &pricing);

/// log2 of the price of a tree at its own scale.
double logPriceOf(const Problem &problem, const Tree &tree, Pricing pricing);

/// log2 of the dearest step, the scale searches are run at.
double scaleOf(const Problem &problem, const Tree &tree, const Pricing &pricing);

} // namespace tgc::contract
