#include "frontend/language/Patterns.h"
#include "frontend/language/Build.h"
#include "frontend/language/Nearest.h"
#include <algorithm>
#include <map>

namespace tgc::language {

namespace {

/// An extent that may still have only a name.
struct Size {
  std::int64_t number = -1;
  std::string name;
};

struct Pattern {
  DType dtype = DType::f64;
  std::vector<Size> sizes;
  bool known = true; ///< false for ct_RESULT until the function below is built
  Span place;        ///< of its declaration in the file
};

/// Where an extent's number came from.
struct Known {
  std::int64_t number;
  std::string origin;             ///< "input X (f64[569, 30])"
  std::optional<Span> place = {}; ///< of the declaration that has it; nothing for a size given
};

class Inputs {
public:
  Inputs(const Ast &ast, const FunctionValue &value, const Bindings &bindings, Build &build,
         mlir::MLIRContext &context)
      : ast(ast), value(value), bindings(bindings), build(build), context(context) {}

  Result<std::vector<mlir::Type>> types() {
    if (!unknownNames() && sizesGiven() && declare() && climb() && unifyAll() && resolveCotangents()) {
      std::vector<mlir::Type> out;
      for (std::size_t i = 0; i < levels.back().size(); ++i) {
        auto type = concrete(levels.back()[i]);
        if (!type) return *error;
        out.push_back(*type);
      }
      return out;
    }
    return *error;
  }

private:
  const Ast &ast;
  const FunctionValue &value;
  const Bindings &bindings;
  Build &build;
  mlir::MLIRContext &context;
  std::optional<Error> error;
  std::vector<std::vector<Pattern>> levels; ///< of the function below all steps, then after each
  std::map<std::string, Known> extents;

  bool fail(Span span, std::string message, std::string advice = {}) {
    if (error) return false;
    error = ast.source->error(span, std::move(message));
    if (!advice.empty()) error->notes.push_back(help(std::move(advice)));
    return false;
  }
  std::string text(const Pattern &pattern) const {
    std::string out(nameOf(pattern.dtype));
    for (std::size_t i = 0; i < pattern.sizes.size(); ++i)
      out += (i == 0 ? "[" : ", ") +
             (pattern.sizes[i].number >= 0 ? std::to_string(pattern.sizes[i].number) : pattern.sizes[i].name);
    return pattern.sizes.empty() ? out : out + "]";
  }
  const Function &function() const { return ast.functions[value.function]; }

  bool unknownNames() {
    const auto &names = value.signature.parameters;
    for (const auto &[name, type] : bindings.inputs) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      std::vector<std::string_view> known(names.begin(), names.end());
      std::string list;
      for (std::string_view one : known)
        list += (list.empty() ? "" : ", ") + std::string(one);
      std::string near = suggestion(name, known);
      fail(function().name, "there is no parameter " + name,
           near.empty() ? "the parameters are " + (list.empty() ? "none" : list) : near);
      return true;
    }
    return false;
  }

  bool sizesGiven() {
    for (const auto &[name, number] : bindings.extents) {
      if (number < 0) return fail(function().name, "extent " + name + " is " + std::to_string(number));
      extents.insert_or_assign(name, Known{number, "the size given"});
    }
    return true;
  }

  bool declare() {
    std::vector<Pattern> patterns;
    for (const Parameter &parameter : function().parameters) {
      Pattern pattern{parameter.dtype, {}, true, parameter.type};
      for (const Extent &extent : parameter.extents)
        pattern.sizes.push_back({extent.number, extent.number < 0 ? std::string(ast.text(extent.span)) : ""});
      patterns.push_back(std::move(pattern));
    }
    levels.push_back(std::move(patterns));
    return true;
  }

  std::string freshExtent() {
    auto taken = [&](const std::string &name) {
      for (const auto &level : levels)
        for (const Pattern &pattern : level)
          for (const Size &size : pattern.sizes)
            if (size.name == name) return true;
      return false;
    };
    std::string name = "batch";
    for (int k = 2; taken(name); ++k)
      name = "batch_" + std::to_string(k);
    return name;
  }

