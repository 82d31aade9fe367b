// DLPack 1.x: tensors handed over inside a process, without a copy. The structs are the published ABI
// (https://dmlc.github.io/dlpack), declared here because older packaged headers lack the versioned one.
#pragma once
#include "tgc/Buffer.h"

namespace tgc {
namespace dlpack {

enum DeviceType : std::int32_t { kCPU = 1, kCUDA = 2, kCUDAHost = 3 };
enum TypeCode : std::uint8_t {
  kInt = 0,
  kUInt = 1,
  kFloat = 2,
  kOpaqueHandle = 3,
  kBfloat = 4,
  kComplex = 5,
  kBool = 6
};

struct Device {
  std::int32_t device_type;
  std::int32_t device_id;
};

struct DataType {
  std::uint8_t code;
  std::uint8_t bits;
  std::uint16_t lanes;
};

struct Tensor {
  void *data;
  Device device;
  std::int32_t ndim;
  DataType dtype;
  std::int64_t *shape;
  std::int64_t *strides; ///< in elements; null means row-major (in version 1.2 only for rank 0)
  std::uint64_t byte_offset;
};

struct Version {
  std::uint32_t major;
  std::uint32_t minor;
};

inline constexpr Version version = {1, 1};
inline constexpr std::uint64_t flagReadOnly = 1, flagCopied = 2;

/// DLManagedTensorVersioned.
struct ManagedTensorVersioned {
  Version version;
  void *manager_ctx;
  void (*deleter)(ManagedTensorVersioned *self);
  std::uint64_t flags;
  Tensor dl_tensor;
};

/// DLManagedTensor, from before version 1.
struct ManagedTensor {
  Tensor dl_tensor;
  void *manager_ctx;
  void (*deleter)(ManagedTensor *self);
};

} // namespace dlpack

/// A tensor of another library, alive as long as this object. Movable.
class ImportedTensor {
public:
  const View &view() const { return held; }
  /// To write into it. Errors: Invalid when the owner handed it out as read-only.
  Result<MutableView> mutableView() const;
  bool readOnly() const { return isReadOnly; }

private:
  friend Result<ImportedTensor> importTensor(dlpack::ManagedTensorVersioned *);
  friend Result<ImportedTensor> importTensor(dlpack::ManagedTensor *);
  View held;
  bool isReadOnly = false;
  std::shared_ptr<void> owner;
};

/// Takes over a tensor: on success its deleter runs when the result goes; on an error it is the caller's as
/// before. Errors: Invalid for a null pointer, rank or extents out of range; Unsupported for a device other
/// than the CPU, more than one lane, an element type of another kind or width, or another major version
/// (whose layout is unknown).
Result<ImportedTensor> importTensor(dlpack::ManagedTensorVersioned *tensor);
Result<ImportedTensor> importTensor(dlpack::ManagedTensor *tensor);

/// Hands a buffer over; it lives until the taker calls the deleter.
dlpack::ManagedTensorVersioned *exportTensor(Buffer buffer, bool readOnly = false);
/// For takers of the older protocol, which cannot say read-only.
dlpack::ManagedTensor *exportLegacyTensor(Buffer buffer);

} // namespace tgc
