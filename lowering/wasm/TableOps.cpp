//===- TableOps.cpp - Tables and references -------------------------------===//
#include "lowering/wasm/OpTable.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

static void needReferences(FunctionEmitter &f, Operation *op) {
  f.need(&TargetFeatures::referenceTypes, op, "reference-types");
}

static void emitRefNull(FunctionEmitter &f, RefNullOp op) {
  needReferences(f, op);
  f.op(refNullCode);
  f.op(typeCode(isa<FuncRefType>(op.getType()) ? ValueType::FuncRef : ValueType::ExternRef));
}

static void emitRefIsNull(FunctionEmitter &f, RefIsNullOp op) {
  needReferences(f, op);
  f.op(refIsNullCode);
}

static void emitRefFunc(FunctionEmitter &f, RefFuncOp op) {
  needReferences(f, op);
  f.op(refFuncCode);
  uint32_t index = f.module.functionIndex(op.getFunc());
  f.gap(GapKind::Func, index);
  if (f.module.info.funcs[index].import)
    f.module.referredImports.insert(index);
}

/// If the engine traps here, it is for the table's bounds.
template <typename Emit>
static void inTable(FunctionEmitter &f, Emit emit) {
  f.setFault(faultInTable);
  emit();
  f.setFault(faultInMemory);
}

static void emitTableGet(FunctionEmitter &f, TableGetOp op) {
  needReferences(f, op);
  inTable(f, [&] { f.op(tableGetCode, uint32_t(op.getTable())); });
}
static void emitTableSet(FunctionEmitter &f, TableSetOp op) {
  needReferences(f, op);
  inTable(f, [&] { f.op(tableSetCode, uint32_t(op.getTable())); });
}

static void emitMisc(FunctionEmitter &f, uint32_t instruction, uint64_t first) {
  f.misc(instruction);
  f.number(first);
}

static void emitTableSize(FunctionEmitter &f, TableSizeOp op) {
  needReferences(f, op);
  emitMisc(f, 16, uint32_t(op.getTable()));
}
static void emitTableGrow(FunctionEmitter &f, TableGrowOp op) {
  needReferences(f, op);
  emitMisc(f, 15, uint32_t(op.getTable()));
}
static void emitTableFill(FunctionEmitter &f, TableFillOp op) {
  needReferences(f, op);
  inTable(f, [&] { emitMisc(f, 17, uint32_t(op.getTable())); });
}
static void emitTableCopy(FunctionEmitter &f, TableCopyOp op) {
  f.need(&TargetFeatures::bulkMemory, op, "bulk-memory");
  inTable(f, [&] {
    emitMisc(f, 14, uint32_t(op.getToTable()));
    f.number(uint32_t(op.getFromTable()));
  });
}
static void emitTableInit(FunctionEmitter &f, TableInitOp op) {
  f.need(&TargetFeatures::bulkMemory, op, "bulk-memory");
  inTable(f, [&] {
    emitMisc(f, 12, uint32_t(op.getSegment()));
    f.number(uint32_t(op.getTable()));
  });
}
static void emitElemDrop(FunctionEmitter &f, ElemDropOp op) {
  f.need(&TargetFeatures::bulkMemory, op, "bulk-memory");
  emitMisc(f, 13, uint32_t(op.getSegment()));
}

void writ::wasmgen::addTableOps(OpTable &table) {
  table.add<RefNullOp, emitRefNull>();
  table.add<RefIsNullOp, emitRefIsNull>();
  table.add<RefFuncOp, emitRefFunc>();
  table.add<TableGetOp, emitTableGet>();
  table.add<TableSetOp, emitTableSet>();
  table.add<TableSizeOp, emitTableSize>();
  table.add<TableGrowOp, emitTableGrow>();
  table.add<TableFillOp, emitTableFill>();
  table.add<TableCopyOp, emitTableCopy>();
  table.add<TableInitOp, emitTableInit>();
  table.add<ElemDropOp, emitElemDrop>();
}
