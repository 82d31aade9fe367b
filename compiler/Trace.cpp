#include "compiler/Trace.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/raw_ostream.h"

namespace tgc {

std::string textOf(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, mlir::OpPrintingFlags().useLocalScope()); // whole: the text can be read again
  stream << '\n';
  return text;
}

void Trace::start(mlir::ModuleOp module) {
  if (keepTexts) input = textOf(module);
}

void Trace::add(Stage stage, double seconds, mlir::ModuleOp module) {
  StageRecord record{stage, seconds, 0, {}};
  module->walk([&](mlir::Operation *) { ++record.ops; });
  if (keepTexts) record.text = textOf(module);
  stages.push_back(std::move(record));
}

double Trace::totalSeconds() const {
  double sum = 0;
  for (const StageRecord &record : stages)
    sum += record.seconds;
  return sum;
}

} // namespace tgc
