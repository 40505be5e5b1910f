//===- PayForJoins.h - Let the ways into a join pay for it ----------------===//
#ifndef WRIT_MLIRDIALECT_TRANSFORMS_PAYFORJOINS_H
#define WRIT_MLIRDIALECT_TRANSFORMS_PAYFORJOINS_H

#include "mlir-dialect/IR/AttachedCosts.h"

namespace writ::contract {

/// Moves the first charge of a block that several blocks lead to, with its costs, to the ends of
/// those blocks, where it joins their last charge: so that each way through both pays once. Only
/// where nothing happens in the block before all is due, and only if no way out of those blocks
/// leads elsewhere (a `cf.switch` gets a block on its way). Each charge is moved at most once.
void payForJoins(mlir::Region &body, AttachedCosts &attached);

} // namespace writ::contract

#endif
