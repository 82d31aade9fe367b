// .npy images and files. A size named by the header is compared with the bytes there are before memory is
// asked for.
#include "tgc/Npy.h"
#include "runtime/NpyHeader.h"
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sys/stat.h>
#include <system_error>

namespace tgc {
namespace {

Error at(std::string_view name, Error error) {
  error.place.file = std::string(name);
  return error;
}

Error system(const std::string &path, const char *what, int code) {
  return at(path,
            Error{ErrorKind::Unavailable, std::string(what) + ": " + std::generic_category().message(code)});
}

Result<void> checkSize(const NpyHeader &header, std::uint64_t there) {
  const auto wanted = std::uint64_t(header.shape.sizeBytes(header.dtype));
  const std::string type = typeText(header.dtype, header.shape);
  if (there < wanted)
    return Error{ErrorKind::Invalid, "truncated .npy file: " + type + " needs " + std::to_string(wanted) +
                                         " bytes but " + std::to_string(there) + " follow the header"};
  if (there > wanted)
    return Error{ErrorKind::Invalid, "the .npy file goes on " + std::to_string(there - wanted) +
                                         " bytes after the " + std::to_string(wanted) + " of " + type};
  return {};
}

void swapBytes(void *data, std::int64_t elements, std::size_t size) {
  auto *bytes = static_cast<std::byte *>(data);
  for (std::int64_t i = 0; i < elements; ++i)
    std::reverse(bytes + i * std::int64_t(size), bytes + (i + 1) * std::int64_t(size));
}

/// From the file's layout, already in `raw`, to ours.
Result<Buffer> finish(Buffer raw, const NpyHeader &header) {
  if (header.otherByteOrder) {
    const DType part = realOf(header.dtype); // each half of a complex number on its own
    swapBytes(raw.data(), raw.sizeBytes() / std::int64_t(sizeBytes(part)), sizeBytes(part));
  }
  if (header.dtype == DType::boolean)
    for (std::uint8_t &value : raw.as<std::uint8_t>())
      value = value != 0;
  if (!header.fortranOrder || header.shape.rank() < 2) return raw;
  std::array<std::int64_t, maxRank> strides{};
  std::int64_t step = 1;
  for (int axis = 0; axis < header.shape.rank(); ++axis) {
    strides[axis] = step;
    step *= std::max<std::int64_t>(header.shape.extent(axis), 1);
  }
  return Buffer::copyOf(View(header.dtype, raw.data(), header.shape,
                             std::span(strides.data(), std::size_t(header.shape.rank()))));
}

using File = std::unique_ptr<std::FILE, int (*)(std::FILE *)>;

File open(const std::string &path, const char *mode) {
  return File(std::fopen(path.c_str(), mode), std::fclose);
}

/// Pipes tell no size, so memory grows with what arrives.
Result<Buffer> readStream(std::FILE *file, const std::string &path, std::optional<DType> wanted) {
  std::vector<std::byte> bytes;
  std::byte chunk[65536];
  while (const std::size_t got = std::fread(chunk, 1, sizeof chunk, file))
    bytes.insert(bytes.end(), chunk, chunk + got);
  if (std::ferror(file)) return system(path, "cannot read", errno);
  return readNpy(bytes, path, wanted);
}

} // namespace

Result<Buffer> readNpy(std::span<const std::byte> bytes, std::string_view name, std::optional<DType> wanted) {
  auto header = parseNpyHeader(bytes, wanted);
  if (!header) return at(name, header.error());
  if (auto checked = checkSize(*header, bytes.size() - header->dataOffset); !checked)
    return at(name, checked.error());
  auto raw = Buffer::make(header->dtype, header->shape);
  if (!raw) return at(name, raw.error());
  if (raw->sizeBytes() > 0)
    std::memcpy(raw->data(), bytes.data() + header->dataOffset, std::size_t(raw->sizeBytes()));
  return finish(std::move(*raw), *header);
}

Result<Buffer> readNpyFile(const std::string &path, std::optional<DType> wanted) {
  const File file = open(path, "rb");
  if (!file) return system(path, "cannot open", errno);
  struct stat status;
  if (fstat(fileno(file.get()), &status) != 0) return system(path, "cannot read", errno);
  if (S_ISDIR(status.st_mode)) return system(path, "cannot read", EISDIR);
  if (!S_ISREG(status.st_mode)) return readStream(file.get(), path, wanted);

  std::vector<std::byte> head(std::min<std::size_t>(std::size_t(status.st_size), maxNpyHeaderBytes + 12));
  head.resize(std::fread(head.data(), 1, head.size(), file.get()));
  auto header = parseNpyHeader(head, wanted);
  if (!header) return at(path, header.error());
  if (auto checked = checkSize(*header, std::uint64_t(status.st_size) - header->dataOffset); !checked)
    return at(path, checked.error());
  auto raw = Buffer::make(header->dtype, header->shape);
  if (!raw) return at(path, raw.error());
  const auto bytes = std::size_t(raw->sizeBytes());
  if (std::fseek(file.get(), long(header->dataOffset), SEEK_SET) != 0)
    return system(path, "cannot read", errno);
  if (std::fread(raw->data(), 1, bytes, file.get()) != bytes)
    return at(path, Error{ErrorKind::Unavailable, "cannot read: the file became shorter while it was read"});
  return finish(std::move(*raw), *header);
}

Result<std::vector<std::byte>> npyBytes(const View &view, NpyOrder order) {
  if (auto checked = view.checkMemory(); !checked) return checked.error();
  // Fortran order of a tensor is C order of the tensor with its axes reversed.
  View stored = view;
  if (order == NpyOrder::Fortran) {
    std::vector<std::int64_t> extents(view.extents().rbegin(), view.extents().rend());
    const std::vector<std::int64_t> strides(view.strides().rbegin(), view.strides().rend());
    stored = View(view.dtype(), view.data(), Shape(extents), strides);
  }
  const std::string head = npyHeaderText(view.dtype(), view.shape(), order == NpyOrder::Fortran);
  std::vector<std::byte> bytes(head.size() + std::size_t(view.sizeBytes()));
  std::memcpy(bytes.data(), head.data(), head.size());
  copyElements(stored, MutableView(view.dtype(), bytes.data() + head.size(), stored.shape()));
  return bytes;
}

Result<void> writeNpyFile(const std::string &path, const View &view, NpyOrder order) {
  auto bytes = npyBytes(view, order);
  if (!bytes) return at(path, bytes.error());
  File file = open(path, "wb");
  if (!file) return system(path, "cannot write", errno);
  errno = 0;
  bool written = std::fwrite(bytes->data(), 1, bytes->size(), file.get()) == bytes->size();
  written = std::fclose(file.release()) == 0 && written;
  if (written) return {};
  const int code = errno;
  struct stat status;
  if (stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode))
    std::remove(path.c_str()); // never a device or a pipe
  return system(path, "cannot write", code);
}

} // namespace tgc
