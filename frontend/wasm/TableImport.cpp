//===- TableImport.cpp - References and tables ----------------------------===//
#include "frontend/wasm/FunctionImporter.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasm;

void FunctionImporter::importRefNull(const Op &op) {
  pushResult(append<RefNullOp>(state.type(op.type), {}));
}

void FunctionImporter::importRefIsNull(const Op &) {
  Value reference = popNumber();
  Type i1 = state.numeric(Opcode::I32Eq).result;
  pushCondition(append<RefIsNullOp>(i1, reference)->getResult(0));
}

void FunctionImporter::importRefFunc(const Op &op) {
  pushResult(append<RefFuncOp>(state.type(ValueType::FuncRef), {}, {state.symbol(op.index)}));
}

void FunctionImporter::importTableGet(const Op &op) {
  Value index = popNumber();
  observe(op);
  Type element = state.type(state.module.info.tables[op.index].element);
  pushResult(append<TableGetOp>(element, index, {int32_t(op.index)}));
}

void FunctionImporter::importTableSet(const Op &op) {
  ValueRange operands = popNumbers(2);
  observe(op);
  append<TableSetOp>({}, operands, {int32_t(op.index)});
}

void FunctionImporter::importTableSize(const Op &op) {
  pushResult(append<TableSizeOp>(state.type(ValueType::I32), {}, {int32_t(op.index)}));
}

void FunctionImporter::importTableGrow(const Op &op) {
  auto operands = popBulk<2>(op, CostClass::TableGrowUnit);
  pushResult(append<TableGrowOp>(state.type(ValueType::I32), operands, {int32_t(op.index)}));
}

void FunctionImporter::importTableFill(const Op &op) {
  append<TableFillOp>({}, popBulk<3>(op, CostClass::TableBulkUnit), {int32_t(op.index)});
}

void FunctionImporter::importTableCopy(const Op &op) {
  auto operands = popBulk<3>(op, CostClass::TableBulkUnit);
  TableCopyOp::Properties properties;
  properties.to_table = int32_t(op.index);
  properties.from_table = int32_t(op.index2);
  append<TableCopyOp>({}, operands, properties);
}

void FunctionImporter::importTableInit(const Op &op) {
  auto operands = popBulk<3>(op, CostClass::TableBulkUnit);
  TableInitOp::Properties properties;
  properties.segment = int32_t(op.index);
  properties.table = int32_t(op.index2);
  append<TableInitOp>({}, operands, properties);
}

void FunctionImporter::importElemDrop(const Op &op) {
  observe(op);
  append<ElemDropOp>({}, {}, {int32_t(op.index)});
}

void wasm::addTableHandlers(HandlerTable &table) {
  setHandler(table, Opcode::RefNull, &FunctionImporter::importRefNull);
  setHandler(table, Opcode::RefIsNull, &FunctionImporter::importRefIsNull);
  setHandler(table, Opcode::RefFunc, &FunctionImporter::importRefFunc);
  setHandler(table, Opcode::TableGet, &FunctionImporter::importTableGet);
  setHandler(table, Opcode::TableSet, &FunctionImporter::importTableSet);
  setHandler(table, Opcode::TableSize, &FunctionImporter::importTableSize);
  setHandler(table, Opcode::TableGrow, &FunctionImporter::importTableGrow);
  setHandler(table, Opcode::TableFill, &FunctionImporter::importTableFill);
  setHandler(table, Opcode::TableCopy, &FunctionImporter::importTableCopy);
  setHandler(table, Opcode::TableInit, &FunctionImporter::importTableInit);
  setHandler(table, Opcode::ElemDrop, &FunctionImporter::importElemDrop);
}