  bool climb() {
    for (const Step &step : value.steps) {
      std::vector<Pattern> next = levels.back();
      std::string_view name = step.transformation;
      if (name == "jvp" || name == "hvp")
        for (std::size_t position : step.wrt)
          next.push_back(Pattern(next[position]));
      if (name == "vjp")
        for (std::size_t k = 0; k < step.resultsBelow; ++k)
          next.push_back({DType::f64, {}, false, function().name});
      if (name == "vmap" && !mapped(step, next)) return false;
      levels.push_back(std::move(next));
    }
    return true;
  }

  bool mapped(const Step &step, std::vector<Pattern> &patterns) {
    const Ast &holder = value.holder ? *value.holder : ast;
    MapAxes chosen = mapAxes(holder, step.axes, patterns.size());
    if (!chosen.error.empty()) {
      error = holder.source->error(holder[step.axes].span, chosen.error);
      return false;
    }
    std::string extent = freshExtent();
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      if (!chosen.axes[i] || !patterns[i].known) continue;
      if (!insertAxis(patterns[i], *chosen.axes[i], {-1, extent})) {
        failMap(holder, step, *chosen.axes[i], i, patterns[i], ", declared ");
        return false;
      }
    }
    return true;
  }

  /// The error of a map that `insertAxis` refused.
  void failMap(const Ast &holder, const Step &step, std::int64_t axis, std::size_t which,
               const Pattern &pattern, const char *verb) {
    const std::string &name = value.signature.parameters[which];
    error = holder.source->error(step.place, "vmap over axis " + std::to_string(axis) + " of argument " +
                                                 name + verb + text(pattern));
    if (pattern.sizes.size() < 8) return;
    error->message = "vmap gives argument " + name + " more than 8 axes" + verb + text(pattern);
    error->kind = ErrorKind::Limit;
  }

  static bool insertAxis(Pattern &pattern, std::int64_t axis, Size size) {
    auto rank = static_cast<std::int64_t>(pattern.sizes.size()) + 1;
    if (axis < -rank || axis >= rank || rank > 8) return false;
    pattern.sizes.insert(pattern.sizes.begin() + (axis < 0 ? axis + rank : axis), std::move(size));
    return true;
  }

  /// The type of an input; of an untyped one with the parameter's dtype.
  std::optional<TensorType> given(const std::string &name, DType declared) const {
    const auto &untyped = bindings.untyped;
    for (const auto &[input, type] : bindings.inputs) {
      if (input != name) continue;
      const bool takes = std::find(untyped.begin(), untyped.end(), name) != untyped.end();
      return TensorType{takes ? declared : type.dtype, type.extents};
    }
    return std::nullopt;
  }

  /// One extent of two sizes, with both places.
  bool clash(const Pattern &pattern, const std::string &extent, const Known &first,
             const std::string &second) {
    const std::string number = std::to_string(first.number);
    fail(pattern.place, "extent " + extent + " is " + number + " in " + first.origin + " but " + second);
    if (first.place && !(*first.place == pattern.place))
      error->notes.push_back(ast.source->note(*first.place, extent + " is " + number + " here"));
    return false;
  }

  bool unifyAll() {
    for (std::size_t i = 0; i < levels.back().size(); ++i)
      if (levels.back()[i].known && !unify(i)) return false;
    return true;
  }

  bool unify(std::size_t which) {
    const Pattern &pattern = levels.back()[which];
    const std::string &name = value.signature.parameters[which];
    auto type = given(name, pattern.dtype);
    if (!type) return true;
    std::string origin = "input " + name + " (" + textOf(*type) + ")";
    bool fits = type->dtype == pattern.dtype && type->extents.size() == pattern.sizes.size();
    for (std::size_t axis = 0; fits && axis < pattern.sizes.size(); ++axis) {
      const Size &size = pattern.sizes[axis];
      std::int64_t extent = type->extents[axis];
      if (size.number >= 0) {
        fits = size.number == extent;
        continue;
      }
      auto [known, isNew] = extents.try_emplace(size.name, Known{extent, origin, pattern.place});
      if (!isNew && known->second.number != extent)
        return clash(pattern, size.name, known->second, std::to_string(extent) + " in " + origin);
    }
    if (fits) return true;
    return fail(pattern.place,
                "input " + name + " is " + textOf(*type) + ", but " + name + " is declared " + text(pattern),
                type->dtype != pattern.dtype
                    ? "nothing is converted: give an input of dtype " + std::string(nameOf(pattern.dtype))
                    : "");
  }

