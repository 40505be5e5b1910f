//===- ShiftOps.cpp - Shifts, rotations and bit counts --------------------===//

#include "jit/singlepass/FunctionCompiler.h"

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;

/// The machine takes the amount modulo the width too, but only from cl.
template <asmjit::InstId inst, typename OpType>
static void emitShift(FunctionCompiler &f, OpType op) {
  uint32_t lhs = f.idOf(op.getLhs()), amount = f.idOf(op.getRhs());
  Kind kind = f.state(lhs).kind;
  Reg wanted = f.destination(op);
  if (f.isConstant(amount)) {
    Reg to = f.take(lhs, wanted);
    f.emit(inst, f.gp(to, kind), Imm(f.state(amount).bits & (isWide(kind) ? 63 : 31)));
    f.define(op, to);
    return;
  }
  if (f.whereIs(amount) == rcx) {
    f.lock(rcx);
  } else {
    f.claim(rcx);
    f.moveTo(rcx, f.locationOf(amount));
  }
  Reg to;
  if (wanted == noReg && f.whereIs(lhs) == rcx) { // Shifted by itself.
    to = f.allocate(false);
    f.moveTo(to, f.locationOf(lhs));
    f.release(lhs);
  } else {
    to = f.take(lhs, wanted);
  }
  f.emit(inst, f.gp(to, kind), x86::cl);
  f.release(amount);
  f.define(op, to);
}

/// `bsr` and `bsf` leave 0 undefined, and set the zero flag.
template <bool leading, typename OpType>
static void emitZeroCount(FunctionCompiler &f, OpType op) {
  uint32_t operand = f.idOf(op.getOperand());
  Kind kind = f.state(operand).kind;
  uint32_t width = isWide(kind) ? 64 : 32;
  Reg wanted = f.destination(op);
  Operand from = f.source(operand, false);
  f.masm.moveImmediate(scratch, leading ? 2 * width - 1 : width);
  Reg to = f.allocate(false);
  f.emit(leading ? Inst::kIdBsr : Inst::kIdBsf, f.gp(to, kind), from);
  f.emit(Inst::kIdCmovz, f.gp(to, kind), f.gp(scratch, kind));
  if (leading)
    f.emit(Inst::kIdXor, f.gp(to, kind), Imm(width - 1));
  f.release(operand);
  if (wanted != noReg) {
    f.move(wanted, to, kind);
    to = wanted;
  }
  f.define(op, to);
}

static void emitPopcnt(FunctionCompiler &f, PopcntOp op) {
  uint32_t operand = f.idOf(op.getOperand());
  Kind kind = f.state(operand).kind;
  Reg wanted = f.destination(op);
  Operand from = f.source(operand, false);
  Reg to = f.destinationOr(wanted, false);
  f.emit(Inst::kIdPopcnt, f.gp(to, kind), from);
  f.release(operand);
  f.define(op, to);
}

void writ::singlepass::addShiftOps(OpTable &table) {
  table.add<ShlOp, emitShift<Inst::kIdShl, ShlOp>>();
  table.add<ShrSOp, emitShift<Inst::kIdSar, ShrSOp>>();
  table.add<ShrUOp, emitShift<Inst::kIdShr, ShrUOp>>();
  table.add<RotlOp, emitShift<Inst::kIdRol, RotlOp>>();
  table.add<RotrOp, emitShift<Inst::kIdRor, RotrOp>>();
  table.add<ClzOp, emitZeroCount<true, ClzOp>>();
  table.add<CtzOp, emitZeroCount<false, CtzOp>>();
  table.add<PopcntOp, emitPopcnt>();
}
