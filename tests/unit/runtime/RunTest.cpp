#include "runtime/Run.h"
#include <cmath>
#include <cstring>
#include <doctest/doctest.h>
#include <thread>

using namespace tgc;

namespace {

using Kind = BufferRef::Kind;

/// out[i] = a[i] + b[i] on f32, sixteen elements an item so that ranges are visible.
void add(std::int64_t begin, std::int64_t end, void **buffers) {
  const auto *a = static_cast<const float *>(buffers[0]), *b = static_cast<const float *>(buffers[1]);
  auto *out = static_cast<float *>(buffers[2]);
  for (std::int64_t i = begin; i < end; ++i)
    out[i] = a[i] + b[i];
}

/// arena[i] = sqrt of each element; the item is one element.
void root(std::int64_t begin, std::int64_t end, void **buffers) {
  for (std::int64_t i = begin; i < end; ++i)
    static_cast<float *>(buffers[1])[i] = std::sqrt(static_cast<const float *>(buffers[0])[i]);
}

ProgramParts addParts(const Shape &shape, std::int64_t nanoseconds = 0) {
  ProgramParts parts;
  parts.arguments = {{"a", f32, shape}, {"b", f32, shape}};
  parts.results = {{"sum", f32, shape}};
  parts.buffers = {{Kind::Argument, 0, 0}, {Kind::Argument, 1, 0}, {Kind::Result, 0, 0}};
  parts.steps = {{add, 0, 3, shape.elements(), nanoseconds, "add"}};
  return parts;
}

Program addition(const Shape &shape, std::int64_t nanoseconds = 0) {
  return Program::make(addParts(shape, nanoseconds)).value();
}

std::string message(const Result<void> &result) { return result ? "none" : result.error().message; }

struct Sixteen {
  Program program = addition({4, 4});
  Workspace space{program};
  std::vector<float> a = std::vector<float>(16, 1), b = std::vector<float>(16, 2),
                     sum = std::vector<float>(16);
  View va{a.data(), {4, 4}}, vb{b.data(), {4, 4}};
  MutableView vsum{sum.data(), {4, 4}};

  std::string tell(std::vector<View> arguments, std::vector<MutableView> results) {
    return message(run(program, arguments, results, space));
  }
};

} // namespace

TEST_CASE("run: arguments, constants, arena and offsets reach the kernels") {
  auto three = Buffer::make(f32, {8}).value();
  for (int i = 0; i < 8; ++i)
    three.as<float>()[i] = float(i);
  ProgramParts parts;
  parts.arguments = {{"x", f32, {4}}};
  parts.results = {{"y", f32, {4}}};
  parts.constants.push_back(std::move(three));
  parts.arenaBytes = 128;
  // arena[64..] = sqrt(x); y = arena[64..] + constant[4..]
  parts.buffers = {{Kind::Argument, 0, 0},
                   {Kind::Arena, 0, 64},
                   {Kind::Arena, 0, 64},
                   {Kind::Constant, 0, 16},
                   {Kind::Result, 0, 0}};
  parts.steps = {{root, 0, 2, 4, 0, "root"}, {add, 2, 5, 4, 0, "add"}};
  const Program program = Program::make(std::move(parts)).value();
  Workspace space(program);
  const float x[4] = {1, 4, 9, 16};
  float y[4] = {};
  REQUIRE(
      run(program, std::vector<View>{View(x, {4})}, std::vector<MutableView>{MutableView(y, {4})}, space));
  CHECK(y[0] == 5);
  CHECK(y[3] == 11);
  CHECK(space.highWaterBytes() == program.workspaceBytes());
}

