// The public door of the planner. See tgc/Path.h.
#include "tgc/Path.h"
#include "compiler/contract/Path.h"
#include "dialects/graph/Indices.h"
#include <algorithm>

namespace tgc {

Result<PathNetwork> pathNetwork(std::string_view text, const std::vector<std::int64_t> &extents) {
  auto parsed = graph::parseEquation(text);
  if (auto *problem = std::get_if<graph::EquationError>(&parsed)) {
    Error error{ErrorKind::Invalid, "einsum: " + problem->message, {}, 1, {}};
    if (problem->column >= 0) error.place = {"", 1, std::uint32_t(problem->column) + 1};
    error.length = std::uint32_t(std::max<std::int64_t>(1, problem->length));
    return error;
  }
  auto &equation = std::get<graph::Equation>(parsed);
  if (equation.indexCount() != extents.size())
    return Error{ErrorKind::Invalid,
                 "einsum: the equation has " + std::to_string(equation.indexCount()) + " indices but " +
                     std::to_string(extents.size()) + " extents were given",
                 {},
                 1,
                 {}};
  return PathNetwork{std::move(equation.operands), std::move(equation.output), extents};
}

Result<Path> findPath(const PathNetwork &network, const PathOptions &options) {
  contract::SearchOptions search;
  search.objective = contract::Objective(options.objective);
  search.effort = contract::Effort(options.effort);
  search.seed = options.seed;
  search.rounds = options.rounds;
  search.maxSeconds = options.maxSeconds;
  search.memoryBytes = options.memoryBytes;
  search.roofline.bytesPerElement = std::max(1e-3, options.bytesPerElement);
  search.threads = options.threads;
  search.cancel = options.cancel;
  if (options.progress)
    search.progress = [&](const contract::Progress &progress) { options.progress(progress.log10Flops); };
  contract::SearchResult found;
  if (auto error = contract::findPath({network.inputs, network.output, network.extents, {}}, search, found))
    return Error{ErrorKind::Invalid, "path: " + *error, {}, 1, {}};
  if (!found.withinMemory)
    return Error{ErrorKind::Limit,
                 "path: no slicing found that fits in " + std::to_string(options.memoryBytes) + " bytes",
                 {},
                 1,
                 {}};
  Path path;
  path.steps = contract::toLinear(found.tree);
  path.log10Flops = std::max(0.0, found.figures.flops.log10());
  path.log2Largest = std::max(0.0, found.figures.largest.log2());
  path.predictedSeconds = found.figures.seconds;
  path.slices = found.slices.value();
  path.sliced = std::move(found.sliced);
  path.rounds = found.rounds;
  path.exact = found.exact;
  return path;
}

} // namespace tgc
