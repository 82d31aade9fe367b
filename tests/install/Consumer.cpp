#include <cstdio>
#include <tgc/Buffer.h>
#include <tgc/Npy.h>
int main() {
  const double values[] = {1, 2, 3, 4};
  auto bytes = tgc::npyBytes(tgc::View(values, {2, 2}), tgc::NpyOrder::Fortran);
  if (!bytes) return std::puts(bytes.error().text().c_str()), 1;
  auto read = tgc::readNpy(*bytes, "memory.npy");
  if (!read) return std::puts(read.error().text().c_str()), 1;
  std::printf("%s %g\n", read->typeText().c_str(), read->as<double>()[1]);
  return read->as<double>()[1] == 2 ? 0 : 1;
}