TEST_CASE("run: a wrong count, dtype, extent or pointer is named with both facts") {
  Sixteen t;
  double wide[16];
  CHECK(t.tell({t.va, t.vb}, {t.vsum}) == "none");
  CHECK(t.sum[15] == 3);
  CHECK(t.tell({t.va}, {t.vsum}) == "the function has 2 arguments but 1 was given");
  CHECK(t.tell({t.va, t.vb}, {}) == "the function has 1 results but 0 were given");
  CHECK(t.tell({t.va, View(wide, {4, 4})}, {t.vsum}) == "argument 1 (b) must be f32[4, 4] but is f64[4, 4]");
  CHECK(t.tell({t.va, t.vb}, {MutableView(t.sum.data(), {16})}) ==
        "result 0 (sum) must be f32[4, 4] but is f32[16]");
  CHECK(t.tell({View(f32, nullptr, {4, 4}), t.vb}, {t.vsum}) ==
        "argument 0 (a) of type f32[4, 4] has a null pointer");
  CHECK(t.tell({View(t.a.data(), {-4, 4}), t.vb}, {t.vsum}) ==
        "argument 0 (a): extent -4 in [-4, 4] is below 0");
}

TEST_CASE("run: results that share memory are refused, arguments may") {
  Sixteen t;
  const std::string shared = " shares memory with argument 0 (a); results need memory of their own";
  CHECK(t.tell({t.va, t.va}, {t.vsum}) == "none");
  CHECK(t.tell({t.va, t.vb}, {MutableView(t.a.data(), {4, 4})}) == "result 0 (sum)" + shared);
  std::vector<float> pool(31);
  CHECK(t.tell({View(pool.data(), {4, 4}), t.vb}, {MutableView(pool.data() + 15, {4, 4})}) ==
        "result 0 (sum)" + shared);
  pool.resize(32);
  CHECK(t.tell({View(pool.data(), {4, 4}), t.vb}, {MutableView(pool.data() + 16, {4, 4})}) == "none");
  const MutableView twice(pool.data(), {4, 4}, std::vector<std::int64_t>{1, 2});
  CHECK(t.tell({t.va, t.vb}, {twice}) == "result 0 (sum) has strides that name one element twice");
  const MutableView still(pool.data(), {4, 4}, std::vector<std::int64_t>{0, 1});
  CHECK(t.tell({t.va, t.vb}, {still}) == "result 0 (sum) has strides that name one element twice");
}

TEST_CASE("run: overlap among very many ports is found by the sweep") {
  const int count = 60;
  ProgramParts parts;
  for (int i = 0; i < count; ++i) {
    parts.arguments.push_back({"a" + std::to_string(i), f32, {4}});
    parts.results.push_back({"r" + std::to_string(i), f32, {4}});
  }
  const Program program = Program::make(std::move(parts)).value();
  Workspace space(program);
  std::vector<float> memory(std::size_t(count) * 8);
  std::vector<View> arguments;
  std::vector<MutableView> results;
  for (int i = 0; i < count; ++i) {
    arguments.emplace_back(memory.data() + 4 * ((i * 7) % count), Shape{4});
    results.emplace_back(memory.data() + 4 * (count + (i * 11) % count), Shape{4});
  }
  CHECK(message(run(program, arguments, results, space)) == "none");
  auto moved = results;
  moved[59] = MutableView(static_cast<float *>(results[3].data()) + 1, Shape{4});
  CHECK_FALSE(run(program, arguments, moved, space));
  moved = results;
  moved[0] = MutableView(const_cast<float *>(static_cast<const float *>(arguments[5].data())), Shape{4});
  CHECK(message(run(program, arguments, moved, space)) ==
        "result 0 (r0) shares memory with argument 5 (a5); results need memory of their own");
  arguments[1] = arguments[0]; // arguments may be the same
  CHECK(message(run(program, arguments, results, space)) == "none");
}

