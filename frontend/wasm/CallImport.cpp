//===- CallImport.cpp - Calls and tail calls ------------------------------===//
#include "frontend/wasm/FunctionImporter.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasm;

void FunctionImporter::pushResults(Operation *op) {
  for (Value result : op->getResults())
    push(result);
}

void FunctionImporter::importCall(const Op &op) {
  FunctionType type = state.typeOfFunc(op.index);
  ValueRange args = popNumbers(type.getNumInputs());
  observe(op);
  pushResults(append<CallOp>(type.getResults(), args, {state.symbol(op.index)}));
}

void FunctionImporter::importCallIndirect(const Op &op) {
  FunctionType type = state.functionType(op.index);
  ValueRange operands = popIndexAndArgs(type);
  observe(op);
  pushResults(append<CallIndirectOp>(type.getResults(), operands, {int32_t(op.index2)}));
}

void FunctionImporter::importReturnCall(const Op &op) {
  FunctionType type = state.typeOfFunc(op.index);
  ValueRange args = popNumbers(type.getNumInputs());
  observe(op);
  append<ReturnCallOp>({}, args, {state.symbol(op.index), TypeAttr::get(type)});
  isDead = true;
}

void FunctionImporter::importReturnCallIndirect(const Op &op) {
  FunctionType type = state.functionType(op.index);
  ValueRange operands = popIndexAndArgs(type);
  observe(op);
  ReturnCallIndirectOp::Properties properties;
  properties.table = int32_t(op.index2);
  properties.type = TypeAttr::get(type);
  append<ReturnCallIndirectOp>({}, operands, properties);
  isDead = true;
}

ValueRange FunctionImporter::popIndexAndArgs(FunctionType type) {
  Value index = popNumber();
  popNumbers(type.getNumInputs());
  scratch.insert(scratch.begin(), index);
  return scratch;
}

void wasm::addCallHandlers(HandlerTable &table) {
  setHandler(table, Opcode::Call, &FunctionImporter::importCall);
  setHandler(table, Opcode::CallIndirect, &FunctionImporter::importCallIndirect);
  setHandler(table, Opcode::ReturnCall, &FunctionImporter::importReturnCall);
  setHandler(table, Opcode::ReturnCallIndirect, &FunctionImporter::importReturnCallIndirect);
}
