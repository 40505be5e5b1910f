//===- GasEmission.cpp - Where gas is taken, and what traps leave due -----===//
//
// What straight code costs is taken just before something that lasts, or at the end of the block.
// Until then it is *due*: code that may trap in between says how much that is. So whatever has
// happened when gas runs out could be paid, and no price is ever given back.
//
//===----------------------------------------------------------------------===//
#include "lowering/wasm/FunctionEmitter.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

/// All that is pending, as an amount.
uint32_t FunctionEmitter::takePending() {
  if (pending.isZero())
    return noAmount;
  uint32_t amount = module.amountOf(pending);
  pending.clear();
  return amount;
}

void FunctionEmitter::planGas(Operation *op) {
  if (!isMetered())
    return;
  const OpRow row = module.rows[op];
  Gas gas;
  bool isEnd = op->hasTrait<OpTrait::IsTerminator>() && !isa<TrapOp>(op);
  if (row.lasts || isEnd)
    gas.pay = takePending();
  else if (row.mayTrap && !pending.isZero())
    gas.due = module.amountOf(pending);
  gas.mayTrap = row.mayTrap && !isa<TrapOp>(op) && !cannotTrap(op);
  if (gas.pay != noAmount || gas.mayTrap || isa<TrapOp>(op))
    gasAt[op] = gas;
}

/// Whether all bytes before `end`, counted from `address`, were inside the memory at an access
/// before: memories never shrink. If not, they will have been.
bool FunctionEmitter::isInBounds(Value address, uint64_t end) {
  if (auto constant = address.getDefiningOp<arith::ConstantOp>()) {
    uint64_t base = cast<IntegerAttr>(constant.getValue()).getValue().getZExtValue();
    return base + end <= uint64_t(module.info.memories[0].limits.min) * 65536;
  }
  std::pair<uint64_t, uint64_t> base{reinterpret_cast<uintptr_t>(address.getAsOpaquePointer()),
                                     floor};
  const auto found = homes.find(address);
  bool isSlot = found != homes.end() && found->second.kind == Home::Slot;
  if (isSlot)
    base = {2 * uint64_t(found->second.index) + 1, std::max(readVersion.lookup(address), floor)};
  uint64_t &known = reached[base];
  if (end <= known)
    return true;
  known = end;
  return false;
}

bool FunctionEmitter::cannotTrap(Operation *op) {
  if (auto load = dyn_cast<LoadOp>(op))
    return isInBounds(load.getAddress(), uint64_t(load.getOffset()) + load.getBits() / 8);
  if (auto store = dyn_cast<StoreOp>(op))
    return isInBounds(store.getAddress(), uint64_t(store.getOffset()) + store.getBits() / 8);
  return dividesSafely(op);
}

/// The front end charges the frame just before this; the helper takes it at the same time.
void FunctionEmitter::planEnter(EnterOp op) {
  if (!isMetered())
    return;
  frame = uint32_t(op.getBytes());
  uint64_t units = llvm::divideCeil(uint64_t(op.getBytes()), 8);
  auto costs = units > INT32_MAX ? nullptr
                                 : CostsAttr::get(op.getContext(),
                                                  CostCount{CostClass::FrameUnit, uint32_t(units)});
  if (!costs || !pending.subtract(costs))
    return refuse(op, "a frame that is too large, or does not cost what it should");
  emitCharge(takePending());
  gap(isLeaf ? GapKind::EnterLeaf : GapKind::Enter, frame);
  out.gaps.back().amount = module.amounts.indexOf(costs);
  noteNothingDue();
}

void FunctionEmitter::emitCharge(uint32_t amount) {
  if (amount == noAmount)
    return;
  bool isClear = knownDue == noAmount && !lastCharge;
  gap(GapKind::Charge, amount);
  knownDue = noAmount;
  if (!isClear)
    lastCharge = out.gaps.size() - 1;
}

/// Takes what is to be taken before `op`, and says what is due when it traps.
void FunctionEmitter::emitGas(Operation *op) {
  auto found = gasAt.find(op);
  if (found == gasAt.end())
    return;
  const Gas &gas = found->second;
  emitCharge(gas.pay);
  if (!gas.mayTrap)
    return;
  if (knownDue != gas.due) {
    gap(GapKind::Due, gas.due);
    knownDue = gas.due;
    lastCharge.reset();
  } else if (lastCharge) {
    out.gaps[*lastCharge].clearsDue = true;
    lastCharge.reset();
  }
}

/// What is pending at the end of `block` can wait if each way on leads to where nothing else leads.
bool FunctionEmitter::passesOn(Block *block) const {
  Operation *end = block->getTerminator();
  if (end->getNumSuccessors() < 2)
    return false;
  for (Block *to : end->getSuccessors())
    if (flow[to].from != block)
      return false;
  return true;
}

void FunctionEmitter::setFault(uint32_t fault) {
  if (!isMetered())
    return;
  i32Const(int32_t(fault));
  meterGlobal(globalSetCode, MeterGlobal::Fault);
}

void FunctionEmitter::leave() {
  if (isMetered() && frame != 0 && !isLeaf)
    gap(GapKind::Leave, frame);
}
