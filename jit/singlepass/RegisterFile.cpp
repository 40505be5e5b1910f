//===- RegisterFile.cpp - Hand out registers, save them around calls ------===//

#include "jit/singlepass/FunctionCompiler.h"

#include "llvm/ADT/bit.h"

using namespace writ;
using namespace writ::singlepass;

static uint32_t classOf(bool isFloat) { return isFloat ? allFloat : allGeneral; }
static Reg highest(uint32_t set) { return Reg(31 - llvm::countl_zero(set)); }
static Reg lowest(uint32_t set) { return Reg(llvm::countr_zero(set)); }

void FunctionCompiler::dropCache(uint32_t slot) {
  disown(slots[slot].cache);
  slots[slot].cache = noReg;
}

void FunctionCompiler::evict(Reg reg) {
  uint32_t owner = owners[reg];
  if (owner & slotOwner) {
    dropCache(owner & ~slotOwner);
    return;
  }
  if (states[owner].home == none)
    storeHome(owner);
  states[owner].place = Place::Home;
  disown(reg);
}

/// Takes a free register; if there is none, that of a slot, which is in the frame too; or
/// else that of the oldest value, which in stack code is read last.
Reg FunctionCompiler::allocate(bool isFloat) {
  uint32_t candidates = plan.temps & classOf(isFloat) & ~locked;
  uint32_t free = candidates & ~owned;
  if (free != 0) {
    Reg reg = highest(free);
    lock(reg);
    return reg;
  }
  Reg victim = noReg;
  for (uint32_t rest = candidates; rest != 0; rest &= rest - 1) {
    Reg reg = lowest(rest);
    if (owners[reg] & slotOwner) {
      victim = reg;
      break;
    }
    if (victim == noReg || states[owners[reg]].stamp < states[owners[victim]].stamp)
      victim = reg;
  }
  assert(victim != noReg && "an op needs more registers than there are");
  evict(victim);
  lock(victim);
  return victim;
}

void FunctionCompiler::claim(Reg reg) {
  if (owned & bit(reg)) {
    uint32_t owner = owners[reg];
    uint32_t free = plan.temps & classOf(isXmm(reg)) & ~locked & ~owned & ~bit(reg);
    if (owner & slotOwner || free == 0) {
      evict(reg);
    } else {
      Reg to = highest(free);
      move(to, reg, states[owner].kind);
      disown(reg);
      own(to, owner);
      states[owner].reg = to;
    }
  }
  lock(reg);
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

void FunctionCompiler::spillForCall(mlir::ValueRange operands) {
  llvm::SmallVector<uint32_t, 8> ids;
  for (mlir::Value operand : operands)
    ids.push_back(idOf(operand));
  for (uint32_t rest = owned; rest != 0; rest &= rest - 1) {
    uint32_t owner = owners[lowest(rest)];
    if (owner & slotOwner || states[owner].home != none)
      continue;
    if (states[owner].uses > uint32_t(llvm::count(ids, owner)))
      storeHome(owner);
  }
  saveFloatSlots();
}

void FunctionCompiler::saveFloatSlots() {
  for (uint32_t slot : floatPinned)
    store(wordAt(slots[slot].home), plan.slots[slot].pin, plan.slots[slot].kind);
}

void FunctionCompiler::forgetRegisters() {
  for (uint32_t rest = owned; rest != 0; rest &= rest - 1) {
    Reg reg = lowest(rest);
    if (owners[reg] & slotOwner)
      slots[owners[reg] & ~slotOwner].cache = noReg;
    else
      states[owners[reg]].place = Place::Home;
  }
  owned = 0;
  unlockAll();
  memoryBaseIsSet = false;
}

void FunctionCompiler::restoreAfterCall(bool gasInFrame) {
  if (gasInFrame)
    masm.emit(Inst::kIdMov, Masm::q(gasReg), wordAt(gasWord));
  else
    masm.emit(Inst::kIdMov, Masm::q(gasReg), Masm::q(rax));
  masm.emit(Inst::kIdMov, Masm::q(contextReg), wordAt(contextWord));
  for (uint32_t slot : floatPinned)
    load(plan.slots[slot].pin, wordAt(slots[slot].home), plan.slots[slot].kind);
}

void FunctionCompiler::needMemoryBase() {
  if (memoryBaseIsSet || !plan.usesMemory)
    return;
  masm.emit(Inst::kIdMov, Masm::q(memoryReg), field(offsetof(InstanceContext, memoryBase)));
  memoryBaseIsSet = true;
}
