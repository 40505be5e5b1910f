//===- TableOps.cpp - Tables and references -------------------------------===//

#include "jit/singlepass/RuntimeCall.h"

using namespace writ;
using namespace writ::singlepass;
using namespace writ::contract;

/// The table's view, in rax.
static void loadView(FunctionCompiler &f, uint32_t table) {
  f.emit(Inst::kIdMov, Masm::q(rax), f.field(offsetof(InstanceContext, tables)));
  f.emit(Inst::kIdMov, Masm::q(rax), x86::ptr(x86::rax, int32_t(8 * table)));
}

/// Where the element is, after the bounds check; in terms of rax and the index.
static x86::Mem elementAt(FunctionCompiler &f, mlir::Operation *op, uint32_t table,
                          uint32_t index) {
  Reg reg = f.read(index);
  loadView(f, table);
  f.emit(Inst::kIdCmp, Masm::q(reg), x86::ptr(x86::rax, int32_t(offsetof(TableView, size))));
  f.trapIf(Cond::AE, op, TrapKind::TableOutOfBounds);
  f.emit(Inst::kIdMov, Masm::q(rax), x86::ptr(x86::rax, int32_t(offsetof(TableView, elements))));
  return x86::ptr(x86::rax, Masm::q(reg), 3);
}

static void emitTableGet(FunctionCompiler &f, TableGetOp op) {
  uint32_t index = f.idOf(op.getIndex());
  Reg wanted = f.destination(op);
  x86::Mem from = elementAt(f, op, op.getTable(), index);
  Reg to = f.destinationOr(wanted, false);
  f.load(to, from, Kind::I64);
  f.release(index);
  f.define(op, to);
}

static void emitTableSet(FunctionCompiler &f, TableSetOp op) {
  uint32_t index = f.idOf(op.getIndex()), ref = f.idOf(op.getRef());
  Reg from = f.read(ref);
  f.store(elementAt(f, op, op.getTable(), index), from, Kind::I64);
  f.release(index);
  f.release(ref);
}

static void emitTableSize(FunctionCompiler &f, TableSizeOp op) {
  Reg wanted = f.destination(op);
  loadView(f, op.getTable());
  Reg to = f.destinationOr(wanted, false);
  f.load(to, x86::ptr(x86::rax, int32_t(offsetof(TableView, size))), Kind::I32);
  f.define(op, to);
}

static void emitTableGrow(FunctionCompiler &f, TableGrowOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, tableGrow))
      .pass(op.getTable())
      .pass(op.getRef())
      .pass(op.getCount())
      .define(op);
}

static void emitTableFill(FunctionCompiler &f, TableFillOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, tableFill))
      .pass(op.getTable())
      .pass(op.getTo())
      .pass(op.getRef())
      .pass(op.getCount())
      .trapIfNotZero(TrapKind::TableOutOfBounds);
}

static void emitTableCopy(FunctionCompiler &f, TableCopyOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, tableCopy))
      .pass(op.getToTable())
      .pass(op.getFromTable())
      .pass(op.getTo())
      .pass(op.getFrom())
      .pass(op.getCount())
      .trapIfNotZero(TrapKind::TableOutOfBounds);
}

static void emitTableInit(FunctionCompiler &f, TableInitOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, tableInit))
      .pass(op.getSegment())
      .pass(op.getTable())
      .pass(op.getTo())
      .pass(op.getFrom())
      .pass(op.getCount())
      .trapIfNotZero(TrapKind::TableOutOfBounds);
}

static void emitElemDrop(FunctionCompiler &f, ElemDropOp op) {
  RuntimeCall(f, op, offsetof(RuntimeCalls, elemDrop)).pass(op.getSegment()).call();
}

//===----------------------------------------------------------------------===//
// References
//===----------------------------------------------------------------------===//

static void emitRefNull(FunctionCompiler &f, RefNullOp op) { f.defineConstant(op, 0); }

static void emitRefIsNull(FunctionCompiler &f, RefIsNullOp op) {
  uint32_t ref = f.idOf(op.getRef());
  Reg reg = f.read(ref);
  f.emit(Inst::kIdTest, Masm::q(reg), Masm::q(reg));
  Reg to = f.allocate(false);
  f.emit(Inst::kIdSetz, x86::gpb_lo(to));
  f.emit(Inst::kIdMovzx, Masm::d(to), x86::gpb_lo(to));
  f.release(ref);
  f.define(op, to);
}

static void emitRefFunc(FunctionCompiler &f, RefFuncOp op) {
  Reg wanted = f.destination(op);
  Reg to = f.destinationOr(wanted, false);
  uint32_t index = f.module.calleeIndex(op.getFuncAttr());
  f.load(to, f.field(offsetof(InstanceContext, funcs)), Kind::I64);
  f.load(to, x86::ptr(Masm::q(to), int32_t(8 * index)), Kind::I64);
  f.define(op, to);
}

void writ::singlepass::addTableOps(OpTable &table) {
  table.add<TableGetOp, emitTableGet>();
  table.add<TableSetOp, emitTableSet>();
  table.add<TableSizeOp, emitTableSize>();
  table.add<TableGrowOp, emitTableGrow>(OpTrait::Runtime);
  table.add<TableFillOp, emitTableFill>(OpTrait::Runtime);
  table.add<TableCopyOp, emitTableCopy>(OpTrait::Runtime);
  table.add<TableInitOp, emitTableInit>(OpTrait::Runtime);
  table.add<ElemDropOp, emitElemDrop>(OpTrait::Runtime);
  table.add<RefNullOp, emitRefNull>();
  table.add<RefIsNullOp, emitRefIsNull>();
  table.add<RefFuncOp, emitRefFunc>();
}
