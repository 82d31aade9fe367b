// Import checks everything that is not a pointer's truth: that the memory is there is the giver's word.
#include "tgc/DLPack.h"
#include <algorithm>
#include <bit>
#include <new>

namespace tgc {
namespace {

using namespace dlpack;

// The sizes and offsets other libraries were compiled with (64-bit machines).
static_assert(sizeof(Tensor) == 48 && offsetof(Tensor, byte_offset) == 40);
static_assert(offsetof(ManagedTensorVersioned, dl_tensor) == 32 && offsetof(ManagedTensor, deleter) == 56);

struct Named {
  TypeCode code;
  int bits;
};

Named codeOf(DType dtype) {
  const int bits = int(sizeBytes(dtype)) * 8;
  if (dtype == DType::bf16) return {kBfloat, bits};
  switch (kindOf(dtype)) {
  case 'f':
    return {kFloat, bits};
  case 'i':
    return {kInt, bits};
  case 'u':
    return {kUInt, bits};
  case 'c':
    return {kComplex, bits};
  default:
    return {kBool, bits};
  }
}

Error unsupported(std::string message) {
  return Error{ErrorKind::Unsupported, "DLPack tensor: " + std::move(message)};
}
Error invalid(std::string message) {
  return Error{ErrorKind::Invalid, "DLPack tensor: " + std::move(message)};
}

Result<DType> dtypeOfCode(const DataType &type) {
  if (type.lanes != 1)
    return unsupported("elements have " + std::to_string(type.lanes) + " lanes but tgc's have 1");
  for (int i = 0; i < dtypeCount; ++i)
    if (const Named named = codeOf(DType(i)); named.code == type.code && named.bits == type.bits)
      return DType(i);
  static constexpr const char *codes[] = {"int",    "uint",    "float", "opaque handle",
                                          "bfloat", "complex", "bool"};
  const std::string code =
      type.code < std::size(codes) ? codes[type.code] : "code " + std::to_string(type.code);
  return unsupported("elements of " + code + " with " + std::to_string(type.bits) +
                     " bits are no element type of tgc");
}

Result<View> viewOf(const Tensor &tensor) {
  // Host memory pinned by CUDA is host memory.
  if (tensor.device.device_type != kCPU && tensor.device.device_type != kCUDAHost)
    return unsupported("it lies on device type " + std::to_string(tensor.device.device_type) +
                       (tensor.device.device_type == kCUDA ? " (CUDA)" : "") + " but the CPU (1) is needed");
  if (tensor.ndim < 0) return invalid("rank " + std::to_string(tensor.ndim) + " is below 0");
  if (tensor.ndim > maxRank)
    return Error{ErrorKind::Limit, "DLPack tensor: rank " + std::to_string(tensor.ndim) +
                                       " is over the limit of " + std::to_string(maxRank)};
  if (tensor.ndim > 0 && !tensor.shape)
    return invalid("rank " + std::to_string(tensor.ndim) + " without extents");
  auto dtype = dtypeOfCode(tensor.dtype);
  if (!dtype) return dtype.error();
  const auto rank = std::size_t(tensor.ndim);
  auto shape = Shape::of({tensor.shape, rank});
  if (!shape) return invalid(shape.error().message);
  if (!tensor.data && shape->elements() > 0) return invalid(typeText(*dtype, *shape) + " has a null pointer");
  const void *data = tensor.data ? static_cast<const std::byte *>(tensor.data) + tensor.byte_offset : nullptr;
  const View view =
      tensor.strides ? View(*dtype, data, *shape, {tensor.strides, rank}) : View(*dtype, data, *shape);
  if (auto checked = view.check(); !checked) return invalid(checked.error().message);
  return view;
}

/// What an exported tensor points to, and keeps.
template <typename Managed> struct Exported {
  Managed managed{};
  Buffer buffer;
  std::array<std::int64_t, maxRank> extents{}, strides{};

  static Managed *of(Buffer given) {
    auto *exported = new (std::nothrow) Exported;
    if (!exported) return nullptr;
    exported->buffer = std::move(given);
    exported->fill();
    return &exported->managed;
  }

  void fill() {
    const Shape &shape = buffer.shape();
    std::copy(shape.extents().begin(), shape.extents().end(), extents.begin());
    strides = shape.strides();
    const Named named = codeOf(buffer.dtype());
    managed.dl_tensor = {
        buffer.data(),  {kCPU, 0}, shape.rank(), {named.code, std::uint8_t(named.bits), 1}, extents.data(),
        strides.data(), 0};
    managed.manager_ctx = this;
    managed.deleter = [](Managed *self) {
      if (self) delete static_cast<Exported *>(self->manager_ctx);
    };
  }
};

template <typename Managed> std::shared_ptr<void> ownerOf(Managed *tensor) {
  return std::shared_ptr<void>(tensor, [](void *held) {
    auto *managed = static_cast<Managed *>(held);
    if (managed->deleter) managed->deleter(managed);
  });
}

} // namespace

Result<MutableView> ImportedTensor::mutableView() const {
  if (isReadOnly) return invalid(held.typeText() + " was handed out as read-only and cannot be a result");
  return MutableView(held.dtype(), const_cast<void *>(held.data()), held.shape(), held.strides());
}

Result<ImportedTensor> importTensor(ManagedTensorVersioned *tensor) {
  if (!tensor) return invalid("the pointer is null");
  if (tensor->version.major != version.major)
    return unsupported("it has version " + std::to_string(tensor->version.major) + "." +
                       std::to_string(tensor->version.minor) + " but major version " +
                       std::to_string(version.major) + " is needed");
  auto view = viewOf(tensor->dl_tensor);
  if (!view) return view.error();
  ImportedTensor imported;
  imported.held = *view;
  imported.isReadOnly = (tensor->flags & flagReadOnly) != 0;
  imported.owner = ownerOf(tensor);
  return imported;
}

Result<ImportedTensor> importTensor(ManagedTensor *tensor) {
  if (!tensor) return invalid("the pointer is null");
  auto view = viewOf(tensor->dl_tensor);
  if (!view) return view.error();
  ImportedTensor imported;
  imported.held = *view;
  imported.owner = ownerOf(tensor);
  return imported;
}

ManagedTensorVersioned *exportTensor(Buffer buffer, bool readOnly) {
  ManagedTensorVersioned *tensor = Exported<ManagedTensorVersioned>::of(std::move(buffer));
  if (!tensor) return nullptr;
  tensor->version = version;
  tensor->flags = readOnly ? flagReadOnly : 0;
  return tensor;
}

ManagedTensor *exportLegacyTensor(Buffer buffer) { return Exported<ManagedTensor>::of(std::move(buffer)); }

} // namespace tgc
