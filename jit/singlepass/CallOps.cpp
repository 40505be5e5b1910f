//===- CallOps.cpp - Calls, direct and through tables ---------------------===//
//
// Functions of the same instance are called directly. All others (imports, table elements of
// other instances) go through a stub that looks like a native function and wants their `FuncRef`
// in r11 (Stubs.cpp).
//
//===----------------------------------------------------------------------===//

#include "jit/singlepass/FunctionCompiler.h"

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;

/// Holds the `FuncRef`, and then the code, that is called indirectly.
static constexpr Reg targetReg = r11;

static x86::Mem ofTarget(size_t offset) { return x86::ptr(x86::r11, int32_t(offset)); }

/// Puts arguments where the callee wants them, and gives their uses back. After that only
/// pinned slots are in registers.
static void passArguments(FunctionCompiler &f, const Signature &callee, mlir::ValueRange args) {
  f.spillForCall(args);
  llvm::SmallVector<Move, 8> moves;
  for (size_t i = 0; i < args.size(); ++i) {
    const Passed &passed = callee.params[i];
    Location to;
    to.kind = passed.kind;
    to.reg = passed.reg;
    if (passed.reg == noReg) {
      to.type = Location::Type::Outgoing;
      to.word = passed.word;
    }
    moves.push_back({to, f.locationOf(f.idOf(args[i]))});
  }
  f.perform(moves);
  for (mlir::Value arg : args)
    f.release(f.idOf(arg));
  f.forgetRegisters();
}

static void passStackLeft(FunctionCompiler &f) {
  f.load(stackReg, f.wordAt(f.stackWord), Kind::I64);
}

/// Sets everything right after a call, and defines its results.
static void finishCall(FunctionCompiler &f, mlir::Operation *op, const Signature &callee) {
  if (callee.popBytes)
    f.emit(Inst::kIdSub, Masm::q(rsp), Imm(callee.popBytes));
  f.restoreAfterCall(false);
  if (op->getNumResults() == 0)
    return;
  Kind kind = callee.results[0];
  Reg result = isFloat(kind) ? floatResultReg : resultReg;
  if (kind == Kind::I32)
    f.emit(Inst::kIdMov, Masm::d(result), Masm::d(result));
  f.define(op->getResult(0), result);
  f.unlockAll();
  for (unsigned i = 1; i < op->getNumResults(); ++i) {
    if (op->getResult(i).use_empty())
      continue;
    Reg to = f.allocate(isFloat(callee.results[i]));
    f.emit(Inst::kIdMov, Masm::q(scratch), f.field(offsetof(InstanceContext, extraResults)));
    f.load(to, x86::ptr(x86::rax, int32_t(8 * (i - 1))), callee.results[i]);
    f.define(op->getResult(i), to);
    f.unlockAll();
  }
}

//===----------------------------------------------------------------------===//
// Direct calls
//===----------------------------------------------------------------------===//

/// Context, gas and arguments are in place.
static void callDirect(FunctionCompiler &f, uint32_t index) {
  const Callee &callee = f.module.callees[index];
  passStackLeft(f);
  if (!callee.isImport) {
    f.module.callFunction(index);
    return;
  }
  f.load(targetReg, f.field(offsetof(InstanceContext, funcs)), Kind::I64);
  f.load(targetReg, ofTarget(8 * size_t(index)), Kind::I64);
  f.module.callSlow(callee.signature);
}

static void emitCall(FunctionCompiler &f, CallOp op) {
  uint32_t index = f.module.calleeIndex(op.getCalleeAttr());
  const Signature &signature = f.module.signature(f.module.callees[index].signature);
  f.makeExact(op.getArgs());
  f.unlockAll();
  passArguments(f, signature, op.getArgs());
  callDirect(f, index);
  finishCall(f, op, signature);
}

/// The callee gets the stack that the caller was given.
static void passIncomingStack(FunctionCompiler &f) {
  passStackLeft(f);
  if (f.frameTaken > INT32_MAX) {
    f.masm.moveImmediate(scratch, f.frameTaken);
    f.emit(Inst::kIdAdd, Masm::q(stackReg), Masm::q(scratch));
  } else {
    f.emit(Inst::kIdAdd, Masm::q(stackReg), Imm(f.frameTaken));
  }
}

/// After a call that leaves the instance: the frame stayed, results are where ours must be, and
/// gas in rax.
static void returnFromSlow(FunctionCompiler &f, const Signature &callee) {
  if (callee.popBytes)
    f.emit(Inst::kIdSub, Masm::q(rsp), Imm(callee.popBytes));
  f.emitReturn();
}

