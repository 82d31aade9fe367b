// Expr: a value of a graph under construction, with operators and NumPy's slicing. Building never throws and
// never stops: an ill-typed call gives an Expr that holds its error, later calls pass it on, and `compile`
// returns it.
#pragma once
#include "tgc/DType.h"
#include "tgc/Result.h"
#include "tgc/Shape.h"
#include <concepts>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tgc {

namespace detail {
class Trace;
}

class At;
class Item;

/// A handle on a value; cheap to copy. An Expr lives as long as the Function that builds it or any copy of
/// itself.
class Expr {
public:
  Expr() = default;

  /// What went wrong at or before this value, if anything did.
  std::optional<Error> error() const;
  /// Element type and extents. Errors: what `error()` says.
  Result<DType> dtype() const;
  Result<Shape> shape() const;

  /// The places that an index names, to read or (giving a new value) to write: x.at({0, i}).add(v).
  At at(std::vector<Item> items) const;

  // For the library. No constructor takes these: {0, 1} would be an Expr, and lists of indices are not.
  static Expr of(std::shared_ptr<detail::Trace> trace, std::uint32_t id) {
    Expr made;
    made.trace = std::move(trace);
    made.id = id;
    return made;
  }
  static constexpr std::uint32_t failed = ~std::uint32_t(0);
  std::shared_ptr<detail::Trace> trace;
  std::uint32_t id = failed;
};

using Ints = std::vector<std::int64_t>;

/// Axes of a reduction: one, several, or (default) all.
struct Axes : std::optional<Ints> {
  Axes() = default;
  template <std::integral T> Axes(T axis) : std::optional<Ints>(Ints{static_cast<std::int64_t>(axis)}) {}
  Axes(std::initializer_list<std::int64_t> axes) : std::optional<Ints>(axes) {}
  Axes(Ints axes) : std::optional<Ints>(std::move(axes)) {}
};

/// Before and after, for each axis.
using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// An argument of a call: nothing, a tensor, a plain number, a text, a dtype or a list; and the caller's
/// line, taken where the conversion happens, so that operators carry it too.
class Arg {
public:
  using List = std::vector<Arg>;
  using Here = std::source_location;
  Arg(Here here = Here::current()) : here(here) {}
  Arg(Expr value, Here here = Here::current()) : held(std::move(value)), here(here) {}
  Arg(bool value, Here here = Here::current()) : held(value), here(here) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Arg(T value, Here here = Here::current()) : held(static_cast<std::int64_t>(value)), here(here) {
    if constexpr (std::unsigned_integral<T>)
      if (value > std::uint64_t(std::numeric_limits<std::int64_t>::max()))
        held = static_cast<double>(value); // no i64 holds it
  }
  Arg(double value, Here here = Here::current()) : held(value), here(here) {}
  Arg(std::complex<double> value, Here here = Here::current()) : held(value), here(here) {}
  Arg(DType value, Here here = Here::current()) : held(value), here(here) {}
  Arg(std::string value, Here here = Here::current()) : held(std::move(value)), here(here) {}
  Arg(std::string_view value, Here here = Here::current()) : Arg(std::string(value), here) {}
  Arg(const char *value, Here here = Here::current()) : Arg(std::string(value), here) {}
  Arg(List value, Here here = Here::current()) : held(std::move(value)), here(here) {}
  Arg(const Ints &values, Here here = Here::current())
      : held(List(values.begin(), values.end())), here(here) {}
  Arg(const std::vector<Expr> &values, Here here = Here::current())
      : held(List(values.begin(), values.end())), here(here) {}
  Arg(const Axes &axes, Here here = Here::current()) : here(here) {
    if (axes) held = List(axes->begin(), axes->end());
  }
  Arg(const Pairs &pairs, Here here = Here::current()) : here(here) {
    List list;
    for (auto [before, after] : pairs)
      list.push_back(Ints{before, after});
    held = std::move(list);
  }
  template <typename T> Arg(const std::optional<T> &value, Here here = Here::current()) : here(here) {
    if (value) *this = Arg(*value, here);
  }

  std::variant<std::monostate, Expr, bool, std::int64_t, double, std::complex<double>, DType, std::string,
               List>
      held;
  Here here;
};

/// A plain number that stays integer or real, as the value of `full`.
using Number = Arg;
/// One integer (how many parts) or a list of them (where to cut).
using Cuts = Arg;

struct Named {
  const char *name;
  Arg value;
};

