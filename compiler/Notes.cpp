#include "compiler/Notes.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace tgc {
namespace {

constexpr llvm::StringLiteral contractionMark = "tgc.contraction", formMark = "tgc.form";

DictionaryAttr marked(Location location, llvm::StringRef mark) {
  auto fused = dyn_cast<FusedLoc>(location);
  auto dictionary = fused ? dyn_cast_or_null<DictionaryAttr>(fused.getMetadata()) : DictionaryAttr();
  return dictionary && dictionary.contains(mark) ? dictionary : DictionaryAttr();
}

/// Calls `visit` with every fused location that carries the mark.
template <typename Visit> void eachMarked(Location location, llvm::StringRef mark, Visit visit) {
  location->walk([&](Location inner) {
    if (auto dictionary = marked(inner, mark)) visit(inner, dictionary);
    return WalkResult::advance();
  });
}

ContractionNote read(DictionaryAttr dictionary) {
  auto whole = [&](llvm::StringRef name) { return dictionary.getAs<IntegerAttr>(name).getInt(); };
  auto list = [&](llvm::StringRef name) {
    return dictionary.getAs<DenseI64ArrayAttr>(name).asArrayRef().vec();
  };
  ContractionNote note{whole("network"),
                       whole("step"),
                       list("operands"),
                       whole("result"),
                       {},
                       list("output"),
                       list("extents"),
                       0};
  for (auto input : dictionary.getAs<ArrayAttr>(contractionMark).getAsRange<DenseI64ArrayAttr>())
    note.inputs.push_back(input.asArrayRef().vec());
  note.seconds = dictionary.getAs<FloatAttr>("seconds").getValueAsDouble();
  return note;
}

} // namespace

Location withNote(Location location, const ContractionNote &note) {
  Builder builder(location.getContext());
  auto named = [&](llvm::StringRef name, Attribute value) { return builder.getNamedAttr(name, value); };
  SmallVector<Attribute> inputs;
  for (const auto &input : note.inputs)
    inputs.push_back(builder.getDenseI64ArrayAttr(input));
  auto dictionary = builder.getDictionaryAttr({
      named(contractionMark, builder.getArrayAttr(inputs)),
      named("output", builder.getDenseI64ArrayAttr(note.output)),
      named("network", builder.getI64IntegerAttr(note.network)),
      named("step", builder.getI64IntegerAttr(note.step)),
      named("operands", builder.getDenseI64ArrayAttr(note.operands)),
      named("result", builder.getI64IntegerAttr(note.result)),
      named("extents", builder.getDenseI64ArrayAttr(note.extents)),
      named("seconds", builder.getF64FloatAttr(note.seconds)),
  });
  return FusedLoc::get({location}, dictionary, location.getContext());
}

Location withNotesOf(Location base, ArrayRef<Location> from) {
  SmallVector<Location> all{base};
  for (Location location : from)
    if (location != base)
      eachMarked(location, contractionMark, [&](Location inner, DictionaryAttr) { all.push_back(inner); });
  return all.size() == 1 ? base : FusedLoc::get(all, Attribute(), base.getContext());
}

std::vector<ContractionNote> contractionNotes(Location location) {
  std::vector<ContractionNote> notes;
  eachMarked(location, contractionMark,
             [&](Location, DictionaryAttr dictionary) { notes.push_back(read(dictionary)); });
  return notes;
}

Location withForm(Location location, const std::string &form) {
  Builder builder(location.getContext());
  auto dictionary = builder.getDictionaryAttr({builder.getNamedAttr(formMark, builder.getStringAttr(form))});
  return FusedLoc::get({location}, dictionary, location.getContext());
}

std::string formOf(Location location) {
  std::string form;
  eachMarked(location, formMark, [&](Location, DictionaryAttr dictionary) {
    form = dictionary.getAs<StringAttr>(formMark).str();
  });
  return form;
}

} // namespace tgc