TEST_CASE("run: strided, reversed, broadcast and unaligned views give the dense result") {
  Sixteen t;
  std::vector<float> transposed(16), out(64, -1);
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j) {
      t.a[i * 4 + j] = float(i * 4 + j);
      transposed[j * 4 + i] = float(i * 4 + j);
    }
  const float row[4] = {10, 20, 30, 40};
  const View a(transposed.data(), {4, 4}, std::vector<std::int64_t>{1, 4});
  const View b(row + 3, {4, 4}, std::vector<std::int64_t>{0, -1});
  const MutableView sum(out.data(), {4, 4}, std::vector<std::int64_t>{16, 2});
  REQUIRE(run(t.program, std::vector<View>{a, b}, std::vector<MutableView>{sum}, t.space));
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j) {
      CHECK(out[i * 16 + j * 2] == float(i * 4 + j) + row[3 - j]);
      CHECK(out[i * 16 + j * 2 + 1] == -1); // nothing between the elements is touched
    }
  CHECK(t.space.highWaterBytes() == t.program.workspaceBytes() + t.program.packBytes());
  std::vector<std::byte> raw(3 * 64 + 8);
  for (int shift = 0; shift < 8; ++shift) { // bytes between elements of the machine code's idea of alignment
    std::memcpy(raw.data() + shift, t.a.data(), 64);
    std::memcpy(raw.data() + 64 + shift, t.b.data(), 64);
    const MutableView out(f32, raw.data() + 128 + shift, {4, 4});
    if (shift % 4) continue; // the kernel of this test is C++ and may assume its own alignment
    REQUIRE(run(
        t.program,
        std::vector<View>{View(f32, raw.data() + shift, {4, 4}), View(f32, raw.data() + 64 + shift, {4, 4})},
        std::vector<MutableView>{out}, t.space));
    CHECK(static_cast<float *>(out.data())[5] == 7);
  }
}

TEST_CASE("run: one and many threads, and a host's executor, give the same bytes") {
  const Shape shape{1000, 37};
  const Program program = addition(shape, 1'000'000);
  Workspace space(program);
  std::vector<float> a(37000), b(37000), one(37000), many(37000);
  for (int i = 0; i < 37000; ++i) {
    a[i] = float(i) * 0.1f;
    b[i] = 1.0f / float(i + 1);
  }
  const std::vector<View> arguments{View(a.data(), shape), View(b.data(), shape)};
  REQUIRE(run(program, arguments, std::vector<MutableView>{MutableView(one.data(), shape)}, space,
              {.threads = 1}));
  for (int threads : {0, 2, 3, 7}) {
    std::fill(many.begin(), many.end(), 0.0f);
    REQUIRE(run(program, arguments, std::vector<MutableView>{MutableView(many.data(), shape)}, space,
                {.threads = threads}));
    CHECK(std::memcmp(one.data(), many.data(), one.size() * 4) == 0);
  }
  int calls = 0;
  const Executor executor{
      [](void *self, std::int64_t items, void (*body)(std::int64_t, std::int64_t, void *), void *context) {
        ++*static_cast<int *>(self);
        for (std::int64_t at = items; at > 0; at -= std::min<std::int64_t>(at, 999)) // backwards
          body(std::max<std::int64_t>(at - 999, 0), at, context);
      },
      &calls};
  std::fill(many.begin(), many.end(), 0.0f);
  REQUIRE(run(program, arguments, std::vector<MutableView>{MutableView(many.data(), shape)}, space,
              {.executor = executor}));
  CHECK(calls == 1);
  CHECK(std::memcmp(one.data(), many.data(), one.size() * 4) == 0);
}

TEST_CASE("run: a small step stays on the caller's thread, also with an executor") {
  Sixteen t;
  const Executor never{
      [](void *, std::int64_t, void (*)(std::int64_t, std::int64_t, void *), void *) { FAIL("called"); },
      nullptr};
  CHECK(run(t.program, std::vector<View>{t.va, t.vb}, std::vector<MutableView>{t.vsum}, t.space,
            {.executor = never}));
}

