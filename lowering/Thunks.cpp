//===- Thunks.cpp - Between the native convention and array calls ---------===//
//
// One pair for each signature: a thunk goes from an array call into native code, a slow call
// from native code to any `FuncRef`.
//
//===----------------------------------------------------------------------===//

#include "lowering/ModuleLowering.h"

#include "mlir-dialect/IR/ValueTypes.h"

using namespace llvm;
using namespace writ;
using namespace writ::lowering;

uint32_t ModuleLowering::callType(mlir::FunctionType type) {
  auto [it, isNew] = callTypes.try_emplace(type, result.callTypes.size());
  if (!isNew)
    return it->second;
  // A unit starts with those of the module.
  FuncType wanted = contract::toFuncType(type);
  it->second = uint32_t(llvm::find(result.callTypes, wanted) - result.callTypes.begin());
  if (it->second == result.callTypes.size())
    result.callTypes.push_back(std::move(wanted));
  return it->second;
}

namespace {
/// What both kinds of function need.
class ThunkBuilder {
public:
  ThunkBuilder(ModuleLowering &module, llvm::Function *function)
      : module(module), b(BasicBlock::Create(module.context, "entry", function)) {}

  Value *field(Value *object, size_t offset) {
    return b.CreateConstGEP1_64(b.getInt8Ty(), object, offset);
  }
  Value *loadWord(Value *object, size_t offset) {
    return b.CreateLoad(b.getInt64Ty(), field(object, offset));
  }
  Value *loadPointer(Value *object, size_t offset) {
    return b.CreateLoad(b.getPtrTy(), field(object, offset));
  }
  void storeWord(Value *value, Value *object, size_t offset) {
    b.CreateStore(value, field(object, offset));
  }
  Value *toWord(Value *value) {
    Type *type = value->getType();
    if (type->isFloatingPointTy())
      value = b.CreateBitCast(value, b.getIntNTy(type->getPrimitiveSizeInBits()));
    return b.CreateZExt(value, b.getInt64Ty());
  }
  /// A value of `type` from the low part of a word.
  Value *fromWord(Value *words, size_t index, mlir::Type type) {
    return b.CreateLoad(module.convert(type), field(words, 8 * index));
  }

  /// Calls a runtime function that does not return.
  void callRuntime(Value *context, size_t offset, ArrayRef<Value *> args) {
    SmallVector<Value *> allArgs{context};
    allArgs.append(args.begin(), args.end());
    SmallVector<Type *> types;
    for (Value *arg : allArgs)
      types.push_back(arg->getType());
    Value *callee = loadPointer(loadPointer(context, offsetof(InstanceContext, runtime)), offset);
    auto *type = llvm::FunctionType::get(b.getVoidTy(), types, false);
    b.CreateCall(type, callee, allArgs)->setDoesNotReturn();
  }

  ModuleLowering &module;
  IRBuilder<> b;
};
} // namespace

//===----------------------------------------------------------------------===//
// In: void (InstanceContext *, Activation *, void *native, uint64_t *values)
//===----------------------------------------------------------------------===//

/// What ran after the last check had no effect, and has not been paid.
static void trapIfOutOfGas(ThunkBuilder &t, llvm::Function *function, Value *gasLeft,
                           Value *context) {
  IRBuilder<> &b = t.b;
  BasicBlock *unpaid = BasicBlock::Create(t.module.context, "unpaid", function);
  BasicBlock *paid = BasicBlock::Create(t.module.context, "paid", function);
  b.CreateCondBr(b.CreateICmpSLT(gasLeft, b.getInt64(0)), unpaid, paid);
  b.SetInsertPoint(unpaid);
  uint32_t site = t.module.addSite({TrapKind::OutOfGas, ~0u, ~0u, ~0u});
  t.callRuntime(context, offsetof(RuntimeCalls, trap), b.getInt32(site));
  b.CreateUnreachable();
  b.SetInsertPoint(paid);
}

static void buildThunk(ThunkBuilder &t, llvm::Function *function, mlir::FunctionType type) {
  IRBuilder<> &b = t.b;
  Value *context = function->getArg(0), *activation = function->getArg(1);
  Value *native = function->getArg(2), *values = function->getArg(3);
  Value *gas = t.loadWord(activation, offsetof(Activation, gas));
  t.storeWord(gas, context, offsetof(InstanceContext, gas));
  SmallVector<Value *> args{context, gas, t.loadWord(activation, offsetof(Activation, stackLeft))};
  for (auto [index, param] : enumerate(type.getInputs()))
    args.push_back(t.fromWord(values, index, param));
  CallInst *call = b.CreateCall(t.module.nativeType(type), native, args);
  call->setCallingConv(t.module.callingConv);
  bool hasResult = type.getNumResults() != 0;
  Value *gasLeft = hasResult ? b.CreateExtractValue(call, 0) : call;
  trapIfOutOfGas(t, function, gasLeft, context);
  t.storeWord(gasLeft, activation, offsetof(Activation, gas));
  if (hasResult)
    t.storeWord(t.toWord(b.CreateExtractValue(call, 1)), values, 0);
  if (type.getNumResults() > 1) {
    Value *extra = t.loadPointer(context, offsetof(InstanceContext, extraResults));
    for (unsigned index = 1; index < type.getNumResults(); ++index)
      t.storeWord(t.loadWord(extra, 8 * (index - 1)), values, 8 * index);
  }
  b.CreateRetVoid();
}

