// Formulas of windows: padding, a view of all windows, then a contraction or a reduction of it.
#include "dialects/graph/Call.h"
#include "dialects/graph/Composite.h"

using namespace mlir;

namespace tgc::graph {

std::optional<SpatialPlan> planWindows(ArrayRef<int64_t> extents, ArrayRef<int64_t> sizes,
                                       const WindowOptions &options) {
  SpatialPlan plan;
  size_t count = extents.size();
  auto spread = [&](ArrayRef<int64_t> list, SmallVector<int64_t> &out) {
    if (list.size() != 1 && list.size() != count) return false;
    for (size_t k = 0; k < count; ++k)
      out.push_back(list[list.size() == 1 ? 0 : k]);
    return llvm::all_of(out, [](int64_t value) { return value >= 1 && value <= maxElements; });
  };
  ArrayRef<int64_t> strides = options.stride.empty() ? sizes : options.stride;
  if (!spread(sizes, plan.sizes) || !spread(strides, plan.strides) ||
      !spread(options.dilation, plan.dilations))
    return std::nullopt;
  plan.low.assign(count, 0), plan.high.assign(count, 0);
  if (auto text = dyn_cast<StringAttr>(options.padding)) {
    if (text.getValue() != "same" && text.getValue() != "valid") return std::nullopt;
    for (size_t k = 0; text.getValue() == "same" && k < count; ++k) {
      int64_t windows = (extents[k] + plan.strides[k] - 1) / plan.strides[k];
      int64_t needed =
          (windows - 1) * plan.strides[k] + (plan.sizes[k] - 1) * plan.dilations[k] + 1 - extents[k];
      plan.low[k] = std::max<int64_t>(needed, 0) / 2;
      plan.high[k] = std::max<int64_t>(needed, 0) - plan.low[k];
    }
    return plan;
  }
  auto list = cast<DenseI64ArrayAttr>(options.padding).asArrayRef();
  if (list.size() != 1 && list.size() != 2 * count) return std::nullopt;
  for (size_t k = 0; k < count; ++k) {
    plan.low[k] = list[list.size() == 1 ? 0 : 2 * k], plan.high[k] = list[list.size() == 1 ? 0 : 2 * k + 1];
    if (plan.low[k] < 0 || plan.high[k] < 0 || plan.low[k] > maxElements || plan.high[k] > maxElements)
      return std::nullopt;
  }
  return plan;
}

namespace formulas {

static std::nullopt_t refused(Ink &ink, const Twine &message) { return refuse(ink, message), std::nullopt; }

namespace {
/// x with channels in front, and what the options say of its other axes.
struct Spatial {
  Sym x;
  int64_t axes;
  SpatialPlan plan;
};
} // namespace

static bool isLast(llvm::StringRef layout) { return layout == "NHWC"; }

static std::optional<Spatial> spatial(Ink &ink, llvm::StringRef name, Sym x, Ints sizes,
                                      const WindowOptions &options) {
  int64_t axes = x.rank() - 2;
  if (axes < 1 || axes > 3)
    return refused(ink, name + " takes (batch, channels, one to three extents), got " + textOf(x.value()));
  if (options.layout != "NCHW" && options.layout != "NHWC")
    return refused(ink, name + ": layout is \"NCHW\" or \"NHWC\", got \"" + options.layout + "\"");
  Sym first = isLast(options.layout) ? movedAxis(x, x.rank() - 1, 1) : x;
  auto plan = planWindows(first.shape().drop_front(2), sizes, options);
  if (!plan)
    return refused(ink, name + ": sizes, stride and dilation are one number or one for each of " +
                            Twine(axes) + (axes == 1 ? " axis" : " axes") +
                            " and at least 1; padding is a number, pairs, \"same\" or \"valid\"");
  for (int64_t k = 0; k < axes; ++k) {
    int64_t span = (plan->sizes[k] - 1) * plan->dilations[k] + 1;
    if (span > first.extent(2 + k) + plan->low[k] + plan->high[k])
      return refused(ink, name + ": a window that spans " + Twine(span) + " does not fit axis " + Twine(k) +
                              " of " + textOf(x.value()) + ", which has " + Twine(first.extent(2 + k)) +
                              " elements and " + Twine(plan->low[k] + plan->high[k]) + " of padding");
  }
  return Spatial{first, axes, std::move(*plan)};
}

static Sym padded(Sym x, const SpatialPlan &plan, Argument fill) {
  bool none = llvm::all_of(plan.low, [](int64_t n) { return n == 0; }) &&
              llvm::all_of(plan.high, [](int64_t n) { return n == 0; });
  if (none || !x) return x;
  SmallVector<int64_t> widths = {0, 0, 0, 0};
  for (auto [low, high] : llvm::zip(plan.low, plan.high))
    widths.append({low, high});
  return graph::pad(x, widths, "constant", fill);
}

static SmallVector<int64_t> axesFrom(int64_t first, int64_t count) {
  return llvm::to_vector(llvm::seq(first, first + count));
}

// The axes within the windows stand between the channels and the others: rows of windows are rows of x.
static Sym windowsOf(Sym x, const Spatial &s, int64_t first) {
  return x ? windows(x, axesFrom(first, s.axes), s.plan.sizes, s.plan.strides, s.plan.dilations, first)
           : Sym();
}

// Windows of few places are written out: one pass over x that reads it shifted, where a loop within each
// window would be short and far apart.
constexpr int64_t mostTaps = 25;

static bool hasFewTaps(const SpatialPlan &plan) { return countOf(plan.sizes) <= mostTaps; }

/// The sum of `term` over the places in a window; it gets all elements of x at that place.
static Sym sumOfTaps(const Spatial &s, Sym x, llvm::function_ref<Sym(Sym, ArrayRef<int64_t>)> term) {
  Sym total;
  forEachIndex(s.plan.sizes, [&](ArrayRef<int64_t> tap) {
    SmallVector<int64_t> starts = {0, 0}, stops(x.shape().take_front(2)), strides = {1, 1};
    for (int64_t k = 0; k < s.axes; ++k) {
      int64_t span = (s.plan.sizes[k] - 1) * s.plan.dilations[k] + 1;
      int64_t last = (x.extent(2 + k) - span) / s.plan.strides[k];
      starts.push_back(tap[k] * s.plan.dilations[k]);
      stops.push_back(starts.back() + last * s.plan.strides[k] + 1);
      strides.push_back(s.plan.strides[k]);
    }
    Sym next = term(graph::slice(x, starts, stops, strides), tap);
    total = total ? total + next : next;
  });
  return total;
}

static Sym withLayout(Sym y, llvm::StringRef layout) {
  return y && isLast(layout) ? movedAxis(y, 1, y.rank() - 1) : y;
}

// [n, c, ...] as [n, groups, c / groups, ...].
static Sym grouped(Sym x, int64_t axis, int64_t groups) {
  SmallVector<int64_t> shape(x.shape());
  shape[axis] /= groups;
  shape.insert(shape.begin() + axis, groups);
  return reshape(x, shape);
}
static Sym joined(Sym x, int64_t axis) {
  SmallVector<int64_t> shape(x.shape());
  shape[axis] *= shape[axis + 1];
  shape.erase(shape.begin() + axis + 1);
  return reshape(x, shape);
}

// Checks C2 of conv and its transpose; `in` and `per` are the kernel's channels and what each group has of
// them.
static bool channelsFit(Ink &ink, llvm::StringRef name, Sym x, Sym kernel, int64_t groups, int64_t whole,
                        int64_t wanted, int64_t channels) {
  if (groups >= 1 && whole % groups == 0 && channels % groups == 0 && wanted == channels) return true;
  refuse(ink, name + ": " + Twine(groups) + (groups == 1 ? " group" : " groups") + " of x (" +
                  textOf(x.value()) + "), which has " + Twine(channels) + " channels, do not fit kernel (" +
                  textOf(kernel.value()) + ")");
  return false;
}

// One channel in each group: no product of matrices, but a stencil for each channel.
static Sym depthwise(const Spatial &s, Sym x, Sym kernel) {
  if (!x) return x;
  int64_t channels = kernel.extent(0);
  if (channels != x.extent(1)) x = repeatAxis(x, 1, channels / x.extent(1));
  SmallVector<int64_t> each = {channels};
  each.append(s.axes, 1);
  return sumOfTaps(s, x, [&](Sym elements, ArrayRef<int64_t> tap) {
    SmallVector<int64_t> starts = {0, 0}, stops = {channels, 1};
    for (int64_t at : tap)
      starts.push_back(at), stops.push_back(at + 1);
    return elements * reshape(graph::slice(kernel, starts, stops), each);
  });
}

Sym conv(Ink &ink, Sym x, Sym kernel, const WindowOptions &options, int64_t groups) {
  if (kernel.rank() != x.rank() || kernel.rank() < 3)
    return refuse(ink, "conv: kernel (" + textOf(kernel.value()) + ") needs the rank of x (" +
                           textOf(x.value()) + "), which is 3 to 5");
  auto s = spatial(ink, "conv", x, kernel.shape().drop_front(2), options);
  if (!s || groups < 1 ||
      !channelsFit(ink, "conv", x, kernel, groups, kernel.extent(0), kernel.extent(1) * groups,
                   s->x.extent(1)))
    return ink.failed() ? Sym() : refuse(ink, "conv: groups is " + Twine(groups));
  Sym wide = padded(widened(s->x), s->plan, 0);
  if (groups > 1 && kernel.extent(1) == 1 && hasFewTaps(s->plan))
    return withLayout(like(x, depthwise(*s, wide, widened(kernel))), options.layout);
  // Without groups the product reads the windows where they lie in x: nothing is made of them in memory.
  Sym all = groups == 1 ? windowsOf(wide, *s, 2) : windowsOf(grouped(wide, 1, groups), *s, 3);
  if (!all) return {};
  std::string inner = std::string("xyz").substr(0, s->axes), outer = std::string("hwd").substr(0, s->axes);
  std::string equation = groups == 1 ? "nc" + inner + outer + ",oc" + inner + "->no" + outer
                                     : "ngc" + inner + outer + ",goc" + inner + "->ngo" + outer;
  Sym weights = groups == 1 ? widened(kernel) : grouped(widened(kernel), 0, groups);
  Sym y = graph::einsum(equation, {all, weights});
  if (y && groups != 1) y = joined(y, 1);
  return withLayout(like(x, y), options.layout);
}

Sym convTranspose(Ink &ink, Sym x, Sym kernel, const WindowOptions &options, Ints extra, int64_t groups) {
  if (kernel.rank() != x.rank() || kernel.rank() < 3)
    return refuse(ink, "conv_transpose: kernel (" + textOf(kernel.value()) + ") needs the rank of x (" +
                           textOf(x.value()) + "), which is 3 to 5");
  if (isa<StringAttr>(options.padding)) return refuse(ink, "conv_transpose: padding is a number or pairs");
  int64_t axes = x.rank() - 2;
  SmallVector<int64_t> large(axes, maxElements);
  auto plan = planWindows(large, kernel.shape().drop_front(2), options);
  bool extraFits = extra.size() == 1 || static_cast<int64_t>(extra.size()) == axes;
  if (axes > 3 || !plan || !extraFits || (options.layout != "NCHW" && options.layout != "NHWC"))
    return refuse(ink, "conv_transpose: stride, padding, output_padding or dilation do not fit the axes of " +
                           textOf(x.value()));
  Sym first = isLast(options.layout) ? movedAxis(x, x.rank() - 1, 1) : x;
  if (groups < 1 || !channelsFit(ink, "conv_transpose", x, kernel, groups, kernel.extent(0), kernel.extent(0),
                                 first.extent(1)))
    return ink.failed() ? Sym() : refuse(ink, "conv_transpose: groups is " + Twine(groups));
  Sym parts = grouped(widened(first), 1, groups), weights = grouped(widened(kernel), 0, groups);
  std::string inner = std::string("xyz").substr(0, axes), outer = std::string("hwd").substr(0, axes);
  Sym laid = graph::einsum("ngc" + outer + ",gco" + inner + "->ngo" + inner + outer, {parts, weights});
  if (!laid) return {};
  laid = joined(laid, 1);
  SmallVector<int64_t> shape(laid.shape().take_front(2)), starts = {0, 0}, strides(2 + axes, 1),
                                                          more = {0, 0};
  SmallVector<int64_t> stops(shape);
  for (int64_t k = 0; k < axes; ++k) {
    int64_t full = std::max<int64_t>((first.extent(2 + k) - 1) * plan->strides[k], 0) +
                   (plan->sizes[k] - 1) * plan->dilations[k] + 1;
    int64_t behind = extra[extra.size() == 1 ? 0 : k];
    int64_t end = full - plan->high[k] + behind;
    if (behind < 0 || end <= plan->low[k] || first.extent(2 + k) == 0)
      return refuse(ink, "conv_transpose: padding leaves nothing of axis " + Twine(k) + " of " +
                             textOf(x.value()));
    shape.push_back(full), starts.push_back(plan->low[k]), stops.push_back(end),
        more.push_back(std::max<int64_t>(end - full, 0));
  }
  Sym sums = window_sum(laid, axesFrom(2, axes), plan->strides, plan->dilations, 2, shape);
  SmallVector<int64_t> zeros(2 + axes, 0);
  if (sums) sums = graph::slice(pad_zero(sums, zeros, more, zeros), starts, stops, strides);
  return withLayout(like(x, sums), options.layout);
}

// ---- pooling ----
static Argument lowest(Type element) {
  if (kindOf(element) == 'f') return -std::numeric_limits<double>::infinity();
  if (kindOf(element) == 'u') return 0;
  unsigned width = bitsOf(element);
  return width == 64 ? std::numeric_limits<int64_t>::min() : -(int64_t(1) << (width - 1));
}

static Sym reducedWindows(const Spatial &s, Sym x, bool largest) {
  if (!largest && x && hasFewTaps(s.plan))
    return sumOfTaps(s, x, [](Sym elements, ArrayRef<int64_t>) { return elements; });
  Sym all = windowsOf(x, s, 2);
  auto inner = axesFrom(2, s.axes);
  return largest ? graph::max(all, ArrayRef<int64_t>(inner)) : sum(all, ArrayRef<int64_t>(inner));
}

Sym maxPool(Ink &ink, Sym x, Ints size, const WindowOptions &options) {
  auto s = spatial(ink, "max_pool", x, size, options);
  if (!s) return {};
  for (int64_t k = 0; k < s->axes; ++k)
    if (std::max(s->plan.low[k], s->plan.high[k]) > (s->plan.sizes[k] - 1) * s->plan.dilations[k] ||
        s->x.extent(2 + k) == 0)
      return refuse(ink, "max_pool: a window on axis " + Twine(k) + " of " + textOf(x.value()) +
                             " meets no element");
  Sym y = reducedWindows(*s, padded(s->x, s->plan, lowest(x.element())), true);
  return withLayout(y, options.layout);
}

Sym avgPool(Ink &ink, Sym x, Ints size, const WindowOptions &options, bool countsPadding) {
  auto s = spatial(ink, "avg_pool", x, size, options);
  if (!s) return {};
  Sym wide = widened(s->x), total = reducedWindows(*s, padded(wide, s->plan, 0), false);
  if (!total) return {};
  double elements = 1;
  for (int64_t extent : s->plan.sizes)
    elements *= static_cast<double>(extent);
  Sym y;
  if (countsPadding) {
    y = total / elements;
  } else {
    SmallVector<int64_t> shape(s->x.shape());
    shape[0] = shape[1] = 1;
    y = total / reducedWindows(*s, padded(ink.full(shape, wide.element(), 1), s->plan, 0), false);
  }
  return withLayout(like(x, y), options.layout);
}

} // namespace formulas
} // namespace tgc::graph
