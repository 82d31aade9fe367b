// Owned and borrowed dense arrays.
#include "tgc/Buffer.h"
#include "runtime/Pages.h"
#include <cstdlib>
#include <cstring>

namespace tgc {

Result<Buffer> Buffer::make(DType dtype, const Shape &shape) {
  if (auto checked = shape.check(); !checked) return checked.error();
  const auto bytes = std::size_t(shape.sizeBytes(dtype));
  // A streaming kernel runs at half the speed on small pages, and first touching those costs five times more.
  const bool pages = bytes >= hugePageBytes;
  void *memory = pages ? takePages(bytes)
                       : std::aligned_alloc(64, (bytes + 64) / 64 * 64); // an empty array has an address too
  if (!memory)
    return Error{ErrorKind::Limit,
                 "no memory for " + tgc::typeText(dtype, shape) + " (" + std::to_string(bytes) + " bytes)"};
  return borrow(dtype, shape, memory, std::shared_ptr<void>(memory, [pages, bytes](void *held) {
                  pages ? givePages(held, bytes) : std::free(held);
                }));
}

Result<Buffer> Buffer::zeros(DType dtype, const Shape &shape) {
  auto buffer = make(dtype, shape);
  if (buffer) std::memset(buffer->data(), 0, std::size_t(buffer->sizeBytes()));
  return buffer;
}

Result<Buffer> Buffer::copyOf(const View &view) {
  if (auto checked = view.checkMemory(); !checked) return checked.error();
  auto buffer = make(view.dtype(), view.shape());
  if (buffer) copyElements(view, buffer->view());
  return buffer;
}

Buffer Buffer::borrow(DType dtype, const Shape &shape, void *data, std::shared_ptr<void> owner) {
  Buffer buffer;
  buffer.type = dtype;
  buffer.extents = shape;
  buffer.start = data;
  buffer.owner = std::move(owner);
  return buffer;
}

} // namespace tgc
