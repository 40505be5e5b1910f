//===- GasOps.cpp - Charges, their cold paths and stack depth -------------===//

#include "jit/singlepass/FunctionCompiler.h"
#include "jit/singlepass/RuntimeCall.h"

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;

/// `opcode` (of the form reg, mem) rsi or rax, [price of `costs`], which is near the context. The
/// displacement always has 32 bits, since the price's index is only known to the linker.
static void emitWithPrice(FunctionCompiler &f, uint8_t opcode, Reg reg, CostsAttr costs) {
  uint32_t index = f.module.chargeIndex(costs);
  uint8_t code[7] = {0x48, opcode, uint8_t(0x80 | reg << 3 | contextReg)};
  f.masm.bytes(code, sizeof(code));
  f.module.chunk.chargeUses.push_back({f.masm.here() - 4, index});
}
static constexpr uint8_t subOpcode = 0x2b, movOpcode = 0x8b;

/// Takes the price and goes on if that much was left. Gas lies below 2^62, so what is left
/// less the price has its sign bit set exactly if it was not enough.
static void emitCharge(FunctionCompiler &f, ChargeOp op) {
  f.outstanding.clear();
  emitWithPrice(f, subOpcode, gasReg, op.getCosts());
  f.unpaidIf(Cond::S, op);
  f.outstanding.add(op.getCosts());
}

static void emitCost(FunctionCompiler &f, CostOp op) { f.passMarker(op.getCosts()); }

/// Units are 32 bits and prices at most 2^62: a product that does not fit is above all gas.
static void emitChargeUnits(FunctionCompiler &f, ChargeUnitsOp op) {
  uint32_t units = f.idOf(op.getUnits());
  Reg reg = f.read(units);
  emitWithPrice(f, movOpcode, scratch, CostsAttr::getOne(op.getContext(), CostClass(op.getUnit())));
  f.emit(Inst::kIdImul, Masm::q(scratch), Masm::q(reg));
  f.outOfGasIf(Cond::O, op);
  f.emit(Inst::kIdSub, Masm::q(gasReg), Masm::q(scratch));
  f.outOfGasIf(Cond::B, op);
  f.release(units);
}

static void emitEnter(FunctionCompiler &f, EnterOp op) {
  uint64_t bytes = op.getBytes();
  Operand amount = Imm(bytes);
  if (bytes > INT32_MAX) {
    f.masm.moveImmediate(scratch, bytes);
    amount = Masm::q(scratch);
  }
  f.emit(f.plan.hasCalls ? Inst::kIdSub : Inst::kIdCmp, Masm::q(stackReg), amount);
  f.trapIf(Cond::B, op, TrapKind::StackExhausted);
  if (f.plan.hasCalls)
    f.store(f.wordAt(f.stackWord), stackReg, Kind::I64);
  f.frameTaken = bytes;
  f.endEnter();
}

static void emitProfile(FunctionCompiler &f, ProfileOp op) {
  f.store(f.field(offsetof(InstanceContext, gas)), gasReg, Kind::I64);
  RuntimeCall(f, op, offsetof(RuntimeCalls, profile))
      .pass(profileEvent(op.getFunc(), op.getLeave()))
      .call();
}

static void emitTick(FunctionCompiler &f, TickOp op) {
  if (f.module.isCounting) {
    f.makeExact(op.getLive());
    size_t counters = sizeof(InstanceContext) + 8 * size_t(f.module.numOwnGlobals);
    size_t own = f.functionIndex - f.module.numImportedFunctions;
    x86::Mem counter = f.field(counters + 4 * own);
    counter.setSize(4);
    f.emit(Inst::kIdSub, counter, Imm(1));
    f.tickIf(Cond::S, op);
  }
  for (mlir::Value value : op.getLive())
    f.release(f.idOf(value));
}

void writ::singlepass::addGasOps(OpTable &table) {
  table.add<ChargeOp, emitCharge>();
  table.add<CostOp, emitCost>();
  table.add<ChargeUnitsOp, emitChargeUnits>();
  table.add<EnterOp, emitEnter>();
  table.add<ProfileOp, emitProfile>(OpTrait::Runtime);
  table.add<TickOp, emitTick>();
}
