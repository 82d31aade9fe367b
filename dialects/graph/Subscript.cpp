// An index is planned once for reading and writing: a slice of x with positive steps, flips, axes dropped,
// one gather or scatter, new axes.
#include "dialects/graph/Subscript.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph {
namespace {

using Ints = SmallVector<int64_t>;

class Plan {
public:
  Plan(Ink &ink, Sym x) : ink(ink), x(x) {}
  bool make(ArrayRef<Subscript> items);
  Sym read(llvm::StringRef mode);
  Sym write(Sym value, llvm::StringRef how, llvm::StringRef mode);
  /// The extents of x[items].
  Ints shape() const;

private:
  bool refuse(const Twine &message, llvm::StringRef help = "") {
    auto diagnostic = emitError(ink.loc()) << "index: " << message;
    if (!help.empty()) diagnostic.attachNote() << "help: " << help;
    ink.fail();
    return false;
  }
  bool count(ArrayRef<Subscript> items);
  bool take(const Subscript &item);
  bool position(int64_t at);
  bool range(const Subscript::Range &range);
  bool tensor(Sym indices);
  void whole();
  bool broadcastTensors();
  int64_t extent() const { return x.extent(static_cast<int64_t>(starts.size())); }
  /// x without what ranges and positions leave out; axes of positions are gone.
  Sym cut() const;
  Ints cutShape() const;
  /// Puts `part`, of the shape of `cut`, back into x.
  Sym putBack(Sym part) const;
  bool isAll() const {
    return starts == Ints(starts.size(), 0) && stops == Ints(x.shape()) &&
           strides == Ints(starts.size(), 1) && flips.empty();
  }

