// Which arguments a map kernel may write its results over.
#pragma once
#include "compiler/schedule/Elements.h"
#include "compiler/schedule/Kernel.h"

namespace tgc::schedule {

// Notes inputs whose every element is read only where a result of equal width is written. The results have
// one shape.
void findInPlace(Kernel &kernel, Elements &elements);

} // namespace tgc::schedule
