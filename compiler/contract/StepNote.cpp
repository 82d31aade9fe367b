#include "compiler/contract/StepNote.h"
#include "compiler/Notes.h"

namespace tgc::contract {

mlir::Location noted(mlir::Location location, const StepPlace &place, const std::vector<IndexList> &inputs,
                     const IndexList &output, const std::vector<std::int64_t> &extents) {
  ContractionNote note;
  note.network = place.network;
  note.step = place.step;
  note.operands.assign(place.operands.begin(), place.operands.end());
  note.result = place.result;
  note.seconds = place.seconds;
  for (const IndexList &list : inputs) {
    note.inputs.emplace_back(list.begin(), list.end());
    for (std::uint32_t index : list)
      note.extents.push_back(extents[index]);
  }
  note.output.assign(output.begin(), output.end());
  return withNote(location, note);
}

} // namespace tgc::contract
