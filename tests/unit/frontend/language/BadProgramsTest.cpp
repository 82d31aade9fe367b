// Every program of tests/programs/bad says in its last comment lines what must be said of it:
//   # fn: EXPR            # in: NAME=DTYPE[EXTENTS]            # size: NAME=NUMBER      (at its top)
//   # expect KIND                                                                       (then the message,
//   line by line)
#include "frontend/language/Messages.h"
#include "frontend/language/Program.h"
#include "frontend/language/Shapes.h"
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace tgc::language;

namespace {

struct Wrong {
  std::string text, fn, kind, expected;
  Bindings bindings;
};

std::string rest(const std::string &line, std::string_view prefix) { return line.substr(prefix.size()); }

Wrong read(const std::filesystem::path &path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  Wrong wrong{all.str(), {}, {}, {}, {}};
  std::string line;
  for (bool message = false; std::getline(all, line);) {
    if (message)
      wrong.expected += (line.size() > 2 ? line.substr(2) : "") + "\n";
    else if (line.starts_with("# fn: "))
      wrong.fn = rest(line, "# fn: ");
    else if (line.starts_with("# in: ")) {
      std::size_t at = line.find('=');
      auto type = parseType(line.substr(at + 1));
      REQUIRE(type);
      wrong.bindings.inputs.emplace_back(line.substr(6, at - 6), *type);
    } else if (line.starts_with("# size: ")) {
      std::size_t at = line.find('=');
      wrong.bindings.extents.emplace_back(line.substr(8, at - 8), std::stoll(line.substr(at + 1)));
    } else if (line.starts_with("# expect ")) {
      wrong.kind = rest(line, "# expect ");
      message = true;
    }
  }
  return wrong;
}

std::optional<tgc::Error> errorOf(const Wrong &wrong, const std::string &name) {
  auto program = parse(wrong.text, name);
  if (!program) return program.error();
  auto choice = choose(*program, wrong.fn);
  if (!choice) return choice.error();
  auto instance = instantiate(*program, *choice, wrong.bindings);
  if (!instance) return instance.error();
  return std::nullopt;
}

} // namespace

TEST_CASE("bad programs: each is refused with the message it states") {
  int count = 0;
  for (const auto &entry : std::filesystem::directory_iterator("tests/programs/bad")) {
    if (entry.path().extension() != ".tg") continue;
    ++count;
    std::string name = entry.path().filename().string();
    Wrong wrong = read(entry.path());
    auto error = errorOf(wrong, name);
    CAPTURE(name);
    CHECK_MESSAGE(error, name);
    if (!error) continue;
    Source source(name, wrong.text), expression("--fn", wrong.fn);
    const Source *sources[] = {&source, &expression};
    std::string said = render(*error, sources, false);
    CHECK(said == wrong.expected);
    CHECK(nameOf(error->kind) == wrong.kind);
  }
  CHECK(count >= 60);
}
