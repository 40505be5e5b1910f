//===- StorageOps.cpp - Globals and the linear memory ---------------------===//
#include "lowering/wasm/OpTable.h"

#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

static void emitGlobalGet(FunctionEmitter &f, GlobalGetOp op) {
  f.op(globalGetCode);
  f.gap(GapKind::Global, uint32_t(op.getGlobal()));
}

static void emitGlobalSet(FunctionEmitter &f, GlobalSetOp op) {
  f.op(globalSetCode);
  f.gap(GapKind::Global, uint32_t(op.getGlobal()));
}

/// Alignment is a hint; the natural one is what most code has.
static void emitAccess(FunctionEmitter &f, uint8_t opcode, unsigned bits, uint64_t offset) {
  f.op(opcode, llvm::countr_zero(bits / 8));
  f.number(offset);
}

static uint8_t loadOpcode(Type type, unsigned bits, bool isSigned) {
  if (type.isF32())
    return 0x2a;
  if (type.isF64())
    return 0x2b;
  bool isWide = type.isInteger(64);
  if (bits == type.getIntOrFloatBitWidth())
    return isWide ? 0x29 : 0x28;
  return uint8_t((isWide ? 0x30 : 0x2c) + 2 * (llvm::countr_zero(bits) - 3) + !isSigned);
}

static void emitLoad(FunctionEmitter &f, LoadOp op) {
  uint8_t opcode = loadOpcode(op.getType(), unsigned(op.getBits()), op.getIsSigned());
  emitAccess(f, opcode, unsigned(op.getBits()), uint64_t(op.getOffset()));
}

static uint8_t storeOpcode(Type type, unsigned bits) {
  if (type.isF32())
    return 0x38;
  if (type.isF64())
    return 0x39;
  bool isWide = type.isInteger(64);
  if (bits == type.getIntOrFloatBitWidth())
    return isWide ? 0x37 : 0x36;
  return uint8_t((isWide ? 0x3c : 0x3a) + llvm::countr_zero(bits) - 3);
}

static void emitStore(FunctionEmitter &f, StoreOp op) {
  uint8_t opcode = storeOpcode(op.getValue().getType(), unsigned(op.getBits()));
  emitAccess(f, opcode, unsigned(op.getBits()), uint64_t(op.getOffset()));
}

static void emitMemorySize(FunctionEmitter &f, MemorySizeOp) { f.op(memorySizeCode, 0); }
static void emitMemoryGrow(FunctionEmitter &f, MemoryGrowOp) { f.op(memoryGrowCode, 0); }

static void emitBulk(FunctionEmitter &f, Operation *op, uint32_t instruction) {
  f.need(&TargetFeatures::bulkMemory, op, "bulk-memory");
  f.misc(instruction);
}

static void emitMemoryCopy(FunctionEmitter &f, MemoryCopyOp op) {
  emitBulk(f, op, 10);
  f.number(0);
  f.number(0);
}
static void emitMemoryFill(FunctionEmitter &f, MemoryFillOp op) {
  emitBulk(f, op, 11);
  f.number(0);
}
static void emitMemoryInit(FunctionEmitter &f, MemoryInitOp op) {
  emitBulk(f, op, 8);
  f.number(uint32_t(op.getSegment()));
  f.number(0);
}
static void emitDataDrop(FunctionEmitter &f, DataDropOp op) {
  emitBulk(f, op, 9);
  f.number(uint32_t(op.getSegment()));
}

void writ::wasmgen::addStorageOps(OpTable &table) {
  table.add<GlobalGetOp, emitGlobalGet>();
  table.add<GlobalSetOp, emitGlobalSet>();
  table.add<LoadOp, emitLoad>();
  table.add<StoreOp, emitStore>();
  table.add<MemorySizeOp, emitMemorySize>();
  table.add<MemoryGrowOp, emitMemoryGrow>();
  table.add<MemoryCopyOp, emitMemoryCopy>();
  table.add<MemoryFillOp, emitMemoryFill>();
  table.add<MemoryInitOp, emitMemoryInit>();
  table.add<DataDropOp, emitDataDrop>();
}
