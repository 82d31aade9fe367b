// The part of a random graph that can be differentiated.
#pragma once
#include "tests/random/Graph.h"

namespace tgc::derivatives {

/// Keeps up to three results of a graph that depend on its f64 arguments through f64 alone (nothing on the
/// way is rounded to a narrower dtype or has no derivative by its row) and are made of at most `most` ops
/// that do; composites are expanded. False where there is none made of at least three.
bool keepSmoothPart(random::RandomGraph &graph, unsigned most, random::Random &random);

} // namespace tgc::derivatives
