//===- GasEmission.cpp - Where gas is taken -------------------------------===//
//
// What straight code costs is taken just before something that may trap or that lasts, and at the
// end of the block. So whatever has happened when gas runs out could be paid, the gas left is exact
// at each trap, and no price is ever given back.
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
  if (!isMetered() || isFast())
    return;
  const OpRow row = module.rows[op];
  bool mayTrap = row.mayTrap && !cannotTrap(op);
  auto trap = dyn_cast<TrapOp>(op);
  if (trap && TrapKind(trap.getKind()) == TrapKind::Unreachable)
    if (pending.subtract(module.branchCost)) // Its helper takes that.
      branchTakers.insert(op);
  if (row.lasts || mayTrap || op->hasTrait<OpTrait::IsTerminator>())
    if (uint32_t amount = takePending(); amount != noAmount)
      gasAt[op] = amount;
}

std::optional<AccessRange> writ::wasmgen::accessOf(Operation *op) {
  if (auto load = dyn_cast<LoadOp>(op))
    return AccessRange{load.getAddress(), uint64_t(load.getOffset()) + load.getBits() / 8};
  if (auto store = dyn_cast<StoreOp>(op))
    return AccessRange{store.getAddress(), uint64_t(store.getOffset()) + store.getBits() / 8};
  return std::nullopt;
}

/// Whether all bytes before `end`, counted from `address`, were inside the memory at an access
/// before: memories never shrink. If not, they will have been.
bool FunctionEmitter::isInBounds(Value address, uint64_t end) {
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
  if (auto access = accessOf(op))
    return inside.accesses.contains(op) || isInBounds(access->address, access->end);
  return dividesSafely(op);
}

/// The front end charges the frame just before this; the helper takes it at the same time.
void FunctionEmitter::planEnter(EnterOp op) {
  if (!isMetered())
    return;
  if (fast.isTwin(current)) {
    emitCharge(takePending(), /*mustLook=*/true);
    return enterFast(op);
  }
  frame = uint32_t(op.getBytes());
  uint64_t units = llvm::divideCeil(uint64_t(op.getBytes()), 8);
  auto costs = units > INT32_MAX ? nullptr
                                 : CostsAttr::get(op.getContext(),
                                                  CostCount{CostClass::FrameUnit, uint32_t(units)});
  if (!costs || !pending.subtract(costs))
    return refuse(op, "a frame that is too large, or does not cost what it should");
  emitCharge(takePending(), /*mustLook=*/true);
  gap(isLeaf ? GapKind::EnterLeaf : GapKind::Enter, frame);
}

/// Whether it has run out only matters if what comes next is seen afterwards.
void FunctionEmitter::emitCharge(uint32_t amount, bool mustLook) {
  if (amount == noAmount)
    return;
  if (fast.isTwin(current))
    return chargeInTwin(amount, mustLook);
  gap(GapKind::Charge, amount);
}

/// Takes what is to be taken before `op`.
void FunctionEmitter::emitGas(Operation *op) {
  if (isFast())
    return emitFastGas(op);
  if (auto found = gasAt.find(op); found != gasAt.end())
    emitCharge(found->second, module.rows[op].lasts || op->hasTrait<OpTrait::IsTerminator>());
}

void FunctionEmitter::setFault(uint32_t fault) {
  if (!isMetered())
    return;
  i32Const(int32_t(fault));
  meterGlobal(globalSetCode, MeterGlobal::Fault);
}

/// Direct functions do so only if those that called them cannot.
void FunctionEmitter::leave() {
  if (!isMetered() || frame == 0 || isLeaf)
    return;
  if (!isDirect)
    return gap(GapKind::Leave, frame);
  if (!module.hasTailCalls)
    return;
  moveStack(i32AddCode);
  writeStack();
}

void FunctionEmitter::leaveForGood() {
  if (isMetered() && isDirect)
    return moveStack(i32AddCode);
  leave();
}
