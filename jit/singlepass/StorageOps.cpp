//===- StorageOps.cpp - Local slots and globals ---------------------------===//

#include "jit/singlepass/FunctionCompiler.h"

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;

/// Emits nothing: the slot is read where the value is, or before the slot changes.
static void emitLocalGet(FunctionCompiler &f, LocalGetOp op) { f.defineSlot(op, op.getSlot()); }

static void emitLocalSet(FunctionCompiler &f, LocalSetOp op) {
  f.setSlot(op.getSlot(), f.idOf(op.getValue()));
}

/// Uses rax for the address of an imported global.
static x86::Mem cell(FunctionCompiler &f, uint32_t index) {
  const GlobalCell &global = f.module.globals[index];
  if (!global.isImport)
    return f.field(sizeof(InstanceContext) + 8 * size_t(global.index));
  f.emit(Inst::kIdMov, Masm::q(scratch), f.field(offsetof(InstanceContext, importedGlobals)));
  f.emit(Inst::kIdMov, Masm::q(scratch), x86::ptr(x86::rax, int32_t(8 * global.index)));
  return x86::ptr(x86::rax);
}

static void emitGlobalGet(FunctionCompiler &f, GlobalGetOp op) {
  Kind kind = kindOf(op.getType());
  Reg wanted = f.destination(op);
  Reg to = f.destinationOr(wanted, isFloat(kind));
  f.load(to, cell(f, op.getGlobal()), kind);
  f.define(op, to);
}

/// The upper half of a narrow value's cell is zero, and stays so.
static void emitGlobalSet(FunctionCompiler &f, GlobalSetOp op) {
  uint32_t id = f.idOf(op.getValue());
  f.makeExact(id);
  Reg from = f.read(id);
  f.store(cell(f, op.getGlobal()), from, f.state(id).kind);
  f.release(id);
}

void writ::singlepass::addStorageOps(OpTable &table) {
  table.add<LocalGetOp, emitLocalGet>(OpTrait::Slot);
  table.add<LocalSetOp, emitLocalSet>(OpTrait::Slot);
  table.add<GlobalGetOp, emitGlobalGet>();
  table.add<GlobalSetOp, emitGlobalSet>();
}
