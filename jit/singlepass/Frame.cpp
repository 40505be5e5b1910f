//===- Frame.cpp - The machine frame, made and left -----------------------===//
//
// From rsp up: what calls pass on the stack, words (slots, spilled values), saved registers, the
// return address, what the caller passed on the stack. How many words there are is known at the
// end, so whatever depends on it is patched then.
//
//===----------------------------------------------------------------------===//

#include "jit/singlepass/FunctionCompiler.h"

#include "jit/runtime/Entry.h"

#include "llvm/Support/MathExtras.h"

#include <fmt/format.h>

using namespace writ;
using namespace writ::singlepass;

/// Stands for the frame's size until that is known: large enough that its displacements have
/// 32 bits.
static constexpr uint32_t sizePlaceholder = 1 << 24;

/// What a call takes beside the frames: the return address, a slow call's own frame but for its
/// words, alignment.
static constexpr uint64_t callOverheadBytes = 256;

x86::Mem FunctionCompiler::wordAt(uint32_t word) const {
  return x86::ptr(x86::rsp, int32_t(areaBytes + 8 * word));
}

/// `bytes` above the saved registers; to be followed by `addsFrameSize`.
x86::Mem FunctionCompiler::incoming(uint32_t bytes) const {
  return x86::ptr(x86::rsp, int32_t(sizePlaceholder + 8 * plan.saved.size() + bytes));
}

uint32_t FunctionCompiler::allocateWord() {
  if (freeWords.empty())
    return numWords++;
  uint32_t word = freeWords.back();
  freeWords.pop_back();
  return word;
}

static void adjustStack(Masm &masm, bool up) {
  uint8_t code[7] = {0x48, 0x81, uint8_t(up ? 0xc4 : 0xec)};
  std::memcpy(code + 3, &sizePlaceholder, 4);
  masm.bytes(code, sizeof(code));
}

static contract::EnterOp findEnter(contract::FuncOp func) {
  for (mlir::Operation &op : func.getBody().front()) {
    if (auto enter = mlir::dyn_cast<contract::EnterOp>(op))
      return enter;
    if (!mlir::isa<mlir::arith::ConstantOp, contract::CostOp, contract::ChargeOp>(op))
      break;
  }
  return nullptr;
}

void FunctionCompiler::emitPrologue() {
  masm.align(16, 0xcc);
  module.chunk.functions.push_back(masm.here());
  module.chunk.firstRegions.push_back(module.chunk.numRegions);
  for (Reg reg : plan.saved)
    masm.emit(Inst::kIdPush, Masm::q(reg));
  adjustStack(masm, false);
  addsFrameSize();
  frameAdjusts.push_back(masm.here());
  beforeEnter = findEnter(func) != nullptr;
  reserved = locked = beforeEnter ? bit(stackReg) : 0;
  if (plan.hasCalls) {
    contextWord = allocateWord();
    stackWord = allocateWord();
    masm.emit(Inst::kIdMov, wordAt(contextWord), Masm::q(contextReg));
    if (!beforeEnter)
      masm.emit(Inst::kIdMov, wordAt(stackWord), Masm::q(stackReg));
  }
  placeParams();
  clearSlots();
  if (plan.usesMemory)
    needMemoryBase();
}

/// Brings parameters to their slots' places, and makes narrow integers clean.
void FunctionCompiler::placeParams() {
  llvm::SmallVector<Move> moves;
  for (size_t i = 0; i < self->params.size(); ++i) {
    const Passed &passed = self->params[i];
    if (plan.slots[i].weight == 0 || passed.reg == noReg)
      continue;
    Location from;
    from.kind = passed.kind;
    from.reg = passed.reg;
    Location to = locationOfSlot(uint32_t(i));
    if (to.samePlace(from) && passed.kind == Kind::I32)
      masm.emit(Inst::kIdMov, Masm::d(to.reg), Masm::d(to.reg));
    else
      moves.push_back({to, from});
  }
  perform(moves);
  for (size_t i = 0; i < self->params.size(); ++i) {
    const Passed &passed = self->params[i];
    if (plan.slots[i].weight == 0 || passed.reg != noReg)
      continue;
    Location to = locationOfSlot(uint32_t(i));
    Reg through = to.isRegister() ? to.reg : scratch;
    load(through, incoming(8 + 8 * passed.word), passed.kind);
    addsFrameSize();
    if (!to.isRegister())
      store(memoryOf(to), through, passed.kind);
  }
}

