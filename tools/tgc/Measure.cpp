#include "tools/tgc/Measure.h"
#include "runtime/Steps.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <sys/mman.h>

namespace tgc::tools {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// A line of the process's own status, in bytes; -1 where there is none.
std::int64_t statusBytes(const char *name) {
  std::FILE *file = std::fopen("/proc/self/status", "r");
  if (!file) return -1;
  char line[256];
  long long kilobytes = -1;
  while (std::fgets(line, sizeof line, file))
    if (std::strncmp(line, name, std::strlen(name)) == 0)
      std::sscanf(line + std::strlen(name), ": %lld", &kilobytes);
  std::fclose(file);
  return kilobytes < 0 ? -1 : kilobytes * 1024;
}

/// The most memory resident is counted from now on.
bool resetPeak() {
  std::FILE *file = std::fopen("/proc/self/clear_refs", "w");
  if (!file) return false;
  bool done = std::fputs("5", file) >= 0;
  return std::fclose(file) == 0 && done;
}

/// Pages of the smallest size, so that what becomes resident is what was written.
struct Scratch {
  explicit Scratch(std::size_t bytes) : bytes(bytes) {
    void *pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return;
    madvise(pages, bytes, MADV_NOHUGEPAGE);
    data = static_cast<char *>(pages);
  }
  ~Scratch() {
    if (data) munmap(data, bytes);
  }
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;
  char *data = nullptr;
  std::size_t bytes;
};

Result<void> runEach(const Call &call, std::byte **bases, std::vector<std::vector<double>> *samples) {
  std::span<const Step> steps = call.program.steps();
  for (std::size_t k = 0; k < steps.size(); ++k) {
    Clock::time_point begin = Clock::now();
    if (auto done = runSteps(call, steps.subspan(k, 1), bases); !done) return done;
    if (samples) (*samples)[k].push_back(since(begin));
  }
  return {};
}

} // namespace

Result<Measured> measure(const Program &program, const std::vector<Buffer> &arguments, double budget) {
  std::vector<Buffer> own;
  std::vector<std::byte *> bases;
  for (const Buffer &argument : arguments) // kernels read arguments and never write them
    bases.push_back(static_cast<std::byte *>(const_cast<void *>(argument.data())));
  for (const Port &port : program.results()) {
    auto made = Buffer::make(port.dtype, port.shape);
    if (!made) return made.error();
    std::memset(made->data(), 0, static_cast<std::size_t>(made->sizeBytes()));
    bases.push_back(static_cast<std::byte *>(made->data()));
    own.push_back(std::move(*made));
  }
  Measured measured;
  std::int64_t before = resetPeak() ? statusBytes("VmRSS") : -1;
  Scratch arena(static_cast<std::size_t>(std::max<std::int64_t>(1, program.arenaBytes())));
  if (!arena.data)
    return Error{
        ErrorKind::Limit, "no memory for " + std::to_string(arena.bytes) + " bytes of scratch", {}, 1, {}};
  bases.push_back(reinterpret_cast<std::byte *>(arena.data));
  bases.push_back(nullptr);
  std::vector<void *> buffers(program.mostBuffers());
  std::vector<std::byte *> nested(program.nestedPointers());
  const RunOptions alone{.threads = 1};
  const Call call{program, alone, buffers.data(), nested.data()};
  // The first run warms caches and pages; it is the one whose memory counts.
  if (auto done = runEach(call, bases.data(), nullptr); !done) return done.error();
  if (before >= 0) measured.peakBytes = std::max<std::int64_t>(0, statusBytes("VmHWM") - before);
  std::vector<std::vector<double>> samples(program.steps().size());
  Clock::time_point start = Clock::now();
  for (int round = 0; round < 3 || (round < 10000 && since(start) < budget); ++round)
    if (auto done = runEach(call, bases.data(), &samples); !done) return done.error();
  for (auto &list : samples) {
    std::nth_element(list.begin(), list.begin() + std::ptrdiff_t(list.size() / 2), list.end());
    measured.stepSeconds.push_back(list[list.size() / 2]);
  }
  return measured;
}

} // namespace tgc::tools
