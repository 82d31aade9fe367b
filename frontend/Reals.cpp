#include "frontend/Reals.h"
#include <cstring>

namespace tgc::detail {

template <DType dtype, typename T> static double asReal(T raw) {
  if constexpr (isComplex(dtype))
    return static_cast<double>(raw.real());
  else if constexpr (dtype == DType::bf16)
    return static_cast<double>(floatOfBf16(raw));
  else if constexpr (dtype == DType::f16)
    return static_cast<double>(floatOfF16(raw));
  else
    return static_cast<double>(raw);
}

double realAt(const View &dense, std::int64_t at) {
  const char *place =
      static_cast<const char *>(dense.data()) + at * static_cast<std::int64_t>(sizeBytes(dense.dtype()));
  switch (dense.dtype()) {
#define ROW(name, bytes, kind, type)                                                                         \
  case DType::name: {                                                                                        \
    type raw;                                                                                                \
    std::memcpy(&raw, place, sizeof raw);                                                                    \
    return asReal<DType::name>(raw);                                                                         \
  }
    TGC_DTYPES(ROW)
#undef ROW
  }
  return 0;
}

void setReal(Buffer &buffer, std::int64_t at, double value) {
  char *place =
      static_cast<char *>(buffer.data()) + at * static_cast<std::int64_t>(sizeBytes(buffer.dtype()));
  auto put = [&](auto raw) { std::memcpy(place, &raw, sizeof raw); };
  switch (buffer.dtype()) {
  case DType::f64:
    return put(value);
  case DType::f32:
    return put(static_cast<float>(value));
  case DType::bf16:
    return put(bf16Of(value));
  default:
    return put(f16Of(value));
  }
}

Reals realsOf(const Buffers &buffers) {
  Reals reals;
  for (const Buffer &buffer : buffers) {
    auto &list = reals.emplace_back();
    for (std::int64_t at = 0; at < buffer.elements(); ++at)
      list.push_back(realAt(buffer, at));
  }
  return reals;
}

Result<Buffer> randomLike(const Param &param, std::mt19937_64 &bits) {
  auto made = Buffer::make(param.dtype, Shape(param.extents));
  if (!made) return made;
  std::normal_distribution<double> normal;
  for (std::int64_t at = 0; at < made->elements(); ++at)
    setReal(*made, at, normal(bits));
  return made;
}

Result<Buffers> cloned(const Buffers &buffers) {
  Buffers out;
  for (const Buffer &buffer : buffers) {
    auto copy = buffer.clone();
    if (!copy) return copy.error();
    out.push_back(std::move(*copy));
  }
  return out;
}

Result<Evaluator> Evaluator::make(const Function &f) {
  auto compiled = compile(f, {.threads = 1});
  if (!compiled) return compiled.error();
  return Evaluator(std::move(*compiled));
}

Result<Buffers> Evaluator::operator()(const Buffers &first, const Buffers &second) const {
  std::vector<View> arguments;
  for (const Buffers *list : {&first, &second})
    for (const Buffer &one : *list)
      arguments.push_back(one.view());
  Buffers results;
  std::vector<MutableView> places;
  for (const Param &result : code.results()) {
    auto made = Buffer::make(result.dtype, Shape(result.extents));
    if (!made) return made.error();
    results.push_back(std::move(*made));
  }
  for (Buffer &result : results)
    places.push_back(result.view());
  Workspace space(code.workspaceBytes());
  if (auto ok = code.run(arguments, places, space); !ok) return ok.error();
  return results;
}

} // namespace tgc::detail