  Ink &ink;
  Sym x;
  Ints starts, stops, strides, flips; ///< of the slice, one for each axis of x
  Ints dropped;                       ///< axes of positions
  Syms tensors;
  Ints axes;           ///< of the tensors, in the cut
  int64_t kept = 0;    ///< axes of the cut so far
  int64_t unnamed = 0; ///< axes that an ellipsis stands for
  /// The result's axes in order: an extent; or `fresh`, a new axis; or `indexed`, once, the tensors' axes.
  static constexpr int64_t fresh = -1, indexed = -2;
  Ints result;
  int64_t place = 0;        ///< axes of the cut in front of the tensors' axes
  bool apart = false;       ///< tensors and positions with something between them
  bool advanced = false;    ///< a tensor or position has been met
  bool interrupted = false; ///< and something else after it
  size_t firstAdvanced = 0; ///< where in `result`
  int64_t restBefore = 0;   ///< kept axes without a tensor in front of that
  Ints common;              ///< the tensors' shape
};

bool Plan::count(ArrayRef<Subscript> items) {
  int64_t named = 0, dots = 0;
  for (const Subscript &item : items) {
    bool isDots = std::holds_alternative<Subscript::Ellipsis>(item.held);
    dots += isDots;
    named += !isDots && !std::holds_alternative<Subscript::NewAxis>(item.held);
  }
  if (dots > 1) return refuse("an ellipsis stands twice");
  if (named > x.rank())
    return refuse(Twine(named) + (named == 1 ? " entry for " : " entries for ") + textOf(x.value()) +
                  ", which has " + Twine(x.rank()) + (x.rank() == 1 ? " axis" : " axes"));
  unnamed = x.rank() - named;
  return true;
}

bool Plan::make(ArrayRef<Subscript> items) {
  if (!count(items)) return false;
  bool hasTensor =
      llvm::any_of(items, [](const Subscript &item) { return std::holds_alternative<Sym>(item.held); });
  for (const Subscript &item : items) {
    // Positions beside tensors count as tensors where places are decided.
    bool isAdvanced =
        std::holds_alternative<Sym>(item.held) || (hasTensor && std::holds_alternative<int64_t>(item.held));
    if (isAdvanced && !advanced) {
      advanced = true;
      firstAdvanced = result.size();
      restBefore = kept;
      result.push_back(indexed);
    } else if (isAdvanced) {
      apart |= interrupted;
    } else {
      interrupted |= advanced;
    }
    if (!take(item)) return false;
  }
  while (static_cast<int64_t>(starts.size()) < x.rank())
    whole();
  if (!hasTensor) return true;
  if (apart) {
    result.erase(result.begin() + static_cast<ptrdiff_t>(firstAdvanced));
    result.insert(result.begin(), indexed);
  }
  place = apart ? 0 : restBefore;
  return broadcastTensors();
}

bool Plan::take(const Subscript &item) {
  if (auto *at = std::get_if<int64_t>(&item.held)) return position(*at);
  if (auto *bounds = std::get_if<Subscript::Range>(&item.held)) return range(*bounds);
  if (auto *indices = std::get_if<Sym>(&item.held)) return tensor(*indices);
  if (std::holds_alternative<Subscript::NewAxis>(item.held)) return result.push_back(fresh), true;
  for (int64_t k = 0; k < unnamed; ++k)
    whole();
  return true;
}

void Plan::whole() { (void)range({}); }

bool Plan::position(int64_t at) {
  auto axis = static_cast<int64_t>(starts.size());
  int64_t place = at < 0 ? at + extent() : at;
  if (place < 0 || place >= extent())
    return refuse("index " + Twine(at) + " is outside axis " + Twine(axis) + " of " + textOf(x.value()) +
                  ", whose extent is " + Twine(extent()));
  dropped.push_back(axis);
  starts.push_back(place), stops.push_back(place + 1), strides.push_back(1);
  return true;
}

// Python's rule: negative bounds count from the end, then both are clamped to where a step of this sign may
// begin.
bool Plan::range(const Subscript::Range &bounds) {
  int64_t step = bounds.step, length = extent();
  if (step == 0) return refuse("a slice's step is not 0");
  bool back = step < 0;
  int64_t least = back ? -1 : 0, most = back ? length - 1 : length;
  auto clamped = [&](int64_t at) {
    return at < 0 ? (at < -length ? least : std::clamp(at + length, least, most)) : std::min(at, most);
  };
  int64_t first = bounds.start ? clamped(*bounds.start) : back ? most : least;
  int64_t last = bounds.stop ? clamped(*bounds.stop) : back ? least : most;
  // `step` may be near the largest i64: it is made small first, and nothing is added to it.
  uint64_t size = back ? uint64_t(0) - static_cast<uint64_t>(step) : static_cast<uint64_t>(step);
  auto stride =
      static_cast<int64_t>(std::min<uint64_t>(size, static_cast<uint64_t>(std::max<int64_t>(length, 1))));
  int64_t span = back ? first - last : last - first, count = span <= 0 ? 0 : (span - 1) / stride + 1;
  int64_t low = back ? first - (count - 1) * stride : first;
  if (count == 0) low = 0;
  if (back && count > 0) flips.push_back(static_cast<int64_t>(starts.size()));
  starts.push_back(low), stops.push_back(count == 0 ? low : low + (count - 1) * stride + 1),
      strides.push_back(stride);
  if (count == length && stride == 1) stops.back() = length;
  result.push_back(count);
  ++kept;
  return true;
}

bool Plan::tensor(Sym indices) {
  char kind = kindOf(indices.element());
  if (kind == 'b')
    return refuse(
        "a bool tensor (" + textOf(indices.value()) +
            ") selects a number of elements that only the run knows",
        "where(mask, x, 0) keeps the shape; get(x[mask], size=n) reads n at most, set(x[mask], v) writes");
  if (kind == 'f') return refuse(textOf(indices.value()) + " is no index: indices are integers");
  tensors.push_back(indices);
  axes.push_back(kept++);
  stops.push_back(extent()), starts.push_back(0), strides.push_back(1);
  return true;
}

bool Plan::broadcastTensors() {
  auto shape = broadcastShape(ink, "index", tensors);
  if (failed(shape)) return false;
  common = *shape;
  for (Sym &one : tensors)
    if (one.shape() != ArrayRef<int64_t>(common)) one = broadcast_to(one, common);
  return true;
}

Ints Plan::shape() const {
  Ints out;
  for (int64_t axis : result)
    if (axis == indexed)
      llvm::append_range(out, common);
    else
      out.push_back(axis == fresh ? 1 : axis);
  return out;
}

Ints Plan::cutShape() const {
  Ints out;
  for (size_t axis = 0; axis < starts.size(); ++axis)
    if (!llvm::is_contained(dropped, static_cast<int64_t>(axis)))
      out.push_back((stops[axis] - starts[axis] + strides[axis] - 1) / strides[axis]);
  return out;
}

Sym Plan::cut() const {
  Sym part = isAll() ? x : graph::slice(x, starts, stops, strides);
  if (!flips.empty()) part = flip(part, ArrayRef<int64_t>(flips));
  return dropped.empty() ? part : reshape(part, cutShape());
}

Sym Plan::putBack(Sym part) const {
  if (isAll() && dropped.empty()) return part;
  Ints boxShape, high, interior;
  for (size_t axis = 0; axis < starts.size(); ++axis) {
    int64_t count = (stops[axis] - starts[axis] + strides[axis] - 1) / strides[axis];
    boxShape.push_back(count);
    int64_t used = count ? (count - 1) * strides[axis] + 1 : 0;
    high.push_back(x.extent(static_cast<int64_t>(axis)) - starts[axis] - used);
    interior.push_back(strides[axis] - 1);
  }
  Sym box = reshape(part, boxShape);
  if (!flips.empty()) box = flip(box, ArrayRef<int64_t>(flips));
  Sym inside = pad_zero(ink.full(boxShape, ink.builder.getI1Type(), 1), starts, high, interior);
  return where(inside, pad_zero(box, starts, high, interior), x);
}

Sym Plan::read(llvm::StringRef mode) {
  Sym part = cut();
  if (!tensors.empty()) part = gather(part, tensors, axes, 0, place, mode);
  Ints wanted = shape();
  return part && part.shape() != ArrayRef<int64_t>(wanted) ? reshape(part, wanted) : part;
}

Sym combined(Ink &ink, llvm::StringRef how, Sym held, Sym next) {
  if (how == "set") return next;
  llvm::StringRef op = how == "max" ? "maximum" : how == "min" ? "minimum" : how;
  return callOne(ink, op, {held, next});
}

Sym Plan::write(Sym value, llvm::StringRef how, llvm::StringRef mode) {
  Sym part = cut();
  if (tensors.empty()) return putBack(combined(ink, how, part, reshape(value, cutShape())));
  // The window's axes: those of the result without the new ones.
  Ints window;
  for (int64_t axis : result)
    if (axis == indexed)
      llvm::append_range(window, common);
    else if (axis != fresh)
      window.push_back(axis);
  return putBack(scatter(part, tensors, reshape(value, window), axes, 0, place, how, mode));
}

/// A value as a tensor of the dtype of x and of `shape`.
Sym fitted(Ink &ink, Sym x, const Argument &value, ArrayRef<int64_t> shape) {
  Sym like = ink.full(shape, x.element(), 0);
  auto *sym = value.as<Sym>();
  if (!sym) return callOne(ink, "full_like", {like, value});
  auto common = broadcastShape(ink, "index", {*sym, like});
  if (failed(common)) return {};
  if (sym->element() != x.element() || ArrayRef<int64_t>(*common) != shape) {
    emitError(ink.loc()) << "index: what is written to " << textOf(x.value()) << " there has to be "
                         << textOf(Type(RankedTensorType::get(shape, x.element())))
                         << " or broadcast to it, got " << textOf(sym->value());
    ink.fail();
    return {};
  }
  return sym->shape() == shape ? *sym : broadcast_to(*sym, shape);
}

/// Whether the mask has the extents of the first axes of x.
bool covers(Ink &ink, Sym x, Sym mask) {
  if (mask.rank() <= x.rank() && mask.shape() == x.shape().take_front(mask.rank())) return true;
  emitError(ink.loc()) << "index: the extents of the mask (" << textOf(mask.value())
                       << ") are not those of the first axes of " << textOf(x.value());
  ink.fail();
  return false;
}

Sym writeMasked(Ink &ink, Sym x, Sym mask, const Argument &value, llvm::StringRef how) {
  if (!covers(ink, x, mask)) return {};
  SmallVector<int64_t> shape(mask.shape());
  shape.resize(x.rank(), 1);
  Sym next = fitted(ink, x, value, x.shape());
  return next ? where(reshape(mask, shape), combined(ink, how, x, next), x) : Sym();
}

} // namespace

