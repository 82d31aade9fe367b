#include "compiler/Notes.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace tgc {
namespace {

constexpr llvm::StringLiteral contractionMark = "tgc.contraction", formMark = "tgc.form",
                              callMark = "tgc.call", reverseMark = "tgc.reverse";

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

Location withText(Location location, llvm::StringRef mark, llvm::StringRef text) {
  Builder builder(location.getContext());
  auto dictionary = builder.getDictionaryAttr({builder.getNamedAttr(mark, builder.getStringAttr(text))});
  return FusedLoc::get({location}, dictionary, location.getContext());
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
    for (llvm::StringRef mark : {contractionMark, callMark})
      if (location != base)
        eachMarked(location, mark, [&](Location inner, DictionaryAttr) {
          if (!llvm::is_contained(all, inner)) all.push_back(inner);
        });
  return all.size() == 1 ? base : FusedLoc::get(all, Attribute(), base.getContext());
}

std::vector<ContractionNote> contractionNotes(Location location) {
  std::vector<ContractionNote> notes;
  eachMarked(location, contractionMark,
             [&](Location, DictionaryAttr dictionary) { notes.push_back(read(dictionary)); });
  return notes;
}

Location withCall(Location location, llvm::StringRef name) { return withText(location, callMark, name); }

std::vector<std::string> callsOf(Location location) {
  std::vector<std::string> names;
  eachMarked(location, callMark, [&](Location, DictionaryAttr dictionary) {
    std::string name = dictionary.getAs<StringAttr>(callMark).str();
    if (!llvm::is_contained(names, name)) names.push_back(std::move(name));
  });
  return names;
}

Location withReverse(Location location, llvm::StringRef name) {
  return withText(withoutReverse(location), reverseMark, name);
}

Location insideCall(Location location, Location call, llvm::StringRef name) {
  location = withCall(location, name);
  for (const std::string &outer : llvm::reverse(callsOf(call)))
    location = withCall(location, outer);
  std::string back = reverseOf(call);
  return back.empty() ? location : withReverse(location, back);
}

std::string reverseOf(Location location) {
  std::string name;
  eachMarked(location, reverseMark, [&](Location, DictionaryAttr dictionary) {
    name = dictionary.getAs<StringAttr>(reverseMark).str();
  });
  return name;
}

Location withoutReverse(Location location) {
  while (marked(location, reverseMark))
    location = cast<FusedLoc>(location).getLocations().front();
  return location;
}

Location withForm(Location location, const std::string &form) { return withText(location, formMark, form); }

std::string formOf(Location location) {
  std::string form;
  eachMarked(location, formMark, [&](Location, DictionaryAttr dictionary) {
    form = dictionary.getAs<StringAttr>(formMark).str();
  });
  return form;
}

} // namespace tgc
