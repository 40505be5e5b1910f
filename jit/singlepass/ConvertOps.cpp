//===- ConvertOps.cpp - Between integers and floats -----------------------===//

#include "jit/singlepass/FunctionCompiler.h"

#include <bit>

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;
namespace arith = mlir::arith;

//===----------------------------------------------------------------------===//
// Integer to float
//===----------------------------------------------------------------------===//

/// The instruction keeps the upper part of its result, and so would wait for whoever wrote it.
static void convertFrom(FunctionCompiler &f, Reg to, Kind toKind, x86::Gp from) {
  f.emit(Inst::kIdXorps, f.xmm(to), f.xmm(to));
  f.emit(isWide(toKind) ? Inst::kIdCvtsi2sd : Inst::kIdCvtsi2ss, f.xmm(to), from);
}

static void emitSIToFP(FunctionCompiler &f, arith::SIToFPOp op) {
  uint32_t operand = f.idOf(op.getIn());
  Reg wanted = f.destination(op);
  Reg from = f.read(operand);
  Reg to = f.destinationOr(wanted, true);
  convertFrom(f, to, kindOf(op.getType()), f.gp(from, f.state(operand).kind));
  f.release(operand);
  f.define(op, to);
}

/// A number beyond the signed ones is halved, with its last bit kept for rounding, and doubled.
static void convertWide(FunctionCompiler &f, Reg to, Kind toKind, Reg from) {
  Label large, done;
  Reg half = f.allocate(false); // May spill: not on one of the ways only.
  f.emit(Inst::kIdTest, Masm::q(from), Masm::q(from));
  f.masm.jumpIf(Cond::S, large);
  convertFrom(f, to, toKind, Masm::q(from));
  f.masm.jump(done);
  f.masm.bind(large);
  f.emit(Inst::kIdMov, Masm::q(scratch), Masm::q(from));
  f.emit(Inst::kIdMov, Masm::q(half), Masm::q(from));
  f.emit(Inst::kIdShr, Masm::q(half), Imm(1));
  f.emit(Inst::kIdAnd, Masm::d(scratch), Imm(1));
  f.emit(Inst::kIdOr, Masm::q(half), Masm::q(scratch));
  convertFrom(f, to, toKind, Masm::q(half));
  f.emit(isWide(toKind) ? Inst::kIdAddsd : Inst::kIdAddss, f.xmm(to), f.xmm(to));
  f.masm.bind(done);
}

static void emitUIToFP(FunctionCompiler &f, arith::UIToFPOp op) {
  uint32_t operand = f.idOf(op.getIn());
  Reg from = f.read(operand);
  Reg to = f.allocate(true);
  if (isWide(f.state(operand).kind))
    convertWide(f, to, kindOf(op.getType()), from);
  else
    convertFrom(f, to, kindOf(op.getType()), Masm::q(from)); // Zero-extended.
  f.release(operand);
  f.define(op, to);
}

static void emitFExt(FunctionCompiler &f, FExtOp op) {
  uint32_t operand = f.idOf(op.getOperand());
  Reg wanted = f.destination(op);
  Reg from = f.read(operand);
  Reg to = f.destinationOr(wanted, true);
  f.emit(Inst::kIdCvtss2sd, f.xmm(to), f.xmm(from));
  f.release(operand);
  f.define(op, to, false);
}

static void emitFDemote(FunctionCompiler &f, FDemoteOp op) {
  uint32_t operand = f.idOf(op.getOperand());
  Reg wanted = f.destination(op);
  Reg from = f.read(operand);
  Reg to = f.destinationOr(wanted, true);
  f.emit(Inst::kIdCvtsd2ss, f.xmm(to), f.xmm(from));
  f.release(operand);
  f.define(op, to, false);
}

//===----------------------------------------------------------------------===//
// Float to integer
//===----------------------------------------------------------------------===//

static asmjit::InstId truncateInst(Kind kind) {
  return isWide(kind) ? Inst::kIdCvttsd2si : Inst::kIdCvttss2si;
}

