//===- FloatOps.cpp - Float arithmetic and conversions --------------------===//
//
// Results of arithmetic may be any NaN where they ought to be the canonical one; whoever can
// see the difference asks for `exact` operands (CanonicalNaNs.h).
//
//===----------------------------------------------------------------------===//

#include "lowering/FunctionLowering.h"

#include <cmath>

using namespace llvm;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

/// The builder folds constants, and then the instruction that `makeNaNsCanonical` knows
/// arithmetic by is gone.
static void defineArithmetic(FunctionLowering &f, mlir::Operation *op, Value *result) {
  auto *folded = dyn_cast<ConstantFP>(result);
  if (folded && folded->isNaN())
    result = ConstantFP::getNaN(result->getType());
  f.define(op->getResult(0), result);
}

template <Instruction::BinaryOps opcode, typename OpType>
static void lowerBinary(FunctionLowering &f, OpType op) {
  Value *lhs = f.value(op.getLhs()), *rhs = f.value(op.getRhs());
  defineArithmetic(f, op, f.builder.CreateBinOp(opcode, lhs, rhs));
}

/// By hand: for `llvm.minimum`, the code generator forgets signaling NaNs where the machine has
/// AVX-512. Equal operands are combined as bits, since they may be zeros of two signs; a NaN comes
/// from an addition. The fence makes one arithmetic result of it all (CanonicalNaNs).
template <bool isMin, typename OpType>
static void lowerMinMax(FunctionLowering &f, OpType op) {
  IRBuilder<> &b = f.builder;
  Value *lhs = f.value(op.getLhs()), *rhs = f.value(op.getRhs());
  Type *type = lhs->getType(), *bits = b.getIntNTy(type->getPrimitiveSizeInBits());
  Value *isLeft = isMin ? b.CreateFCmpOLT(lhs, rhs) : b.CreateFCmpOGT(lhs, rhs);
  Value *lhsBits = b.CreateBitCast(lhs, bits), *rhsBits = b.CreateBitCast(rhs, bits);
  Value *equal = isMin ? b.CreateOr(lhsBits, rhsBits) : b.CreateAnd(lhsBits, rhsBits);
  Value *ordered = b.CreateSelect(b.CreateFCmpOEQ(lhs, rhs), b.CreateBitCast(equal, type),
                                  b.CreateSelect(isLeft, lhs, rhs));
  Value *result = b.CreateSelect(b.CreateFCmpUNO(lhs, rhs), b.CreateFAdd(lhs, rhs), ordered);
  f.define(op, b.CreateArithmeticFence(result, type));
}

template <Intrinsic::ID intrinsic, typename OpType>
static void lowerUnary(FunctionLowering &f, OpType op) {
  Value *operand = f.value(op.getOperand());
  defineArithmetic(f, op, f.builder.CreateUnaryIntrinsic(intrinsic, operand));
}

/// LLVM takes "NaN if x < 0, else sqrt(x)" for sqrt(x), of whichever NaN; the fence hides that
/// the value tested for NaN is a square root.
static void lowerFSqrt(FunctionLowering &f, FSqrtOp op) {
  Value *root = f.builder.CreateUnaryIntrinsic(Intrinsic::sqrt, f.value(op.getOperand()));
  defineArithmetic(f, op, f.builder.CreateArithmeticFence(root, root->getType()));
}

static void lowerFAbs(FunctionLowering &f, FAbsOp op) {
  Value *operand = f.exact(op.getOperand());
  f.define(op, f.builder.CreateUnaryIntrinsic(Intrinsic::fabs, operand));
}

static void lowerFNeg(FunctionLowering &f, FNegOp op) {
  f.define(op, f.builder.CreateFNeg(f.exact(op.getOperand())));
}

static void lowerFCopysign(FunctionLowering &f, FCopysignOp op) {
  f.define(op, f.builder.CreateCopySign(f.exact(op.getLhs()), f.exact(op.getRhs())));
}

static void lowerFExt(FunctionLowering &f, FExtOp op) {
  defineArithmetic(f, op, f.builder.CreateFPExt(f.value(op.getOperand()), f.builder.getDoubleTy()));
}

