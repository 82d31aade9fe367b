#include "tgc/Npy.h"
#include <cstdio>
#include <cstring>
#include <doctest/doctest.h>
#include <numeric>
#include <sys/stat.h>
#include <unistd.h>

using namespace tgc;

namespace {

/// A file image around any dictionary text, version and data, right or wrong.
std::vector<std::byte> image(const std::string &dictionary, const std::string &data, int major = 1) {
  std::string out = "\x93NUMPY";
  out += char(major);
  out += '\0';
  const std::size_t length = dictionary.size();
  out += char(length & 0xff);
  out += char(length >> 8);
  if (major > 1) out.append(2, '\0');
  out += dictionary + data;
  const auto *bytes = reinterpret_cast<const std::byte *>(out.data());
  return {bytes, bytes + out.size()};
}

std::string dictionary(const std::string &descr, const std::string &shape, bool fortran = false) {
  return "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") +
         ", 'shape': " + shape + ", }\n";
}

std::string refusal(const std::vector<std::byte> &bytes, std::optional<DType> wanted = {}) {
  auto read = readNpy(bytes, "x.npy", wanted);
  return read ? "accepted " + read->typeText() : read.error().text();
}

template <typename T> std::string raw(std::initializer_list<T> values) {
  return {reinterpret_cast<const char *>(values.begin()), values.size() * sizeof(T)};
}

std::string temporary(const char *name) { return "/tmp/tgc-npy-" + std::to_string(getpid()) + "-" + name; }

} // namespace

TEST_CASE("npy: every dtype, both orders and ranks 0 to 8 come back as written") {
  for (int d = 0; d < dtypeCount; ++d)
    for (const Shape &shape : {Shape{}, Shape{1}, Shape{0}, Shape{5}, Shape{2, 3}, Shape{3, 0, 2},
                               Shape{2, 3, 4}, Shape{1, 2, 1, 2, 1, 2, 1, 3}})
      for (const auto order : {NpyOrder::C, NpyOrder::Fortran}) {
        const auto dtype = DType(d);
        auto buffer = Buffer::make(dtype, shape).value();
        auto *bytes = static_cast<unsigned char *>(buffer.data());
        for (std::int64_t i = 0; i < buffer.sizeBytes(); ++i)
          bytes[i] = dtype == boolean ? i % 2 : (unsigned char)(i * 37 + 1);
        auto read = readNpy(npyBytes(buffer, order).value(), "x.npy", dtype);
        REQUIRE(read);
        CHECK(read->typeText() == buffer.typeText());
        CHECK(std::memcmp(read->data(), buffer.data(), std::size_t(buffer.sizeBytes())) == 0);
      }
}

TEST_CASE("npy: the image is NumPy's, byte for byte") {
  const double values[3] = {1, 2, 3};
  const auto bytes = npyBytes(View(values, {3})).value();
  const std::string text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  // what numpy.save (NumPy 2.4.6) wrote for the same array
  std::string wanted =
      std::string("\x93NUMPY\x01\x00v\x00", 10) + "{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }";
  wanted.append(128 - wanted.size() - 1, ' ');
  wanted += '\n';
  CHECK(text.substr(0, 128) == wanted);
  CHECK(bytes.size() == 128 + 24);
}

TEST_CASE("npy: views that are not dense are written in their logical order") {
  const std::vector<float> values{0, 1, 2, 3, 4, 5};
  const View transposed(values.data(), {3, 2}, std::vector<std::int64_t>{1, 3});
  for (const auto order : {NpyOrder::C, NpyOrder::Fortran}) {
    const auto read = readNpy(npyBytes(transposed, order).value(), "x.npy").value();
    CHECK(std::vector<float>(read.as<float>().begin(), read.as<float>().end()) ==
          std::vector<float>{0, 3, 1, 4, 2, 5});
  }
}