static void emitReturnCall(FunctionCompiler &f, ReturnCallOp op) {
  uint32_t index = f.module.calleeIndex(op.getCalleeAttr());
  const Callee &callee = f.module.callees[index];
  const Signature &signature = f.module.signature(callee.signature);
  f.makeExact(op.getArgs());
  f.unlockAll();
  passArguments(f, signature, op.getArgs());
  if (callee.isImport) {
    callDirect(f, index);
    returnFromSlow(f, signature);
    return;
  }
  passIncomingStack(f);
  f.tailJump(signature, index);
}

//===----------------------------------------------------------------------===//
// Indirect calls
//===----------------------------------------------------------------------===//

/// The `FuncRef` in the table, after the three checks, in the target register.
static void loadTarget(FunctionCompiler &f, mlir::Operation *op, uint32_t table, mlir::Value index,
                       uint32_t signature) {
  uint32_t id = f.idOf(index);
  Reg target = targetReg;
  f.claim(target);
  Reg reg = f.read(id);
  f.load(target, f.field(offsetof(InstanceContext, tables)), Kind::I64);
  f.load(target, ofTarget(8 * size_t(table)), Kind::I64);
  f.emit(Inst::kIdCmp, Masm::q(reg), ofTarget(offsetof(TableView, size)));
  f.trapIf(Cond::AE, op, TrapKind::UndefinedElement);
  f.load(target, ofTarget(offsetof(TableView, elements)), Kind::I64);
  f.load(target, x86::ptr(x86::r11, Masm::q(reg), 3), Kind::I64);
  f.emit(Inst::kIdTest, Masm::q(target), Masm::q(target));
  f.trapIf(Cond::E, op, TrapKind::UninitializedElement);
  f.load(scratch, f.field(offsetof(InstanceContext, callTypes)), Kind::I64);
  f.module.loadCallType(signature);
  f.emit(Inst::kIdCmp, Masm::d(scratch), ofTarget(offsetof(FuncRef, type)));
  f.trapIf(Cond::NE, op, TrapKind::IndirectCallTypeMismatch);
  f.release(id);
}

static void emitCallIndirect(FunctionCompiler &f, CallIndirectOp op) {
  auto type =
      mlir::FunctionType::get(op.getContext(), op.getArgs().getTypes(), op->getResultTypes());
  uint32_t signature = f.module.signatureIndex(type);
  f.makeExact(op.getArgs());
  f.unlockAll();
  loadTarget(f, op, op.getTable(), op.getIndex(), signature);
  const Signature &callee = f.module.signature(signature);
  passArguments(f, callee, op.getArgs());
  passStackLeft(f);
  // A function with our own context has native code, for an instance has one tier.
  f.emit(Inst::kIdLea, Masm::q(rax), x86::ptr(x86::rip, 0));
  f.module.usesSlow(signature);
  f.emit(Inst::kIdCmp, Masm::q(contextReg), ofTarget(offsetof(FuncRef, context)));
  f.emit(Inst::kIdCmovz, Masm::q(rax), ofTarget(offsetof(FuncRef, native)));
  f.emit(Inst::kIdCall, Masm::q(rax));
  finishCall(f, op, callee);
}

static void emitReturnCallIndirect(FunctionCompiler &f, ReturnCallIndirectOp op) {
  auto type = mlir::cast<mlir::FunctionType>(op.getType());
  uint32_t signature = f.module.signatureIndex(type);
  f.makeExact(op.getArgs());
  f.unlockAll();
  loadTarget(f, op, op.getTable(), op.getIndex(), signature);
  const Signature &callee = f.module.signature(signature);
  passArguments(f, callee, op.getArgs());
  Label own;
  f.emit(Inst::kIdCmp, Masm::q(contextReg), ofTarget(offsetof(FuncRef, context)));
  f.masm.jumpIf(Cond::E, own);
  passStackLeft(f);
  f.module.callSlow(signature);
  returnFromSlow(f, callee);
  f.masm.bind(own);
  f.load(targetReg, ofTarget(offsetof(FuncRef, native)), Kind::I64);
  passIncomingStack(f);
  f.tailJump(callee, none);
}

void writ::singlepass::addCallOps(OpTable &table) {
  table.add<CallOp, emitCall>(OpTrait::Call);
  table.add<CallIndirectOp, emitCallIndirect>(OpTrait::Call);
  table.add<ReturnCallOp, emitReturnCall>(OpTrait::TailCall);
  table.add<ReturnCallIndirectOp, emitReturnCallIndirect>(OpTrait::TailCall);
}
