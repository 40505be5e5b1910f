//===- Position.h - Where in a module's bytes an op comes from ------------===//
//
// A `FileLineColLoc` in a function has the byte offset as its line, with column 0. A
// `DistanceLocAttr` has the distance from there to the function's own location.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_MLIRDIALECT_IR_POSITION_H
#define WRIT_MLIRDIALECT_IR_POSITION_H

#include "mlir-dialect/IR/Contract.h"

#include <memory>
#include <vector>

namespace writ::contract {

/// The byte offset of `op`, which stands in a function; ~0 if that is not known.
uint32_t byteOffset(mlir::Operation *op);
/// The same, if that of the function is known.
inline uint32_t byteOffset(mlir::Operation *op, uint32_t ofFunction) {
  auto place = mlir::dyn_cast<DistanceLocAttr>(mlir::LocationAttr(op->getLoc()));
  return place && ofFunction != ~0u ? ofFunction + place.getDistance() : byteOffset(op);
}

/// Makes one location for each distance. Those of the context are found by hashing and never go
/// away: making one takes longer than making an op. These live as long as the object that made
/// them, so the ops that are located there must not live longer.
class DistanceLocs {
public:
  explicit DistanceLocs(mlir::MLIRContext *context)
      : kind(DistanceLocAttr::AbstractTy::lookup(DistanceLocAttr::getTypeID(), context)) {}

  mlir::Location at(uint32_t distance) {
    size_t page = distance / pageSize;
    if (page >= pages.size() || !pages[page]) [[unlikely]]
      addPage(page);
    return DistanceLocAttr(&(*pages[page])[distance % pageSize]);
  }

private:
  static constexpr size_t pageSize = 256;
  using Page = std::vector<detail::DistanceStorage>;

  void addPage(size_t page);

  const mlir::AbstractAttribute &kind;
  std::vector<std::unique_ptr<Page>> pages;
};

} // namespace writ::contract

#endif
