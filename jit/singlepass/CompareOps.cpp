//===- CompareOps.cpp - Comparisons, selections, branches on them ---------===//
//
// A comparison that only the next op reads, a branch or a selection, stays in the flags.
//
//===----------------------------------------------------------------------===//

#include "jit/singlepass/FunctionCompiler.h"
#include "mlir-dialect/IR/OpWalk.h"

using namespace writ;
using namespace writ::singlepass;
namespace arith = mlir::arith;
using mlir::cf::CondBranchOp;

//===----------------------------------------------------------------------===//
// Into the flags
//===----------------------------------------------------------------------===//

static Cond condOf(arith::CmpIPredicate predicate) {
  switch (predicate) {
  case arith::CmpIPredicate::eq:
    return Cond::E;
  case arith::CmpIPredicate::ne:
    return Cond::NE;
  case arith::CmpIPredicate::slt:
    return Cond::L;
  case arith::CmpIPredicate::sle:
    return Cond::LE;
  case arith::CmpIPredicate::sgt:
    return Cond::G;
  case arith::CmpIPredicate::sge:
    return Cond::GE;
  case arith::CmpIPredicate::ult:
    return Cond::B;
  case arith::CmpIPredicate::ule:
    return Cond::BE;
  case arith::CmpIPredicate::ugt:
    return Cond::A;
  case arith::CmpIPredicate::uge:
    return Cond::AE;
  }
  llvm_unreachable("no such predicate");
}

/// The condition with the operands the other way round.
static Cond swapped(Cond cond) {
  switch (cond) {
  case Cond::L:
    return Cond::G;
  case Cond::G:
    return Cond::L;
  case Cond::LE:
    return Cond::GE;
  case Cond::GE:
    return Cond::LE;
  case Cond::B:
    return Cond::A;
  case Cond::A:
    return Cond::B;
  case Cond::BE:
    return Cond::AE;
  case Cond::AE:
    return Cond::BE;
  default:
    return cond;
  }
}

static Condition compare(FunctionCompiler &f, arith::CmpIOp op) {
  uint32_t lhs = f.idOf(op.getLhs()), rhs = f.idOf(op.getRhs());
  Cond cond = condOf(op.getPredicate());
  if (f.isConstant(lhs)) {
    std::swap(lhs, rhs);
    cond = swapped(cond);
  }
  Kind kind = f.state(lhs).kind;
  Reg left = f.read(lhs);
  if (f.isConstant(rhs) && f.state(rhs).bits == 0)
    f.emit(Inst::kIdTest, f.gp(left, kind), f.gp(left, kind));
  else
    f.emit(Inst::kIdCmp, f.gp(left, kind), f.source(rhs));
  f.release(lhs);
  f.release(rhs);
  f.unlockAll();
  return {cond};
}

/// The flags of `ucomis` are those of an unsigned comparison, and "equal" and "less" both for
/// NaNs. Predicates that are false for NaNs therefore ask for "greater".
static Condition compare(FunctionCompiler &f, arith::CmpFOp op) {
  using P = arith::CmpFPredicate;
  using Parity = Condition::Parity;
  uint32_t lhs = f.idOf(op.getLhs()), rhs = f.idOf(op.getRhs());
  P predicate = op.getPredicate();
  if (predicate == P::OLT || predicate == P::OLE || predicate == P::UGT || predicate == P::UGE)
    std::swap(lhs, rhs);
  Condition condition;
  switch (predicate) {
  case P::OLT:
  case P::OGT:
    condition = {Cond::A};
    break;
  case P::OLE:
  case P::OGE:
    condition = {Cond::AE};
    break;
  case P::ULT:
  case P::UGT:
    condition = {Cond::B};
    break;
  case P::ULE:
  case P::UGE:
    condition = {Cond::BE};
    break;
  case P::OEQ:
    condition = {Cond::E, Parity::AndNotSet};
    break;
  case P::UNE:
    condition = {Cond::NE, Parity::OrSet};
    break;
  case P::UEQ:
    condition = {Cond::E};
    break;
  case P::ONE:
    condition = {Cond::NE};
    break;
  case P::ORD:
  case P::AlwaysTrue:
    condition = {Cond::NP, predicate == P::ORD ? Parity::Ignored : Parity::OrSet};
    break;
  case P::UNO:
  case P::AlwaysFalse:
    condition = {Cond::P, predicate == P::UNO ? Parity::Ignored : Parity::AndNotSet};
    break;
  }
  bool isWideFloat = f.state(lhs).kind == Kind::F64;
  Reg left = f.read(lhs);
  f.emit(isWideFloat ? Inst::kIdUcomisd : Inst::kIdUcomiss, f.xmm(left), f.source(rhs));
  f.release(lhs);
  f.release(rhs);
  f.unlockAll();
  return condition;
}

