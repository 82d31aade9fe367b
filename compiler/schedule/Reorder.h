// Orders of the same steps that need less memory.
#pragma once
#include "compiler/schedule/Flow.h"

namespace tgc::schedule {

/// The order, out of a few, with the least bytes alive at once: the one given, greedy from the front and
/// greedy from the back. Time does not change. Cost: steps times the steps that could run next, at most
/// `mostWork`.
Flow reordered(const Flow &flow);

/// Steps that make a donated result wait for the last reader of the argument they write over, where nothing
/// needs them before.
Flow withDonationsLast(const Flow &flow);

} // namespace tgc::schedule