  std::optional<mlir::Type> concrete(const Pattern &pattern) {
    llvm::SmallVector<int64_t> shape;
    for (const Size &size : pattern.sizes) {
      auto known = extents.find(size.name);
      if (size.number < 0 && known == extents.end()) {
        fail(pattern.place, "extent " + size.name + " is not known",
             "give an input that has it, or its size with --size " + size.name + "=...");
        return std::nullopt;
      }
      shape.push_back(size.number >= 0 ? size.number : known->second.number);
    }
    long double elements = 1;
    for (int64_t extent : shape)
      elements *= static_cast<long double>(std::max<int64_t>(extent, 1)); // a 0 hides nothing
    if (elements > static_cast<long double>(graph::maxElements)) {
      fail(pattern.place, llvm::is_contained(shape, 0)
                              ? "the extents of a tensor beside 0 have a product of at most 2^48"
                              : "a tensor has at most 2^48 elements, this one has more");
      error->kind = ErrorKind::Limit;
      return std::nullopt;
    }
    return mlir::RankedTensorType::get(shape, graph::typeNamed(&context, nameOf(pattern.dtype)));
  }

  /// Cotangents take the types of the results below, innermost first; maps above them add their axes.
  bool resolveCotangents() {
    for (std::size_t level = 0; level < value.steps.size(); ++level) {
      const Step &step = value.steps[level];
      if (step.transformation != "vjp") continue;
      llvm::SmallVector<mlir::Type> below;
      for (const Pattern &pattern : levels[level]) {
        auto type = concrete(pattern);
        if (!type) return false;
        below.push_back(*type);
      }
      mlir::func::FuncOp callee = build.functionFor(value, level, below, false);
      if (!callee) {
        error = *build.failure;
        return false;
      }
      for (std::size_t k = 0; k < step.resultsBelow; ++k) {
        auto type = graph::tensorOf(callee.getResultTypes()[k]);
        Pattern pattern{*dtypeNamed(graph::nameOf(type.getElementType())), {}, true, function().name};
        for (int64_t extent : type.getShape())
          pattern.sizes.push_back({extent, ""});
        if (!raise(level + 1, step.parametersBelow + k, std::move(pattern))) return false;
      }
    }
    return true;
  }

  /// Sets parameter `which` from `level` up.
  bool raise(std::size_t level, std::size_t which, Pattern pattern) {
    levels[level][which] = pattern;
    for (; level < value.steps.size(); ++level) {
      const Step &step = value.steps[level];
      if (step.transformation == "vmap") {
        const Ast &holder = value.holder ? *value.holder : ast;
        MapAxes chosen = mapAxes(holder, step.axes, levels[level].size());
        Size mappedSize = addedSize(level, chosen);
        if (chosen.axes[which] && !insertAxis(pattern, *chosen.axes[which], mappedSize)) {
          failMap(holder, step, *chosen.axes[which], which, pattern, ", which is ");
          return false;
        }
      }
      levels[level + 1][which] = pattern;
    }
    return unify(which);
  }

  /// The extent that the map above `level` adds, read off a parameter that it mapped.
  Size addedSize(std::size_t level, const MapAxes &chosen) const {
    for (std::size_t i = 0; i < levels[level].size(); ++i) {
      const Pattern &outer = levels[level + 1][i];
      if (!chosen.axes[i] || !outer.known || outer.sizes.empty()) continue;
      auto rank = static_cast<std::int64_t>(outer.sizes.size());
      std::int64_t axis = *chosen.axes[i] < 0 ? *chosen.axes[i] + rank : *chosen.axes[i];
      return outer.sizes[static_cast<std::size_t>(axis)];
    }
    return {-1, "batch"};
  }
};

} // namespace

Result<std::vector<mlir::Type>> inputTypes(const Ast &ast, const FunctionValue &value,
                                           const Bindings &bindings, Build &build,
                                           mlir::MLIRContext &context) {
  return Inputs(ast, value, bindings, build, context).types();
}

} // namespace tgc::language
