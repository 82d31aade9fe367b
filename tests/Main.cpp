// The entry point of every doctest binary.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

// Tests ask for more memory than there is and expect an error; AddressSanitizer would stop the process
// instead.
extern "C" const char *__asan_default_options() { return "allocator_may_return_null=1"; }
