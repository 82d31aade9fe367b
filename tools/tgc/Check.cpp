// `tgc check`: tangents against central differences, cotangents against tangents, of a function at its
// inputs.
#include "dialects/graph/Ops.h"
#include "frontend/language/Messages.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "runtime/Run.h"
#include "tools/tgc/Commands.h"
#include "tools/tgc/Load.h"
#include "tools/tgc/Values.h"
#include <cmath>
#include <cstdio>
#include <cstring>
#include <random>

namespace tgc::tools {
namespace {

using Reals = std::vector<std::vector<double>>;

/// A function with its jvp and vjp by all floating-point parameters, compiled.
class Checked {
public:
  Checked(Loaded &loaded) : loaded(loaded), compiler(*loaded.context) {
    for (std::size_t k = 0; k < loaded.params.size(); ++k)
      if (isFloat(loaded.params[k].type.dtype)) wrt.push_back(static_cast<std::int64_t>(k));
  }
  Result<void> compile() {
    for (int which = 0; which < 3; ++which) {
      mlir::OwningOpRef<mlir::ModuleOp> copy = loaded.module->clone();
      CompileInput input{*copy, which == 0 ? loaded.function : request(*copy, which == 1)};
      for (auto one : copy->getOps<mlir::func::FuncOp>())
        if (one.getName() == input.entry)
          one.setPublic();
        else
          one.setPrivate();
      auto compiled = compiler.compile(input);
      if (!compiled) return compiled.error();
      programs[which] = compiled->program;
    }
    return {};
  }
  /// Runs program `which` on buffers; gives the floating-point results as doubles, in order.
  Result<Reals> run(int which, const std::vector<const Buffer *> &arguments) {
    const Program &program = *programs[which];
    std::vector<Buffer> results;
    std::vector<View> in;
    std::vector<MutableView> out;
    for (const Buffer *argument : arguments)
      in.push_back(argument->view());
    for (const Port &port : program.results()) {
      auto made = Buffer::make(port.dtype, port.shape);
      if (!made) return made.error();
      results.push_back(std::move(*made));
    }
    for (Buffer &result : results)
      out.push_back(result.view());
    Workspace space(program.workspaceBytes());
    if (auto ok = tgc::run(program, in, out, space, {1, {}}); !ok) return ok.error();
    Reals reals;
    for (const Buffer &result : results) {
      reals.emplace_back();
      for (std::int64_t at = 0; at < result.elements(); ++at)
        reals.back().push_back(elementReal(result.view(), at));
    }
    return reals;
  }

