#include "tools/tgc/Measure.h"
#include <algorithm>
#include <chrono>

namespace tgc::tools {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

} // namespace

Result<std::vector<double>> stepSecondsOf(const Program &program, const std::vector<Buffer> &arguments,
                                          double budget) {
  std::vector<Buffer> own;
  std::vector<char *> bases;
  for (const Buffer &argument : arguments) // kernels read arguments and never write them
    bases.push_back(static_cast<char *>(const_cast<void *>(argument.data())));
  for (const Port &port : program.results()) {
    auto made = Buffer::make(port.dtype, port.shape);
    if (!made) return made.error();
    bases.push_back(static_cast<char *>(made->data()));
    own.push_back(std::move(*made));
  }
  auto arena = Buffer::make(u8, Shape{std::max<std::int64_t>(1, program.arenaBytes())});
  if (!arena) return arena.error();
  bases.push_back(static_cast<char *>(arena->data()));
  bases.push_back(nullptr);
  std::vector<void *> buffers;
  for (const Program::Slot &slot : program.slots()) {
    auto base = reinterpret_cast<std::uintptr_t>(bases[slot.base]);
    buffers.push_back(reinterpret_cast<void *>(base + slot.offsetBytes));
  }
  std::vector<std::vector<double>> samples(program.steps().size());
  Clock::time_point start = Clock::now();
  for (int round = 0; round < 4 || (round < 10000 && since(start) < budget); ++round)
    for (std::size_t k = 0; k < program.steps().size(); ++k) {
      const Step &step = program.steps()[k];
      Clock::time_point begin = Clock::now();
      step.kernel(0, step.items, buffers.data() + step.firstBuffer);
      if (round > 0) samples[k].push_back(since(begin)); // the first warms caches and pages
    }
  std::vector<double> medians;
  for (auto &list : samples) {
    std::nth_element(list.begin(), list.begin() + std::ptrdiff_t(list.size() / 2), list.end());
    medians.push_back(list[list.size() / 2]);
  }
  return medians;
}

} // namespace tgc::tools
