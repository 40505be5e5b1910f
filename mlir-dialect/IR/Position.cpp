//===- Position.cpp - Where in a module's bytes an op comes from ----------===//

#include "mlir-dialect/IR/Position.h"

using namespace writ::contract;

uint32_t writ::contract::byteOffset(mlir::Operation *op) {
  mlir::LocationAttr location = op->getLoc();
  if (auto place = mlir::dyn_cast<DistanceLocAttr>(location)) {
    uint32_t base = byteOffset(op->getParentOp());
    return base == ~0u ? ~0u : base + place.getDistance();
  }
  auto position = mlir::dyn_cast<mlir::FileLineColLoc>(location);
  if (!position)
    position = location.findInstanceOf<mlir::FileLineColLoc>();
  return position ? position.getLine() : ~0u;
}

void DistanceLocs::addPage(size_t page) {
  if (page >= pages.size())
    pages.resize(page + 1);
  pages[page] = std::make_unique<Page>();
  pages[page]->reserve(pageSize);
  for (size_t i = 0; i < pageSize; ++i)
    pages[page]->emplace_back(kind, uint32_t(page * pageSize + i));
}
