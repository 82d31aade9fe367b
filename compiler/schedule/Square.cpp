#include "compiler/schedule/Square.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tgc::schedule {

using Rows = SmallVector<Value>;

/// Interleaving the first half of the rows with the second, as often as halving reaches 1, transposes.
/// Registers may be of several parts, each with as many lanes as there are rows; every part is turned by
/// itself.
static Rows interleave(Rows rows, int64_t lanes, ShuffleMaker shuffle) {
  auto count = static_cast<int64_t>(rows.size());
  SmallVector<int64_t> low, high;
  for (int64_t part = 0; part < lanes; part += count)
    for (int64_t lane = part; lane < part + count / 2; ++lane) {
      low.append({lane, lanes + lane});
      high.append({lane + count / 2, lanes + lane + count / 2});
    }
  for (int64_t width = 1; width < count; width *= 2) {
    Rows next;
    for (int64_t row = 0; row < count / 2; ++row)
      for (ArrayRef<int64_t> order : {ArrayRef<int64_t>(low), ArrayRef<int64_t>(high)})
        next.push_back(shuffle(rows[row], rows[row + count / 2], order));
    rows = std::move(next);
  }
  return rows;
}

/// Registers of 32 bytes are two of 16: interleaving over that border costs two instructions, within it one.
/// So the halves change places first, and then each is turned by itself.
static Rows turnHalves(const Rows &rows, ShuffleMaker shuffle) {
  auto lanes = static_cast<int64_t>(rows.size()), half = lanes / 2;
  SmallVector<int64_t> low, high;
  for (int64_t from : {int64_t(0), lanes})
    for (int64_t lane = from; lane < from + half; ++lane)
      low.push_back(lane), high.push_back(lane + half);
  Rows turned;
  for (ArrayRef<int64_t> order : {ArrayRef<int64_t>(low), ArrayRef<int64_t>(high)}) {
    Rows part;
    for (int64_t row = 0; row < half; ++row)
      part.push_back(shuffle(rows[row], rows[row + half], order));
    llvm::append_range(turned, interleave(std::move(part), lanes, shuffle));
  }
  return turned;
}

void turnSquare(SmallVectorImpl<Value> &rows, ShuffleMaker shuffle) {
  auto type = cast<VectorType>(rows[0].getType());
  auto lanes = static_cast<int64_t>(rows.size());
  bool halves = lanes > 2 && lanes * type.getElementTypeBitWidth() == 8 * 32;
  Rows turned(rows.begin(), rows.end());
  turned = halves ? turnHalves(turned, shuffle) : interleave(std::move(turned), lanes, shuffle);
  rows.assign(turned.begin(), turned.end());
}

} // namespace tgc::schedule
