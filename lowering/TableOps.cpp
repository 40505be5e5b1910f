//===- TableOps.cpp - Tables and references -------------------------------===//

#include "lowering/FunctionLowering.h"

using namespace llvm;
using namespace writ;
using namespace writ::contract;
using namespace writ::lowering;

static Value *tableView(FunctionLowering &f, uint32_t table) {
  Value *views = f.fixedPointer(offsetof(InstanceContext, tables));
  return f.loadFixed(f.builder.getPtrTy(), f.element(views, table));
}

static Value *tableField(FunctionLowering &f, Value *view, Type *type, size_t offset) {
  Value *field = f.builder.CreateConstGEP1_64(f.builder.getInt8Ty(), view, offset);
  return f.load(type, field, Storage::Tables);
}

/// Where the element is, after the bounds check.
static Value *elementPointer(FunctionLowering &f, mlir::Operation *op, uint32_t table,
                             mlir::Value index) {
  IRBuilder<> &b = f.builder;
  Value *view = tableView(f, table);
  Value *wide = b.CreateZExt(f.value(index), b.getInt64Ty());
  Value *size = tableField(f, view, b.getInt64Ty(), offsetof(TableView, size));
  f.trapIf(b.CreateICmpUGE(wide, size), op, TrapKind::TableOutOfBounds);
  Value *elements = tableField(f, view, b.getPtrTy(), offsetof(TableView, elements));
  return b.CreateGEP(b.getInt64Ty(), elements, wide);
}

static void lowerTableGet(FunctionLowering &f, TableGetOp op) {
  Value *pointer = elementPointer(f, op, op.getTable(), op.getIndex());
  f.define(op, f.load(f.builder.getInt64Ty(), pointer, Storage::Tables));
}

static void lowerTableSet(FunctionLowering &f, TableSetOp op) {
  Value *pointer = elementPointer(f, op, op.getTable(), op.getIndex());
  f.storeObservable(f.value(op.getRef()), pointer, Storage::Tables);
}

static void lowerTableSize(FunctionLowering &f, TableSizeOp op) {
  IRBuilder<> &b = f.builder;
  Value *view = tableView(f, op.getTable());
  Value *size = tableField(f, view, b.getInt64Ty(), offsetof(TableView, size));
  f.define(op, b.CreateTrunc(size, b.getInt32Ty()));
}

static void lowerTableGrow(FunctionLowering &f, TableGrowOp op) {
  f.define(op, f.callRuntime(offsetof(RuntimeCalls, tableGrow), f.builder.getInt32Ty(),
                             {f.builder.getInt32(op.getTable()), f.value(op.getRef()),
                              f.value(op.getCount())}));
}

/// Calls a runtime function that says whether a range was outside.
static void callBulk(FunctionLowering &f, mlir::Operation *op, size_t offset,
                     ArrayRef<Value *> args) {
  Value *status = f.callRuntime(offset, f.builder.getInt32Ty(), args);
  f.trapIf(f.builder.CreateIsNotNull(status), op, TrapKind::TableOutOfBounds);
}

static void lowerTableFill(FunctionLowering &f, TableFillOp op) {
  callBulk(f, op, offsetof(RuntimeCalls, tableFill),
           {f.builder.getInt32(op.getTable()), f.value(op.getTo()), f.value(op.getRef()),
            f.value(op.getCount())});
}

static void lowerTableCopy(FunctionLowering &f, TableCopyOp op) {
  callBulk(f, op, offsetof(RuntimeCalls, tableCopy),
           {f.builder.getInt32(op.getToTable()), f.builder.getInt32(op.getFromTable()),
            f.value(op.getTo()), f.value(op.getFrom()), f.value(op.getCount())});
}

static void lowerTableInit(FunctionLowering &f, TableInitOp op) {
  callBulk(f, op, offsetof(RuntimeCalls, tableInit),
           {f.builder.getInt32(op.getSegment()), f.builder.getInt32(op.getTable()),
            f.value(op.getTo()), f.value(op.getFrom()), f.value(op.getCount())});
}

static void lowerElemDrop(FunctionLowering &f, ElemDropOp op) {
  f.callRuntime(offsetof(RuntimeCalls, elemDrop), f.builder.getVoidTy(),
                f.builder.getInt32(op.getSegment()));
}

static void lowerRefNull(FunctionLowering &f, RefNullOp op) { f.define(op, f.builder.getInt64(0)); }

static void lowerRefIsNull(FunctionLowering &f, RefIsNullOp op) {
  f.define(op, f.builder.CreateIsNull(f.value(op.getRef())));
}

static void lowerRefFunc(FunctionLowering &f, RefFuncOp op) {
  Value *funcs = f.fixedPointer(offsetof(InstanceContext, funcs));
  uint32_t index = f.module.callee(op.getFunc()).index;
  f.define(op, f.loadFixed(f.builder.getInt64Ty(), f.element(funcs, index)));
}

void writ::lowering::addTableOps(OpTable &table) {
  table.add<TableGetOp, lowerTableGet>();
  table.add<TableSetOp, lowerTableSet>();
  table.add<TableSizeOp, lowerTableSize>();
  table.add<TableGrowOp, lowerTableGrow>();
  table.add<TableFillOp, lowerTableFill>();
  table.add<TableCopyOp, lowerTableCopy>();
  table.add<TableInitOp, lowerTableInit>();
  table.add<ElemDropOp, lowerElemDrop>();
  table.add<RefNullOp, lowerRefNull>();
  table.add<RefIsNullOp, lowerRefIsNull>();
  table.add<RefFuncOp, lowerRefFunc>();
}
