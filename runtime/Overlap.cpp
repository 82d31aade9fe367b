// Few ports: compare every pair. Many: sort by address and sweep, so that a gradient of a thousand tensors
// stays cheap. Only where address ranges meet does it matter where the elements lie.
#include "runtime/Overlap.h"
#include "runtime/Interleave.h"
#include <algorithm>

namespace tgc {
namespace {

constexpr std::size_t fewPairs = 256; // below this the pairs are cheaper than the sort

std::string portName(const Program &program, std::size_t port) {
  const std::size_t arguments = program.arguments().size();
  if (port < arguments)
    return "argument " + std::to_string(port) + " (" + program.arguments()[port].name + ")";
  return "result " + std::to_string(port - arguments) + " (" + program.results()[port - arguments].name + ")";
}

Error overlap(const Program &program, const Interval &a, const Interval &b) {
  const std::size_t result = std::max(a.port, b.port),
                    other = std::min(a.port, b.port); // results follow arguments
  Error error{ErrorKind::Invalid, portName(program, result) + " shares memory with " +
                                      portName(program, other) + "; results need memory of their own"};
  for (const Donation &donation : program.donated())
    if (program.arguments().size() + donation.result == result)
      error.message += ", or exactly that of " + portName(program, donation.argument) + ", which is donated";
  return error;
}

/// An argument in exactly the memory of the result it is donated to is that result from here on.
void joinDonated(const Program &program, Interval *intervals) {
  for (const Donation &donation : program.donated()) {
    Interval &argument = intervals[donation.argument];
    const Interval &result = intervals[program.arguments().size() + donation.result];
    if (argument.begin == result.begin && argument.end == result.end) argument.end = argument.begin = 0;
  }
}

/// Whether two index vectors reach one element: with axes sorted by stride, each stride must clear what the
/// smaller ones span.
bool writesTwice(const MutableView &view) {
  if (view.dense() || view.elements() == 0) return false;
  std::array<std::pair<std::int64_t, std::int64_t>, maxRank> axes; // |stride|, extent
  int count = 0;
  for (int axis = 0; axis < view.rank(); ++axis)
    if (view.extent(axis) > 1) axes[count++] = {std::abs(view.strideElements(axis)), view.extent(axis)};
  std::sort(axes.begin(), axes.begin() + count);
  std::int64_t reach = 0;
  for (int i = 0; i < count; ++i) {
    if (axes[i].first <= reach) return true;
    reach += axes[i].first * (axes[i].second - 1);
  }
  return false;
}

struct Ports {
  std::span<const View> arguments;
  std::span<const MutableView> results;
  const View &operator[](std::size_t port) const {
    return port < arguments.size() ? arguments[port] : results[port - arguments.size()];
  }
};

bool meet(const Interval &a, const Interval &b, const Ports &ports) {
  return a.begin < b.end && b.begin < a.end && shareElements(ports[a.port], ports[b.port]);
}

Result<void> checkPairs(const Program &program, const Interval *intervals, const Ports &ports) {
  const std::size_t arguments = ports.arguments.size(), all = arguments + ports.results.size();
  for (std::size_t result = arguments; result < all; ++result)
    for (std::size_t other = 0; other < result; ++other)
      if (meet(intervals[result], intervals[other], ports)) [[unlikely]]
        return overlap(program, intervals[result], intervals[other]);
  return {};
}

/// Ranges meet: every pair of them, in the order of their addresses.
Result<void> checkMeeting(const Program &program, const Interval *intervals, const Interval *end,
                          const Ports &ports) {
  const std::size_t arguments = ports.arguments.size();
  for (const Interval *at = intervals; at != end; ++at)
    for (const Interval *next = at + 1; next != end && next->begin < at->end; ++next)
      if (std::max(at->port, next->port) >= arguments && meet(*at, *next, ports))
        return overlap(program, *at, *next);
  return {};
}

Result<void> sweep(const Program &program, Interval *intervals, const Ports &ports) {
  const std::size_t arguments = ports.arguments.size(), all = arguments + ports.results.size();
  Interval *end =
      std::remove_if(intervals, intervals + all, [](const Interval &i) { return i.begin == i.end; });
  std::sort(intervals, end, [](const Interval &a, const Interval &b) { return a.begin < b.begin; });
  const Interval *lastArgument = nullptr, *lastResult = nullptr; // whoever reaches furthest so far
  for (const Interval *at = intervals; at != end; ++at) {
    const bool isResult = at->port >= arguments;
    if ((lastResult && at->begin < lastResult->end) ||
        (isResult && lastArgument && at->begin < lastArgument->end)) [[unlikely]]
      return checkMeeting(program, intervals, end, ports);
    const Interval *&last = isResult ? lastResult : lastArgument;
    if (!last || at->end > last->end) last = at;
  }
  return {};
}

} // namespace

Result<void> checkOverlap(const Program &program, std::span<const View> arguments,
                          std::span<const MutableView> results, Interval *scratch) {
  std::size_t port = 0;
  const auto note = [&](const View &view) {
    const View::Span span = view.addresses();
    const bool empty = span.begin == span.end; // wherever it points, it shares nothing
    scratch[port] = {empty ? 0 : span.begin, empty ? 0 : span.end, port};
    ++port;
  };
  for (const View &view : arguments)
    note(view);
  for (const MutableView &view : results) {
    if (writesTwice(view)) [[unlikely]]
      return Error{ErrorKind::Invalid, portName(program, port) + " has strides that name one element twice"};
    note(view);
  }
  joinDonated(program, scratch);
  const Ports ports{arguments, results};
  return results.size() * port <= fewPairs ? checkPairs(program, scratch, ports)
                                           : sweep(program, scratch, ports);
}

} // namespace tgc
