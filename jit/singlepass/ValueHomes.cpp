//===- ValueHomes.cpp - Where values are, and where slots are -------------===//

#include "jit/singlepass/FunctionCompiler.h"
#include "mlir-dialect/IR/OpWalk.h"

using namespace writ;
using namespace writ::singlepass;

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

Reg FunctionCompiler::whereIs(uint32_t id) const {
  const ValueState &value = states[id];
  if (value.place == Place::Register)
    return value.reg;
  if (value.place != Place::Slot)
    return noReg;
  Reg pin = plan.slots[value.slot].pin;
  return pin != noReg ? pin : slots[value.slot].cache;
}

bool FunctionCompiler::diesInRegister(uint32_t id) const {
  return states[id].place == Place::Register && states[id].uses == 1;
}

Reg FunctionCompiler::read(uint32_t id) {
  if (Reg reg = whereIs(id); reg != noReg) {
    lock(reg);
    return reg;
  }
  Kind kind = states[id].kind;
  Reg reg = allocate(isFloat(kind));
  ValueState &value = states[id];
  switch (value.place) {
  case Place::Constant:
    loadConstant(reg, value.bits, kind, flagsLive);
    break;
  case Place::Slot:
    load(reg, wordAt(slots[value.slot].home), kind);
    slots[value.slot].cache = reg;
    own(reg, slotOwner | value.slot);
    break;
  case Place::Home:
    load(reg, wordAt(value.home), kind);
    value.place = Place::Register;
    value.reg = reg;
    own(reg, id);
    break;
  case Place::Register:
    break;
  }
  return reg;
}

Reg FunctionCompiler::take(uint32_t id, Reg wanted) {
  if (wanted == noReg && diesInRegister(id)) {
    Reg reg = states[id].reg;
    lock(reg);
    kill(id);
    return reg;
  }
  Reg to = wanted != noReg ? wanted : allocate(isFloat(states[id].kind));
  if (whereIs(id) != to)
    moveTo(to, locationOf(id));
  release(id);
  return to;
}

Operand FunctionCompiler::source(uint32_t id, bool allowImmediate) {
  const ValueState &value = states[id];
  bool inFloat = isFloat(value.kind);
  if (value.place == Place::Constant) {
    if (inFloat)
      return constant(value.bits);
    auto number = isWide(value.kind) ? int64_t(value.bits) : int64_t(int32_t(value.bits));
    if (allowImmediate && number == int32_t(number))
      return Imm(number);
  }
  if (whereIs(id) == noReg && value.uses == 1) {
    if (value.place == Place::Home)
      return wordAt(value.home);
    if (value.place == Place::Slot && plan.slots[value.slot].weight < 2)
      return wordAt(slots[value.slot].home);
  }
  Kind kind = value.kind;
  Reg reg = read(id);
  if (inFloat)
    return xmm(reg);
  return gp(reg, kind);
}

Location FunctionCompiler::locationOfSlot(uint32_t slot) const {
  Location location;
  location.kind = plan.slots[slot].kind;
  Reg pin = plan.slots[slot].pin;
  location.reg = pin != noReg ? pin : slots[slot].cache;
  if (location.reg == noReg) {
    location.type = Location::Type::Word;
    location.word = slots[slot].home;
  }
  return location;
}

Location FunctionCompiler::locationOf(uint32_t id) {
  const ValueState &value = states[id];
  Location location;
  location.isExact = value.isExact;
  switch (value.place) {
  case Place::Constant:
    location.type = Location::Type::Constant;
    location.bits = value.bits;
    break;
  case Place::Register:
    location.reg = value.reg;
    break;
  case Place::Slot:
    location = locationOfSlot(value.slot);
    break;
  case Place::Home:
    location.type = Location::Type::Word;
    location.word = value.home;
    break;
  }
  location.kind = value.kind;
  return location;
}

//===----------------------------------------------------------------------===//
// Ends of values
//===----------------------------------------------------------------------===//

void FunctionCompiler::release(uint32_t id) {
  ValueState &value = states[id];
  if (value.place != Place::Constant && --value.uses == 0)
    kill(id);
}

void FunctionCompiler::kill(uint32_t id) {
  ValueState &value = states[id];
  if (value.place == Place::Register)
    disown(value.reg);
  else if (value.place == Place::Slot)
    unlinkFromSlot(id);
  if (value.home != none)
    releaseHome(value.home, value.block);
  table.erase(value.key);
  freeStates.push_back(id);
}

