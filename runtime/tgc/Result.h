// Result<T>: a T or an Error. (std::expected is C++23.)
#pragma once
#include "tgc/Error.h"
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace tgc {

/// What `Result::value` throws where the host has exceptions on.
class Exception : public std::exception {
public:
  explicit Exception(Error error) : held(std::move(error)), words(held.text()) {}
  const char *what() const noexcept override { return words.c_str(); }
  const Error &error() const { return held; }

private:
  Error held;
  std::string words;
};

[[noreturn]] inline void raise(const Error &error) {
#if defined(__cpp_exceptions)
  throw Exception(error);
#else
  std::fprintf(stderr, "%s\n", error.text().c_str());
  std::abort();
#endif
}

/// A value or the error that stands in its place. Never throws unless `value` is asked of an error.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : held(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return held.index() == 0; }
  const T &operator*() const { return *std::get_if<0>(&held); }
  T &operator*() { return *std::get_if<0>(&held); }
  const T *operator->() const { return std::get_if<0>(&held); }
  T *operator->() { return std::get_if<0>(&held); }
  const Error &error() const { return *std::get_if<1>(&held); }

  /// The value; an error is thrown as tgc::Exception (or printed and aborts without exceptions).
  T &&value() && {
    if (!*this) raise(error());
    return std::move(**this);
  }
  T &value() & {
    if (!*this) raise(error());
    return **this;
  }

private:
  std::variant<T, Error> held;
};

/// Success or an error.
template <> class [[nodiscard]] Result<void> {
public:
  Result() = default;
  Result(Error error) : held(std::move(error)) {}
  explicit operator bool() const { return !held.has_value(); }
  const Error &error() const { return *held; }
  void value() const {
    if (held) raise(*held);
  }

private:
  std::optional<Error> held; // success costs one byte: a call's answer is on the hot path
};

} // namespace tgc