/// Jumps to the late path whenever the truncated number may be wrong. Narrow numbers are
/// converted to 64 bits, and are right if they did not need them; the machine gives the least
/// number for what it cannot convert.
template <bool isSigned, bool saturates, typename OpType>
static void emitTruncate(FunctionCompiler &f, OpType op) {
  uint32_t operand = f.idOf(op.getOperand());
  Kind fromKind = f.state(operand).kind, toKind = kindOf(op.getType());
  uint32_t invalid = saturates ? 0 : f.site(op, TrapKind::InvalidConversion);
  uint32_t overflow = saturates ? 0 : f.site(op, TrapKind::IntegerOverflow);
  Reg from = f.read(operand);
  Reg to = f.allocate(false);
  f.truncations.push_back(
      {{}, {}, from, to, fromKind, toKind, isSigned, saturates, invalid, overflow});
  FunctionCompiler::Truncation &late = f.truncations.back();
  f.emit(truncateInst(fromKind), Masm::q(to), f.xmm(from));
  if (toKind == Kind::I32) {
    f.emit(isSigned ? Inst::kIdMovsxd : Inst::kIdMov,
           isSigned ? Masm::q(scratch) : Masm::d(scratch), Masm::d(to));
    f.emit(Inst::kIdCmp, Masm::q(scratch), Masm::q(to));
    f.masm.jumpIf(Cond::NE, late.label);
    if (isSigned)
      f.emit(Inst::kIdMov, Masm::d(to), Masm::d(to));
  } else if (isSigned) {
    f.emit(Inst::kIdCmp, Masm::q(to), Imm(1));
    f.masm.jumpIf(Cond::O, late.label);
  } else {
    f.emit(Inst::kIdTest, Masm::q(to), Masm::q(to));
    f.masm.jumpIf(Cond::S, late.label);
  }
  f.masm.bind(late.back);
  f.release(operand);
  f.define(op, to);
}

static uint64_t floatBits(double number, Kind kind) {
  return isWide(kind) ? std::bit_cast<uint64_t>(number) : std::bit_cast<uint32_t>(float(number));
}

/// The numbers from 2^63 on, as unsigned: converted less 2^63, which is then added.
static void truncateLarge(FunctionCompiler &f, FunctionCompiler::Truncation &late, Label &fails) {
  f.emit(Inst::kIdMovaps, f.xmm(floatScratch), f.xmm(late.from));
  f.emit(isWide(late.fromKind) ? Inst::kIdSubsd : Inst::kIdSubss, f.xmm(floatScratch),
         f.constant(floatBits(0x1p63, late.fromKind)));
  f.emit(truncateInst(late.fromKind), Masm::q(late.to), f.xmm(floatScratch));
  f.emit(Inst::kIdTest, Masm::q(late.to), Masm::q(late.to));
  f.masm.jumpIf(Cond::S, fails);
  f.emit(Inst::kIdBtc, Masm::q(late.to), Imm(63));
  f.masm.jump(late.back);
}

/// The limit on the number's side of zero.
static void saturate(FunctionCompiler &f, FunctionCompiler::Truncation &late, Label &isNaN) {
  uint64_t width = isWide(late.toKind) ? 64 : 32;
  uint64_t all = isWide(late.toKind) ? UINT64_MAX : UINT32_MAX;
  uint64_t most = late.isSigned ? all >> 1 : all;
  uint64_t least = late.isSigned ? uint64_t(1) << (width - 1) : 0;
  Label isNegative;
  f.emit(Inst::kIdXorps, f.xmm(floatScratch), f.xmm(floatScratch));
  f.emit(isWide(late.fromKind) ? Inst::kIdUcomisd : Inst::kIdUcomiss, f.xmm(late.from),
         f.xmm(floatScratch));
  f.masm.jumpIf(Cond::B, isNegative);
  f.masm.moveImmediate(late.to, most);
  f.masm.jump(late.back);
  f.masm.bind(isNegative);
  f.masm.moveImmediate(late.to, least);
  f.masm.jump(late.back);
  f.masm.bind(isNaN);
  f.masm.moveImmediate(late.to, 0);
  f.masm.jump(late.back);
}

void FunctionCompiler::emitTruncation(Truncation &late) {
  asmjit::InstId compare = isWide(late.fromKind) ? Inst::kIdUcomisd : Inst::kIdUcomiss;
  Label fails, isNaN;
  masm.bind(late.label);
  if (late.toKind == Kind::I64 && !late.isSigned)
    truncateLarge(*this, late, fails);
  masm.bind(fails);
  emit(compare, xmm(late.from), xmm(late.from));
  masm.jumpIf(Cond::P, isNaN);
  if (late.toKind == Kind::I64 && late.isSigned) { // The least number itself is right.
    emit(compare, xmm(late.from), constant(floatBits(-0x1p63, late.fromKind)));
    masm.jumpIf(Cond::E, late.back);
  }
  if (late.saturates) {
    saturate(*this, late, isNaN);
    return;
  }
  trapNow(late.overflow);
  masm.bind(isNaN);
  trapNow(late.invalid);
}

void writ::singlepass::addConvertOps(OpTable &table) {
  table.add<arith::SIToFPOp, emitSIToFP>();
  table.add<arith::UIToFPOp, emitUIToFP>();
  table.add<FExtOp, emitFExt>();
  table.add<FDemoteOp, emitFDemote>();
  table.add<FToSOp, emitTruncate<true, false, FToSOp>>();
  table.add<FToUOp, emitTruncate<false, false, FToUOp>>();
  table.add<FToSSatOp, emitTruncate<true, true, FToSSatOp>>();
  table.add<FToUSatOp, emitTruncate<false, true, FToUSatOp>>();
}
