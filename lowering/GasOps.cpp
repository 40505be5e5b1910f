//===- GasOps.cpp - Charges, their cold paths and stack depth -------------===//

#include "lowering/FunctionLowering.h"

using namespace llvm;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

static Value *price(FunctionLowering &f, CostsAttr costs) {
  uint32_t index = f.module.charges.indexOf(costs);
  Value *prices = f.entryPointer(offsetof(InstanceContext, prices));
  return f.loadFixed(f.builder.getInt64Ty(), f.element(prices, index));
}

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
      live = f.value(liveIn.value);
    } else {
      AllocaInst *slot = f.slots[liveIn.slot];
      live = f.builder.CreateLoad(slot->getAllocatedType(), slot);
    }
    f.store(f.toWord(f.exact(live)), f.element(frame, liveIn.frameIndex), Storage::Words);
  }
  f.goCold(region.region);
}

/// Takes the price and goes on if that much was left. Gas lies below 2^62, so what is left
/// less the price has its sign bit set exactly if it was not enough.
static void lowerCharge(FunctionLowering &f, ChargeOp op) {
  Value *amount = price(f, op.getCosts());
  Value *left = f.builder.CreateSub(f.gas(), amount);
  f.setGas(left);
  f.outstanding.clear();
  BasicBlock *cold = f.newBlock("short"), *paid = f.newBlock("b");
  Value *isShort = f.builder.CreateICmpSLT(left, f.builder.getInt64(0));
  f.builder.CreateCondBr(isShort, cold, paid, f.module.unlikely);

  f.builder.SetInsertPoint(cold);
  auto region = f.module.regions.find(op);
  if (region != f.module.regions.end() && region->second.needsInterpreter) {
    if (op->getBlock()->isEntryBlock())
      publishStack(f);
    lowerColdPath(f, region->second);
  } else {
    f.goOutOfGas(op);
  }

  f.builder.SetInsertPoint(paid);
  f.outstanding.add(op.getCosts());
}

static void lowerCost(FunctionLowering &f, CostOp op) {
  // Without charges there is nothing to earn.
  f.outstanding.subtract(op.getCosts());
}

static void lowerChargeUnits(FunctionLowering &f, ChargeUnitsOp op) {
  IRBuilder<> &b = f.builder;
  Value *unitPrice = price(f, CostsAttr::getOne(op.getContext(), CostClass(op.getUnit())));
  Value *units = b.CreateZExt(f.value(op.getUnits()), b.getInt64Ty());
  Value *product = b.CreateBinaryIntrinsic(Intrinsic::umul_with_overflow, units, unitPrice);
  Value *amount = b.CreateExtractValue(product, 0);
  Value *gas = f.gas();
  Value *isShort = b.CreateOr(b.CreateExtractValue(product, 1), b.CreateICmpULT(gas, amount));
  f.outOfGasIf(isShort, op);
  f.setGas(b.CreateSub(gas, amount));
}

static void lowerEnter(FunctionLowering &f, EnterOp op) {
  IRBuilder<> &b = f.builder;
  Value *left = b.CreateLoad(b.getInt64Ty(), f.stackSlot);
  Value *frame = b.getInt64(op.getBytes());
  f.trapIf(b.CreateICmpULT(left, frame), op, TrapKind::StackExhausted);
  b.CreateStore(b.CreateSub(left, frame), f.stackSlot);
}

void writ::lowering::addGasOps(OpTable &table) {
  table.add<ChargeOp, lowerCharge>();
  table.add<CostOp, lowerCost>();
  table.add<ChargeUnitsOp, lowerChargeUnits>();
  table.add<EnterOp, lowerEnter>();
}
