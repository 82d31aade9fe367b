// The .npy reader on arbitrary bytes: no crash, no over-read, and what is accepted survives a round trip.
#include "tgc/Npy.h"
#include <cstdlib>
#include <cstring>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  auto read = tgc::readNpy(bytes, "fuzz.npy", tgc::bf16);
  if (!read) {
    if (read.error().message.empty()) std::abort();
    return 0;
  }
  for (const auto order : {tgc::NpyOrder::C, tgc::NpyOrder::Fortran}) {
    auto written = tgc::npyBytes(*read, order);
    if (!written) std::abort();
    auto again = tgc::readNpy(*written, "again.npy", tgc::bf16);
    if (!again || again->dtype() != read->dtype() || !(again->shape() == read->shape())) std::abort();
    if (std::memcmp(again->data(), read->data(), std::size_t(read->sizeBytes())) != 0) std::abort();
  }
  return 0;
}
