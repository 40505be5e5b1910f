//===- CallOps.cpp - Calls, direct and through tables ---------------------===//
//
// Functions of the same instance are called directly. All others (imports, table elements
// of other instances) go through the array call of their `FuncRef`.
//
//===----------------------------------------------------------------------===//

#include "lowering/FunctionLowering.h"

using namespace llvm;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

/// Puts the values after the first where `extraResults` says.
void FunctionLowering::returnValues(ArrayRef<Value *> results) {
  if (results.size() > 1) {
    Value *extra = fixedPointer(offsetof(InstanceContext, extraResults));
    for (auto [index, result] : enumerate(results.drop_front()))
      store(toWord(result), element(extra, index), Storage::Words);
  }
  Type *type = target->getReturnType();
  if (results.empty()) {
    builder.CreateRet(gas());
    return;
  }
  Value *both = builder.CreateInsertValue(PoisonValue::get(type), gas(), 0);
  builder.CreateRet(builder.CreateInsertValue(both, results.front(), 1));
}

/// Takes gas and results from what a call returned.
static SmallVector<Value *> unpack(FunctionLowering &f, Value *returned, mlir::TypeRange types) {
  IRBuilder<> &b = f.builder;
  f.setGas(types.empty() ? returned : b.CreateExtractValue(returned, 0));
  SmallVector<Value *> results;
  if (types.empty())
    return results;
  results.push_back(b.CreateExtractValue(returned, 1));
  if (types.size() == 1)
    return results;
  Value *extra = f.fixedPointer(offsetof(InstanceContext, extraResults));
  for (auto [index, type] : enumerate(types.drop_front())) {
    Value *word = f.load(b.getInt64Ty(), f.element(extra, index), Storage::Words);
    results.push_back(f.fromWord(word, type));
  }
  return results;
}

/// Context, gas and stack left, then what `head` and `args` say.
static SmallVector<Value *> callArguments(FunctionLowering &f, Value *stackLeft,
                                          ArrayRef<Value *> head, mlir::ValueRange args) {
  SmallVector<Value *> all{f.context, f.gas(), stackLeft};
  all.append(head.begin(), head.end());
  for (mlir::Value arg : args)
    all.push_back(f.exact(arg));
  return all;
}

static Value *stackLeft(FunctionLowering &f) {
  return f.builder.CreateLoad(f.builder.getInt64Ty(), f.stackSlot);
}

static CallInst *call(FunctionLowering &f, FunctionCallee callee, ArrayRef<Value *> args) {
  CallInst *call = f.builder.CreateCall(callee, args);
  call->setCallingConv(f.module.callingConv);
  call->setDoesNotThrow();
  return call;
}

static CallInst *slowCall(FunctionLowering &f, mlir::FunctionType type, Value *ref,
                          mlir::ValueRange args) {
  return call(f, f.module.slowCall(type), callArguments(f, stackLeft(f), ref, args));
}

static Value *functionRef(FunctionLowering &f, uint32_t index) {
  Value *funcs = f.fixedPointer(offsetof(InstanceContext, funcs));
  return f.loadFixed(f.builder.getPtrTy(), f.element(funcs, index));
}

static void defineResults(FunctionLowering &f, mlir::Operation *op, ArrayRef<Value *> results) {
  for (auto [result, lowered] : zip_equal(op->getResults(), results))
    f.define(result, lowered);
}

//===----------------------------------------------------------------------===//
// Direct calls
//===----------------------------------------------------------------------===//

/// Functions that are not here have the newest code that there is: its address may change at any
/// time, by whole words.
static FunctionCallee ownCode(FunctionLowering &f, const Callee &callee) {
  if (callee.native)
    return callee.native;
  IRBuilder<> &b = f.builder;
  Value *entries = f.fixedPointer(offsetof(InstanceContext, entries));
  uint32_t own = callee.index - f.module.numImportedFunctions;
  LoadInst *code = f.load(b.getPtrTy(), f.element(entries, own), Storage::Tables);
  code->setAtomic(AtomicOrdering::Monotonic);
  code->setAlignment(Align(8));
  return {f.module.nativeType(callee.type), code};
}

static void lowerCall(FunctionLowering &f, CallOp op) {
  const Callee &callee = f.module.callee(op.getCallee());
  Value *returned;
  if (!callee.isImport)
    returned = call(f, ownCode(f, callee), callArguments(f, stackLeft(f), {}, op.getArgs()));
  else
    returned = slowCall(f, callee.type, functionRef(f, callee.index), op.getArgs());
  defineResults(f, op, unpack(f, returned, op->getResultTypes()));
}

/// The callee takes over the frame: it gets the stack that the caller was given. `tailcc` promises
/// that a call before a return is a tail call; `musttail` on top of it would make LLVM 22.1 forget
/// arguments on the stack (llvm-project issue 199224).
static void tailCall(FunctionLowering &f, FunctionCallee callee, mlir::ValueRange args) {
  CallInst *tail = call(f, callee, callArguments(f, f.incomingStack, {}, args));
  tail->setTailCallKind(CallInst::TCK_Tail);
  f.builder.CreateRet(tail);
}

/// Calls that leave the instance are ordinary ones, then return: the frame stays.
static void slowTailCall(FunctionLowering &f, mlir::FunctionType type, Value *ref,
                         mlir::ValueRange args) {
  f.builder.CreateRet(slowCall(f, type, ref, args));
}

