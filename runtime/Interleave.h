// Whether two strided tensors have an element in common, also where one lies in the gaps of the other.
#pragma once
#include "tgc/View.h"

namespace tgc {

/// False only if no byte belongs to an element of each. Exact unless the strides are so entangled that the
/// search would take long (thousands of steps) or leave the address space; then true. Allocates nothing.
bool shareElements(const View &a, const View &b);

} // namespace tgc