static void lowerFDemote(FunctionLowering &f, FDemoteOp op) {
  defineArithmetic(f, op,
                   f.builder.CreateFPTrunc(f.value(op.getOperand()), f.builder.getFloatTy()));
}

/// Whether the truncated `x` can be represented; false for NaN.
static Value *isInRange(IRBuilder<> &b, Value *x, unsigned bits, bool isSigned) {
  Type *type = x->getType();
  double limit = std::ldexp(1.0, isSigned ? bits - 1 : bits);
  auto constant = [&](double value) { return ConstantFP::get(type, value); };
  Value *aboveLower;
  if (!isSigned)
    aboveLower = b.CreateFCmpOGT(x, constant(-1));
  else if (bits == 32 && type->isDoubleTy()) // There are doubles between -limit - 1 and -limit.
    aboveLower = b.CreateFCmpOGT(x, constant(-limit - 1));
  else
    aboveLower = b.CreateFCmpOGE(x, constant(-limit));
  return b.CreateAnd(aboveLower, b.CreateFCmpOLT(x, constant(limit)));
}

template <bool isSigned, typename OpType>
static void lowerTruncate(FunctionLowering &f, OpType op) {
  IRBuilder<> &b = f.builder;
  Value *x = f.value(op.getOperand());
  Type *type = f.convert(op.getType());
  Value *invalid = b.getInt32(f.site(op, TrapKind::InvalidConversion));
  Value *overflow = b.getInt32(f.site(op, TrapKind::IntegerOverflow));
  Value *fits = isInRange(b, x, type->getIntegerBitWidth(), isSigned);
  BasicBlock *fails = f.newBlock("unfit"), *goOn = f.newBlock("b");
  b.CreateCondBr(b.CreateNot(fits), fails, goOn, f.module.unlikely);
  b.SetInsertPoint(fails);
  f.trapNow(b.CreateSelect(b.CreateFCmpUNO(x, x), invalid, overflow));
  b.SetInsertPoint(goOn);
  f.define(op, isSigned ? b.CreateFPToSI(x, type) : b.CreateFPToUI(x, type));
}

template <Intrinsic::ID intrinsic, typename OpType>
static void lowerSaturate(FunctionLowering &f, OpType op) {
  Value *x = f.value(op.getOperand());
  f.define(op, f.builder.CreateIntrinsic(intrinsic, {f.convert(op.getType()), x->getType()}, {x}));
}

void writ::lowering::addFloatOps(OpTable &table) {
  table.add<FAddOp, lowerBinary<Instruction::FAdd, FAddOp>>();
  table.add<FSubOp, lowerBinary<Instruction::FSub, FSubOp>>();
  table.add<FMulOp, lowerBinary<Instruction::FMul, FMulOp>>();
  table.add<FDivOp, lowerBinary<Instruction::FDiv, FDivOp>>();
  table.add<FMinOp, lowerMinMax<true, FMinOp>>();
  table.add<FMaxOp, lowerMinMax<false, FMaxOp>>();
  table.add<FSqrtOp, lowerFSqrt>();
  table.add<FCeilOp, lowerUnary<Intrinsic::ceil, FCeilOp>>();
  table.add<FFloorOp, lowerUnary<Intrinsic::floor, FFloorOp>>();
  table.add<FTruncOp, lowerUnary<Intrinsic::trunc, FTruncOp>>();
  table.add<FNearestOp, lowerUnary<Intrinsic::roundeven, FNearestOp>>();
  table.add<FAbsOp, lowerFAbs>();
  table.add<FNegOp, lowerFNeg>();
  table.add<FCopysignOp, lowerFCopysign>();
  table.add<FExtOp, lowerFExt>();
  table.add<FDemoteOp, lowerFDemote>();
  table.add<FToSOp, lowerTruncate<true, FToSOp>>();
  table.add<FToUOp, lowerTruncate<false, FToUOp>>();
  table.add<FToSSatOp, lowerSaturate<Intrinsic::fptosi_sat, FToSSatOp>>();
  table.add<FToUSatOp, lowerSaturate<Intrinsic::fptoui_sat, FToUSatOp>>();
}
