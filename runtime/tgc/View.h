// A tensor that somebody else owns: where it starts, what its elements are, how far apart they lie.
#pragma once
#include "tgc/Shape.h"
#include <type_traits>

namespace tgc {

/// A non-owning, read-only tensor. Strides are in elements, may be negative or 0; any address alignment is
/// accepted. The memory must outlive the view. Extents that break a limit of Shape, or strides of another
/// rank, make it invalid: every call that takes it then says so.
class View {
public:
  View() = default;

  /// A dense (row-major) tensor.
  View(DType dtype, const void *data, const Shape &shape) : View(dtype, data, shape, {}, true) {}
  /// Any strides, in elements; one for each extent.
  View(DType dtype, const void *data, const Shape &shape, std::span<const std::int64_t> strides)
      : View(dtype, data, shape, strides, false) {}

  template <typename T>
    requires Element<T>
  View(const T *data, const Shape &shape) : View(dtypeOf<T>(), data, shape) {}
  template <typename T>
    requires Element<T>
  View(const T *data, const Shape &shape, std::span<const std::int64_t> strides)
      : View(dtypeOf<T>(), data, shape, strides) {}

  /// One axis.
  template <typename T, std::size_t N>
    requires Element<std::remove_const_t<T>>
  View(std::span<T, N> elements)
      : View(dtypeOf<std::remove_const_t<T>>(), elements.data(), {std::int64_t(elements.size())}) {}
  /// One axis. std::vector<bool> has no array of elements and is refused by the compiler.
  template <typename T, typename A>
    requires(Element<T> && !std::is_same_v<T, bool>)
  View(const std::vector<T, A> &elements)
      : View(dtypeOf<T>(), elements.data(), {std::int64_t(elements.size())}) {}
  /// A scalar; a temporary lives until the end of the call it is written in.
  template <typename T>
    requires Element<T>
  View(const T &scalar) : View(dtypeOf<T>(), &scalar, Shape{}) {}

  DType dtype() const { return type; }
  const void *data() const { return start; }
  int rank() const { return axes; }
  std::int64_t extent(int axis) const { return extentOf[axis]; }
  std::int64_t strideElements(int axis) const { return strideOf[axis]; }
  std::span<const std::int64_t> extents() const { return {extentOf.data(), std::size_t(axes)}; }
  std::span<const std::int64_t> strides() const { return {strideOf.data(), std::size_t(axes)}; }
  Shape shape() const { return Shape(extents()); }
  std::int64_t elements() const { return count; }
  std::int64_t sizeBytes() const { return count * std::int64_t(tgc::sizeBytes(type)); }

  /// Whether the elements lie in row-major order without gaps.
  bool dense() const { return isDense; }
  bool valid() const { return isValid; }
  /// What makes the view invalid. Cost: builds the shape again; for messages only.
  Result<void> check() const;
  /// The same, and that there is memory where there are elements: before the first one is read.
  Result<void> checkMemory() const;
  /// "f32[4, 8]".
  std::string typeText() const { return tgc::typeText(type, shape()); }

  /// The lowest address and one past the highest, in bytes; equal when there are no elements.
  struct Span {
    std::uintptr_t begin = 0, end = 0;
  };
  Span addresses() const;

private:
  View(DType dtype, const void *data, const Shape &shape, std::span<const std::int64_t> strides,
       bool rowMajor);

  const void *start = nullptr;
  std::int64_t count = 1;
  DType type = DType::f64;
  std::uint8_t axes = 0;
  bool isDense = true;
  bool isValid = true;
  std::array<std::int64_t, maxRank> extentOf, strideOf; // the first `axes` entries are set
};

/// A non-owning tensor that may be written.
class MutableView : public View {
public:
  MutableView() = default;
  MutableView(DType dtype, void *data, const Shape &shape) : View(dtype, data, shape) {}
  MutableView(DType dtype, void *data, const Shape &shape, std::span<const std::int64_t> strides)
      : View(dtype, data, shape, strides) {}
  template <typename T>
    requires(Element<T> && !std::is_const_v<T>)
  MutableView(T *data, const Shape &shape) : View(data, shape) {}
  template <typename T>
    requires(Element<T> && !std::is_const_v<T>)
  MutableView(T *data, const Shape &shape, std::span<const std::int64_t> strides)
      : View(data, shape, strides) {}
  template <typename T, std::size_t N>
    requires(Element<T> && !std::is_const_v<T>)
  MutableView(std::span<T, N> elements) : View(elements) {}
  template <typename T, typename A>
    requires(Element<T> && !std::is_same_v<T, bool>)
  MutableView(std::vector<T, A> &elements) : View(elements) {}
  template <typename T>
    requires(Element<T> && !std::is_const_v<T>)
  MutableView(T &scalar) : View(scalar) {}

  void *data() const { return const_cast<void *>(View::data()); }
};

/// Copies every element between two views of one dtype and the same extents, whatever their strides; the
/// memory must not overlap. Cost: one pass, contiguous inner runs by memcpy.
void copyElements(const View &from, const MutableView &to);

} // namespace tgc
