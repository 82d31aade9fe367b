// The extents of a tensor: rank 0 to 8, at most 2^48 elements, no allocation.
#pragma once
#include "tgc/DType.h"
#include "tgc/Result.h"
#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace tgc {

inline constexpr int maxRank = 8;
/// The largest number of elements of one tensor, and of the product of any of its extents.
inline constexpr std::int64_t maxElements = std::int64_t(1) << 48;

/// Extents in elements, outermost first. Extents of 0 and 1 are legal.
/// A Shape made of extents that break a limit holds the fact; `check` tells it, `elements` is then 0 and it
/// equals no shape.
class Shape {
public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}
  Shape(const std::vector<std::int64_t> &extents) : Shape(std::span<const std::int64_t>(extents)) {}
  explicit Shape(std::span<const std::int64_t> extents);

  /// The shape, or the limit the extents break: Limit for rank over 8 or more than 2^48 elements, Invalid for
  /// an extent below 0.
  static Result<Shape> of(std::span<const std::int64_t> extents);

  Result<void> check() const;
  bool valid() const { return fault == Fault::None; }

  int rank() const { return count; }
  std::int64_t extent(int axis) const { return held[axis]; }
  std::span<const std::int64_t> extents() const { return {held.data(), std::size_t(count)}; }
  std::vector<std::int64_t> vector() const { return {extents().begin(), extents().end()}; }
  std::int64_t operator[](int axis) const { return held[axis]; }

  /// The product of the extents; 1 at rank 0.
  std::int64_t elements() const { return product; }
  std::int64_t sizeBytes(DType dtype) const { return product * std::int64_t(tgc::sizeBytes(dtype)); }

  /// Row-major strides in elements; the first `rank` entries are meaningful.
  std::array<std::int64_t, maxRank> strides() const;

  /// "[4, 8]"; "[]" at rank 0.
  std::string text() const;

  bool operator==(const Shape &other) const;

private:
  enum class Fault : std::uint8_t { None, Rank, Negative, Elements };
  std::array<std::int64_t, maxRank> held{};
  std::int64_t product = 1;
  int count = 0;
  std::int64_t givenRank = 0;
  Fault fault = Fault::None;
};

/// How a tensor's type is written: "f32[4, 8]", and "f32" at rank 0.
std::string typeText(DType dtype, const Shape &shape);
std::string typeText(DType dtype, std::span<const std::int64_t> extents);

} // namespace tgc
