// A place to call ops and look at their values: one block, filled by an Ink, evaluated op by op.
#pragma once
#include "dialects/graph/Expand.h"
#include "dialects/graph/Ops.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include <map>

namespace tgc::test {

using namespace tgc::graph;

class Lab {
public:
  Lab()
      : handler(&context, [this](mlir::Diagnostic &d) {
          if (message.empty()) message = d.str();
          return mlir::success();
        }) {
    context.disableMultithreading();
    context.loadDialect<GraphDialect>();
    module = mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
    block = module->getBody();
    restart();
  }

  mlir::Type dtype(llvm::StringRef name) { return typeNamed(&context, name); }
  /// A tensor of given numbers.
  Sym tensor(llvm::ArrayRef<int64_t> shape, std::vector<double> numbers, llvm::StringRef element = "f64") {
    HostTensor host(mlir::RankedTensorType::get(shape, dtype(element)));
    for (int64_t at = 0; at < host.count(); ++at)
      host.set(at, numbers[at % numbers.size()]);
    return input(host);
  }
  Sym input(const HostTensor &host) {
    mlir::Value value = block->addArgument(host.type(), mlir::UnknownLoc::get(&context));
    values[value.getAsOpaquePointer()] = host;
    return ink->sym(value);
  }
  /// A call by its public name; on failure the result is absent and `message` is the first error.
  Syms call(llvm::StringRef name, const Arguments &positional, const NamedArguments &named = {}) {
    return callAll(*ink, name, positional, named);
  }
  /// A call that has to fail: its message. The lab can be used on.
  std::string refused(llvm::StringRef name, const Arguments &positional, const NamedArguments &named = {}) {
    message.clear();
    Syms out = call(name, positional, named);
    std::string text = out.empty() ? message : "accepted";
    restart();
    message.clear();
    return text;
  }
  HostTensor value(Sym sym) {
    if (sym.isZero() && !sym.isLiteral()) return HostTensor(sym.type());
    for (mlir::Operation &op : *block) {
      if (values.count(op.getResult(0).getAsOpaquePointer())) continue;
      HostTensors in;
      for (mlir::Value operand : op.getOperands())
        in.push_back(values.at(operand.getAsOpaquePointer()));
      HostTensors out = llvm::cast<GraphOp>(op).evaluate(in);
      for (auto [result, host] : llvm::zip(op.getResults(), out))
        values[result.getAsOpaquePointer()] = host;
    }
    return values.at(sym.value().getAsOpaquePointer());
  }
  std::vector<double> numbers(Sym sym) {
    HostTensor host = value(sym);
    std::vector<double> out;
    for (int64_t at = 0; at < host.count(); ++at)
      out.push_back(host.get<double>(at));
    return out;
  }
  void restart() { ink.emplace(mlir::OpBuilder::atBlockEnd(block), mlir::UnknownLoc::get(&context)); }
  static mlir::Operation *opOf(Sym sym) { return sym.value().getDefiningOp(); }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  mlir::Block *block = nullptr;
  std::string message;
  mlir::ScopedDiagnosticHandler handler;
  std::optional<Ink> ink;
  std::map<const void *, HostTensor> values;
};

} // namespace tgc::test
