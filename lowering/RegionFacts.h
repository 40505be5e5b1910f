//===- RegionFacts.h - What a metering region does to the outside ---------===//
#ifndef WRIT_LOWERING_REGIONFACTS_H
#define WRIT_LOWERING_REGIONFACTS_H

#include "mlir-dialect/IR/Contract.h"

namespace writ::lowering {

class ModuleLowering;

/// Facts about the region of one charge.
struct RegionFacts {
  /// Some op does something that lasts (`ModuleLowering::hasLastingEffect`).
  bool hasEffect = false;
  /// Something is due after the first such op: it is done though not all can be paid.
  bool hasCostAfterwards = false;
  /// Something is due after an op that may trap, and before the first such op: the trap comes
  /// though not all can be paid.
  bool mayTrapUnpaid = false;
};

/// Looks at the ops from `charge` to the end of its region.
RegionFacts scanRegion(contract::ChargeOp charge, ModuleLowering &module);

} // namespace writ::lowering

#endif
