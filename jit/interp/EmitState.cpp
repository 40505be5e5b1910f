//===- EmitState.cpp - Locals, globals, tables, bulk memory, gas ----------===//
#include "jit/interp/FunctionEmitter.h"

using namespace mlir;
using namespace writ;
using namespace writ::interp;

bool FunctionEmitter::emitState() {
  switch (op->kind) {
  case OpKind::LocalGet: {
    uint32_t slot = cast<contract::LocalGetOp>(op->op).getSlot();
    regions.noteRead(slot, {}, 0);
    uint32_t word = plan.wordOf(plan.values[op->result]);
    regions.noteWrite(word);
    move(word, slot);
    return true;
  }
  case OpKind::LocalSet: {
    uint32_t slot = cast<contract::LocalSetOp>(op->op).getSlot();
    moveValue(slot, operandId(0));
    regions.noteWrite(slot);
    return true;
  }
  case OpKind::GlobalGet:
  case OpKind::GlobalSet:
    emitGlobal();
    return true;
  case OpKind::RefFunc: {
    auto name = cast<contract::RefFuncOp>(op->op).getFuncAttr().getAttr();
    putImm(Opcode::RefFunc, write(op->result), 0, names.functions.lookup(name));
    return true;
  }
  case OpKind::RefIsNull: {
    uint32_t ref = operand(0);
    putImm(Opcode::I64EqImm, write(op->result), ref, 0);
    return true;
  }
  case OpKind::MemorySize:
    putABC(Opcode::MemorySize, write(op->result));
    return true;
  case OpKind::MemoryGrow: {
    uint32_t delta = operand(0);
    putABC(Opcode::MemoryGrow, write(op->result), delta);
    return true;
  }
  case OpKind::DataDrop:
    putImm(Opcode::DataDrop, 0, 0, cast<contract::DataDropOp>(op->op).getSegment());
    return true;
  case OpKind::ElemDrop:
    putImm(Opcode::ElemDrop, 0, 0, cast<contract::ElemDropOp>(op->op).getSegment());
    return true;
  default:
    return emitBulk();
  }
}

void FunctionEmitter::emitGlobal() {
  bool isGet = op->kind == OpKind::GlobalGet;
  uint32_t index = isGet ? cast<contract::GlobalGetOp>(op->op).getGlobal()
                         : cast<contract::GlobalSetOp>(op->op).getGlobal();
  bool isImported = index < names.importedGlobals;
  uint32_t cell = isImported ? index : index - names.importedGlobals;
  if (isGet) {
    putImm(isImported ? Opcode::ImportedGet : Opcode::GlobalGet, write(op->result), 0, cell);
    return;
  }
  uint32_t value = operand(0);
  putImm(isImported ? Opcode::ImportedSet : Opcode::GlobalSet, value, 0, cell);
}

/// Ops on three words, with up to two numbers in the next cell.
void FunctionEmitter::putBulk(Opcode opcode, uint32_t first, uint32_t second) {
  uint32_t a = operand(0), b = operand(1), c = operand(2);
  markPosition();
  putABC(opcode, a, b, c);
  Cell &data = putData();
  data.data[0] = first;
  data.data[1] = second;
}

bool FunctionEmitter::emitBulk() {
  switch (op->kind) {
  case OpKind::MemoryCopy:
  case OpKind::MemoryFill: {
    uint32_t a = operand(0), b = operand(1), c = operand(2);
    markPosition();
    putABC(op->kind == OpKind::MemoryCopy ? Opcode::MemoryCopy : Opcode::MemoryFill, a, b, c);
    return true;
  }
  case OpKind::MemoryInit:
    putBulk(Opcode::MemoryInit, cast<contract::MemoryInitOp>(op->op).getSegment(), 0);
    return true;
  case OpKind::TableFill:
    putBulk(Opcode::TableFill, cast<contract::TableFillOp>(op->op).getTable(), 0);
    return true;
  case OpKind::TableCopy: {
    auto copy = cast<contract::TableCopyOp>(op->op);
    putBulk(Opcode::TableCopy, copy.getToTable(), copy.getFromTable());
    return true;
  }
  case OpKind::TableInit: {
    auto init = cast<contract::TableInitOp>(op->op);
    putBulk(Opcode::TableInit, init.getTable(), init.getSegment());
    return true;
  }
  default:
    return emitTable();
  }
}

bool FunctionEmitter::emitTable() {
  switch (op->kind) {
  case OpKind::TableGet: {
    uint32_t index = operand(0);
    markPosition();
    putImm(Opcode::TableGet, write(op->result), index,
           cast<contract::TableGetOp>(op->op).getTable());
    return true;
  }
  case OpKind::TableSet: {
    uint32_t index = operand(0), ref = operand(1);
    markPosition();
    putImm(Opcode::TableSet, index, ref, cast<contract::TableSetOp>(op->op).getTable());
    return true;
  }
  case OpKind::TableSize:
    putImm(Opcode::TableSize, write(op->result), 0, cast<contract::TableSizeOp>(op->op).getTable());
    return true;
  case OpKind::TableGrow: {
    uint32_t ref = operand(0), count = operand(1);
    putABC(Opcode::TableGrow, write(op->result), ref, count);
    putData().data[0] = cast<contract::TableGrowOp>(op->op).getTable();
    return true;
  }
  default:
    return emitGas();
  }
}

bool FunctionEmitter::emitGas() {
  switch (op->kind) {
  case OpKind::Charge: {
    auto charge = cast<contract::ChargeOp>(op->op);
    regions.beginRegion(charge, uint32_t(op - plan.ops.data()));
    putImm(Opcode::Charge, 0, 0, charges.indexOf(charge.getCosts()));
    return true;
  }
  case OpKind::Cost:
    regions.mark(cast<contract::CostOp>(op->op), offsetOf(op->op));
    return true;
  case OpKind::Tick: // Nobody asks how often interpreted code runs.
    return true;
  case OpKind::ChargeUnits: {
    auto charge = cast<contract::ChargeUnitsOp>(op->op);
    auto price = contract::CostsAttr::getOne(op->op->getContext(), CostClass(charge.getUnit()));
    uint32_t units = operand(0);
    markPosition();
    putImm(Opcode::ChargeUnits, units, 0, charges.indexOf(price));
    return true;
  }
  case OpKind::Profile: {
    auto profile = cast<contract::ProfileOp>(op->op);
    putImm(Opcode::Profile, 0, 0, profileEvent(profile.getFunc(), profile.getLeave()));
    return true;
  }
  default:
    return false;
  }
}