TEST_CASE("run: workspaces too small, without memory or in use are refused") {
  Sixteen t;
  const std::vector<View> arguments{t.va, t.vb};
  const std::vector<MutableView> results{t.vsum};
  Workspace small(8);
  CHECK(message(run(t.program, arguments, results, small)) == "the function needs a workspace of " +
                                                                  std::to_string(t.program.workspaceBytes()) +
                                                                  " bytes but it has 64");
  CHECK(message(run(t.program, arguments, results, t.space, {.threads = -1})) ==
        "threads is -1 but must be 0 (all cores) or more");
  REQUIRE(t.space.acquire());
  CHECK(message(run(t.program, arguments, results, t.space)) ==
        "the workspace is in use by another call; every concurrent call needs its own");
  t.space.release();
  int left = 1; // memory for the main block only
  MemoryHook hook{[](std::size_t bytes, void *left) {
                    return (*static_cast<int *>(left))-- > 0 ? std::aligned_alloc(64, bytes) : nullptr;
                  },
                  [](void *memory, std::size_t, void *) { std::free(memory); }, &left};
  Workspace noTail(t.program, hook);
  const View turned(t.a.data(), {4, 4}, std::vector<std::int64_t>{1, 4});
  const auto failed = run(t.program, std::vector<View>{turned, t.vb}, results, noTail);
  CHECK(message(failed) == "no memory for the 192 bytes that strided arguments and results are packed into");
  CHECK(failed.error().kind == ErrorKind::Limit);
}

TEST_CASE("run: concurrent calls with a workspace each") {
  const Program program = addition({512}, 100'000);
  std::vector<std::thread> callers;
  std::atomic<int> good{0};
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&, t] {
      Workspace space(program);
      std::vector<float> a(512, float(t)), b(512, 1), sum(512);
      for (int round = 0; round < 100; ++round)
        if (run(program, std::vector<View>{a, b}, std::vector<MutableView>{sum}, space, {.threads = 2}))
          good += sum[0] == float(t + 1) && sum[511] == float(t + 1);
    });
  for (std::thread &caller : callers)
    caller.join();
  CHECK(good == 400);
}

TEST_CASE("run: empty tensors need no memory") {
  const Program program = addition({0, 3});
  Workspace space(program);
  const View empty(f32, nullptr, {0, 3});
  CHECK(run(program, std::vector<View>{empty, empty},
            std::vector<MutableView>{MutableView(f32, nullptr, {0, 3})}, space));
}

TEST_CASE("program: references that leave their buffer and missing kernels are our error") {
  auto parts = addParts({4});
  parts.buffers[1].index = 2;
  CHECK(Program::make(std::move(parts)).error().message ==
        "the compiled program is broken: a reference to buffer 2 of 2");
  parts = addParts({4});
  parts.buffers[2].offsetBytes = 17;
  CHECK(Program::make(std::move(parts)).error().message ==
        "the compiled program is broken: a reference at byte 17 of a buffer of 16");
  parts = addParts({4});
  parts.steps[0].kernel = nullptr;
  CHECK(Program::make(std::move(parts)).error().kind == ErrorKind::Internal);
  parts = addParts({4});
  parts.steps[0].lastBuffer = 4;
  CHECK_FALSE(Program::make(std::move(parts)));
  parts = addParts({4});
  parts.arenaBytes = -1;
  CHECK(Program::make(std::move(parts)).error().kind == ErrorKind::Limit);
}

TEST_CASE("program: an argument handed through is a copy of bytes") {
  ProgramParts parts;
  parts.arguments = {{"x", f64, {3}}};
  parts.results = {{"y", f64, {3}}};
  parts.buffers = {{Kind::Argument, 0, 0}, {Kind::Result, 0, 0}};
  parts.steps = {{copyBytesKernel, 0, 2, 24, 0, "copy"}};
  const Program program = Program::make(std::move(parts)).value();
  Workspace space(program);
  std::vector<double> x{1, 2, 3}, y(3);
  REQUIRE(run(program, std::vector<View>{x}, std::vector<MutableView>{y}, space));
  CHECK(x == y);
}