/// A loop that began after the value was made reads it again: then the word is free only
/// behind the loop. Values of WebAssembly's operand stack are not read in such loops.
void FunctionCompiler::releaseHome(uint32_t home, uint32_t madeIn) {
  uint32_t end = none;
  unsigned steps = 0;
  for (auto loop = openLoops.rbegin(); loop != openLoops.rend(); ++loop) {
    if (int32_t(loop->first) <= int32_t(madeIn))
      break;
    end = ++steps == 64 ? openLoops.front().second : loop->second;
    if (steps == 64)
      break;
  }
  if (end == none)
    freeWord(home);
  else
    blocks[end].endingWords.push_back(home);
}

//===----------------------------------------------------------------------===//
// Definitions
//===----------------------------------------------------------------------===//

/// Copied from memory: what is put together in registers first makes the processor wait.
static const ValueState blankState;

uint32_t FunctionCompiler::newState(mlir::Value value, Kind kind) {
  uint32_t id;
  if (freeStates.empty()) {
    id = uint32_t(states.size());
    states.emplace_back();
  } else {
    id = freeStates.back();
    freeStates.pop_back();
  }
  ValueState &state = states[id];
  state = blankState;
  state.key = value.getAsOpaquePointer();
  state.kind = kind;
  state.stamp = ++stamp;
  state.block = currentBlock;
  table.insert(value, id);
  return id;
}

namespace {
struct Uses {
  uint32_t count = 0;
  bool elsewhere = false; ///< In other blocks.
};
} // namespace

static Uses usesOf(mlir::Value value, mlir::Block *block) {
  Uses uses;
  for (mlir::OpOperand &use : value.getUses()) {
    ++uses.count;
    uses.elsewhere |= use.getOwner()->getBlock() != block;
  }
  return uses;
}

void FunctionCompiler::define(mlir::Value value, Reg reg, bool isExact) {
  Uses uses = usesOf(value, plan.blocks[currentBlock].block);
  if (uses.count == 0)
    return;
  uint32_t id = newState(value, kindOf(value.getType()));
  states[id].uses = uses.count;
  states[id].reg = reg;
  states[id].isExact = isExact;
  if (isTemp(reg)) {
    own(reg, id);
    if (uses.elsewhere) {
      makeExact(id);
      storeHome(id);
    }
    return;
  }
  makeExact(id);
  if (!uses.elsewhere) {
    linkToSlot(id, pinned[reg]);
    return;
  }
  storeHome(id);
  states[id].place = Place::Home;
}

void FunctionCompiler::defineConstant(mlir::Value value, uint64_t bits) {
  uint32_t id = newState(value, kindOf(value.getType()));
  states[id].place = Place::Constant;
  states[id].bits = bits;
}

void FunctionCompiler::defineSlot(mlir::Value value, uint32_t slot) {
  Uses uses = usesOf(value, plan.blocks[currentBlock].block);
  if (uses.count == 0)
    return;
  Kind kind = plan.slots[slot].kind;
  if (uses.elsewhere) {
    Reg reg = allocate(isFloat(kind));
    moveTo(reg, locationOfSlot(slot));
    define(value, reg);
    return;
  }
  uint32_t id = newState(value, kind);
  states[id].uses = uses.count;
  linkToSlot(id, slot);
}

void FunctionCompiler::rename(mlir::Value value, uint32_t of) {
  Uses uses = usesOf(value, plan.blocks[currentBlock].block);
  if (uses.count == 0) {
    release(of);
    return;
  }
  if (uses.elsewhere || states[of].place == Place::Slot) {
    define(value, take(of));
    return;
  }
  table.erase(states[of].key);
  states[of].key = value.getAsOpaquePointer();
  states[of].kind = kindOf(value.getType());
  states[of].uses = uses.count;
  table.insert(value, of);
}

void FunctionCompiler::storeHome(uint32_t id) {
  uint32_t word = allocateWord();
  ValueState &value = states[id];
  value.home = word;
  store(wordAt(word), value.reg, value.kind);
}

