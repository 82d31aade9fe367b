// `tgc ops`: the catalogue.
#include "dialects/graph/Foreign.h"
#include "dialects/graph/Rows.h"
#include "frontend/language/Messages.h"
#include "tools/tgc/Commands.h"
#include <cstdio>
#include <set>

namespace tgc::tools {
namespace {

/// {"name": ..., "default": ...}; without a default where the argument is required.
std::string parametersOf(const graph::Row &row) {
  using language::quoteJson;
  std::string out;
  for (const graph::Param &param : row.params) {
    out += (out.empty() ? "" : ", ") + ("{\"name\": " + quoteJson(param.name));
    if (param.fallback) out += ", \"default\": " + quoteJson(param.fallback);
    out += "}";
  }
  return out;
}

std::string json(const graph::Row &row) {
  using language::quoteJson;
  return "{\"name\": " + quoteJson(row.name) + ", \"call\": " + quoteJson(row.call) +
         ", \"kind\": " + quoteJson(row.kind) + ", \"group\": " + quoteJson(row.group) +
         ", \"summary\": " + quoteJson(row.summary) + ", \"types\": " + quoteJson(row.types) +
         ", \"complex\": " + (row.complex ? "true" : "false") + ", \"source\": " + quoteJson(row.source) +
         ", \"forward\": " + quoteJson(row.forward) + ", \"reverse\": " + quoteJson(row.reverse) +
         ", \"batch\": " + quoteJson(row.batch) + ", \"parameters\": [" + parametersOf(row) + "]" +
         ", \"file\": " + quoteJson(row.file) + ", \"line\": " + std::to_string(row.line) + "}";
}

void describe(const graph::Row &row) {
  std::printf("%s\n  %s\n", row.call, row.summary);
  if (*row.description) std::printf("  %s\n", row.description);
  std::printf("  kind        %s (group %s)\n  dtypes      %s%s\n  forward     %s\n  reverse     %s\n"
              "  batch       %s\n  meaning     %s\n  row         %s:%u\n",
              row.kind, row.group, row.types, row.complex ? "; c64 c128" : "", row.forward, row.reverse,
              row.batch, row.source, row.file, row.line);
}

std::string json(const graph::FormRow &form) {
  using language::quoteJson;
  return "{\"name\": " + quoteJson(form.name) + ", \"call\": " + quoteJson(form.call) +
         ", \"kind\": \"control\", \"group\": \"control\", \"summary\": " + quoteJson(form.summary) +
         ", \"types\": \"any\", \"source\": \"jax.lax\", \"derivative\": \"both modes, any order\"}";
}

const graph::FormRow *formNamed(const std::string &name) {
  for (const graph::FormRow &form : graph::forms())
    if (form.name == name) return &form;
  return nullptr;
}

/// The operation that another library calls so, or the nearest name.
std::string meant(const std::string &name) {
  if (std::string_view here = graph::nameHere(name); !here.empty())
    return "did you mean " + std::string(here) + "?";
  std::vector<std::string> known;
  for (const graph::Row &row : graph::rows())
    if (!row.internal) known.emplace_back(row.name);
  for (const graph::FormRow &form : graph::forms())
    known.emplace_back(form.name);
  return didYouMean(name, known);
}

int describeOne(const std::string &name, Console &console) {
  const graph::Row *row = graph::rowNamed(name);
  const graph::FormRow *form = formNamed(name);
  if (!row && !form) {
    Error error{ErrorKind::Invalid, "no operation is called " + name, {}, 1, {}};
    std::string near = meant(name);
    error.notes.push_back({near.empty() ? "tgc ops lists them all" : near, {}, Note::Kind::Help});
    return report(console, error);
  }
  if (console.json)
    std::printf("%s\n", (row ? json(*row) : json(*form)).c_str());
  else if (row)
    describe(*row);
  else
    std::printf("%s\n  %s\n  %s\n  kind        control\n  derivative  both modes, any order\n", form->call,
                form->summary, form->description);
  return Done;
}

} // namespace

int opsCommand(const CommandLine &line, Console &console) {
  if (!line.file.empty()) return describeOne(line.file, console);
  std::set<std::string> groups;
  std::size_t count = graph::forms().size();
  std::string all;
  for (const graph::Row &row : graph::rows()) {
    if (row.internal) continue;
    groups.insert(row.group);
    ++count;
    if (console.json) all += json(row) + ",\n ";
  }
  if (console.json) {
    for (const graph::FormRow &form : graph::forms())
      all += (&form == graph::forms().begin() ? "" : ",\n ") + json(form);
    std::printf("{\"count\": %zu, \"operations\": [%s]}\n", count, all.c_str());
    return Done;
  }
  for (const std::string &group : groups) {
    std::printf("%s\n", group.c_str());
    for (const graph::Row &row : graph::rows())
      if (!row.internal && group == row.group) std::printf("  %-44s %s\n", row.call, row.summary);
  }
  std::printf("control\n");
  for (const graph::FormRow &form : graph::forms())
    std::printf("  %-44s %s\n", form.call, form.summary);
  std::printf("%zu operations\n", count);
  return Done;
}

} // namespace tgc::tools
