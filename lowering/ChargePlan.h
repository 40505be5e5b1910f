//===- ChargePlan.h - Which charges move down, and where gas is checked ---===//
//
// A charge whose region has no lasting effect up to the block's end need not be taken there:
// the ways out of the block can take it together with their own charges, so that one way
// through several blocks pays once. Until then the amount is *owed*, and trap sites know how much.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_CHARGEPLAN_H
#define WRIT_LOWERING_CHARGEPLAN_H

#include "mlir-dialect/IR/Contract.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"

namespace writ::lowering {

class ModuleLowering;

class ChargePlan {
public:
  /// `order` has the reachable blocks in reverse post-order.
  ChargePlan(llvm::ArrayRef<mlir::Block *> order, ModuleLowering &module);

  /// What `block` owes at its end goes on to its successors. Those with other ways in get it
  /// taken on the way.
  bool passesOn(mlir::Block *block) const { return passing.contains(block); }

  /// True if the charge is not taken where it stands.
  bool movesDown(contract::ChargeOp charge) const {
    return passesOn(charge->getBlock()) && facts.lookup(charge->getBlock()).lastCharge == charge;
  }

  /// The only block with ways to `block`, or null.
  mlir::Block *onlyWayIn(mlir::Block *block) const {
    const BlockFacts &fact = facts.find(block)->second;
    return fact.waysIn == 1 ? fact.from : nullptr;
  }

  /// The gas left must be looked at: at function entry, and where a loop goes back.
  bool mustCheck(mlir::Block *block) const { return facts.find(block)->second.mustCheck; }

private:
  struct BlockFacts {
    unsigned waysIn = 0;         ///< Blocks that lead here.
    mlir::Block *from = nullptr; ///< One that leads here.
    mlir::Operation *lastCharge = nullptr;
    bool hasPureEnd = false; ///< No lasting effect from `lastCharge` on.
    bool mustCheck = false;
  };

  void findEdges(llvm::ArrayRef<mlir::Block *> order);
  void findPureEnd(mlir::Block &block, ModuleLowering &module);
  void moveCheckUp(mlir::Block &block);
  bool canPassOn(mlir::Block &block) const;

  llvm::DenseMap<mlir::Block *, BlockFacts> facts;
  llvm::DenseSet<mlir::Block *> passing;
};

} // namespace writ::lowering

#endif
