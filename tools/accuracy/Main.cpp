// tgc-accuracy: the largest error of every function of the catalogue, as rows of docs/accuracy.md.
#include "tools/accuracy/Measure.h"
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using namespace tgc::accuracy;

namespace {

struct Choice {
  std::vector<std::string> names; ///< empty: all
  std::uint64_t points = 0;       ///< of every measurement; 0: every f32, 10^8 pairs of f32, 10^7 f64
  std::uint64_t every = 1;        ///< of all f32, one in so many
  bool narrow = true, wide = true;
};

int usage() {
  std::fprintf(stderr, "usage: tgc-accuracy [--points=N] [--every=N] [--dtype=f32|f64] [FUNCTION]...\n"
                       "Prints a row for each function and dtype; fails where one is beyond its aim.\n");
  return 2;
}

bool read(int count, char **words, Choice &choice) {
  for (int at = 1; at < count; ++at) {
    const std::string word = words[at];
    if (word.starts_with("--points="))
      choice.points = std::strtoull(word.c_str() + 9, nullptr, 10);
    else if (word.starts_with("--every="))
      choice.every = std::max<std::uint64_t>(std::strtoull(word.c_str() + 8, nullptr, 10), 1);
    else if (word == "--dtype=f32")
      choice.wide = false;
    else if (word == "--dtype=f64")
      choice.narrow = false;
    else if (word.starts_with("-"))
      return false;
    else
      choice.names.push_back(word);
  }
  return true;
}

Plan planOf(const Function &function, bool wide, const Choice &choice) {
  Plan plan{.wide = wide, .points = choice.points, .direct = choice.points / 16};
  if (choice.points) return plan;
  plan.every = choice.every;
  plan.direct = function.slow ? 100'000 : 1'000'000;
  if (wide)
    plan.points = function.slow ? 1'000'000 : 10'000'000;
  else if (function.operands == 2)
    plan.points = 100'000'000;
  return plan;
}

std::string withCommas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::ptrdiff_t at = std::ptrdiff_t(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string errorText(double ulp) {
  char text[32];
  std::snprintf(text, sizeof text, ulp < 1e4 ? "%.2f" : "%.1e", ulp);
  return ulp >= 1e29 ? "not a number, or a zero of the wrong sign" : text;
}

/// Prints the row; whether it is within the aim.
bool report(const Function &function, const Plan &plan) {
  Worst worst;
  if (auto error = measure(function, plan, worst)) {
    std::fprintf(stderr, "%s: %s\n", function.name, error->text().c_str());
    return false;
  }
  std::string where = function.operands == 2 ? "(%a, %a)" : "%a";
  char place[80];
  std::snprintf(place, sizeof place, where.c_str(), worst.x, worst.y);
  const bool all = !plan.wide && !plan.points && plan.every == 1;
  std::printf("| %s | %s | %s | %s | `%s` | %s |\n", function.name, plan.wide ? "f64" : "f32",
              all ? "all" : withCommas(worst.points).c_str(), errorText(worst.ulp).c_str(), place,
              function.note);
  std::fflush(stdout);
  return worst.ulp <= function.aim;
}

} // namespace

int main(int count, char **words) {
  Choice choice;
  if (!read(count, words, choice)) return usage();
  bool good = true;
  for (const std::string &name : choice.names) {
    bool known = false;
    for (const Function &function : functions())
      known |= name == function.name;
    if (!known) return std::fprintf(stderr, "no function %s is measured\n", name.c_str()), 2;
  }
  for (const Function &function : functions()) {
    bool wanted = choice.names.empty();
    for (const std::string &name : choice.names)
      wanted |= name == function.name;
    for (bool wide : {false, true})
      if (wanted && (wide ? choice.wide : choice.narrow))
        good &= report(function, planOf(function, wide, choice));
  }
  return good ? 0 : 1;
}