/// Slots that are no parameters start at zero. Those in the frame have neighbouring words.
void FunctionCompiler::clearSlots() {
  uint32_t first = none, last = 0;
  for (size_t i = self->params.size(); i < plan.slots.size(); ++i) {
    const PlannedSlot &slot = plan.slots[i];
    if (slot.weight == 0)
      continue;
    if (slot.pin != noReg) {
      loadConstant(slot.pin, 0, slot.kind, false);
      continue;
    }
    first = std::min(first, slots[i].home);
    last = slots[i].home;
  }
  if (first == none)
    return;
  masm.emit(Inst::kIdXorps, xmm(floatScratch), xmm(floatScratch));
  for (; first < last; first += 2)
    masm.emit(Inst::kIdMovups, wordAt(first), xmm(floatScratch));
  if (first == last)
    masm.emit(Inst::kIdMovsd, wordAt(first), xmm(floatScratch));
}

void FunctionCompiler::leaveFrame() {
  adjustStack(masm, true);
  addsFrameSize();
  frameAdjusts.push_back(masm.here());
  for (Reg reg : llvm::reverse(plan.saved))
    masm.emit(Inst::kIdPop, Masm::q(reg));
}

void FunctionCompiler::emitReturn() {
  leaveFrame();
  if (self->popBytes)
    masm.emit(Inst::kIdRet, Imm(self->popBytes));
  else
    masm.emit(Inst::kIdRet);
}

/// The callee's stack arguments are at the bottom of the frame: moves them, and the return
/// address, to where our own arguments end, and jumps to `function` or, if none, to r11.
void FunctionCompiler::tailJump(const Signature &callee, uint32_t function) {
  uint32_t shift = self->popBytes - callee.popBytes; // May wrap around below zero.
  if (callee.stackWords == 0 && shift == 0) {
    leaveFrame();
  } else {
    masm.emit(Inst::kIdMov, Masm::q(r10), incoming(0));
    addsFrameSize();
    for (size_t i = 0; i < plan.saved.size(); ++i) {
      masm.emit(Inst::kIdMov, Masm::q(plan.saved[i]), incoming(uint32_t(-8 * int32_t(i + 1))));
      addsFrameSize();
    }
    for (uint32_t word = callee.stackWords; word-- > 0;) {
      masm.emit(Inst::kIdMov, Masm::q(rax), outgoing(word));
      masm.emit(Inst::kIdMov, incoming(8 + shift + 8 * word), Masm::q(rax));
      addsFrameSize();
    }
    masm.emit(Inst::kIdMov, incoming(shift), Masm::q(r10));
    addsFrameSize();
    masm.emit(Inst::kIdLea, Masm::q(rsp), incoming(shift));
    addsFrameSize();
  }
  if (function != none)
    module.jumpToFunction(function);
  else
    masm.emit(Inst::kIdJmp, Masm::q(r11));
}

/// A frame of no bytes needs no change of rsp.
static void removeAdjust(Masm &masm, uint32_t end) {
  static constexpr uint8_t longNop[7] = {0x0f, 0x1f, 0x80, 0, 0, 0, 0};
  uint32_t first;
  std::memcpy(&first, longNop, 4);
  masm.write32(end - 7, first);
  masm.write32(end - 4, 0);
}

Result<void> FunctionCompiler::finish() {
  if (!masm.failure().empty())
    return {}; // Reported by the module; positions mean nothing.
  uint64_t savedBytes = 8 * plan.saved.size();
  uint64_t size = areaBytes + 8 * uint64_t(numWords);
  if (plan.hasCalls)
    size = llvm::alignTo(size + savedBytes + 8, 16) - savedBytes - 8;
  uint64_t machineFrame =
      size + savedBytes + self->areaBytes() + 8 * uint64_t(plan.mostWords) + callOverheadBytes;
  std::string name = fmt::format("{} '{}'", functionIndex, std::string_view(func.getSymName()));
  if (Result<void> fits = checkMachineFrame(name, machineFrame, func.getFrame()); !fits)
    return fits;
  if (module.isCounting)
    addTickFrame(uint32_t(size));
  for (uint32_t position : frameUses)
    masm.write32(position, masm.read32(position) + uint32_t(size) - sizePlaceholder);
  if (size == 0)
    for (uint32_t end : frameAdjusts)
      removeAdjust(masm, end);
  return {};
}