/// Calls an operation of the catalogue by name; every generated function of Ops.h is one such call.
/// Errors: Invalid for an unknown operation or parameter, and what the operation says of dtypes and extents.
Expr apply(std::string_view operation, const std::vector<Named> &arguments,
           Arg::Here here = Arg::Here::current());
/// The same for operations with several results.
std::vector<Expr> applyAll(std::string_view operation, const std::vector<Named> &arguments,
                           Arg::Here here = Arg::Here::current());

/// A half-open range with a stride, as in `x[1:5, ::-2]`; an end left out is the axis's own, at that side of
/// the axis where a step of this sign begins or ends.
struct Slice {
  std::optional<std::int64_t> start, stop;
  std::int64_t step = 1;
};
struct Ellipsis {};
struct NewAxis {};
inline constexpr Ellipsis ellipsis;
inline constexpr NewAxis newaxis;
/// The whole axis.
inline constexpr Slice whole{};

/// One entry of an index: a position (negative from the end), a Slice, `ellipsis`, `newaxis`, a tensor of
/// integers, or (writing) of bool.
class Item {
public:
  template <std::integral T> Item(T position) : held(static_cast<std::int64_t>(position)) {}
  Item(Slice slice) : held(slice) {}
  Item(Ellipsis) : held(Ellipsis{}) {}
  Item(NewAxis) : held(NewAxis{}) {}
  Item(Expr indices) : held(std::move(indices)) {}
  std::variant<std::int64_t, Slice, Ellipsis, NewAxis, Expr> held;
};

/// NumPy's indexing: index(x, {0, Slice{1, 5}, ellipsis}). Integer tensors broadcast together; their axes
/// stand where they stood, or in front where something is between them. An index tensor's number beyond the
/// axis is by `mode` the nearest place ("clamp"), zero ("fill") or the remainder ("wrap"); negative ones
/// count from the end first. Errors: Invalid for a position out of range, too many entries, a step of 0,
/// tensors that do not broadcast, and for a bool tensor, whose number of results no type can say (At::select
/// takes a maximum).
Expr index(Arg x, const std::vector<Item> &items, std::string_view mode = "clamp");

/// What `x.at(items)` can do. Writing gives a new value and leaves x as it is; memory is reused where x is
/// not needed any more. Of several values for one place, all are applied in the order of the indices, on any
/// number of threads. Errors: as for index; values that do not broadcast to x[items] or have another dtype
/// than x.
class At {
public:
  At(Expr x, std::vector<Item> items) : x(std::move(x)), items(std::move(items)) {}
  Expr get(std::string_view mode = "clamp", Arg::Here here = Arg::Here::current()) const;
  /// Where the index is one bool tensor, with the extents of the first axes of x: the rows at which it holds,
  /// at most `size` of them in row-major order, zeros behind them; and how many there are (i64). Errors:
  /// another index, other extents, a negative size.
  std::pair<Expr, Expr> select(std::int64_t size, Arg::Here here = Arg::Here::current()) const;
  Expr set(Arg value, std::string_view mode = "clamp") const { return write(value, "set", mode); }
  Expr add(Arg value, std::string_view mode = "clamp") const { return write(value, "add", mode); }
  Expr multiply(Arg value, std::string_view mode = "clamp") const { return write(value, "multiply", mode); }
  Expr max(Arg value, std::string_view mode = "clamp") const { return write(value, "max", mode); }
  Expr min(Arg value, std::string_view mode = "clamp") const { return write(value, "min", mode); }

private:
  Expr write(const Arg &value, std::string_view how, std::string_view mode) const;
  Expr x;
  std::vector<Item> items;
};

// Operators, with NumPy's broadcasting. A plain number takes the tensor's dtype.
Expr operator+(Arg a, Arg b);
Expr operator-(Arg a, Arg b);
Expr operator*(Arg a, Arg b);
Expr operator/(Arg a, Arg b);
Expr operator%(Arg a, Arg b);
Expr operator-(Arg a);
Expr operator~(Arg a);
Expr operator&(Arg a, Arg b);
Expr operator|(Arg a, Arg b);
Expr operator^(Arg a, Arg b);
Expr operator<<(Arg a, Arg b);
Expr operator>>(Arg a, Arg b);
Expr operator==(Arg a, Arg b);
Expr operator!=(Arg a, Arg b);
Expr operator<(Arg a, Arg b);
Expr operator<=(Arg a, Arg b);
Expr operator>(Arg a, Arg b);
Expr operator>=(Arg a, Arg b);

} // namespace tgc
