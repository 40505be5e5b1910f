//===- MemoryOps.cpp - Loads, stores and bulk memory ----------------------===//
//
// The guard pages behind the memory catch every address that lies outside: an access
// faults exactly if it must trap. So each one is volatile (it may be neither left out nor
// moved past another) and carries its trap site down to the machine code, as an alias scope
// of its own: of all metadata, that for aliases is what the code generator keeps best, with
// each operand of a fused instruction.
//
//===----------------------------------------------------------------------===//

#include "lowering/FunctionLowering.h"

using namespace llvm;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

/// Where `bytes` bytes at `address` + `offset` are, after the explicit check if asked for.
static Value *accessPointer(FunctionLowering &f, mlir::Operation *op, mlir::Value address,
                            uint64_t offset, unsigned bytes) {
  IRBuilder<> &b = f.builder;
  Value *wide = b.CreateZExt(f.value(address), b.getInt64Ty());
  if (f.module.options.explicitBounds) {
    Value *end = b.CreateAdd(wide, b.getInt64(offset + bytes));
    Value *size = f.load(b.getInt64Ty(), f.contextField(offsetof(InstanceContext, memoryBytes)),
                         Storage::Context);
    f.trapIf(b.CreateICmpUGT(end, size), op, TrapKind::MemoryOutOfBounds);
  }
  Value *base = f.entryPointer(offsetof(InstanceContext, memoryBase));
  Value *pointer = b.CreateGEP(b.getInt8Ty(), base, wide);
  return offset ? b.CreateConstGEP1_64(b.getInt8Ty(), pointer, offset) : pointer;
}

template <typename Access>
static void markAccess(FunctionLowering &f, mlir::Operation *op, Access *access) {
  access->setAlignment(Align(1));
  access->setMetadata(LLVMContext::MD_tbaa, f.module.storageTag(Storage::Memory));
  if (f.module.options.explicitBounds)
    return;
  uint32_t site = f.faultSite(op, TrapKind::MemoryOutOfBounds);
  access->setVolatile(true);
  access->setMetadata(LLVMContext::MD_alias_scope, f.module.siteMetadata(site));
  access->setMetadata(LLVMContext::MD_pcsections, f.module.siteSection(site));
}

static void publishGas(FunctionLowering &f) {
  if (!f.module.options.explicitBounds)
    f.publishGas();
}

static void lowerLoad(FunctionLowering &f, LoadOp op) {
  publishGas(f);
  Type *type = f.convert(op.getType());
  Value *pointer = accessPointer(f, op, op.getAddress(), op.getOffset(), op.getBits() / 8);
  Type *loadedType = type->isIntegerTy() ? f.builder.getIntNTy(op.getBits()) : type;
  LoadInst *loaded = f.builder.CreateLoad(loadedType, pointer);
  markAccess(f, op, loaded);
  if (loadedType == type)
    f.define(op, loaded);
  else
    f.define(op, op.getIsSigned() ? f.builder.CreateSExt(loaded, type)
                                  : f.builder.CreateZExt(loaded, type));
}

static void lowerStore(FunctionLowering &f, StoreOp op) {
  publishGas(f);
  Value *value = f.exact(op.getValue());
  if (value->getType()->isIntegerTy())
    value = f.builder.CreateTrunc(value, f.builder.getIntNTy(op.getBits()));
  Value *pointer = accessPointer(f, op, op.getAddress(), op.getOffset(), op.getBits() / 8);
  markAccess(f, op, f.builder.CreateStore(value, pointer));
}

static void lowerMemorySize(FunctionLowering &f, MemorySizeOp op) {
  IRBuilder<> &b = f.builder;
  Value *bytes = f.load(b.getInt64Ty(), f.contextField(offsetof(InstanceContext, memoryBytes)),
                        Storage::Context);
  f.define(op, b.CreateTrunc(b.CreateLShr(bytes, 16), b.getInt32Ty()));
}

static void lowerMemoryGrow(FunctionLowering &f, MemoryGrowOp op) {
  f.define(op, f.callRuntime(offsetof(RuntimeCalls, memoryGrow), f.builder.getInt32Ty(),
                             f.value(op.getDelta())));
}

/// Calls a runtime function that says whether a range was outside.
static void callBulk(FunctionLowering &f, mlir::Operation *op, size_t offset,
                     ArrayRef<Value *> args) {
  Value *status = f.callRuntime(offset, f.builder.getInt32Ty(), args);
  f.trapIf(f.builder.CreateIsNotNull(status), op, TrapKind::MemoryOutOfBounds);
}

static void lowerMemoryCopy(FunctionLowering &f, MemoryCopyOp op) {
  callBulk(f, op, offsetof(RuntimeCalls, memoryCopy),
           {f.value(op.getTo()), f.value(op.getFrom()), f.value(op.getBytes())});
}

static void lowerMemoryFill(FunctionLowering &f, MemoryFillOp op) {
  callBulk(f, op, offsetof(RuntimeCalls, memoryFill),
           {f.value(op.getTo()), f.value(op.getValue()), f.value(op.getBytes())});
}

static void lowerMemoryInit(FunctionLowering &f, MemoryInitOp op) {
  callBulk(f, op, offsetof(RuntimeCalls, memoryInit),
           {f.builder.getInt32(op.getSegment()), f.value(op.getTo()), f.value(op.getFrom()),
            f.value(op.getBytes())});
}

static void lowerDataDrop(FunctionLowering &f, DataDropOp op) {
  f.callRuntime(offsetof(RuntimeCalls, dataDrop), f.builder.getVoidTy(),
                f.builder.getInt32(op.getSegment()));
}

void writ::lowering::addMemoryOps(OpTable &table) {
  table.add<LoadOp, lowerLoad>();
  table.add<StoreOp, lowerStore>();
  table.add<MemorySizeOp, lowerMemorySize>();
  table.add<MemoryGrowOp, lowerMemoryGrow>();
  table.add<MemoryCopyOp, lowerMemoryCopy>();
  table.add<MemoryFillOp, lowerMemoryFill>();
  table.add<MemoryInitOp, lowerMemoryInit>();
  table.add<DataDropOp, lowerDataDrop>();
}