TEST_CASE("npy: Fortran order, the other byte order, versions and odd but legal spelling") {
  const auto fortran =
      readNpy(image(dictionary("<i4", "(2, 3)", true), raw<std::int32_t>({0, 3, 1, 4, 2, 5})), "x").value();
  for (int i = 0; i < 6; ++i)
    CHECK(fortran.as<std::int32_t>()[i] == i);
  const auto big = readNpy(image(dictionary(">u2", "(2,)"), std::string("\x01\x02\x03\x04", 4)), "x").value();
  CHECK(big.as<std::uint16_t>()[0] == 0x0102);
  CHECK(big.as<std::uint16_t>()[1] == 0x0304);
  for (int version : {1, 2, 3})
    CHECK(readNpy(image(dictionary("<f8", "()"), raw<double>({2.5}), version), "x").value().as<double>()[0] ==
          2.5);
  CHECK(refusal(image("{\"shape\":(1L,),\"fortran_order\":False,\"descr\":\"=f4\"}", raw<float>({1}))) ==
        "accepted f32[1]");
  CHECK(refusal(image(dictionary("|b1", "(2,)"), std::string("\x00\x07", 2))) == "accepted bool[2]");
  CHECK(readNpy(image(dictionary("|b1", "(2,)"), std::string("\x00\x07", 2)), "x")
            .value()
            .as<std::uint8_t>()[1] == 1);
}

TEST_CASE("npy: |V2 is bf16 only where bf16 is wanted") {
  const auto bytes = image(dictionary("|V2", "(1,)"), std::string("\x80\x3f", 2));
  CHECK(refusal(bytes) == "x.npy: error: elements '|V2' are read only where bf16 is asked for");
  CHECK(refusal(bytes, f32) == "x.npy: error: elements '|V2' are read only where bf16 is asked for");
  CHECK(refusal(bytes, bf16) == "accepted bf16[1]");
}

TEST_CASE("npy: what is not read is named") {
  CHECK(refusal(image(dictionary("|O", "(1,)"), "12345678")) ==
        "x.npy: error: elements '|O' are Python objects, which are never read: loading them runs code");
  CHECK(refusal(image(dictionary("<c32", "(1,)"), std::string(32, 0))) ==
        "x.npy: error: elements '<c32' are no element type of tgc (f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 b1 c8 "
        "c16)");
  CHECK(refusal(image("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "1234")) ==
        "x.npy: error: structured elements are not read; save each field as an array of its own");
  CHECK(
      refusal(image(dictionary("<U4", "(1,)"), std::string(16, 0))) ==
      "x.npy: error: elements '<U4' are no element type of tgc (f8 f4 f2 i8 i4 i2 i1 u8 u4 u2 u1 b1 c8 c16)");
  CHECK(refusal(image(dictionary("<f8", "()"), raw<double>({1}), 4)) ==
        "x.npy: error: .npy format version 4.0 is not known; 1.0, 2.0 and 3.0 are");
}

TEST_CASE("npy: broken files are refused with the reason") {
  const std::string start = "x.npy: error: ";
  const auto bytesOf = [](std::string text) {
    const auto *bytes = reinterpret_cast<const std::byte *>(text.data());
    return std::vector<std::byte>(bytes, bytes + text.size());
  };
  CHECK(refusal({}) == start + "not a .npy file: it does not start with \\x93NUMPY");
  CHECK(refusal(bytesOf("PK\x03\x04 an npz")) ==
        start + "not a .npy file: it does not start with \\x93NUMPY");
  CHECK(refusal(bytesOf("\x93NUMPY\x01")) ==
        start + "truncated .npy file: it ends within the first 10 bytes");
  CHECK(refusal(bytesOf(std::string("\x93NUMPY\x01\x00\x50\x00{'descr'", 18))) ==
        start + "truncated .npy file: the header has 8 of 80 bytes");
  CHECK(refusal(bytesOf(std::string("\x93NUMPY\x02\x00\xff\xff\xff\x7f", 12))) ==
        start + "a .npy header of 2147483647 bytes is over the limit of 65536");
  CHECK(refusal(image(dictionary("<f4", "(4,)"), std::string(15, 0))) ==
        start + "truncated .npy file: f32[4] needs 16 bytes but 15 follow the header");
  CHECK(refusal(image(dictionary("<f4", "(4,)"), std::string(18, 0))) ==
        start + "the .npy file goes on 2 bytes after the 16 of f32[4]");
  CHECK(refusal(image(dictionary("<f4", "(4294967296, 4294967296)"), "")) ==
        start + "the extents [4294967296, 4294967296] have a product over the limit of 2^48 elements");
  CHECK(refusal(image(dictionary("<f4", "(99999999999999999999,)"), "")) ==
        start + "the .npy header names an extent of more than 18 digits");
  CHECK(refusal(image(dictionary("<f4", "(281474976710656,)"), "")) ==
        start +
            "truncated .npy file: f32[281474976710656] needs 1125899906842624 bytes but 0 follow the header");
  CHECK(refusal(image(dictionary("<f4", "(-1,)"), "")) ==
        start + "broken .npy header: expected an extent at byte 51, found '-'");
  CHECK(refusal(image(dictionary("<f4", "(1,1,1,1,1,1,1,1,1)"), "1234")) ==
        start + "rank 9 is over the limit of 8");
  CHECK(refusal(image(dictionary("f4", "(1,)"), "1234")) ==
        start + "broken .npy header: the element type 'f4' does not start with a byte order (<, >, | or =)");
  CHECK(refusal(image(dictionary("|f4", "(1,)"), "1234")) ==
        start + "broken .npy header: the element type '|f4' has several bytes but no byte order");
  CHECK(refusal(image("{'descr': '<f4', 'shape': (1,)}", "1234")) ==
        start + "broken .npy header: the key 'fortran_order' is missing");
  CHECK(refusal(image("{'descr': '<f4', 'descr': '<f4', 'shape': (1,)}", "1234")) ==
        start + "broken .npy header: the key 'descr' stands twice");
  CHECK(refusal(image("{'descr': '<f4', 'x': 1}", "1234")) == start + "broken .npy header: unknown key 'x'");
  CHECK(refusal(image("{'descr': '<f4", "1234")) ==
        start + "broken .npy header: a string that does not end, at byte 10");
  CHECK(refusal(image("", "")) == start + "broken .npy header: expected { at byte 0, found the end");
  CHECK(refusal(image("{} x", "")) == start + "broken .npy header: text after the closing } at byte 3");
  CHECK(refusal(image("{'descr': __import__('os').system('true')}", "")) ==
        start + "broken .npy header: expected a string at byte 10, found '_'");
}

TEST_CASE("npy: every truncation of a good file is refused") {
  const double values[6] = {1, 2, 3, 4, 5, 6};
  const auto bytes = npyBytes(View(values, {2, 3})).value();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    // A copy of just that length, so that a read past its end is seen by AddressSanitizer.
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + std::ptrdiff_t(length));
    CHECK_FALSE(readNpy(cut, "x.npy"));
  }
}

