//===- FloatOps.cpp - Float arithmetic ------------------------------------===//
//
// Results of arithmetic may be any NaN where they ought to be the canonical one; whoever can see
// the difference asks for exact values. Arithmetic does not.
//
//===----------------------------------------------------------------------===//

#include "jit/singlepass/FunctionCompiler.h"

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;

namespace {
/// The instruction for f32 and for f64.
struct FloatInst {
  asmjit::InstId single, wide;
  asmjit::InstId of(Kind kind) const { return isWide(kind) ? wide : single; }
};
} // namespace

#define WRIT_FLOAT_INST(Name, Stem)                                                                \
  static constexpr FloatInst Name{Inst::kId##Stem##ss, Inst::kId##Stem##sd};
WRIT_FLOAT_INST(addInst, Add)
WRIT_FLOAT_INST(subInst, Sub)
WRIT_FLOAT_INST(mulInst, Mul)
WRIT_FLOAT_INST(divInst, Div)
WRIT_FLOAT_INST(minInst, Min)
WRIT_FLOAT_INST(maxInst, Max)
WRIT_FLOAT_INST(sqrtInst, Sqrt)
WRIT_FLOAT_INST(roundInst, Round)
WRIT_FLOAT_INST(compareInst, Ucomi)
#undef WRIT_FLOAT_INST

template <const FloatInst &inst, bool isCommutative, typename OpType>
static void emitBinary(FunctionCompiler &f, OpType op) {
  uint32_t lhs = f.idOf(op.getLhs()), rhs = f.idOf(op.getRhs());
  Reg wanted = f.destination(op);
  if (isCommutative && (f.isConstant(lhs) || (wanted != noReg && f.whereIs(rhs) == wanted) ||
                        (wanted == noReg && !f.diesInRegister(lhs) && f.diesInRegister(rhs))))
    std::swap(lhs, rhs);
  if (wanted != noReg && f.whereIs(rhs) == wanted && f.whereIs(lhs) != wanted)
    wanted = noReg;
  Kind kind = f.state(lhs).kind;
  // The constant's instruction must come next.
  if (f.isConstant(rhs)) {
    Reg to = f.take(lhs, wanted);
    f.emit(inst.of(kind), f.xmm(to), f.source(rhs));
    f.define(op, to, false);
    return;
  }
  Operand right = f.source(rhs);
  Reg to = f.take(lhs, wanted);
  f.emit(inst.of(kind), f.xmm(to), right);
  f.release(rhs);
  f.define(op, to, false);
}

/// The machine's minimum is its second operand if both are zeros, or either is a NaN: equal ones
/// are combined as bits, and a NaN comes from an addition.
template <const FloatInst &inst, asmjit::InstId combine, typename OpType>
static void emitMinMax(FunctionCompiler &f, OpType op) {
  uint32_t lhs = f.idOf(op.getLhs()), rhs = f.idOf(op.getRhs());
  Kind kind = f.state(lhs).kind;
  Reg right = f.read(rhs);
  Reg to = f.take(lhs);
  Label different, isNaN, done;
  f.emit(compareInst.of(kind), f.xmm(to), f.xmm(right));
  f.masm.jumpIf(Cond::NE, different);
  f.masm.jumpIf(Cond::P, isNaN);
  f.emit(combine, f.xmm(to), f.xmm(right));
  f.masm.jump(done);
  f.masm.bind(isNaN);
  f.emit(addInst.of(kind), f.xmm(to), f.xmm(right));
  f.masm.jump(done);
  f.masm.bind(different);
  f.emit(inst.of(kind), f.xmm(to), f.xmm(right));
  f.masm.bind(done);
  f.release(rhs);
  f.define(op, to, false);
}

static void emitSqrt(FunctionCompiler &f, FSqrtOp op) {
  uint32_t operand = f.idOf(op.getOperand());
  Kind kind = f.state(operand).kind;
  Reg wanted = f.destination(op);
  Reg from = f.read(operand);
  Reg to = f.destinationOr(wanted, true);
  f.emit(sqrtInst.of(kind), f.xmm(to), f.xmm(from));
  f.release(operand);
  f.define(op, to, false);
}

/// Modes of `round`, with the inexact exception off.
enum RoundMode { nearest = 8, down = 9, up = 10, towardZero = 11 };

template <RoundMode mode, typename OpType>
static void emitRound(FunctionCompiler &f, OpType op) {
  uint32_t operand = f.idOf(op.getOperand());
  Kind kind = f.state(operand).kind;
  Reg wanted = f.destination(op);
  Reg from = f.read(operand);
  Reg to = f.destinationOr(wanted, true);
  f.emit(roundInst.of(kind), f.xmm(to), f.xmm(from), Imm(mode));
  f.release(operand);
  f.define(op, to, false);
}

//===----------------------------------------------------------------------===//
// Operations on bits
//===----------------------------------------------------------------------===//

static uint64_t signMask(Kind kind) { return isWide(kind) ? uint64_t(1) << 63 : 0x8000'0000; }
static uint64_t restMask(Kind kind) { return isWide(kind) ? ~signMask(kind) : 0x7fff'ffff; }

static void emitFAbs(FunctionCompiler &f, FAbsOp op) {
  uint32_t operand = f.idOf(op.getOperand());
  Kind kind = f.state(operand).kind;
  f.makeExact(operand);
  Reg to = f.take(operand, f.destination(op));
  f.emit(Inst::kIdAndps, f.xmm(to), f.constant(restMask(kind)));
  f.define(op, to);
}

static void emitFNeg(FunctionCompiler &f, FNegOp op) {
  uint32_t operand = f.idOf(op.getOperand());
  Kind kind = f.state(operand).kind;
  f.makeExact(operand);
  Reg to = f.take(operand, f.destination(op));
  f.emit(Inst::kIdXorps, f.xmm(to), f.constant(signMask(kind)));
  f.define(op, to);
}

static void emitFCopysign(FunctionCompiler &f, FCopysignOp op) {
  uint32_t lhs = f.idOf(op.getLhs()), rhs = f.idOf(op.getRhs());
  Kind kind = f.state(lhs).kind;
  f.makeExact(lhs);
  f.makeExact(rhs);
  f.moveTo(floatScratch, f.locationOf(rhs));
  f.emit(Inst::kIdAndps, f.xmm(floatScratch), f.constant(signMask(kind)));
  Reg to = f.take(lhs);
  f.emit(Inst::kIdAndps, f.xmm(to), f.constant(restMask(kind)));
  f.emit(Inst::kIdOrps, f.xmm(to), f.xmm(floatScratch));
  f.release(rhs);
  f.define(op, to);
}

void writ::singlepass::addFloatOps(OpTable &table) {
  table.add<FAddOp, emitBinary<addInst, true, FAddOp>>();
  table.add<FSubOp, emitBinary<subInst, false, FSubOp>>();
  table.add<FMulOp, emitBinary<mulInst, true, FMulOp>>();
  table.add<FDivOp, emitBinary<divInst, false, FDivOp>>();
  table.add<FMinOp, emitMinMax<minInst, Inst::kIdOrps, FMinOp>>();
  table.add<FMaxOp, emitMinMax<maxInst, Inst::kIdAndps, FMaxOp>>();
  table.add<FSqrtOp, emitSqrt>();
  table.add<FCeilOp, emitRound<up, FCeilOp>>();
  table.add<FFloorOp, emitRound<down, FFloorOp>>();
  table.add<FTruncOp, emitRound<towardZero, FTruncOp>>();
  table.add<FNearestOp, emitRound<nearest, FNearestOp>>();
  table.add<FAbsOp, emitFAbs>();
  table.add<FNegOp, emitFNeg>();
  table.add<FCopysignOp, emitFCopysign>();
}
