// A function of the host's program that compiled code calls.
#pragma once

namespace tgc {

/// Called with the elements of every argument and result, dense and row-major (a bool is one byte, 0 or 1);
/// memory of any alignment, and results hold arbitrary bytes before. Gives nullptr, or what went wrong as
/// text that lasts until the next call: the run then ends with that error. It neither throws nor keeps the
/// pointers.
using ForeignFunction = const char *(*)(void *user, const void *const *arguments, void *const *results);

} // namespace tgc
