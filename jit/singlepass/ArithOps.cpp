//===- ArithOps.cpp - Integer arithmetic, extensions, bit casts -----------===//

#include "jit/singlepass/FunctionCompiler.h"
#include "mlir-dialect/IR/OpWalk.h"

using namespace writ;
using namespace writ::singlepass;
namespace arith = mlir::arith;

static void emitConstant(FunctionCompiler &f, arith::ConstantOp op) {
  if (auto integer = mlir::dyn_cast<mlir::IntegerAttr>(op.getValue()))
    f.defineConstant(op, integer.getValue().getZExtValue());
  else
    f.defineConstant(
        op, mlir::cast<mlir::FloatAttr>(op.getValue()).getValue().bitcastToAPInt().getZExtValue());
}

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// `wanted` = lhs `inst` rhs, where `wanted` may be noReg. The first operand of x86's
/// instructions is the result too.
static void emitBinary(FunctionCompiler &f, mlir::Operation *op, asmjit::InstId inst, uint32_t lhs,
                       uint32_t rhs, bool isCommutative) {
  Reg wanted = f.destination(op);
  if (isCommutative && (f.isConstant(lhs) || (wanted != noReg && f.whereIs(rhs) == wanted) ||
                        (wanted == noReg && !f.diesInRegister(lhs) && f.diesInRegister(rhs))))
    std::swap(lhs, rhs);
  if (wanted != noReg && f.whereIs(rhs) == wanted && f.whereIs(lhs) != wanted)
    wanted = noReg; // Would be lost before it is read.
  Kind kind = f.state(lhs).kind;
  Operand right = f.source(rhs);
  Reg to = f.take(lhs, wanted);
  f.emit(inst, f.gp(to, kind), right);
  f.release(rhs);
  f.define(op->getResult(0), to);
}

template <asmjit::InstId inst, typename OpType>
static void emitCommutative(FunctionCompiler &f, OpType op) {
  emitBinary(f, op, inst, f.idOf(op.getLhs()), f.idOf(op.getRhs()), true);
}

/// With three operands, as `lea`, if that saves a move. True if it did.
static bool emitLea(FunctionCompiler &f, mlir::Operation *op, uint32_t lhs, uint32_t rhs) {
  if (f.isConstant(lhs))
    std::swap(lhs, rhs);
  if (f.isConstant(lhs) || f.diesInRegister(lhs) || (!f.isConstant(rhs) && f.diesInRegister(rhs)))
    return false;
  Kind kind = f.state(lhs).kind;
  auto number = int64_t(f.state(rhs).bits);
  if (f.isConstant(rhs) && isWide(kind) && number != int32_t(number))
    return false;
  Reg wanted = f.destination(op);
  if (wanted != noReg && (f.whereIs(lhs) == wanted || f.whereIs(rhs) == wanted))
    return false;
  Reg left = f.read(lhs);
  x86::Mem sum = f.isConstant(rhs) ? x86::ptr(Masm::q(left), int32_t(number))
                                   : x86::ptr(Masm::q(left), Masm::q(f.read(rhs)));
  Reg to = f.destinationOr(wanted, false);
  f.emit(Inst::kIdLea, f.gp(to, kind), sum);
  f.release(lhs);
  f.release(rhs);
  f.define(op->getResult(0), to);
  return true;
}

static void emitAdd(FunctionCompiler &f, arith::AddIOp op) {
  uint32_t lhs = f.idOf(op.getLhs()), rhs = f.idOf(op.getRhs());
  if (lhs == rhs || !emitLea(f, op, lhs, rhs))
    emitBinary(f, op, Inst::kIdAdd, lhs, rhs, true);
}

static void emitSub(FunctionCompiler &f, arith::SubIOp op) {
  uint32_t lhs = f.idOf(op.getLhs()), rhs = f.idOf(op.getRhs());
  if (!f.isConstant(lhs) || f.state(lhs).bits != 0) {
    emitBinary(f, op, Inst::kIdSub, lhs, rhs, false);
    return;
  }
  Kind kind = f.state(rhs).kind;
  Reg to = f.take(rhs, f.destination(op));
  f.emit(Inst::kIdNeg, f.gp(to, kind));
  f.define(op, to);
}

static void emitMul(FunctionCompiler &f, arith::MulIOp op) {
  uint32_t lhs = f.idOf(op.getLhs()), rhs = f.idOf(op.getRhs());
  if (f.isConstant(lhs))
    std::swap(lhs, rhs);
  Kind kind = f.state(lhs).kind;
  auto number = isWide(kind) ? int64_t(f.state(rhs).bits) : int64_t(int32_t(f.state(rhs).bits));
  if (f.isConstant(lhs) || !f.isConstant(rhs) || number != int32_t(number)) {
    emitBinary(f, op, Inst::kIdImul, lhs, rhs, true);
    return;
  }
  Reg wanted = f.destination(op);
  Operand left = f.source(lhs, false);
  Reg to = wanted != noReg ? wanted : f.diesInRegister(lhs) ? f.state(lhs).reg : f.allocate(false);
  f.emit(Inst::kIdImul, f.gp(to, kind), left, Imm(number));
  f.release(lhs);
  f.define(op, to);
}

