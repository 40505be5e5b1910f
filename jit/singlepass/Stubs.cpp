//===- Stubs.cpp - Ways out of code, into it, and to other instances ------===//

#include "jit/singlepass/Stubs.h"

#include "llvm/Support/MathExtras.h"

using namespace writ;
using namespace writ::singlepass;

static x86::Mem contextField(size_t offset) {
  return x86::ptr(x86::gpq(contextReg), int32_t(offset));
}
static x86::Mem word(Reg base, size_t offset) { return x86::ptr(x86::gpq(base), int32_t(offset)); }

/// Calls the runtime, for the last time. The stack may be of any alignment here.
static void leaveThrough(Masm &masm, size_t runtimeOffset) {
  masm.emit(Inst::kIdMov, masm.q(rax), contextField(offsetof(InstanceContext, runtime)));
  masm.emit(Inst::kIdAnd, masm.q(rsp), asmjit::Imm(-16));
  masm.emit(Inst::kIdCall, word(rax, runtimeOffset));
  masm.emit(Inst::kIdUd2);
}

/// `Common::Cold`: the registers go to the stack, as `NativeRegisters`, and region and gas along.
void Stubs::emitCold() {
  static constexpr int32_t size = sizeof(NativeRegisters);
  masm.emit(Inst::kIdSub, masm.q(rsp), asmjit::Imm(size));
  for (Reg reg = rax; reg <= r15; ++reg)
    if (reg != rsp)
      masm.emit(Inst::kIdMov, word(rsp, offsetof(NativeRegisters, general) + 8 * reg), masm.q(reg));
  for (Reg reg = xmm0; reg <= xmm15; ++reg)
    masm.emit(Inst::kIdMovsd, word(rsp, offsetof(NativeRegisters, vector) + 8 * (reg - xmm0)),
              masm.xmm(reg));
  masm.emit(Inst::kIdMov, masm.q(rcx), masm.q(rsp));
  masm.emit(Inst::kIdLea, masm.q(rdx), word(rsp, size));
  masm.emit(Inst::kIdMov, word(rsp, offsetof(NativeRegisters, general) + 8 * rsp), masm.q(rdx));
  masm.emit(Inst::kIdMov, masm.q(rdx), masm.q(gasReg));
  masm.emit(Inst::kIdMov, masm.d(rsi), masm.d(rax));
  leaveThrough(masm, offsetof(RuntimeCalls, coldWithRegisters));
}

void Stubs::emitCommon() {
  x86::Mem gas = contextField(offsetof(InstanceContext, gas));
  gas.setSize(8);
  positions[size_t(Common::OutOfGas)] = masm.here();
  masm.emit(Inst::kIdXor, masm.d(gasReg), masm.d(gasReg));
  positions[size_t(Common::Trap)] = masm.here();
  masm.emit(Inst::kIdMov, gas, masm.q(gasReg));
  masm.emit(Inst::kIdMov, masm.d(rsi), masm.d(rax));
  leaveThrough(masm, offsetof(RuntimeCalls, trap));
  positions[size_t(Common::Cold)] = masm.here();
  emitCold();
  positions[size_t(Common::Propagate)] = masm.here();
  leaveThrough(masm, offsetof(RuntimeCalls, propagate));
  if (isCounting)
    emitTickStub();
}

/// Keeps all registers as `TickRegisters` over the runtime's call. If that gives an address, it has
/// put the registers of the function's caller, and of the call that goes on, in their
/// places, the stack pointer in that of r10 and the address in that of r11.
void Stubs::emitTickStub() {
  masm.align(16, 0xcc);
  positions[size_t(Common::Tick)] = masm.here();
  constexpr int32_t vectorBytes = offsetof(TickRegisters, general);
  for (Reg reg = r15 + 1; reg-- > rax;)
    masm.emit(Inst::kIdPush, masm.q(reg));
  masm.emit(Inst::kIdSub, masm.q(rsp), asmjit::Imm(vectorBytes));
  for (Reg reg = xmm0; reg <= xmm15; ++reg)
    masm.emit(Inst::kIdMovups, word(rsp, 16 * size_t(reg - xmm0)), masm.xmm(reg));
  masm.emit(Inst::kIdMov, masm.q(rbp), masm.q(rsp));
  masm.emit(Inst::kIdAnd, masm.q(rsp), asmjit::Imm(-16));
  masm.emit(Inst::kIdMov, masm.d(rsi), masm.d(rax));
  masm.emit(Inst::kIdMov, masm.q(rdx), masm.q(rbp));
  masm.emit(Inst::kIdMov, masm.q(rax), contextField(offsetof(InstanceContext, runtime)));
  masm.emit(Inst::kIdCall, word(rax, offsetof(RuntimeCalls, tick)));
  masm.emit(Inst::kIdMov, masm.q(rsp), masm.q(rbp));
  for (Reg reg = xmm0; reg <= xmm15; ++reg)
    masm.emit(Inst::kIdMovups, masm.xmm(reg), word(rsp, 16 * size_t(reg - xmm0)));
  masm.emit(Inst::kIdAdd, masm.q(rsp), asmjit::Imm(vectorBytes));
  masm.emit(Inst::kIdTest, masm.q(rax), masm.q(rax));
  for (Reg reg = rax; reg <= r15; ++reg) {
    if (reg == rsp)
      masm.emit(Inst::kIdLea, masm.q(rsp), word(rsp, 8)); // Keeps the flags.
    else
      masm.emit(Inst::kIdPop, masm.q(reg));
  }
  Label goOn;
  masm.jumpIf(Cond::E, goOn);
  masm.emit(Inst::kIdMov, masm.q(rsp), masm.q(r10));
  masm.emit(Inst::kIdJmp, masm.q(r11));
  masm.bind(goOn);
  masm.emit(Inst::kIdRet);
}

