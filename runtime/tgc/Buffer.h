// A dense array that is either owned (64-byte aligned) or borrowed from someone who is kept alive.
#pragma once
#include "tgc/View.h"
#include <memory>
#include <utility>

namespace tgc {

/// A dense, row-major array of one dtype. Movable, not copyable: a copy of data is always asked for by name
/// (`clone`). One that was moved from is like a new one: f64[0].
class Buffer {
public:
  Buffer() = default;
  Buffer(Buffer &&other) noexcept { *this = std::move(other); }
  Buffer &operator=(Buffer &&other) noexcept {
    std::swap(type, other.type);
    std::swap(extents, other.extents);
    std::swap(start, other.start);
    std::swap(owner, other.owner);
    if (this != &other) other.reset();
    return *this;
  }

  /// Uninitialised elements, 64-byte aligned. Errors: Limit, of Shape or where memory runs out.
  static Result<Buffer> make(DType dtype, const Shape &shape);
  /// Elements all zero bits.
  static Result<Buffer> zeros(DType dtype, const Shape &shape);
  /// A dense copy of any view. Errors: Invalid for an invalid view, or a null pointer to elements; as `make`.
  static Result<Buffer> copyOf(const View &view);
  /// Memory of somebody else: `owner` is released when the buffer goes, and may be empty.
  static Buffer borrow(DType dtype, const Shape &shape, void *data, std::shared_ptr<void> owner = {});

  DType dtype() const { return type; }
  const Shape &shape() const { return extents; }
  std::int64_t elements() const { return extents.elements(); }
  std::int64_t sizeBytes() const { return extents.sizeBytes(type); }
  void *data() { return start; }
  const void *data() const { return start; }
  std::string typeText() const { return tgc::typeText(type, extents); }

  /// The elements as C++ values; T must store the dtype (std::uint16_t for bf16 and f16, bool or std::uint8_t
  /// for bool), else the span is empty.
  template <typename T> std::span<T> as() {
    return storedBy<T>() ? std::span<T>(static_cast<T *>(start), std::size_t(elements())) : std::span<T>();
  }
  template <typename T> std::span<const T> as() const {
    return storedBy<T>() ? std::span<const T>(static_cast<const T *>(start), std::size_t(elements()))
                         : std::span<const T>();
  }

  View view() const { return View(type, start, extents); }
  MutableView view() { return MutableView(type, start, extents); }
  operator View() const { return view(); }
  operator MutableView() { return view(); }

  Result<Buffer> clone() const { return copyOf(view()); }

private:
  template <typename T> bool storedBy() const {
    constexpr DType stored = dtypeOf<T>();
    if (stored == type) return true;
    if (stored == DType::u16) return type == DType::bf16 || type == DType::f16;
    return stored == DType::u8 && type == DType::boolean;
  }

  void reset() {
    type = DType::f64;
    extents = Shape{0};
    start = nullptr;
    owner.reset();
  }

  DType type = DType::f64;
  Shape extents{0};
  void *start = nullptr;
  std::shared_ptr<void> owner;
};

} // namespace tgc