Sym onlyMask(ArrayRef<Subscript> items) {
  if (items.size() != 1) return {};
  auto *sym = std::get_if<Sym>(&items[0].held);
  return sym && kindOf(sym->element()) == 'b' ? *sym : Sym();
}

Syms readMasked(Ink &ink, Sym x, Sym mask, int64_t size) {
  if (!covers(ink, x, mask)) return {};
  int64_t places = 1;
  for (int64_t extent : mask.shape())
    places *= extent;
  Ints rows = {places};
  llvm::append_range(rows, x.shape().drop_front(mask.rank()));
  // Behind the last one stands a place that is none, where "fill" reads zero.
  Syms found = nonzero(reshape(mask, Ints{places}), size, places);
  if (found.size() != 2) return {};
  return {gather(reshape(x, rows), {found[0]}, Ints{0}, 0, 0, "fill"), found[1]};
}

Sym readAt(Ink &ink, Sym x, ArrayRef<Subscript> items, llvm::StringRef mode) {
  Plan plan(ink, x);
  return plan.make(items) ? plan.read(mode) : Sym();
}

Sym writeAt(Ink &ink, Sym x, ArrayRef<Subscript> items, const Argument &value, llvm::StringRef how,
            llvm::StringRef mode) {
  if (Sym mask = onlyMask(items)) return writeMasked(ink, x, mask, value, how);
  Plan plan(ink, x);
  if (!plan.make(items)) return {};
  Sym next = fitted(ink, x, value, plan.shape());
  return next ? plan.write(next, how, mode) : Sym();
}

} // namespace tgc::graph
