//===- RegionFacts.cpp - What a metering region does to the outside -------===//

#include "lowering/RegionFacts.h"

#include "lowering/ModuleLowering.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

RegionFacts writ::lowering::scanRegion(ChargeOp charge, ModuleLowering &module) {
  RegionFacts facts;
  bool mayTrap = false;
  for (Operation *op = charge->getNextNode(); op && !isa<ChargeOp>(op); op = op->getNextNode()) {
    if (isa<CostOp>(op)) {
      facts.hasCostAfterwards |= facts.hasEffect;
      facts.mayTrapUnpaid |= mayTrap;
    } else {
      facts.hasEffect |= module.hasLastingEffect(op);
      mayTrap |= isa<MayTrapOpInterface>(op);
    }
    if (facts.hasCostAfterwards || op->hasTrait<ObservesGas>())
      break;
  }
  return facts;
}
