// Reading a tensor along an axis where it is not consecutive, through square tiles that are transposed in
// registers: where one axis of the result is consecutive in memory and another one in an argument, a tile has
// as many full registers of the one as of the other.
#pragma once
#include "compiler/schedule/Elements.h"

namespace tgc::schedule {

// Where a tile lies: `lane` runs over the lanes of registers, `across` over the tile's rows.
struct Tile {
  Scope *scope = nullptr;  // of the tile; rows run in a loop inside
  unsigned lane = 0;       // variable of the lanes, first at the tile's corner
  unsigned across = 0;     // variable of a row
  mlir::AffineExpr corner; // the first row
  mlir::AffineExpr row;    // the row within the tile: a variable, or of rows that are written out a constant
  int64_t laneCount = 0;   // lanes that are real
  mlir::Value rows;        // a mask of the rows that are real; null for all
};

class Transpose {
public:
  // `fetchAhead`: elements along the rows to fetch ahead of a tile; 0 for none.
  Transpose(Elements &elements, int64_t fetchAhead) : elements(elements), fetchAhead(fetchAhead) {}

  // The tile that loads belong to from now on.
  void open(const Tile &at) { tile = at, filled.clear(); }
  // The row that loads belong to, where rows are written out; `across` is then the variable of the corner.
  void enterRow(int64_t row) { tile.row = mlir::getAffineConstantExpr(row, elements.context()); }
  // The lanes of element `linear` of a flat buffer out of the tile; null where its rows are not consecutive.
  mlir::Value load(mlir::Value buffer, mlir::AffineExpr linear, unsigned lane);

private:
  struct Filled {
    mlir::Value buffer;
    mlir::AffineExpr linear;
    mlir::Value scratch;                   // for a row that is a variable;
    llvm::SmallVector<mlir::Value> turned; // or else the registers
  };
  bool serves(mlir::AffineExpr linear, unsigned lane, int64_t stride) const;
  const Filled &fill(mlir::Value buffer, mlir::AffineExpr linear, int64_t stride);
  mlir::Value freeScratch(mlir::Type element);

  Elements &elements;
  int64_t fetchAhead;
  Tile tile;
  llvm::SmallVector<Filled> filled;
  llvm::SmallVector<mlir::Value> scratches; // of the kernel: tiles one after the other use them again
};

} // namespace tgc::schedule
