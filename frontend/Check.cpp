// See tgc/Check.h.
#include "tgc/Check.h"
#include "frontend/Claims.h"
#include "frontend/Locate.h"
#include <cstdio>

namespace tgc {

bool CheckReport::holds() const {
  return std::all_of(claims.begin(), claims.end(), [](const CheckedClaim &claim) { return claim.holds; });
}

std::string CheckReport::text() const {
  std::string out;
  for (const CheckedClaim &claim : claims) {
    char line[160];
    std::snprintf(line, sizeof line, "%-38s %s  relative error %.2e (allowed %.0e)", claim.name.c_str(),
                  claim.holds ? "holds" : "FAILS", claim.error, claim.allowed);
    out += line;
    if (!claim.where.empty()) out += ", worst at " + claim.where;
    out += "\n";
  }
  return culprit.empty() ? out : out + "to blame: " + culprit + "\n";
}

Result<CheckReport> check_derivatives(const Function &f, std::span<const View> inputs,
                                      const CheckOptions &options) {
  if (auto error = f.error()) return *error;
  const auto &params = f.params();
  if (inputs.size() != params.size())
    return Error{ErrorKind::Invalid, "check_derivatives: " + f.name() + " has " +
                                         std::to_string(params.size()) + " parameters, got " +
                                         std::to_string(inputs.size()) + " inputs"};
  detail::Buffers at;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (std::string wanted = typeText(params[k].dtype, Shape(params[k].extents));
        wanted != inputs[k].typeText())
      return Error{ErrorKind::Invalid, "check_derivatives: input " + params[k].name + " must be " + wanted +
                                           " but is " + inputs[k].typeText()};
    auto copy = Buffer::copyOf(inputs[k]);
    if (!copy) return copy.error();
    at.push_back(std::move(*copy));
  }
  auto wrt = detail::differentiable(f, options.wrt);
  if (!wrt) return wrt.error();
  const detail::Tolerances allowed = detail::tolerancesOf(f, options);
  detail::Claims claims(options, allowed);
  if (auto done = claims.all(f, *wrt, at); !done) return done.error();
  CheckReport report;
  report.claims = std::move(claims.made);
  if (report.holds()) return report;
  auto culprit = detail::locate(f, at, options, allowed);
  if (!culprit) return culprit.error();
  report.culprit = std::move(*culprit);
  return report;
}

} // namespace tgc
