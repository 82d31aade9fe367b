// A transformed function under construction: what every transformation from Function to Function does.
#pragma once
#include "frontend/Fields.h"
#include "frontend/Graph.h"
#include "tgc/Transforms.h"

namespace tgc::detail {

/// A transformed function under construction.
class Maker {
public:
  Maker(const Function &f, const char *transform, Arg::Here here)
      : f(*f.state), transform(transform), place{here.file_name(), here.line(), here.column()},
        lock(this->f.graph->mutex), made(std::make_shared<FunctionState>()) {
    made->graph = this->f.graph;
    made->name = std::string(transform) + "(" + this->f.name + ")";
    made->error = this->f.error;
    made->params = this->f.params;
  }
  Maker(const Maker &) = delete;
  Maker &operator=(const Maker &) = delete;
  /// What was begun and not ended is taken out of the graph again.
  ~Maker() {
    if (function && !ended) function.erase();
  }

  bool failed() const { return made->error.has_value(); }
  void refuse(std::string message) {
    fail({ErrorKind::Invalid, std::string(transform) + ": " + std::move(message), place});
  }
  /// An error found on the way; at the caller's line where it has no place of its own.
  void fail(Error error) {
    if (made->error) return;
    if (!error.place.known()) error.place = place;
    made->error = std::move(error);
  }

  /// Positions of the parameters to differentiate by; the name of a struct stands for all its fields.
  /// Complex ones only where `complexToo`: a dense derivative by them would be no table of complex numbers.
  llvm::SmallVector<int64_t> positions(const Wrt &wrt, bool complexToo = false) {
    llvm::SmallVector<int64_t> out;
    for (const std::string &name : wrt) {
      bool found = false;
      for (auto [k, param] : llvm::enumerate(f.params))
        if (names(name, param)) {
          found = true;
          addPosition(out, static_cast<int64_t>(k), complexToo);
        }
      if (!found) refuse(f.name + " has no parameter " + name);
    }
    if (wrt.empty()) refuse("no parameter to differentiate by");
    return out;
  }

  /// Where the name is taken, as by a second tangent, a number is added: d_x, d_x_2.
  void addParam(const std::string &wanted, const Param &like) {
    auto taken = [&](const std::string &name) {
      return llvm::any_of(made->params, [&](const Param &param) { return param.name == name; });
    };
    std::string name = wanted;
    for (int k = 2; taken(name); ++k)
      name = wanted + "_" + std::to_string(k);
    made->params.push_back({name, like.dtype, like.extents});
  }

  void addPosition(llvm::SmallVectorImpl<int64_t> &positions, int64_t position, bool complexToo) {
    const Param &param = f.params[static_cast<std::size_t>(position)];
    if (!isFloat(param.dtype) && !(complexToo && isComplex(param.dtype)))
      refuse("parameter " + param.name + " is " + std::string(nameOf(param.dtype)) +
             "; only floating-point parameters have derivatives");
    else if (llvm::is_contained(positions, position))
      refuse("parameter " + param.name + " is named twice");
    else
      positions.push_back(position);
  }

  void begin() {
    if (failed()) return;
    context = &f.graph->context;
    mlir::OpBuilder atEnd = mlir::OpBuilder::atBlockEnd(f.graph->module->getBody());
    llvm::SmallVector<mlir::Type> inputs;
    for (const Param &param : made->params)
      inputs.push_back(detail::typeOf(context, param));
    made->symbol = f.graph->freeName(std::string(transform) + "_" + f.symbol);
    callee = f.graph->function(f.symbol);
    mlir::Location at = callee.getLoc();
    if (place.known()) at = mlir::FileLineColLoc::get(context, place.file, place.line, place.column);
    function = mlir::func::FuncOp::create(atEnd, at, made->symbol, atEnd.getFunctionType(inputs, {}));
    mlir::Block *body = function.addEntryBlock();
    for (auto [argument, param] : llvm::zip(body->getArguments(), made->params))
      argument.setLoc(mlir::NameLoc::get(mlir::StringAttr::get(context, param.name), at));
    builder = mlir::OpBuilder::atBlockEnd(body);
  }

  Function end(mlir::ValueRange results, const std::vector<std::string> &names = {}) {
    ended = true;
    mlir::func::ReturnOp::create(builder, function.getLoc(), results);
    function.setFunctionType(builder.getFunctionType(function.getArgumentTypes(), results.getTypes()));
    for (auto [k, value] : llvm::enumerate(results))
      made->results.push_back(
          detail::paramOf(k < names.size() ? names[k] : "out" + std::to_string(k), value.getType()));
    return done();
  }
  Function done() { return Function(std::shared_ptr<const FunctionState>(made)); }

  const FunctionState &f;
  const char *transform;
  Place place;
  std::lock_guard<std::recursive_mutex> lock;
  std::shared_ptr<FunctionState> made;
  mlir::MLIRContext *context = nullptr;
  mlir::func::FuncOp callee, function;
  bool ended = false;
  mlir::OpBuilder builder{static_cast<mlir::MLIRContext *>(nullptr)};
};

/// Whether the first result can be differentiated as one number; refused if not.
inline bool scalarFirst(Maker &maker) {
  if (maker.failed()) return false;
  const auto &results = maker.f.results;
  if (!results.empty() && isFloat(results[0].dtype) && results[0].extents.empty()) return true;
  maker.refuse("the first result of " + maker.f.name + " must be a floating-point scalar" +
               (results.empty() ? "" : ", it is " + typeText(results[0].dtype, Shape(results[0].extents))));
  return false;
}

} // namespace tgc::detail
