// Structs of tensors: aggregates whose fields are tensors of one kind or such structs again, at most 16 a
// struct. One template serves descriptions, graph values and memory:
//   template <typename T> struct Layer { T weight, bias; };
//   template <typename T> struct Model { Layer<T> inner, outer; };
// They are flattened field by field under dotted names ("model.inner.weight").
#pragma once
#include "tgc/Buffer.h"
#include "tgc/Expr.h"
#include <array>
#include <span>
#include <string_view>
#include <tuple>

namespace tgc {

struct Param;

namespace detail {

/// What a struct's leaf may be.
template <typename T>
inline constexpr bool isLeaf =
    std::is_same_v<T, Expr> || std::is_same_v<T, Param> || std::is_same_v<T, View> ||
    std::is_same_v<T, MutableView> || std::is_same_v<T, Buffer>;

struct AnyField {
  template <typename T> constexpr operator T() const noexcept;
};
template <typename T, std::size_t... k> constexpr bool takesBraces(std::index_sequence<k...>) {
  return requires { T{(static_cast<void>(k), AnyField{})...}; };
}
/// The number of fields of an aggregate, at most 16.
template <typename T, std::size_t most = 16> constexpr std::size_t fieldCount() {
  if constexpr (most == 0)
    return 0;
  else if constexpr (takesBraces<T>(std::make_index_sequence<most>()))
    return most;
  else
    return fieldCount<T, most - 1>();
}

/// Pointers to the fields.
template <typename T> constexpr auto fieldsOf(T &object) {
  constexpr std::size_t n = fieldCount<std::remove_const_t<T>>();
  static_assert(n >= 1 && n <= 16, "a struct of tensors has 1 to 16 fields");
  if constexpr (n == 1) {
    auto &[f0] = object;
    return std::tuple(&f0);
  } else if constexpr (n == 2) {
    auto &[f0, f1] = object;
    return std::tuple(&f0, &f1);
  } else if constexpr (n == 3) {
    auto &[f0, f1, f2] = object;
    return std::tuple(&f0, &f1, &f2);
  } else if constexpr (n == 4) {
    auto &[f0, f1, f2, f3] = object;
    return std::tuple(&f0, &f1, &f2, &f3);
  } else if constexpr (n == 5) {
    auto &[f0, f1, f2, f3, f4] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4);
  } else if constexpr (n == 6) {
    auto &[f0, f1, f2, f3, f4, f5] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5);
  } else if constexpr (n == 7) {
    auto &[f0, f1, f2, f3, f4, f5, f6] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6);
  } else if constexpr (n == 8) {
    auto &[f0, f1, f2, f3, f4, f5, f6, f7] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6, &f7);
  } else if constexpr (n == 9) {
    auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6, &f7, &f8);
  } else if constexpr (n == 10) {
    auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6, &f7, &f8, &f9);
  } else if constexpr (n == 11) {
    auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6, &f7, &f8, &f9, &f10);
  } else if constexpr (n == 12) {
    auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6, &f7, &f8, &f9, &f10, &f11);
  } else if constexpr (n == 13) {
    auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6, &f7, &f8, &f9, &f10, &f11, &f12);
  } else if constexpr (n == 14) {
    auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6, &f7, &f8, &f9, &f10, &f11, &f12, &f13);
  } else if constexpr (n == 15) {
    auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6, &f7, &f8, &f9, &f10, &f11, &f12, &f13, &f14);
  } else if constexpr (n == 16) {
    auto &[f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15] = object;
    return std::tuple(&f0, &f1, &f2, &f3, &f4, &f5, &f6, &f7, &f8, &f9, &f10, &f11, &f12, &f13, &f14, &f15);
  }
}

template <typename T> using Fields = decltype(fieldsOf(std::declval<T &>()));
template <typename T, std::size_t k>
using Field = std::remove_const_t<std::remove_pointer_t<std::tuple_element_t<k, Fields<T>>>>;