static Condition testBit(FunctionCompiler &f, mlir::Value value) {
  uint32_t id = f.idOf(value);
  Reg reg = f.read(id);
  f.emit(Inst::kIdTest, Masm::d(reg), Masm::d(reg));
  f.release(id);
  f.unlockAll();
  return {Cond::NE};
}

//===----------------------------------------------------------------------===//
// Out of the flags
//===----------------------------------------------------------------------===//

static asmjit::InstId setInst(Cond cond) {
  static constexpr asmjit::InstId insts[] = {
      Inst::kIdSeto, Inst::kIdSetno, Inst::kIdSetb,  Inst::kIdSetnb,
      Inst::kIdSetz, Inst::kIdSetnz, Inst::kIdSetbe, Inst::kIdSetnbe,
      Inst::kIdSets, Inst::kIdSetns, Inst::kIdSetp,  Inst::kIdSetnp,
      Inst::kIdSetl, Inst::kIdSetnl, Inst::kIdSetle, Inst::kIdSetnle};
  return insts[size_t(cond)];
}

static asmjit::InstId moveInst(Cond cond) {
  static constexpr asmjit::InstId insts[] = {
      Inst::kIdCmovo, Inst::kIdCmovno, Inst::kIdCmovb,  Inst::kIdCmovnb,
      Inst::kIdCmovz, Inst::kIdCmovnz, Inst::kIdCmovbe, Inst::kIdCmovnbe,
      Inst::kIdCmovs, Inst::kIdCmovns, Inst::kIdCmovp,  Inst::kIdCmovnp,
      Inst::kIdCmovl, Inst::kIdCmovnl, Inst::kIdCmovle, Inst::kIdCmovnle};
  return insts[size_t(cond)];
}

static void defineCondition(FunctionCompiler &f, mlir::Value value, const Condition &condition) {
  f.flagsLive = true;
  Reg to = f.allocate(false);
  f.flagsLive = false;
  f.emit(setInst(condition.cond), x86::gpb_lo(to));
  if (condition.parity != Condition::Parity::Ignored) {
    bool isOr = condition.parity == Condition::Parity::OrSet;
    f.emit(isOr ? Inst::kIdSetp : Inst::kIdSetnp, x86::gpb_lo(scratch));
    f.emit(isOr ? Inst::kIdOr : Inst::kIdAnd, x86::gpb_lo(to), x86::gpb_lo(scratch));
  }
  f.emit(Inst::kIdMovzx, Masm::d(to), x86::gpb_lo(to));
  f.define(value, to);
}

/// For each of the conditions, moves `from` to `to` if it holds.
static void moveIf(FunctionCompiler &f, const Condition &condition, Reg to, Operand from,
                   Kind kind) {
  f.emit(moveInst(condition.cond), f.gp(to, kind), from);
  if (condition.parity == Condition::Parity::OrSet)
    f.emit(Inst::kIdCmovp, f.gp(to, kind), from);
}

static void selectGeneral(FunctionCompiler &f, arith::SelectOp op, Condition condition,
                          Reg wanted) {
  uint32_t ifTrue = f.idOf(op.getTrueValue()), ifFalse = f.idOf(op.getFalseValue());
  Kind kind = f.state(ifTrue).kind;
  // x86 has "or" of conditional moves only, and only into what already holds the other value.
  bool mustSwap = condition.parity == Condition::Parity::AndNotSet;
  bool mayNotSwap = condition.parity == Condition::Parity::OrSet;
  bool isBetterSwapped = wanted != noReg ? f.whereIs(ifTrue) == wanted
                                         : f.diesInRegister(ifTrue) && !f.diesInRegister(ifFalse);
  if (mustSwap || (isBetterSwapped && !mayNotSwap)) {
    std::swap(ifTrue, ifFalse);
    condition = condition.negated();
  }
  if (wanted != noReg && f.whereIs(ifTrue) == wanted)
    wanted = noReg;
  Operand from = f.source(ifTrue, false);
  Reg to = f.take(ifFalse, wanted);
  moveIf(f, condition, to, from, kind);
  f.release(ifTrue);
  f.flagsLive = false;
  f.define(op, to);
}

static void selectFloat(FunctionCompiler &f, arith::SelectOp op, const Condition &condition,
                        Reg wanted) {
  uint32_t ifTrue = f.idOf(op.getTrueValue()), ifFalse = f.idOf(op.getFalseValue());
  bool isExact = f.state(ifTrue).isExact && f.state(ifFalse).isExact;
  Kind kind = f.state(ifTrue).kind;
  if (wanted != noReg && f.whereIs(ifTrue) == wanted)
    wanted = noReg;
  Reg from = f.read(ifTrue);
  Reg to = f.take(ifFalse, wanted);
  Label keep;
  f.branch(condition.negated(), keep);
  f.move(to, from, kind);
  f.masm.bind(keep);
  f.release(ifTrue);
  f.flagsLive = false;
  f.define(op, to, isExact);
}

