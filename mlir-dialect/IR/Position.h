//===- Position.h - Where in a module's bytes an op comes from ------------===//
//
// A `FileLineColLoc` in a function has the byte offset as its line, with column 0; or line 0, and
// as its column the distance from the function's own location. The latter kind is shared by
// functions: making one attribute for each op takes longer than the op.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_MLIRDIALECT_IR_POSITION_H
#define WRIT_MLIRDIALECT_IR_POSITION_H

#include "mlir/IR/Location.h"
#include "mlir/IR/Operation.h"

namespace writ::contract {

/// The byte offset of `op`, which stands in a function; ~0 if that is not known.
inline uint32_t byteOffset(mlir::Operation *op) {
  auto position = mlir::dyn_cast<mlir::FileLineColLoc>(mlir::LocationAttr(op->getLoc()));
  if (!position)
    position = op->getLoc()->findInstanceOf<mlir::FileLineColLoc>();
  if (!position)
    return ~0u;
  if (position.getLine() != 0 || position.getColumn() == 0)
    return position.getLine();
  uint32_t base = byteOffset(op->getParentOp());
  return base == ~0u ? ~0u : base + position.getColumn();
}

} // namespace writ::contract

#endif
