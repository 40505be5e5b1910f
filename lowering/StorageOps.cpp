//===- StorageOps.cpp - Local slots and globals ---------------------------===//

#include "lowering/FunctionLowering.h"

using namespace llvm;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

static void lowerLocalGet(FunctionLowering &f, LocalGetOp op) {
  AllocaInst *slot = f.slots[op.getSlot()];
  f.define(op, f.builder.CreateLoad(slot->getAllocatedType(), slot));
}

static void lowerLocalSet(FunctionLowering &f, LocalSetOp op) {
  f.builder.CreateStore(f.value(op.getValue()), f.slots[op.getSlot()]);
}

static Value *cell(FunctionLowering &f, const GlobalCell &global) {
  if (!global.isImport)
    return f.contextField(sizeof(InstanceContext) + 8 * size_t(global.index));
  Value *cells = f.fixedPointer(offsetof(InstanceContext, importedGlobals));
  return f.loadFixed(f.builder.getPtrTy(), f.element(cells, global.index));
}

/// Little endian: the low half of a cell is a narrower value.
static void lowerGlobalGet(FunctionLowering &f, GlobalGetOp op) {
  const GlobalCell &global = f.module.global(op.getGlobal());
  Type *type = f.convert(op.getType());
  Value *pointer = cell(f, global);
  f.define(op,
           global.isMutable ? f.load(type, pointer, Storage::Globals) : f.loadFixed(type, pointer));
}

static void lowerGlobalSet(FunctionLowering &f, GlobalSetOp op) {
  Value *word = f.toWord(f.exact(op.getValue()));
  f.storeObservable(word, cell(f, f.module.global(op.getGlobal())), Storage::Globals);
}

void writ::lowering::addStorageOps(OpTable &table) {
  table.add<LocalGetOp, lowerLocalGet>();
  table.add<LocalSetOp, lowerLocalSet>();
  table.add<GlobalGetOp, lowerGlobalGet>();
  table.add<GlobalSetOp, lowerGlobalSet>();
}
