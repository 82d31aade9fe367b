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
  double worst = 0;
  std::string where;
};

/// Relative distance against the size of the whole vector.
void compare(const Reals &got, std::size_t offset, const Reals &wanted, const std::vector<std::string> &names,
             Claim &claim) {
  for (std::size_t k = 0; k < wanted.size(); ++k) {
    double scale = 1e-300;
    for (double value : wanted[k])
      scale = std::max(scale, std::abs(value));
    for (std::size_t at = 0; at < wanted[k].size(); ++at) {
      double error = std::abs(got[offset + k][at] - wanted[k][at]) / std::max(scale, 1e-3);
      if (!(error <= claim.worst)) {
        claim.worst = error;
        claim.where = names[k] + " element " + std::to_string(at);
      }
    }
  }
}

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

  std::mt19937_64 bits(static_cast<std::uint64_t>(*seed));
  std::vector<const Buffer *> base;
  for (const Buffer &argument : *arguments)
    base.push_back(&argument);
  std::vector<Buffer> tangents, cotangents, moved[2];
  double step = allDouble ? 1e-5 : 1e-2;
  for (std::int64_t k : checked.wrt) {
    auto tangent = randomLike(loaded->params[k].type, bits);
    if (!tangent) return report(console, tangent.error());
    for (int side = 0; side < 2; ++side) {
      auto copy = (*arguments)[k].clone();
      if (!copy) return report(console, copy.error());
      for (std::int64_t at = 0; at < copy->elements(); ++at)
        setReal(*copy, at,
                elementReal(copy->view(), at) + (side ? -step : step) * elementReal(tangent->view(), at));
      moved[side].push_back(std::move(*copy));
    }
    tangents.push_back(std::move(*tangent));
  }
  std::vector<std::size_t> real;
  std::vector<std::string> names;
  for (std::size_t k = 0; k < loaded->results.size(); ++k)
    if (isFloat(loaded->results[k].type.dtype)) real.push_back(k), names.push_back(loaded->results[k].name);
  for (std::size_t k : real) {
    auto cotangent = randomLike(loaded->results[k].type, bits);
    if (!cotangent) return report(console, cotangent.error());
    cotangents.push_back(std::move(*cotangent));
  }

  auto with = [&](const std::vector<Buffer> &extra) {
    auto all = base;
    for (const Buffer &buffer : extra)
      all.push_back(&buffer);
    return all;
  };
  Reals ends[2];
  for (int side = 0; side < 2; ++side) {
    auto at = base;
    for (std::size_t k = 0; k < checked.wrt.size(); ++k)
      at[checked.wrt[k]] = &moved[side][k];
    auto values = checked.run(0, at);
    if (!values) return report(console, values.error());
    for (std::size_t k : real)
      ends[side].push_back((*values)[k]);
  }
  Reals slope = ends[0];
  for (std::size_t k = 0; k < slope.size(); ++k)
    for (std::size_t at = 0; at < slope[k].size(); ++at)
      slope[k][at] = (ends[0][k][at] - ends[1][k][at]) / (2 * step);
  auto forward = checked.run(1, with(tangents)), reverse = checked.run(2, with(cotangents));
  if (!forward) return report(console, forward.error());
  if (!reverse) return report(console, reverse.error());

  Claim differences{"tangent against central differences", 0, ""},
      adjoint{"cotangent against tangent", 0, ""};
  std::size_t count = loaded->results.size();
  compare(*forward, count, slope, names, differences);
  double left = 0, right = 0, size = 1e-300;
  for (std::size_t k = 0; k < real.size(); ++k)
    left += dot((*forward)[count + k], cotangents[k]);
  for (std::size_t k = 0; k < checked.wrt.size(); ++k) {
    double part = dot((*reverse)[count + k], tangents[k]);
    right += part;
    size += std::abs(part);
  }
  adjoint.worst = std::abs(left - right) / std::max(size, std::abs(left));
  adjoint.where = "<ct, J t> = " + std::to_string(left) + ", <J' ct, t> = " + std::to_string(right);

  double bounds[] = {*tolerance, allDouble ? 1e-10 : 2e-2};
  const Claim *claims[] = {&differences, &adjoint};
  bool good = true;
  std::string json;
  for (int k = 0; k < 2; ++k) {
    bool holds = claims[k]->worst <= bounds[k];
    good &= holds;
    if (console.json)
      json += std::string(k ? ", " : "") + "{\"claim\": " + language::quoteJson(claims[k]->name) +
              ", \"relative_error\": " + std::to_string(claims[k]->worst) +
              ", \"holds\": " + (holds ? "true" : "false") + "}";
    else
      std::printf("%-38s %s  relative error %.2e (allowed %.0e)%s%s\n", claims[k]->name,
                  holds ? "holds" : "FAILS", claims[k]->worst, bounds[k], holds ? "" : ", worst at ",
                  holds ? "" : claims[k]->where.c_str());
  }
  if (console.json) std::printf("{\"claims\": [%s]}\n", json.c_str());
  return good ? Done
              : report(console,
                       {ErrorKind::Mismatch, "a derivative is not the one of the function", {}, 1, {}});
}

} // namespace tgc::tools