uint32_t ModuleLowering::thunk(mlir::FunctionType type) {
  auto [it, isNew] = thunks.try_emplace(type, thunks.size());
  if (!isNew)
    return it->second;
  auto *pointer = PointerType::get(context, 0);
  auto *thunkType = llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                                            {pointer, pointer, pointer, pointer}, false);
  auto *function = llvm::Function::Create(thunkType, GlobalValue::ExternalLinkage,
                                          thunkSymbol(it->second), target);
  function->setVisibility(GlobalValue::HiddenVisibility);
  function->setDSOLocal(true);
  function->setDoesNotThrow();
  ThunkBuilder builder(*this, function);
  buildThunk(builder, function, type);
  return it->second;
}

//===----------------------------------------------------------------------===//
// Out: {gas, result} (ctx, gas, stackLeft, FuncRef *, params...)
//===----------------------------------------------------------------------===//

/// Ends the activation if the callee did not return.
static void propagateIfTrapped(ThunkBuilder &t, llvm::Function *function, Value *status,
                               Value *context) {
  IRBuilder<> &b = t.b;
  BasicBlock *trapped = BasicBlock::Create(t.module.context, "trapped", function);
  BasicBlock *returned = BasicBlock::Create(t.module.context, "returned", function);
  b.CreateCondBr(b.CreateIsNull(status), returned, trapped);
  b.SetInsertPoint(trapped);
  t.callRuntime(context, offsetof(RuntimeCalls, propagate), {});
  b.CreateUnreachable();
  b.SetInsertPoint(returned);
}

static Value *callArray(ThunkBuilder &t, Value *ref, Value *activation, Value *values) {
  IRBuilder<> &b = t.b;
  auto *type =
      llvm::FunctionType::get(b.getInt32Ty(), {b.getPtrTy(), b.getPtrTy(), b.getPtrTy()}, false);
  Value *call = t.loadPointer(ref, offsetof(FuncRef, call));
  return b.CreateCall(type, call, {ref, activation, values});
}

static void buildSlowCall(ThunkBuilder &t, llvm::Function *function, mlir::FunctionType type) {
  IRBuilder<> &b = t.b;
  Value *context = function->getArg(0), *ref = function->getArg(3);
  unsigned results = type.getNumResults();
  unsigned words = std::max({type.getNumInputs(), results, 1u});
  Value *values = b.CreateAlloca(ArrayType::get(b.getInt64Ty(), words));
  for (unsigned index = 0; index < type.getNumInputs(); ++index)
    t.storeWord(t.toWord(function->getArg(4 + index)), values, 8 * index);
  Value *activation = t.loadPointer(context, offsetof(InstanceContext, activation));
  t.storeWord(function->getArg(1), activation, offsetof(Activation, gas));
  t.storeWord(function->getArg(2), activation, offsetof(Activation, stackLeft));
  propagateIfTrapped(t, function, callArray(t, ref, activation, values), context);
  Value *gas = t.loadWord(activation, offsetof(Activation, gas));
  if (results == 0) {
    b.CreateRet(gas);
    return;
  }
  if (results > 1) {
    Value *extra = t.loadPointer(context, offsetof(InstanceContext, extraResults));
    for (unsigned index = 1; index < results; ++index)
      t.storeWord(t.loadWord(values, 8 * index), extra, 8 * (index - 1));
  }
  Value *both = PoisonValue::get(function->getReturnType());
  both = b.CreateInsertValue(both, gas, 0);
  b.CreateRet(b.CreateInsertValue(both, t.fromWord(values, 0, type.getResult(0)), 1));
}

llvm::Function *ModuleLowering::slowCall(mlir::FunctionType type) {
  llvm::Function *&function = slowCalls[type];
  if (function)
    return function;
  llvm::FunctionType *native = nativeType(type);
  SmallVector<llvm::Type *> params(native->params());
  params.insert(params.begin() + 3, PointerType::get(context, 0));
  auto *slowType = llvm::FunctionType::get(native->getReturnType(), params, false);
  function = llvm::Function::Create(slowType, GlobalValue::InternalLinkage,
                                    "call" + std::to_string(slowCalls.size()), target);
  function->setCallingConv(callingConv);
  function->setDoesNotThrow();
  function->addFnAttr(Attribute::NoInline);
  ThunkBuilder builder(*this, function);
  buildSlowCall(builder, function, type);
  return function;
}
