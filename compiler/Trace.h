// What was seen on the way of one compilation: seconds, op counts and, when asked for, the program's text at
// every border.
#pragma once
#include "compiler/Options.h"
#include <string>
#include <vector>

namespace mlir {
class ModuleOp;
} // namespace mlir

namespace tgc {

struct StageRecord {
  Stage stage = Stage::Algebra;
  double seconds = 0;
  std::int64_t ops = 0; ///< all ops of the module after the stage
  std::string text;     ///< the module after the stage, when Trace::keepTexts
};

/// A part of a stage that is worth its own number, such as LLVM's code generation.
struct PartRecord {
  std::string name;
  double seconds = 0;
};

class Trace {
public:
  /// Keep the text before the first stage and after each one.
  bool keepTexts = false;

  std::string input; ///< the text before the first stage
  std::vector<StageRecord> stages;
  std::vector<PartRecord> parts;

  void start(mlir::ModuleOp module);
  void add(Stage stage, double seconds, mlir::ModuleOp module);
  void addPart(std::string name, double seconds) { parts.push_back({std::move(name), seconds}); }
  double totalSeconds() const;
};

/// The module in text; what every `--emit` of a stage prints. Locations are left out.
std::string textOf(mlir::ModuleOp module);

} // namespace tgc
