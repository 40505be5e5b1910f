//===- DivisionOps.cpp - Quotients and remainders -------------------------===//

#include "jit/singlepass/FunctionCompiler.h"

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;

namespace {
struct Division {
  bool isSigned;
  bool wantsRemainder;
};
} // namespace

/// By -1 the machine would fault for the least value. Leaves the result where `div` does;
/// `done` is to be bound behind that.
static void divideByMinusOne(FunctionCompiler &f, mlir::Operation *op, const Division &division,
                             uint32_t lhs, Reg divisor, Kind kind, Label &done) {
  Label other;
  f.emit(Inst::kIdCmp, f.gp(divisor, kind), Imm(-1));
  f.masm.jumpIf(Cond::NE, other);
  if (division.wantsRemainder) {
    f.masm.moveImmediate(rdx, 0);
  } else {
    f.moveTo(rax, f.locationOf(lhs));
    f.emit(Inst::kIdNeg, f.gp(rax, kind));
    f.trapIf(Cond::O, op, TrapKind::IntegerOverflow);
  }
  f.masm.jump(done);
  f.masm.bind(other);
}

static void emitDivision(FunctionCompiler &f, mlir::Operation *op, const Division &division) {
  uint32_t lhs = f.idOf(op->getOperand(0)), rhs = f.idOf(op->getOperand(1));
  Kind kind = f.state(lhs).kind;
  uint64_t least = isWide(kind) ? UINT64_MAX : UINT32_MAX;
  bool isKnown = f.isConstant(rhs), isMinusOne = isKnown && f.state(rhs).bits == least;
  Reg wanted = f.destination(op);
  f.claim(rdx);
  Reg divisor = f.read(rhs);
  if (!isKnown || f.state(rhs).bits == 0) {
    f.emit(Inst::kIdTest, f.gp(divisor, kind), f.gp(divisor, kind));
    f.trapIf(Cond::E, op, TrapKind::IntegerDivideByZero);
  }
  Label done;
  if (division.isSigned && (!isKnown || isMinusOne))
    divideByMinusOne(f, op, division, lhs, divisor, kind, done);
  f.moveTo(rax, f.locationOf(lhs));
  if (division.isSigned)
    f.emit(isWide(kind) ? Inst::kIdCqo : Inst::kIdCdq);
  else
    f.masm.moveImmediate(rdx, 0);
  f.emit(division.isSigned ? Inst::kIdIdiv : Inst::kIdDiv, f.gp(divisor, kind));
  f.masm.bind(done);
  f.release(lhs);
  f.release(rhs);
  Reg result = division.wantsRemainder ? rdx : rax;
  Reg to = wanted != noReg ? wanted : rdx;
  if (to != result)
    f.move(to, result, kind);
  f.define(op->getResult(0), to);
}

/// Unsigned, by a power of two.
static bool emitByPowerOfTwo(FunctionCompiler &f, mlir::Operation *op, bool wantsRemainder) {
  uint32_t lhs = f.idOf(op->getOperand(0)), rhs = f.idOf(op->getOperand(1));
  Kind kind = f.state(lhs).kind;
  if (!f.isConstant(rhs) || f.isConstant(lhs) || !llvm::isPowerOf2_64(f.state(rhs).bits))
    return false;
  uint64_t mask = f.state(rhs).bits - 1;
  if (wantsRemainder && mask > INT32_MAX)
    return false;
  Reg to = f.take(lhs, f.destination(op));
  if (wantsRemainder)
    f.emit(Inst::kIdAnd, f.gp(to, kind), Imm(mask));
  else if (mask != 0)
    f.emit(Inst::kIdShr, f.gp(to, kind), Imm(llvm::popcount(mask)));
  f.define(op->getResult(0), to);
  return true;
}

static void emitDivS(FunctionCompiler &f, DivSOp op) { emitDivision(f, op, {true, false}); }
static void emitRemS(FunctionCompiler &f, RemSOp op) { emitDivision(f, op, {true, true}); }
static void emitDivU(FunctionCompiler &f, DivUOp op) {
  if (!emitByPowerOfTwo(f, op, false))
    emitDivision(f, op, {false, false});
}
static void emitRemU(FunctionCompiler &f, RemUOp op) {
  if (!emitByPowerOfTwo(f, op, true))
    emitDivision(f, op, {false, true});
}

void writ::singlepass::addDivisionOps(OpTable &table) {
  table.add<DivSOp, emitDivS>();
  table.add<DivUOp, emitDivU>();
  table.add<RemSOp, emitRemS>();
  table.add<RemUOp, emitRemU>();
}
