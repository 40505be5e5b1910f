//===- GasOps.cpp - Charges, their cold paths and stack depth -------------===//

#include "lowering/FunctionLowering.h"
#include "lowering/RegionFacts.h"

using namespace llvm;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

/// The interpreter may run the function's `contract.enter`, and finds the stack left there.
static void publishStack(FunctionLowering &f) {
  IRBuilder<> &b = f.builder;
  Value *activation =
      f.load(b.getPtrTy(), f.contextField(offsetof(InstanceContext, activation)), Storage::Context);
  Value *left = b.CreateLoad(b.getInt64Ty(), f.stackSlot);
  f.store(left, f.element(activation, offsetof(Activation, stackLeft), 1), Storage::Words);
}

/// Hands the region over to the interpreter, with the words that it needs.
static void lowerColdPath(FunctionLowering &f, const RegionLiveIns &region) {
  Value *frame = f.fixedPointer(offsetof(InstanceContext, coldFrame));
  for (const LiveIn &liveIn : region.words) {
    Value *live;
    if (liveIn.value) {
      mlir::Value alias = f.findAlias(liveIn.value);
      live = f.value(alias ? alias : liveIn.value);
    } else {
      AllocaInst *slot = f.slots[liveIn.slot];
      live = f.builder.CreateLoad(slot->getAllocatedType(), slot);
    }
    f.store(f.toWord(f.exact(live)), f.element(frame, liveIn.frameIndex), Storage::Words);
  }
  f.goCold(region.region);
}

/// The whole region is charged ahead. What it does would have to be done in part if it cannot
/// be paid in full, and the interpreter does that.
static void chargeAhead(FunctionLowering &f, ChargeOp op) {
  auto region = f.module.regions.find(op);
  if (region == f.module.regions.end() || !region->second.needsInterpreter)
    return f.charge(op.getCosts(), /*check=*/true);
  f.charge(op.getCosts(), /*check=*/false);
  BasicBlock *cold = f.newBlock("short"), *paid = f.newBlock("b");
  f.builder.CreateCondBr(f.gasHasRunOut(), cold, paid, f.module.unlikely);
  f.builder.SetInsertPoint(cold);
  if (op->getBlock()->isEntryBlock())
    publishStack(f);
  lowerColdPath(f, region->second);
  f.builder.SetInsertPoint(paid);
  f.noteCheck();
}

/// As long as nothing is done that lasts, nobody looks at the gas left: a trap finds out
/// later that it had run out before. Where it must be looked at, that is best done at once, but
/// not ahead of an op that may trap on what can be paid: then `prepareGas` does it.
static void lowerCharge(FunctionLowering &f, ChargeOp op) {
  if (f.plan->movesDown(op))
    return f.moveChargeDown();
  RegionFacts facts = scanRegion(op, f.module);
  if (facts.hasEffect && facts.hasCostAfterwards)
    return chargeAhead(f, op);
  bool check = facts.hasEffect || f.needsCheck();
  f.charge(op.getCosts(), check && !facts.mayTrapUnpaid);
}

static void lowerCost(FunctionLowering &f, CostOp op) { f.earn(op.getCosts()); }

static void lowerChargeUnits(FunctionLowering &f, ChargeUnitsOp op) {
  IRBuilder<> &b = f.builder;
  CostsAttr unit = CostsAttr::getOne(op.getContext(), CostClass(op.getUnit()));
  Value *prices = f.entryPointer(offsetof(InstanceContext, prices));
  Value *unitPrice = f.loadFixed(b.getInt64Ty(), f.element(prices, f.module.charges.indexOf(unit)));
  Value *units = b.CreateZExt(f.value(op.getUnits()), b.getInt64Ty());
  Value *product = b.CreateBinaryIntrinsic(Intrinsic::umul_with_overflow, units, unitPrice);
  Value *amount = b.CreateExtractValue(product, 0);
  Value *gas = f.gas();
  f.outOfGasIf(b.CreateOr(b.CreateExtractValue(product, 1), b.CreateICmpULT(gas, amount)));
  f.setGas(b.CreateSub(gas, amount));
  f.noteCheck();
}

static void lowerEnter(FunctionLowering &f, EnterOp op) {
  IRBuilder<> &b = f.builder;
  Value *left = b.CreateLoad(b.getInt64Ty(), f.stackSlot);
  Value *frame = b.getInt64(op.getBytes());
  f.trapIf(b.CreateICmpULT(left, frame), op, TrapKind::StackExhausted);
  b.CreateStore(b.CreateSub(left, frame), f.stackSlot);
}

static void lowerProfile(FunctionLowering &f, ProfileOp op) {
  f.store(f.gas(), f.contextField(offsetof(InstanceContext, gas)), Storage::Context);
  f.callRuntime(offsetof(RuntimeCalls, profile), f.builder.getVoidTy(),
                f.builder.getInt32(profileEvent(op.getFunc(), op.getLeave())));
  f.setGas(f.gas()); // What the context has of it is not what traps count on any more.
  f.noteCheck();     // It was looked at before.
}

/// There is nothing that optimized code could become.
static void lowerTick(FunctionLowering &, TickOp) {}

void writ::lowering::addGasOps(OpTable &table) {
  table.add<ChargeOp, lowerCharge>();
  table.add<CostOp, lowerCost>();
  table.add<ChargeUnitsOp, lowerChargeUnits>();
  table.add<EnterOp, lowerEnter>();
  table.add<ProfileOp, lowerProfile>();
  table.add<TickOp, lowerTick>();
}
