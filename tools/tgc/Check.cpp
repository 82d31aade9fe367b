// `tgc check`: derivatives of a function at its inputs against differences, each other and, mapped, a loop.
#include "tgc/Check.h"
#include "frontend/Graph.h"
#include "frontend/language/Messages.h"
#include "tools/tgc/Commands.h"
#include "tools/tgc/Load.h"
#include <cmath>
#include <cstdio>

namespace tgc::tools {
namespace {

std::vector<Param> paramsOf(const std::vector<language::Named> &named) {
  std::vector<Param> out;
  for (const language::Named &one : named)
    out.push_back({one.name, one.type.dtype, one.type.extents});
  return out;
}

/// NaN and infinities are strings.
std::string number(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "\"nan\"" : value > 0 ? "\"inf\"" : "\"-inf\"";
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.17g", value);
  return buffer;
}

std::string json(const CheckReport &report) {
  using language::quoteJson;
  std::string claims;
  for (const CheckedClaim &claim : report.claims)
    claims += (claims.empty() ? "" : ", ") + std::string("{\"claim\": ") + quoteJson(claim.name) +
              ", \"relative_error\": " + number(claim.error) +
              ", \"holds\": " + (claim.holds ? "true" : "false") + ", \"where\": " + quoteJson(claim.where) +
              "}";
  return "{\"claims\": [" + claims + "], \"culprit\": " + quoteJson(report.culprit) + "}\n";
}

} // namespace

int checkCommand(const CommandLine &line, Console &console) {
  ExitCode code = Done;
  auto loaded = load(line, console, code);
  if (!loaded) return report(console, loaded.error(), code);
  auto arguments = argumentsOf(*loaded, true, code);
  if (!arguments) return report(console, arguments.error(), code);
  auto seed = numberOption(line, "seed", 1, 0);
  if (!seed) return report(console, seed.error(), Usage);
  auto tolerance = realOption(line, "rtol", 0);
  if (!tolerance) return report(console, tolerance.error(), Usage);
  CheckOptions options;
  options.seed = static_cast<std::uint64_t>(*seed);
  options.tolerance = *tolerance;
  Function f = detail::functionOf(*loaded->module, loaded->function, paramsOf(loaded->params),
                                  paramsOf(loaded->results));
  std::vector<View> inputs;
  for (const Buffer &argument : *arguments)
    inputs.push_back(argument.view());
  auto checked = check_derivatives(f, inputs, options);
  if (!checked) return report(console, checked.error());
  std::fputs(console.json ? json(*checked).c_str() : checked->text().c_str(), stdout);
  if (checked->holds()) return Done;
  return report(console, {ErrorKind::Mismatch, "a derivative is not the one of the function", {}, 1, {}});
}

} // namespace tgc::tools
