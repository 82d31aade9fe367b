// `tgc ops`: the catalogue.
#include "dialects/graph/Rows.h"
#include "frontend/language/Messages.h"
#include "tools/tgc/Commands.h"
#include <cstdio>
#include <set>

namespace tgc::tools {
namespace {

std::string derivativeOf(const graph::Row &row) {
  std::string kind = row.kind;
  if (*row.noDerivative) return std::string("none: ") + row.noDerivative;
  if (kind == "pointwise") return "by its partials, both modes";
  if (kind == "linear") return "linear: itself forward, its adjoint in reverse";
  if (kind == "composite") return "that of its formula, both modes";
  if (kind == "leaf") return "none: no operands";
  return "by rules of its own, both modes";
}

std::string json(const graph::Row &row) {
  using language::quoteJson;
  return "{\"name\": " + quoteJson(row.name) + ", \"call\": " + quoteJson(row.call) +
         ", \"kind\": " + quoteJson(row.kind) + ", \"group\": " + quoteJson(row.group) +
         ", \"summary\": " + quoteJson(row.summary) + ", \"types\": " + quoteJson(row.types) +
         ", \"source\": " + quoteJson(row.source) + ", \"derivative\": " + quoteJson(derivativeOf(row)) +
         ", \"file\": " + quoteJson(row.file) + ", \"line\": " + std::to_string(row.line) + "}";
}

void describe(const graph::Row &row) {
  std::printf("%s\n  %s\n", row.call, row.summary);
  if (*row.description) std::printf("  %s\n", row.description);
  std::printf("  kind        %s (group %s)\n  dtypes      %s\n  derivative  %s\n  meaning     %s\n  row      "
              "   %s:%u\n",
              row.kind, row.group, row.types, derivativeOf(row).c_str(), row.source, row.file, row.line);
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

int describeOne(const std::string &name, Console &console) {
  const graph::Row *row = graph::rowNamed(name);
  const graph::FormRow *form = formNamed(name);
  if (!row && !form) {
    Error error{ErrorKind::Invalid, "no operation is called " + name, {}, 1, {}};
    std::string near = graph::nearestRow(name);
    if (!near.empty()) error.notes.push_back({"did you mean " + near + "?", {}, Note::Kind::Help});
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
  if (console.json) {
    std::string out;
    for (const graph::Row &row : graph::rows())
      if (!row.internal) out += (out.empty() ? "" : ",\n ") + json(row);
    for (const graph::FormRow &form : graph::forms())
      out += ",\n " + json(form);
    std::printf("[%s]\n", out.c_str());
    return Done;
  }
  std::set<std::string> groups;
  std::size_t count = graph::forms().size();
  for (const graph::Row &row : graph::rows())
    if (!row.internal) groups.insert(row.group), ++count;
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