template <typename T> constexpr bool isStruct();
template <typename T, std::size_t... k> constexpr bool allTensors(std::index_sequence<k...>) {
  return ((isLeaf<Field<T, k>> || isStruct<Field<T, k>>()) && ...);
}
template <typename T> constexpr bool isStruct() {
  if constexpr (!std::is_class_v<T> || !std::is_aggregate_v<T> || isLeaf<T> ||
                requires { std::tuple_size<T>::value; })
    return false;
  else if constexpr (constexpr std::size_t n = fieldCount<T>(); n == 0)
    return false;
  else
    return allTensors<T>(std::make_index_sequence<n>());
}

// The name of a field is read off the compiler's spelling of a pointer to it, in an object that is never
// made.
template <typename T> struct Unmade {
  T value;
};
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#endif
template <typename T> extern const Unmade<T> unmade;
template <auto pointer> constexpr std::string_view spelling() { return __PRETTY_FUNCTION__; }
template <typename T, std::size_t k> constexpr std::string_view fieldName() {
  std::string_view text = spelling<std::get<k>(fieldsOf(unmade<T>.value))>();
  text = text.substr(0, std::min(text.find(';'), text.rfind(']')));
  auto letter = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c < 0;
  };
  while (!text.empty() && !letter(text.back()))
    text.remove_suffix(1);
  std::size_t begin = text.size();
  while (begin > 0 && letter(text[begin - 1]))
    --begin;
  return text.substr(begin);
}
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

} // namespace detail

/// An aggregate of tensors, as above.
template <typename T>
concept Struct = detail::isStruct<std::remove_cvref_t<T>>();

namespace detail {

/// Calls `visit(name, leaf)` for each leaf in order; `prefix` is what stands before its name.
template <typename T, typename Visit> void eachLeaf(const std::string &prefix, T &&object, Visit &&visit) {
  if constexpr (Struct<T>) {
    using S = std::remove_cvref_t<T>;
    [&]<std::size_t... k>(std::index_sequence<k...>) {
      auto fields = fieldsOf(object);
      (eachLeaf(prefix + (prefix.empty() ? "" : ".") + std::string(fieldName<S, k>()), *std::get<k>(fields),
                visit),
       ...);
    }(std::make_index_sequence<fieldCount<S>()>());
  } else {
    visit(prefix, object);
  }
}

/// How many leaves a struct has; 1 for what is none.
template <typename T> constexpr std::size_t leafCount() {
  if constexpr (isStruct<T>())
    return []<std::size_t... k>(std::index_sequence<k...>) {
      return (leafCount<Field<T, k>>() + ... + 0);
    }(std::make_index_sequence<fieldCount<T>()>());
  else
    return 1;
}

/// The next leaves of a list as a T; where the list has ended, leaves are empty.
template <typename T, typename Leaf> T taken(std::span<const Leaf> list, std::size_t &at) {
  if constexpr (isStruct<T>())
    return [&]<std::size_t... k>(std::index_sequence<k...>) {
      return T{taken<Field<T, k>>(list, at)...}; // braces: in this order
    }(std::make_index_sequence<fieldCount<T>()>());
  else
    return at < list.size() ? T(list[at++]) : T();
}

} // namespace detail

/// The leaves of structs and single tensors, one after the other: flatten<View>(model, x).
template <typename Leaf, typename... T> std::vector<Leaf> flatten(const T &...things) {
  std::vector<Leaf> out;
  auto add = [&](const std::string &, const auto &leaf) { out.push_back(Leaf(leaf)); };
  (detail::eachLeaf("", things, add), ...);
  return out;
}
/// The same where the leaves are written to.
template <typename... T> std::vector<MutableView> places(T &...things) {
  std::vector<MutableView> out;
  auto add = [&](const std::string &, auto &leaf) { out.push_back(MutableView(leaf)); };
  (detail::eachLeaf("", things, add), ...);
  return out;
}
/// A struct out of as many leaves as it has: unflatten<Model<Expr>>(results). Missing ones are empty.
template <Struct S, typename Leaf> S unflatten(const std::vector<Leaf> &leaves, std::size_t from = 0) {
  return detail::taken<S>(std::span<const Leaf>(leaves), from);
}

} // namespace tgc
