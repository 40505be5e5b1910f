//===- RegionFacts.h - What a metering region does to the outside ---------===//
#ifndef WRIT_LOWERING_REGIONFACTS_H
#define WRIT_LOWERING_REGIONFACTS_H

#include "mlir-dialect/IR/CostSum.h"

namespace writ::lowering {

class ModuleLowering;

/// Facts about the region of one charge.
struct RegionFacts {
  /// Ops that do something which lasts (`ModuleLowering::hasLastingEffect`). Counts up to two.
  unsigned effects = 0;
  mlir::Operation *firstEffect = nullptr;
  contract::CostSum untilFirst; ///< What is due up to `firstEffect`, with its own cost.
  contract::CostSum after;      ///< What is due after it.
};

/// Looks at the ops from `charge` to the end of its region; stops at the second effect.
RegionFacts scanRegion(contract::ChargeOp charge, ModuleLowering &module);

/// Whether ops of this kind write to memory, globals, tables or segments.
bool writesWhatLasts(mlir::Operation *op);

} // namespace writ::lowering

#endif