/// Neither has the bits of a NaN that would have to be made canonical, nor one that must not.
static bool isNeutral(mlir::Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  return constant && !mlir::cast<mlir::FloatAttr>(constant.getValue()).getValue().isNaN();
}

/// Of a result that is not exact each NaN becomes canonical later: of one that is exact in one
/// case, that case's must not. To stand before the condition, since it changes flags.
static void prepareSelect(FunctionCompiler &f, arith::SelectOp op) {
  mlir::Value ifTrue = op.getTrueValue(), ifFalse = op.getFalseValue();
  if (!isFloat(kindOf(op.getType())) || isNeutral(ifTrue) || isNeutral(ifFalse))
    return;
  if (f.state(f.idOf(ifTrue)).isExact != f.state(f.idOf(ifFalse)).isExact)
    f.makeExact({ifTrue, ifFalse});
}

static void select(FunctionCompiler &f, arith::SelectOp op, const Condition &condition) {
  f.flagsLive = true;
  Reg wanted = f.destination(op);
  if (isFloat(kindOf(op.getType())))
    selectFloat(f, op, condition, wanted);
  else
    selectGeneral(f, op, condition, wanted);
}

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

static void releaseAll(FunctionCompiler &f, mlir::ValueRange values) {
  for (mlir::Value value : values)
    f.release(f.idOf(value));
}

static void prepareEdges(FunctionCompiler &f, CondBranchOp op) {
  f.makeExact(op.getTrueDestOperands());
  f.makeExact(op.getFalseDestOperands());
  f.needMemoryBase();
  f.unlockAll();
}

static void branchIf(FunctionCompiler &f, CondBranchOp op, Condition condition) {
  mlir::Block *ifTrue = op.getTrueDest(), *ifFalse = op.getFalseDest();
  mlir::OperandRange trueArgs = op.getTrueDestOperands(), falseArgs = op.getFalseDestOperands();
  if (trueArgs.empty() && (!f.isNext(ifTrue) || !falseArgs.empty())) {
    f.branch(condition, f.labelOf(ifTrue));
    f.branchTo(ifFalse, falseArgs);
    f.jumpTo(ifFalse);
  } else if (falseArgs.empty()) {
    f.branch(condition.negated(), f.labelOf(ifFalse));
    f.branchTo(ifTrue, trueArgs);
    f.jumpTo(ifTrue);
  } else {
    Label otherwise;
    f.branch(condition.negated(), otherwise);
    f.branchTo(ifTrue, trueArgs);
    f.masm.jump(f.labelOf(ifTrue));
    f.masm.bind(otherwise);
    f.branchTo(ifFalse, falseArgs);
    f.jumpTo(ifFalse);
  }
  releaseAll(f, trueArgs);
  releaseAll(f, falseArgs);
}

static void emitCondBranch(FunctionCompiler &f, CondBranchOp op) {
  prepareEdges(f, op);
  branchIf(f, op, testBit(f, op.getCondition()));
}

static void emitSelect(FunctionCompiler &f, arith::SelectOp op) {
  prepareSelect(f, op);
  select(f, op, testBit(f, op.getCondition()));
}

template <typename OpType>
static void emitCompare(FunctionCompiler &f, OpType op) {
  if (op->hasOneUse()) {
    mlir::Operation *user = FunctionCompiler::nextReal(op);
    if (auto branch = mlir::dyn_cast_or_null<CondBranchOp>(user);
        branch && branch.getCondition() == op.getResult()) {
      f.passMarkers(op, user);
      prepareEdges(f, branch);
      branchIf(f, branch, compare(f, op));
      f.goOnAt(nullptr);
      return;
    }
    if (auto selection = mlir::dyn_cast_or_null<arith::SelectOp>(contract::nextOp(op));
        selection && selection.getCondition() == op.getResult()) {
      prepareSelect(f, selection);
      select(f, selection, compare(f, op));
      f.goOnAt(contract::nextOp(selection));
      return;
    }
  }
  defineCondition(f, op, compare(f, op));
}

void writ::singlepass::addCompareOps(OpTable &table) {
  table.add<arith::CmpIOp, emitCompare<arith::CmpIOp>>();
  table.add<arith::CmpFOp, emitCompare<arith::CmpFOp>>();
  table.add<arith::SelectOp, emitSelect>();
  table.add<CondBranchOp, emitCondBranch>();
}