TEST_CASE("npy: files are written and read, and tell the system's reason when they cannot be") {
  const std::string path = temporary("a.npy");
  std::vector<std::int64_t> values(1000);
  std::iota(values.begin(), values.end(), 0);
  const View view(values.data(), {10, 100});
  for (const auto order : {NpyOrder::C, NpyOrder::Fortran}) {
    REQUIRE(writeNpyFile(path, view, order));
    auto read = readNpyFile(path);
    REQUIRE(read);
    CHECK(read->typeText() == "i64[10, 100]");
    CHECK(std::memcmp(read->data(), values.data(), 8000) == 0);
  }
  REQUIRE(truncate(path.c_str(), 8100) == 0);
  CHECK(readNpyFile(path).error().text() ==
        path + ": error: truncated .npy file: i64[10, 100] needs 8000 bytes but 7972 follow the header");
  std::remove(path.c_str());
  CHECK(readNpyFile(path).error().text() == path + ": error: cannot open: No such file or directory");
  CHECK(readNpyFile(path).error().kind == ErrorKind::Unavailable);
  CHECK(readNpyFile("/tmp").error().text() == "/tmp: error: cannot read: Is a directory");
  CHECK(writeNpyFile("/nowhere/x.npy", view).error().text() ==
        "/nowhere/x.npy: error: cannot write: No such file or directory");
  CHECK(writeNpyFile("/dev/full", view).error().text() ==
        "/dev/full: error: cannot write: No space left on device");
}

TEST_CASE("npy: a pipe is read like a file") {
  const std::string path = temporary("pipe");
  REQUIRE(mkfifo(path.c_str(), 0600) == 0);
  if (fork() == 0) { // the writer; a pipe needs both ends
    const float values[4] = {1, 2, 3, 4};
    (void)writeNpyFile(path, View(values, {2, 2}));
    _exit(0);
  }
  auto read = readNpyFile(path);
  std::remove(path.c_str());
  REQUIRE(read);
  CHECK(read->typeText() == "f32[2, 2]");
  CHECK(read->as<float>()[3] == 4);
}

TEST_CASE("npy: a null pointer to elements is refused") {
  CHECK(npyBytes(View(f64, nullptr, {3})).error().message == "f64[3] has a null pointer");
  CHECK(npyBytes(View(), NpyOrder::Fortran).error().message == "f64 has a null pointer");
  CHECK(writeNpyFile("/dev/null", View()).error().message == "f64 has a null pointer");
  CHECK(npyBytes(View(f64, nullptr, {0})));
}
