//===- ChargeTable.h - Number the distinct amounts of a module ------------===//
#ifndef WRIT_LOWERING_CHARGETABLE_H
#define WRIT_LOWERING_CHARGETABLE_H

#include "mlir-dialect/IR/Contract.h"

#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace writ {

/// The amounts that a module's code adds to or takes from the gas left, as counts per
/// class: charges, refunds and unit prices. Equal counts share an entry. All tiers of a
/// module use one table, so that one array of prices serves them all. Entries are
/// numbered in the order in which they are first asked for: ask in walk order.
class ChargeTable {
public:
  uint32_t indexOf(contract::CostsAttr costs) {
    auto [it, isNew] = indices.try_emplace(costs, static_cast<uint32_t>(entries.size()));
    if (isNew)
      entries.emplace_back(costs.getCounts().begin(), costs.getCounts().end());
    return it->second;
  }

  const std::vector<CostCounts> &counts() const { return entries; }

  /// Makes the entries those of another table, with the same numbers.
  void assign(mlir::MLIRContext *context, std::span<const CostCounts> counts) {
    indices.clear();
    entries.clear();
    for (const CostCounts &entry : counts)
      indexOf(contract::CostsAttr::get(context, entry));
  }

private:
  llvm::DenseMap<mlir::Attribute, uint32_t> indices;
  std::vector<CostCounts> entries;
};

} // namespace writ

#endif
