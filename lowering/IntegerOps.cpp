//===- IntegerOps.cpp - Division, shifts and bit counts -------------------===//

#include "lowering/FunctionLowering.h"

using namespace llvm;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

template <typename OpType>
static void trapIfZero(FunctionLowering &f, OpType op) {
  f.trapIf(f.builder.CreateIsNull(f.value(op.getRhs())), op, TrapKind::IntegerDivideByZero);
}

static void lowerDivS(FunctionLowering &f, DivSOp op) {
  IRBuilder<> &b = f.builder;
  trapIfZero(f, op);
  Value *lhs = f.value(op.getLhs()), *rhs = f.value(op.getRhs());
  unsigned bits = lhs->getType()->getIntegerBitWidth();
  Value *isLeast = b.CreateICmpEQ(lhs, b.getInt(APInt::getSignedMinValue(bits)));
  Value *byMinusOne = b.CreateICmpEQ(rhs, Constant::getAllOnesValue(rhs->getType()));
  f.trapIf(b.CreateAnd(isLeast, byMinusOne), op, TrapKind::IntegerOverflow);
  f.define(op, b.CreateSDiv(lhs, rhs));
}

static void lowerDivU(FunctionLowering &f, DivUOp op) {
  trapIfZero(f, op);
  f.define(op, f.builder.CreateUDiv(f.value(op.getLhs()), f.value(op.getRhs())));
}

/// By -1 the remainder is 0, as it is by 1; the machine would fault for the least value.
static void lowerRemS(FunctionLowering &f, RemSOp op) {
  IRBuilder<> &b = f.builder;
  trapIfZero(f, op);
  Value *rhs = f.value(op.getRhs());
  Value *byMinusOne = b.CreateICmpEQ(rhs, Constant::getAllOnesValue(rhs->getType()));
  Value *divisor = b.CreateSelect(byMinusOne, ConstantInt::get(rhs->getType(), 1), rhs);
  f.define(op, b.CreateSRem(f.value(op.getLhs()), divisor));
}

static void lowerRemU(FunctionLowering &f, RemUOp op) {
  trapIfZero(f, op);
  f.define(op, f.builder.CreateURem(f.value(op.getLhs()), f.value(op.getRhs())));
}

template <Instruction::BinaryOps opcode, typename OpType>
static void lowerShift(FunctionLowering &f, OpType op) {
  IRBuilder<> &b = f.builder;
  Value *rhs = f.value(op.getRhs());
  unsigned bits = rhs->getType()->getIntegerBitWidth();
  Value *amount = b.CreateAnd(rhs, ConstantInt::get(rhs->getType(), bits - 1));
  f.define(op, b.CreateBinOp(opcode, f.value(op.getLhs()), amount));
}

/// A funnel shift takes its amount modulo the width.
template <Intrinsic::ID intrinsic, typename OpType>
static void lowerRotate(FunctionLowering &f, OpType op) {
  Value *lhs = f.value(op.getLhs());
  f.define(
      op, f.builder.CreateIntrinsic(intrinsic, {lhs->getType()}, {lhs, lhs, f.value(op.getRhs())}));
}

/// The flag says that 0 is no poison: it gives the width.
template <Intrinsic::ID intrinsic, typename OpType>
static void lowerZeroCount(FunctionLowering &f, OpType op) {
  f.define(op, f.builder.CreateBinaryIntrinsic(intrinsic, f.value(op.getOperand()),
                                               f.builder.getFalse()));
}

static void lowerPopcnt(FunctionLowering &f, PopcntOp op) {
  f.define(op, f.builder.CreateUnaryIntrinsic(Intrinsic::ctpop, f.value(op.getOperand())));
}

void writ::lowering::addIntegerOps(OpTable &table) {
  table.add<DivSOp, lowerDivS>();
  table.add<DivUOp, lowerDivU>();
  table.add<RemSOp, lowerRemS>();
  table.add<RemUOp, lowerRemU>();
  table.add<ShlOp, lowerShift<Instruction::Shl, ShlOp>>();
  table.add<ShrSOp, lowerShift<Instruction::AShr, ShrSOp>>();
  table.add<ShrUOp, lowerShift<Instruction::LShr, ShrUOp>>();
  table.add<RotlOp, lowerRotate<Intrinsic::fshl, RotlOp>>();
  table.add<RotrOp, lowerRotate<Intrinsic::fshr, RotrOp>>();
  table.add<ClzOp, lowerZeroCount<Intrinsic::ctlz, ClzOp>>();
  table.add<CtzOp, lowerZeroCount<Intrinsic::cttz, CtzOp>>();
  table.add<PopcntOp, lowerPopcnt>();
}