//===----------------------------------------------------------------------===//
// Words of array calls
//===----------------------------------------------------------------------===//

/// Stores a value as the zero-extended word at `to`.
static void storeWord(Masm &masm, Kind kind, Reg reg, x86::Mem to) {
  switch (kind) {
  case Kind::I32:
    masm.emit(Inst::kIdMov, masm.d(reg), masm.d(reg));
    [[fallthrough]];
  case Kind::I64:
    masm.emit(Inst::kIdMov, to, masm.q(reg));
    break;
  case Kind::F32:
    masm.emit(Inst::kIdMovss, to, masm.xmm(reg));
    to.addOffset(4);
    to.setSize(4);
    masm.emit(Inst::kIdMov, to, asmjit::Imm(0));
    break;
  case Kind::F64:
    masm.emit(Inst::kIdMovsd, to, masm.xmm(reg));
    break;
  }
}

static void loadWord(Masm &masm, Kind kind, Reg reg, x86::Mem from) {
  switch (kind) {
  case Kind::I32:
    masm.emit(Inst::kIdMov, masm.d(reg), from);
    break;
  case Kind::I64:
    masm.emit(Inst::kIdMov, masm.q(reg), from);
    break;
  case Kind::F32:
    masm.emit(Inst::kIdMovss, masm.xmm(reg), from);
    break;
  case Kind::F64:
    masm.emit(Inst::kIdMovsd, masm.xmm(reg), from);
    break;
  }
}

static Reg firstResultReg(const Signature &signature) {
  return isFloat(signature.results[0]) ? floatResultReg : resultReg;
}

/// From words at `values` to where natively called functions give their further results, or
/// back. Uses rax, and rcx for the address.
static void copyExtraResults(Masm &masm, const Signature &signature, Reg context, Reg values,
                             bool toContext) {
  if (signature.results.size() < 2)
    return;
  masm.emit(Inst::kIdMov, masm.q(rcx), word(context, offsetof(InstanceContext, extraResults)));
  for (size_t i = 1; i < signature.results.size(); ++i) {
    x86::Mem inContext = word(rcx, 8 * (i - 1)), inValues = word(values, 8 * i);
    masm.emit(Inst::kIdMov, masm.q(rax), toContext ? inValues : inContext);
    masm.emit(Inst::kIdMov, toContext ? inContext : inValues, masm.q(rax));
  }
}

//===----------------------------------------------------------------------===//
// Out: as a native function, and r11 is the `FuncRef` to call through its array call
//===----------------------------------------------------------------------===//

uint32_t Stubs::emitSlowCall(const Signature &signature) {
  masm.align(16, 0xcc);
  uint32_t position = masm.here();
  emitSlowCallBody(signature);
  return position;
}

/// Puts the words, context and activation at the bottom of a frame.
void Stubs::emitSlowCallBody(const Signature &signature) {
  size_t words = std::max(signature.params.size(), signature.results.size());
  auto frame = int32_t(llvm::alignTo(8 * words + 16, 16) + 8);
  x86::Mem savedContext = word(rsp, 8 * words), savedActivation = word(rsp, 8 * words + 8);
  masm.emit(Inst::kIdSub, masm.q(rsp), asmjit::Imm(frame));
  for (size_t i = 0; i < signature.params.size(); ++i) {
    const Passed &passed = signature.params[i];
    if (passed.reg != noReg) {
      storeWord(masm, passed.kind, passed.reg, word(rsp, 8 * i));
      continue;
    }
    x86::Mem from = word(rsp, size_t(frame) + 8 + 8 * passed.word);
    masm.emit(Inst::kIdMov, masm.gp(rax, isWide(passed.kind) ? Width::W64 : Width::W32), from);
    masm.emit(Inst::kIdMov, word(rsp, 8 * i), masm.q(rax));
  }
  masm.emit(Inst::kIdMov, savedContext, masm.q(contextReg));
  masm.emit(Inst::kIdMov, masm.q(rax), contextField(offsetof(InstanceContext, activation)));
  masm.emit(Inst::kIdMov, savedActivation, masm.q(rax));
  masm.emit(Inst::kIdMov, word(rax, offsetof(Activation, gas)), masm.q(gasReg));
  masm.emit(Inst::kIdMov, word(rax, offsetof(Activation, stackLeft)), masm.q(stackReg));
  masm.emit(Inst::kIdMov, masm.q(rdi), masm.q(r11));
  masm.emit(Inst::kIdMov, masm.q(rsi), masm.q(rax));
  masm.emit(Inst::kIdMov, masm.q(rdx), masm.q(rsp));
  masm.emit(Inst::kIdCall, word(r11, offsetof(FuncRef, call)));
  masm.emit(Inst::kIdMov, masm.q(contextReg), savedContext);
  masm.emit(Inst::kIdTest, masm.d(rax), masm.d(rax));
  Label returned;
  masm.jumpIf(Cond::E, returned);
  masm.patchRelative(masm.jumpLater(), positionOf(Common::Propagate));
  masm.bind(returned);
  copyExtraResults(masm, signature, contextReg, rsp, true);
  masm.emit(Inst::kIdMov, masm.q(rax), savedActivation);
  masm.emit(Inst::kIdMov, masm.q(rax), word(rax, offsetof(Activation, gas)));
  if (!signature.results.empty())
    loadWord(masm, signature.results[0], firstResultReg(signature), word(rsp, 0));
  masm.emit(Inst::kIdAdd, masm.q(rsp), asmjit::Imm(frame));
  if (signature.popBytes)
    masm.emit(Inst::kIdRet, asmjit::Imm(signature.popBytes));
  else
    masm.emit(Inst::kIdRet);
}