  Loaded &loaded;
  Compiler compiler;
  std::vector<std::int64_t> wrt;
  std::shared_ptr<const Program> programs[3];

private:
  std::string request(mlir::ModuleOp module, bool forward) {
    auto f = module.lookupSymbol<mlir::func::FuncOp>(loaded.function);
    mlir::OpBuilder builder = mlir::OpBuilder::atBlockEnd(module.getBody());
    llvm::SmallVector<mlir::Type> inputs(f.getArgumentTypes()), results(f.getResultTypes());
    if (forward) {
      for (std::int64_t k : wrt)
        inputs.push_back(f.getArgumentTypes()[k]);
      for (mlir::Type type : f.getResultTypes())
        if (graph::isFloatTensor(type)) results.push_back(type);
    } else {
      for (mlir::Type type : f.getResultTypes())
        if (graph::isFloatTensor(type)) inputs.push_back(type);
      for (std::int64_t k : wrt)
        results.push_back(f.getArgumentTypes()[k]);
    }
    auto made = mlir::func::FuncOp::create(builder, f.getLoc(), "tgc_check",
                                           builder.getFunctionType(inputs, results));
    builder.setInsertionPointToEnd(made.addEntryBlock());
    mlir::Operation *asked = nullptr;
    if (forward)
      asked = graph::JvpOp::create(builder, f.getLoc(), results, made.getArguments(), f.getName(), wrt);
    else
      asked = graph::VjpOp::create(builder, f.getLoc(), results, made.getArguments(), f.getName(), wrt);
    mlir::func::ReturnOp::create(builder, f.getLoc(), asked->getResults());
    return "tgc_check";
  }
};

void setReal(Buffer &buffer, std::int64_t at, double value) {
  char *place =
      static_cast<char *>(buffer.data()) + at * static_cast<std::int64_t>(sizeBytes(buffer.dtype()));
  auto put = [&](auto raw) { std::memcpy(place, &raw, sizeof raw); };
  switch (buffer.dtype()) {
  case DType::f64:
    return put(value);
  case DType::f32:
    return put(static_cast<float>(value));
  case DType::bf16:
    return put(bf16Of(static_cast<float>(value)));
  default:
    return put(f16Of(static_cast<float>(value)));
  }
}

struct Claim {
  const char *name;
  double allowed = 0, worst = 0;
  std::string where;
};

double dot(const std::vector<double> &a, const Buffer &b) {
  double total = 0;
  for (std::size_t at = 0; at < a.size(); ++at)
    total += a[at] * elementReal(b.view(), static_cast<std::int64_t>(at));
  return total;
}

Result<Buffer> randomLike(const language::TensorType &type, std::mt19937_64 &bits) {
  auto made = Buffer::make(type.dtype, Shape(type.extents));
  if (!made) return made;
  std::normal_distribution<double> normal;
  for (std::int64_t at = 0; at < made->elements(); ++at)
    setReal(*made, at, normal(bits));
  return made;
}

/// Random directions through the inputs, and what must hold along them.
struct Directions {
  std::vector<Buffer> tangents, cotangents, moved[2];
  std::vector<std::size_t> real; ///< floating-point results
  std::vector<std::string> names;
  double step = 1e-5;
};

Result<Directions> directions(const Checked &checked, const std::vector<Buffer> &arguments,
                              std::uint64_t seed, double step) {
  Directions out;
  out.step = step;
  std::mt19937_64 bits(seed);
  const Loaded &loaded = checked.loaded;
  for (std::int64_t k : checked.wrt) {
    auto tangent = randomLike(loaded.params[k].type, bits);
    if (!tangent) return tangent.error();
    for (int side = 0; side < 2; ++side) {
      auto copy = arguments[k].clone();
      if (!copy) return copy.error();
      for (std::int64_t at = 0; at < copy->elements(); ++at)
        setReal(*copy, at,
                elementReal(copy->view(), at) + (side ? -step : step) * elementReal(tangent->view(), at));
      out.moved[side].push_back(std::move(*copy));
    }
    out.tangents.push_back(std::move(*tangent));
  }
  for (std::size_t k = 0; k < loaded.results.size(); ++k) {
    if (!isFloat(loaded.results[k].type.dtype)) continue;
    auto cotangent = randomLike(loaded.results[k].type, bits);
    if (!cotangent) return cotangent.error();
    out.real.push_back(k);
    out.names.push_back(loaded.results[k].name);
    out.cotangents.push_back(std::move(*cotangent));
  }
  return out;
}

std::vector<const Buffer *> pointers(const std::vector<Buffer> &base, const std::vector<Buffer> &extra = {}) {
  std::vector<const Buffer *> all;
  for (const Buffer &buffer : base)
    all.push_back(&buffer);
  for (const Buffer &buffer : extra)
    all.push_back(&buffer);
  return all;
}

/// (f(x + h t) - f(x)) / h and (f(x) - f(x - h t)) / h for the floating-point results.
struct Slopes {
  Reals ahead, behind;
};

Result<Slopes> slopes(Checked &checked, const std::vector<Buffer> &arguments, const Directions &way,
                      const Reals &here) {
  Slopes out;
  for (int side = 0; side < 2; ++side) {
    auto at = pointers(arguments);
    for (std::size_t k = 0; k < checked.wrt.size(); ++k)
      at[checked.wrt[k]] = &way.moved[side][k];
    auto values = checked.run(0, at);
    if (!values) return values.error();
    Reals &slope = side ? out.behind : out.ahead;
    for (std::size_t k : way.real) {
      slope.push_back((*values)[k]);
      for (std::size_t element = 0; element < slope.back().size(); ++element)
        slope.back()[element] = (slope.back()[element] - here[k][element]) / (side ? -way.step : way.step);
    }
  }
  return out;
}

/// Relative distance of tangents, from `offset` on, to the central slope, against the size of the whole
/// vector. Where the function bends sharply within the step, the slopes of both sides differ and any between
/// them may be the tangent.
void compare(const Reals &got, std::size_t offset, const Slopes &slopes,
             const std::vector<std::string> &names, Claim &claim) {
  for (std::size_t k = 0; k < slopes.ahead.size(); ++k) {
    double scale = 1e-300;
    for (std::size_t at = 0; at < slopes.ahead[k].size(); ++at)
      scale = std::max(scale, std::abs(slopes.ahead[k][at] + slopes.behind[k][at]) / 2);
    for (std::size_t at = 0; at < slopes.ahead[k].size(); ++at) {
      double ahead = slopes.ahead[k][at], behind = slopes.behind[k][at];
      double distance = std::abs(got[offset + k][at] - (ahead + behind) / 2) - std::abs(ahead - behind) / 2;
      double error = std::max(distance, 0.0) / std::max(scale, 1e-3);
      if (std::isnan(distance) || error > claim.worst) {
        claim.worst = std::isnan(distance) ? distance : error;
        claim.where = names[k] + " element " + std::to_string(at);
      }
    }
  }
}

Result<std::vector<Claim>> claimsOf(Checked &checked, const std::vector<Buffer> &arguments,
                                    const Directions &way, double tolerance, double identity) {
  auto here = checked.run(0, pointers(arguments));
  if (!here) return here.error();
  auto slope = slopes(checked, arguments, way, *here);
  if (!slope) return slope.error();
  auto forward = checked.run(1, pointers(arguments, way.tangents));
  if (!forward) return forward.error();
  auto reverse = checked.run(2, pointers(arguments, way.cotangents));
  if (!reverse) return reverse.error();
  Claim differences{"tangent against differences", tolerance, 0, ""};
  Claim adjoint{"cotangent against tangent", identity, 0, ""};
  std::size_t count = checked.loaded.results.size();
  compare(*forward, count, *slope, way.names, differences);
  double left = 0, right = 0, size = 1e-300;
  for (std::size_t k = 0; k < way.real.size(); ++k)
    left += dot((*forward)[count + k], way.cotangents[k]);
  for (std::size_t k = 0; k < checked.wrt.size(); ++k) {
    double part = dot((*reverse)[count + k], way.tangents[k]);
    right += part;
    size += std::abs(part);
  }
  adjoint.worst = std::abs(left - right) / std::max(size, std::abs(left));
  adjoint.where = "<ct, J t> = " + std::to_string(left) + ", <J' ct, t> = " + std::to_string(right);
  return std::vector<Claim>{differences, adjoint};
}

bool printClaims(const std::vector<Claim> &claims, bool asJson) {
  bool good = true;
  std::string json;
  for (const Claim &claim : claims) {
    bool holds = claim.worst <= claim.allowed;
    good &= holds;
    if (asJson)
      json += (json.empty() ? "" : ", ") + std::string("{\"claim\": ") + language::quoteJson(claim.name) +
              ", \"relative_error\": " + std::to_string(claim.worst) +
              ", \"holds\": " + (holds ? "true" : "false") + "}";
    else
      std::printf("%-38s %s  relative error %.2e (allowed %.0e)%s%s\n", claim.name, holds ? "holds" : "FAILS",
                  claim.worst, claim.allowed, holds ? "" : ", worst at ", holds ? "" : claim.where.c_str());
  }
  if (asJson) std::printf("{\"claims\": [%s]}\n", json.c_str());
  return good;
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
  Checked checked(*loaded);
  if (checked.wrt.empty())
    return report(console,
                  {ErrorKind::Invalid, "no floating-point parameter to differentiate by", {}, 1, {}});
  bool allDouble = true;
  for (std::int64_t k : checked.wrt)
    allDouble &= loaded->params[k].type.dtype == DType::f64;
  auto tolerance = realOption(line, "rtol", allDouble ? 1e-6 : 2e-2);
  if (!tolerance) return report(console, tolerance.error(), Usage);
  if (auto ok = checked.compile(); !ok) return report(console, ok.error());
  auto way = directions(checked, *arguments, static_cast<std::uint64_t>(*seed), allDouble ? 1e-5 : 1e-2);
  if (!way) return report(console, way.error());
  auto claims = claimsOf(checked, *arguments, *way, *tolerance, allDouble ? 1e-10 : 2e-2);
  if (!claims) return report(console, claims.error());
  if (printClaims(*claims, console.json)) return Done;
  return report(console, {ErrorKind::Mismatch, "a derivative is not the one of the function", {}, 1, {}});
}

} // namespace tgc::tools