void FunctionCompiler::makeExact(uint32_t id) {
  if (states[id].isExact)
    return;
  assert(!flagsLive && "the test for NaN changes the flags");
  Reg reg = read(id);
  ValueState &value = states[id];
  value.isExact = true;
  masm.emit(value.kind == Kind::F64 ? Inst::kIdUcomisd : Inst::kIdUcomiss, xmm(reg), xmm(reg));
  ExactPath &path = exacts.emplace_back(ExactPath{{}, 0, reg, value.kind});
  masm.jumpIf(Cond::P, path.label);
  path.back = masm.here();
  if (value.home != none) { // Other bits are there.
    releaseHome(value.home, value.block);
    value.home = none;
  }
}

void FunctionCompiler::makeExact(mlir::ValueRange values) {
  for (mlir::Value value : values)
    makeExact(idOf(value));
}

//===----------------------------------------------------------------------===//
// Slots
//===----------------------------------------------------------------------===//

void FunctionCompiler::linkToSlot(uint32_t id, uint32_t slot) {
  ValueState &value = states[id];
  value.place = Place::Slot;
  value.slot = slot;
  value.previousInSlot = none;
  value.nextInSlot = slots[slot].firstValue;
  if (value.nextInSlot != none)
    states[value.nextInSlot].previousInSlot = id;
  slots[slot].firstValue = id;
}

void FunctionCompiler::unlinkFromSlot(uint32_t id) {
  ValueState &value = states[id];
  if (value.nextInSlot != none)
    states[value.nextInSlot].previousInSlot = value.previousInSlot;
  if (value.previousInSlot != none)
    states[value.previousInSlot].nextInSlot = value.nextInSlot;
  else
    slots[value.slot].firstValue = value.nextInSlot;
}

void FunctionCompiler::detach(uint32_t id) {
  uint32_t slot = states[id].slot;
  uint32_t lockedBefore = locked; // There may be more of these than registers.
  Reg reg = slots[slot].cache;
  if (reg != noReg && !(locked & bit(reg))) {
    dropCache(slot); // Is of no use any more: the slot is about to change.
    lock(reg);
  } else {
    reg = allocate(isFloat(states[id].kind));
    moveTo(reg, locationOfSlot(slot));
  }
  unlinkFromSlot(id);
  states[id].place = Place::Register;
  states[id].reg = reg;
  own(reg, id);
  locked = lockedBefore;
}

Reg FunctionCompiler::destination(mlir::Operation *op) {
  auto set = mlir::dyn_cast_or_null<contract::LocalSetOp>(contract::nextOp(op));
  if (!set || set.getValue() != op->getResult(0))
    return noReg;
  uint32_t slot = set.getSlot();
  Reg pin = plan.slots[slot].pin;
  if (pin == noReg)
    return noReg;
  for (uint32_t id = slots[slot].firstValue, next; id != none; id = next) {
    next = states[id].nextInSlot;
    uint32_t uses = 0;
    for (mlir::Value operand : op->getOperands())
      uses += operand.getAsOpaquePointer() == states[id].key;
    if (uses < states[id].uses)
      detach(id);
  }
  return pin;
}

void FunctionCompiler::setSlot(uint32_t slot, uint32_t id) {
  if (states[id].place == Place::Slot && states[id].slot == slot) {
    release(id);
    return;
  }
  makeExact(id);
  if (Reg reg = whereIs(id); reg != noReg)
    lock(reg);
  while (slots[slot].firstValue != none)
    detach(slots[slot].firstValue);
  Reg pin = plan.slots[slot].pin;
  bool ownsTemp = states[id].place == Place::Register && states[id].home == none;
  bool livesOn = states[id].uses > 1;
  if (pin != noReg) {
    moveTo(pin, locationOf(id));
    if (ownsTemp && livesOn) {
      disown(states[id].reg);
      linkToSlot(id, slot);
    }
    release(id);
    return;
  }
  if (slots[slot].cache != noReg)
    dropCache(slot);
  if (isConstant(id)) {
    Move moves[] = {{locationOfSlot(slot), locationOf(id)}};
    perform(moves);
    return;
  }
  Reg reg = read(id);
  store(wordAt(slots[slot].home), reg, states[id].kind);
  ownsTemp = states[id].place == Place::Register && states[id].home == none;
  if (ownsTemp && livesOn) {
    disown(reg);
    linkToSlot(id, slot);
  }
  release(id);
  if (ownsTemp) {
    own(reg, slotOwner | slot);
    slots[slot].cache = reg;
  }
}