//===----------------------------------------------------------------------===//
// In: `NativeThunk`, void (InstanceContext *, Activation *, void *native, uint64_t *values)
//===----------------------------------------------------------------------===//

static constexpr Reg thunkContext = rbx, thunkFrame = rbp, thunkActivation = r12, thunkValues = r13;
static constexpr Reg thunkSaved[] = {thunkContext, thunkFrame, thunkActivation, thunkValues};

static void passWords(Masm &masm, const Signature &signature) {
  for (size_t i = 0; i < signature.params.size(); ++i) {
    const Passed &passed = signature.params[i];
    x86::Mem from = word(thunkValues, 8 * i);
    if (passed.reg != noReg) {
      loadWord(masm, passed.kind, passed.reg, from);
      continue;
    }
    masm.emit(Inst::kIdMov, masm.q(r10), from);
    masm.emit(Inst::kIdMov, word(rsp, 8 * passed.word), masm.q(r10));
  }
}

uint32_t Stubs::emitThunk(const Signature &signature) {
  masm.align(16, 0xcc);
  uint32_t position = masm.here();
  for (Reg reg : thunkSaved)
    masm.emit(Inst::kIdPush, masm.q(reg));
  auto area = int32_t(llvm::alignTo(signature.areaBytes(), 16) + 8);
  masm.emit(Inst::kIdMov, masm.q(thunkFrame), masm.q(rsp));
  masm.emit(Inst::kIdSub, masm.q(rsp), asmjit::Imm(area));
  masm.emit(Inst::kIdMov, masm.q(thunkContext), masm.q(rdi));
  masm.emit(Inst::kIdMov, masm.q(thunkActivation), masm.q(rsi));
  masm.emit(Inst::kIdMov, masm.q(thunkValues), masm.q(rcx));
  masm.emit(Inst::kIdMov, masm.q(rax), masm.q(rdx));
  masm.emit(Inst::kIdMov, masm.q(gasReg), word(thunkActivation, offsetof(Activation, gas)));
  masm.emit(Inst::kIdMov, masm.q(stackReg), word(thunkActivation, offsetof(Activation, stackLeft)));
  masm.emit(Inst::kIdMov, contextField(offsetof(InstanceContext, gas)), masm.q(gasReg));
  passWords(masm, signature);
  masm.emit(Inst::kIdCall, masm.q(rax));
  masm.emit(Inst::kIdMov, masm.q(rsp), masm.q(thunkFrame));
  if (isCounting) { // Optimized code need not have looked at what is left.
    Label paid;
    masm.emit(Inst::kIdTest, masm.q(rax), masm.q(rax));
    masm.jumpIf(Cond::NS, paid);
    masm.emit(Inst::kIdMov, masm.q(contextReg), masm.q(thunkContext));
    masm.moveImmediate(rax, unpaidSite, true);
    masm.patchRelative(masm.jumpLater(), positionOf(Common::OutOfGas));
    masm.bind(paid);
  }
  masm.emit(Inst::kIdMov, word(thunkActivation, offsetof(Activation, gas)), masm.q(rax));
  if (!signature.results.empty())
    storeWord(masm, signature.results[0], firstResultReg(signature), word(thunkValues, 0));
  copyExtraResults(masm, signature, thunkContext, thunkValues, false);
  for (Reg reg : llvm::reverse(thunkSaved))
    masm.emit(Inst::kIdPop, masm.q(reg));
  masm.emit(Inst::kIdRet);
  return position;
}

uint32_t Stubs::emitEntryJump() {
  masm.align(8, 0xcc);
  uint32_t position = masm.here();
  masm.emit(Inst::kIdJmp, x86::qword_ptr(x86::rip, 0));
  return position;
}