//===----------------------------------------------------------------------===//
// Other widths and types
//===----------------------------------------------------------------------===//

static void emitExtU(FunctionCompiler &f, arith::ExtUIOp op) {
  uint32_t from = f.idOf(op.getIn());
  unsigned bits = op.getIn().getType().getIntOrFloatBitWidth();
  if (f.isConstant(from)) {
    f.defineConstant(op, f.state(from).bits);
    return;
  }
  if (bits == 1 || bits == 32) { // Is zero-extended already.
    if (f.diesInRegister(from) && f.destination(op) == noReg) {
      f.rename(op, from);
      return;
    }
    Reg to = f.take(from, f.destination(op));
    f.define(op, to);
    return;
  }
  Reg to = f.take(from, f.destination(op));
  f.emit(Inst::kIdAnd, Masm::d(to), Imm(bits == 8 ? 0xff : 0xffff));
  f.define(op, to);
}

/// Sign-extends the low `bits` bits of `from`.
static void signExtend(FunctionCompiler &f, mlir::Operation *op, uint32_t from, unsigned bits) {
  Kind to = kindOf(op->getResult(0).getType());
  Reg wanted = f.destination(op);
  if (bits == 1) { // Is 0 or 1.
    Reg reg = f.take(from, wanted);
    f.emit(Inst::kIdNeg, f.gp(reg, to));
    f.define(op->getResult(0), reg);
    return;
  }
  Reg reg = f.read(from);
  Reg result = wanted != noReg ? wanted : f.diesInRegister(from) ? reg : f.allocate(false);
  if (bits == 8)
    f.emit(Inst::kIdMovsx, f.gp(result, to), x86::gpb_lo(reg));
  else if (bits == 16)
    f.emit(Inst::kIdMovsx, f.gp(result, to), x86::gpw(reg));
  else
    f.emit(Inst::kIdMovsxd, Masm::q(result), Masm::d(reg));
  f.release(from);
  f.define(op->getResult(0), result);
}

static void emitExtS(FunctionCompiler &f, arith::ExtSIOp op) {
  signExtend(f, op, f.idOf(op.getIn()), op.getIn().getType().getIntOrFloatBitWidth());
}

static void emitTrunc(FunctionCompiler &f, arith::TruncIOp op) {
  uint32_t from = f.idOf(op.getIn());
  unsigned bits = op.getType().getIntOrFloatBitWidth();
  auto extension = mlir::dyn_cast_or_null<arith::ExtSIOp>(contract::nextOp(op));
  if (extension && extension.getIn() == op.getResult() && op->hasOneUse() && !f.isConstant(from)) {
    signExtend(f, extension, from, bits);
    f.goOnAt(contract::nextOp(extension));
    return;
  }
  if (f.isConstant(from)) {
    f.defineConstant(op, f.state(from).bits & llvm::maskTrailingOnes<uint64_t>(bits));
    return;
  }
  Reg wanted = f.destination(op);
  Reg reg = f.read(from);
  Reg to = wanted != noReg ? wanted : f.diesInRegister(from) ? reg : f.allocate(false);
  if (bits == 32)
    f.emit(Inst::kIdMov, Masm::d(to), Masm::d(reg));
  else if (bits == 16)
    f.emit(Inst::kIdMovzx, Masm::d(to), x86::gpw(reg));
  else if (bits == 8)
    f.emit(Inst::kIdMovzx, Masm::d(to), x86::gpb_lo(reg));
  if (bits == 1) {
    if (to != reg)
      f.emit(Inst::kIdMov, Masm::d(to), Masm::d(reg));
    f.emit(Inst::kIdAnd, Masm::d(to), Imm(1));
  }
  f.release(from);
  f.define(op, to);
}

static void emitBitcast(FunctionCompiler &f, arith::BitcastOp op) {
  uint32_t from = f.idOf(op.getIn());
  Kind kind = f.state(from).kind, toKind = kindOf(op.getType());
  if (f.isConstant(from)) {
    f.defineConstant(op, f.state(from).bits);
    return;
  }
  f.makeExact(from);
  if (isFloat(kind) == isFloat(toKind)) {
    f.define(op, f.take(from, f.destination(op)));
    return;
  }
  Reg wanted = f.destination(op);
  Reg reg = f.read(from);
  Reg to = f.destinationOr(wanted, isFloat(toKind));
  f.move(to, reg, kind);
  f.release(from);
  f.define(op, to);
}

void writ::singlepass::addArithOps(OpTable &table) {
  table.add<arith::ConstantOp, emitConstant>();
  table.add<arith::AddIOp, emitAdd>();
  table.add<arith::SubIOp, emitSub>();
  table.add<arith::MulIOp, emitMul>();
  table.add<arith::AndIOp, emitCommutative<Inst::kIdAnd, arith::AndIOp>>();
  table.add<arith::OrIOp, emitCommutative<Inst::kIdOr, arith::OrIOp>>();
  table.add<arith::XOrIOp, emitCommutative<Inst::kIdXor, arith::XOrIOp>>();
  table.add<arith::ExtSIOp, emitExtS>();
  table.add<arith::ExtUIOp, emitExtU>();
  table.add<arith::TruncIOp, emitTrunc>();
  table.add<arith::BitcastOp, emitBitcast>();
}