static void lowerReturnCall(FunctionLowering &f, ReturnCallOp op) {
  const Callee &callee = f.module.callee(op.getCallee());
  if (!callee.isImport)
    tailCall(f, ownCode(f, callee), op.getArgs());
  else
    slowTailCall(f, callee.type, functionRef(f, callee.index), op.getArgs());
}

//===----------------------------------------------------------------------===//
// Indirect calls
//===----------------------------------------------------------------------===//

static Value *refField(FunctionLowering &f, Value *ref, Type *type, size_t offset) {
  return f.loadFixed(type, f.builder.CreateConstGEP1_64(f.builder.getInt8Ty(), ref, offset));
}

/// The `FuncRef` in the table, after the three checks.
static Value *checkedRef(FunctionLowering &f, mlir::Operation *op, uint32_t table,
                         mlir::Value index, mlir::FunctionType type) {
  IRBuilder<> &b = f.builder;
  Value *views = f.fixedPointer(offsetof(InstanceContext, tables));
  Value *view = f.loadFixed(b.getPtrTy(), f.element(views, table));
  Value *wide = b.CreateZExt(f.value(index), b.getInt64Ty());
  Value *size =
      f.load(b.getInt64Ty(), f.element(view, offsetof(TableView, size), 1), Storage::Tables);
  f.trapIf(b.CreateICmpUGE(wide, size), op, TrapKind::UndefinedElement);
  Value *elements =
      f.load(b.getPtrTy(), f.element(view, offsetof(TableView, elements), 1), Storage::Tables);
  Value *ref = f.load(b.getPtrTy(), b.CreateGEP(b.getInt64Ty(), elements, wide), Storage::Tables);
  f.trapIf(b.CreateIsNull(ref), op, TrapKind::UninitializedElement);
  Value *found = refField(f, ref, b.getInt32Ty(), offsetof(FuncRef, type));
  Value *types = f.fixedPointer(offsetof(InstanceContext, callTypes));
  Value *expected = f.loadFixed(b.getInt32Ty(), f.element(types, f.module.callType(type), 4));
  f.trapIf(b.CreateICmpNE(found, expected), op, TrapKind::IndirectCallTypeMismatch);
  return ref;
}

/// Functions with our own context are on this tier, since an instance has one.
static Value *isOwn(FunctionLowering &f, Value *ref) {
  IRBuilder<> &b = f.builder;
  return b.CreateICmpEQ(refField(f, ref, b.getPtrTy(), offsetof(FuncRef, context)), f.context);
}

static FunctionCallee nativeCode(FunctionLowering &f, Value *ref, mlir::FunctionType type) {
  return {f.module.nativeType(type),
          refField(f, ref, f.builder.getPtrTy(), offsetof(FuncRef, native))};
}

static void lowerCallIndirect(FunctionLowering &f, CallIndirectOp op) {
  IRBuilder<> &b = f.builder;
  auto type =
      mlir::FunctionType::get(op.getContext(), op.getArgs().getTypes(), op->getResultTypes());
  Value *ref = checkedRef(f, op, op.getTable(), op.getIndex(), type);
  BasicBlock *own = f.newBlock("own"), *other = f.newBlock("other"), *after = f.newBlock("b");
  b.CreateCondBr(isOwn(f, ref), own, other);
  b.SetInsertPoint(own);
  Value *fast = call(f, nativeCode(f, ref, type), callArguments(f, stackLeft(f), {}, op.getArgs()));
  SmallVector<Value *> ownResults = unpack(f, fast, op->getResultTypes());
  b.CreateBr(after);
  b.SetInsertPoint(other);
  SmallVector<Value *> otherResults =
      unpack(f, slowCall(f, type, ref, op.getArgs()), op->getResultTypes());
  b.CreateBr(after);
  b.SetInsertPoint(after);
  SmallVector<Value *> results;
  for (auto [fromOwn, fromOther] : zip_equal(ownResults, otherResults)) {
    PHINode *phi = b.CreatePHI(fromOwn->getType(), 2);
    phi->addIncoming(fromOwn, own);
    phi->addIncoming(fromOther, other);
    results.push_back(phi);
  }
  defineResults(f, op, results);
}

static void lowerReturnCallIndirect(FunctionLowering &f, ReturnCallIndirectOp op) {
  IRBuilder<> &b = f.builder;
  auto type = mlir::cast<mlir::FunctionType>(op.getType());
  Value *ref = checkedRef(f, op, op.getTable(), op.getIndex(), type);
  BasicBlock *own = f.newBlock("own"), *other = f.newBlock("other");
  b.CreateCondBr(isOwn(f, ref), own, other);
  b.SetInsertPoint(own);
  tailCall(f, nativeCode(f, ref, type), op.getArgs());
  b.SetInsertPoint(other);
  slowTailCall(f, type, ref, op.getArgs());
}

void writ::lowering::addCallOps(OpTable &table) {
  table.add<CallOp, lowerCall>();
  table.add<CallIndirectOp, lowerCallIndirect>();
  table.add<ReturnCallOp, lowerReturnCall>();
  table.add<ReturnCallIndirectOp, lowerReturnCallIndirect>();
}
