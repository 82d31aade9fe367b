// Places, kinds and notes of errors that MLIR reported.
#include "compiler/Diagnostics.h"
#include "mlir/IR/Builders.h"
#include <doctest/doctest.h>

using namespace mlir;

TEST_CASE("diagnostics: the place is the first file location, whatever wraps it") {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  Location file = FileLineColLoc::get(&context, "model.tg", 4, 9);
  Location unknown = UnknownLoc::get(&context);
  Location name = NameLoc::get(StringAttr::get(&context, "x"), file);
  const tgc::Place expected{"model.tg", 4, 9};
  CHECK(tgc::placeOf(file) == expected);
  CHECK(tgc::placeOf(name) == expected);
  CHECK(tgc::placeOf(FusedLoc::get(&context, {unknown, name})) == expected);
  CHECK(tgc::placeOf(CallSiteLoc::get(file, FileLineColLoc::get(&context, "other", 1, 1))) == expected);
  CHECK(tgc::placeOf(CallSiteLoc::get(unknown, file)) == expected);
  CHECK(!tgc::placeOf(unknown).known());
}

TEST_CASE("diagnostics: the first error is kept with notes and help, prefixes choose the kind") {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  Location here = FileLineColRange::get(StringAttr::get(&context, "model.tg"), 2, 3, 7);
  tgc::DiagnosticCollector collector(&context);
  emitWarning(here, "not this one");
  InFlightDiagnostic report = emitError(here, "unsupported: sort of 3 axes");
  report.attachNote(here) << "made here";
  report.attachNote() << "help: sort one axis at a time";
  report.report();
  emitError(here, "a later one");
  const tgc::Error error = collector.take(tgc::Stage::Algebra);
  CHECK(error.kind == tgc::ErrorKind::Unsupported);
  CHECK(error.message == "sort of 3 axes");
  CHECK(error.place == tgc::Place{"model.tg", 2, 3});
  CHECK(error.length == 4);
  REQUIRE(error.notes.size() == 2);
  CHECK(error.notes[0].message == "made here");
  CHECK(error.notes[1].kind == tgc::Note::Kind::Help);
  CHECK(error.notes[1].message == "sort one axis at a time");
}

TEST_CASE("diagnostics: without a prefix the stage decides, and silence is our bug") {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  Location here = UnknownLoc::get(&context);
  {
    tgc::DiagnosticCollector collector(&context);
    emitError(here, "'graph.add' op has two shapes");
    const tgc::Error error = collector.take(tgc::Stage::Contract);
    CHECK(error.kind == tgc::ErrorKind::Invalid);
    CHECK(error.message == "add: has two shapes");
  }
  {
    tgc::DiagnosticCollector collector(&context);
    emitError(here, "'exec.run' op is odd");
    CHECK(collector.take(tgc::Stage::Lower).kind == tgc::ErrorKind::Internal);
  }
  tgc::DiagnosticCollector collector(&context);
  CHECK(collector.take(tgc::Stage::Fuse).message ==
        "stage fuse failed without saying why; please report this program");
}
