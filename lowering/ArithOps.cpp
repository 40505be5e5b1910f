//===- ArithOps.cpp - The total ops of the arith dialect ------------------===//

#include "lowering/FunctionLowering.h"

using namespace llvm;
using namespace writ;
using namespace writ::lowering;
namespace arith = mlir::arith;

static void lowerConstant(FunctionLowering &f, arith::ConstantOp op) {
  Type *type = f.convert(op.getType());
  if (auto integer = mlir::dyn_cast<mlir::IntegerAttr>(op.getValue()))
    f.define(op, ConstantInt::get(type, integer.getValue()));
  else
    f.define(op, ConstantFP::get(type, mlir::cast<mlir::FloatAttr>(op.getValue()).getValue()));
}

template <Instruction::BinaryOps opcode, typename OpType>
static void lowerBinary(FunctionLowering &f, OpType op) {
  f.define(op, f.builder.CreateBinOp(opcode, f.value(op.getLhs()), f.value(op.getRhs())));
}

template <Instruction::CastOps opcode, typename OpType>
static void lowerCast(FunctionLowering &f, OpType op) {
  f.define(op, f.builder.CreateCast(opcode, f.value(op.getIn()), f.convert(op.getType())));
}

static CmpInst::Predicate convert(arith::CmpIPredicate predicate) {
  switch (predicate) {
  case arith::CmpIPredicate::eq:
    return CmpInst::ICMP_EQ;
  case arith::CmpIPredicate::ne:
    return CmpInst::ICMP_NE;
  case arith::CmpIPredicate::slt:
    return CmpInst::ICMP_SLT;
  case arith::CmpIPredicate::sle:
    return CmpInst::ICMP_SLE;
  case arith::CmpIPredicate::sgt:
    return CmpInst::ICMP_SGT;
  case arith::CmpIPredicate::sge:
    return CmpInst::ICMP_SGE;
  case arith::CmpIPredicate::ult:
    return CmpInst::ICMP_ULT;
  case arith::CmpIPredicate::ule:
    return CmpInst::ICMP_ULE;
  case arith::CmpIPredicate::ugt:
    return CmpInst::ICMP_UGT;
  case arith::CmpIPredicate::uge:
    return CmpInst::ICMP_UGE;
  }
  llvm_unreachable("no such predicate");
}

static void lowerCmpI(FunctionLowering &f, arith::CmpIOp op) {
  f.define(op, f.builder.CreateICmp(convert(op.getPredicate()), f.value(op.getLhs()),
                                    f.value(op.getRhs())));
}

/// Both number the sixteen outcomes alike, as bits: equal, greater, less, unordered.
static CmpInst::Predicate convert(arith::CmpFPredicate predicate) {
  switch (predicate) {
#define WRIT_PREDICATE(Ours, Theirs)                                                               \
  case arith::CmpFPredicate::Ours:                                                                 \
    return CmpInst::FCMP_##Theirs;
    WRIT_PREDICATE(AlwaysFalse, FALSE)
    WRIT_PREDICATE(OEQ, OEQ)
    WRIT_PREDICATE(OGT, OGT)
    WRIT_PREDICATE(OGE, OGE)
    WRIT_PREDICATE(OLT, OLT)
    WRIT_PREDICATE(OLE, OLE)
    WRIT_PREDICATE(ONE, ONE)
    WRIT_PREDICATE(ORD, ORD)
    WRIT_PREDICATE(UEQ, UEQ)
    WRIT_PREDICATE(UGT, UGT)
    WRIT_PREDICATE(UGE, UGE)
    WRIT_PREDICATE(ULT, ULT)
    WRIT_PREDICATE(ULE, ULE)
    WRIT_PREDICATE(UNE, UNE)
    WRIT_PREDICATE(UNO, UNO)
    WRIT_PREDICATE(AlwaysTrue, TRUE)
#undef WRIT_PREDICATE
  }
  llvm_unreachable("no such predicate");
}

static void lowerCmpF(FunctionLowering &f, arith::CmpFOp op) {
  f.define(op, f.builder.CreateFCmp(convert(op.getPredicate()), f.value(op.getLhs()),
                                    f.value(op.getRhs())));
}

static void lowerSelect(FunctionLowering &f, arith::SelectOp op) {
  f.define(op, f.builder.CreateSelect(f.value(op.getCondition()), f.value(op.getTrueValue()),
                                      f.value(op.getFalseValue())));
}

static void lowerBitcast(FunctionLowering &f, arith::BitcastOp op) {
  f.define(op, f.builder.CreateBitCast(f.exact(op.getIn()), f.convert(op.getType())));
}

void writ::lowering::addArithOps(OpTable &table) {
  table.add<arith::ConstantOp, lowerConstant>();
  table.add<arith::AddIOp, lowerBinary<Instruction::Add, arith::AddIOp>>();
  table.add<arith::SubIOp, lowerBinary<Instruction::Sub, arith::SubIOp>>();
  table.add<arith::MulIOp, lowerBinary<Instruction::Mul, arith::MulIOp>>();
  table.add<arith::AndIOp, lowerBinary<Instruction::And, arith::AndIOp>>();
  table.add<arith::OrIOp, lowerBinary<Instruction::Or, arith::OrIOp>>();
  table.add<arith::XOrIOp, lowerBinary<Instruction::Xor, arith::XOrIOp>>();
  table.add<arith::CmpIOp, lowerCmpI>();
  table.add<arith::CmpFOp, lowerCmpF>();
  table.add<arith::SelectOp, lowerSelect>();
  table.add<arith::ExtSIOp, lowerCast<Instruction::SExt, arith::ExtSIOp>>();
  table.add<arith::ExtUIOp, lowerCast<Instruction::ZExt, arith::ExtUIOp>>();
  table.add<arith::TruncIOp, lowerCast<Instruction::Trunc, arith::TruncIOp>>();
  table.add<arith::SIToFPOp, lowerCast<Instruction::SIToFP, arith::SIToFPOp>>();
  table.add<arith::UIToFPOp, lowerCast<Instruction::UIToFP, arith::UIToFPOp>>();
  table.add<arith::BitcastOp, lowerBitcast>();
}
