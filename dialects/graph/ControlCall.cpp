#include "dialects/graph/ControlCall.h"
#include "dialects/graph/Calls.h"
#include "dialects/graph/Control.h"
#include "dialects/graph/Functions.h"
#include "dialects/graph/Ops.h"
#include "dialects/graph/PrivateFunction.h"

using namespace mlir;

namespace tgc::graph {
namespace {

/// "carry c" by the name of the argument, or "carry 0".
std::string nameOfCarry(const Named &f, unsigned argument, unsigned k) {
  auto name = nameOf(Value(f.function.getArgument(argument)));
  return "carry " + (name ? *name : std::to_string(k));
}

/// Whether the first results are what goes round; the arguments that do begin at `first`.
LogicalResult checkCarry(Ink &ink, llvm::StringRef form, const Named &f, SymsRef carried, unsigned first) {
  TypeRange gives = f.function.getResultTypes();
  if (gives.size() < carried.size())
    return emitError(ink.loc()) << form << ": " << f.name << " gives " << gives.size() << " values, and "
                                << carried.size() << " go round";
  for (auto [k, value] : llvm::enumerate(carried))
    if (gives[k] != Type(value.type()))
      return emitError(ink.loc()) << form << ": " << nameOfCarry(f, first + k, k) << " is "
                                  << textOf(Type(value.type())) << " at the start, but " << f.name
                                  << " gives " << textOf(gives[k]) << " for the next step";
  return success();
}

void append(SmallVector<Value> &operands, SymsRef values) {
  for (Sym value : values)
    operands.push_back(value.value());
}

bool isFlag(Type type) { return isBoolTensor(type) && tensorOf(type).getRank() == 0; }

/// The caller's function behind the number of the step.
func::FuncOp stepFunction(Ink &ink, const ScanCall &call, TypeRange types) {
  SymbolTable symbols(call.step.function->getParentOfType<ModuleOp>());
  SmallVector<Type> inputs = {RankedTensorType::get({}, ink.builder.getI64Type())};
  llvm::append_range(inputs, call.counted ? types.drop_front() : types);
  func::FuncOp f = call.step.function;
  return privateFunction(
      symbols, (f.getName() + ".step").str(), inputs, f.getLoc(),
      [&](Ink &inner, ValueRange in) -> FailureOr<Syms> {
        Syms arguments = inner.syms(in.drop_front());
        if (call.counted) {
          Sym number = inner.sym(in[0]);
          arguments.insert(arguments.begin(),
                           call.lower == 0
                               ? number
                               : number + inner.full({}, number.element(), static_cast<double>(call.lower)));
        }
        SmallVector<Value> values = llvm::map_to_vector(arguments, [](Sym sym) { return sym.value(); });
        return inner.syms(writeBody(inner.builder, f, values));
      });
}

} // namespace

FailureOr<SmallVector<Type>> stepTypes(Ink &ink, ScanCall &call) {
  auto fail = [&] { return emitError(ink.loc()) << call.form << ": "; };
  for (Sym whole : call.sliced) {
    if (whole.rank() == 0)
      return fail() << "goes over the leading axis, and " << textOf(whole.value()) << " has none", failure();
    if (call.length && *call.length != whole.extent(0))
      return fail() << textOf(whole.value()) << " has " << whole.extent(0) << " steps, and "
                    << (&whole == call.sliced.begin() ? "length is " : "what goes before it has ")
                    << *call.length,
             failure();
    call.length = whole.extent(0);
  }
  if (!call.length) return fail() << "nothing says how many steps: give length, or xs", failure();
  if (*call.length < 0) return fail() << "a loop of " << *call.length << " steps", failure();
  SmallVector<Type> types;
  if (call.counted) types.push_back(RankedTensorType::get({}, ink.builder.getI64Type()));
  for (Sym value : call.carried)
    types.push_back(value.type());
  for (Sym value : call.sliced)
    types.push_back(partOf(value.type()));
  for (Sym value : call.shared)
    types.push_back(value.type());
  return types;
}

FailureOr<Syms> callScan(Ink &ink, const ScanCall &call) {
  ScanCall checked = call;
  auto types = stepTypes(ink, checked);
  if (failed(types) || failed(checkCarry(ink, call.form, call.step, call.carried, call.counted ? 1 : 0)))
    return failure();
  if (!llvm::is_contained({"all", "carries", "sqrt", "log"}, call.memory))
    return emitError(ink.loc()) << call.form << ": memory is \"" << call.memory
                                << "\"; it is \"all\", \"carries\", \"sqrt\" or \"log\"",
           failure();
  func::FuncOp body = stepFunction(ink, call, *types);
  if (!body) return failure();
  SmallVector<Type> results;
  for (auto [k, type] : llvm::enumerate(body.getResultTypes())) {
    if (k < call.carried.size()) {
      results.push_back(type);
      continue;
    }
    SmallVector<int64_t> shape = {*checked.length};
    llvm::append_range(shape, tensorOf(type).getShape());
    auto stacked = checkedTensor(ink.loc(), shape, elementOf(type));
    if (failed(stacked)) return failure();
    results.push_back(*stacked);
  }
  SmallVector<Value> operands;
  append(operands, call.carried);
  append(operands, call.sliced);
  append(operands, call.shared);
  auto made = ScanOp::create(ink.builder, ink.loc(), results, operands, body.getName(), call.carried.size(),
                             call.sliced.size(), *checked.length, call.reversed, call.memory);
  return ink.syms(made.getResults());
}

FailureOr<Syms> callWhile(Ink &ink, const Named &condition, const Named &body, const Syms &carried,
                          const Syms &shared, int64_t slots) {
  TypeRange flag = condition.function.getResultTypes();
  if (flag.size() != 1 || !isFlag(flag[0])) {
    auto error = emitError(ink.loc())
                 << "while_loop: " << condition.name << " must give a bool scalar, it gives ";
    if (flag.size() == 1)
      error << textOf(flag[0]);
    else
      error << flag.size() << " values";
    return failure();
  }
  if (failed(checkCarry(ink, "while_loop", body, carried, 0))) return failure();
  if (body.function.getNumResults() != carried.size())
    return emitError(ink.loc()) << "while_loop: " << body.name << " gives " << body.function.getNumResults()
                                << " values, and " << carried.size() << " go round",
           failure();
  if (slots < 1)
    return emitError(ink.loc()) << "while_loop: slots is " << slots << ", at least one is needed", failure();
  SmallVector<Value> operands;
  append(operands, carried);
  append(operands, shared);
  auto made = WhileOp::create(ink.builder, ink.loc(), body.function.getResultTypes(), operands,
                              condition.function.getName(), body.function.getName(), carried.size(), slots);
  return ink.syms(made.getResults());
}

FailureOr<Syms> callCond(Ink &ink, Sym predicate, const Named &then, const Named &otherwise,
                         const Syms &operands) {
  if (!isFlag(predicate.type()))
    return emitError(ink.loc()) << "cond: the predicate must be a bool scalar, it is "
                                << textOf(predicate.value()),
           failure();
  TypeRange yes = then.function.getResultTypes(), no = otherwise.function.getResultTypes();
  if (yes.size() != no.size())
    return emitError(ink.loc()) << "cond: " << then.name << " gives " << yes.size() << " values, "
                                << otherwise.name << " gives " << no.size(),
           failure();
  for (auto [k, pair] : llvm::enumerate(llvm::zip_equal(yes, no)))
    if (std::get<0>(pair) != std::get<1>(pair))
      return emitError(ink.loc()) << "cond: result " << k << " is " << textOf(std::get<0>(pair)) << " from "
                                  << then.name << " and " << textOf(std::get<1>(pair)) << " from "
                                  << otherwise.name,
             failure();
  SmallVector<Value> all = {predicate.value()};
  append(all, operands);
  auto made =
      CondOp::create(ink.builder, ink.loc(), yes, all, then.function.getName(), otherwise.function.getName());
  return ink.syms(made.getResults());
}

} // namespace tgc::graph
