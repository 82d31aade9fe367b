// `tgc doctor`: lanes, cores, caches, libraries, devices.
#include "compiler/schedule/Machine.h"
#include "tools/tgc/Commands.h"
#include <cstdio>
#include <dlfcn.h>

namespace tgc::tools {

// What stays loaded is no leak of what the library allocated for itself.
static bool opens(const char *library) {
  void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  if (handle) dlclose(handle);
  return handle != nullptr;
}

int doctorCommand(const CommandLine &, Console &console) {
  schedule::Machine machine = schedule::Machine::host();
  struct Library {
    const char *name, *file, *use;
  };
  const Library libraries[] = {{"oneDNN", "libdnnl.so.2", "referee of the benchmarks"},
                               {"libmvec", "libmvec.so.1", "vector functions without own code"},
                               {"CUDA driver", "libcuda.so.1", "devices (not used yet)"}};
  if (console.json) {
    std::printf("{\"version\": \"%s\", \"vector_bytes\": %d, \"cores\": %d, \"libraries\": {", TGC_VERSION,
                int(machine.vectorBytes), int(machine.cores));
    for (const Library &library : libraries)
      std::printf("%s\"%s\": %s", &library == libraries ? "" : ", ", library.name,
                  opens(library.file) ? "true" : "false");
    std::printf("}}\n");
    return Done;
  }
  std::printf("tgc %s\n  vectors  %d bytes: %d lanes of f32, %d of f64\n  cores    %d\n", TGC_VERSION,
              int(machine.vectorBytes), int(machine.vectorBytes / 4), int(machine.vectorBytes / 8),
              int(machine.cores));
  for (const Library &library : libraries)
    std::printf("  %-12s %s (%s)\n", library.name, opens(library.file) ? "found" : "not found", library.use);
  return Done;
}

} // namespace tgc::tools
