//===- MemoryImport.cpp - Loads, stores, growth, bulk copies --------------===//
#include "frontend/wasm/FunctionImporter.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasm;

static bool isSignedLoad(Opcode opcode) {
  switch (opcode) {
  case Opcode::I32Load8S:
  case Opcode::I32Load16S:
  case Opcode::I64Load8S:
  case Opcode::I64Load16S:
  case Opcode::I64Load32S:
    return true;
  default:
    return false;
  }
}

void FunctionImporter::importLoad(const Op &op) {
  const OpInfo &info = opInfo(op.opcode);
  Value address = popNumber();
  observe(op);
  LoadOp::Properties properties;
  properties.is_signed = isSignedLoad(op.opcode);
  properties.bits = info.memoryBytes * 8;
  properties.offset = int64_t(op.bits);
  pushResult(append<LoadOp>(state.type(info.signature.result), address, properties));
}

void FunctionImporter::importStore(const Op &op) {
  Value value = popNumber();
  Value operands[] = {value, popNumber()};
  observe(op);
  StoreOp::Properties properties;
  properties.bits = opInfo(op.opcode).memoryBytes * 8;
  properties.offset = int64_t(op.bits);
  append<StoreOp>({}, operands, properties);
}

void FunctionImporter::importMemorySize(const Op &) {
  pushResult(append<MemorySizeOp>(state.type(ValueType::I32), {}));
}

void FunctionImporter::chargeUnits(const Op &op, CostClass unit, Value units) {
  observe(op);
  append<ChargeUnitsOp>({}, units, {int32_t(unit)});
}

void FunctionImporter::importMemoryGrow(const Op &op) {
  auto operands = popBulk<1>(op, CostClass::MemoryGrowUnit);
  pushResult(append<MemoryGrowOp>(state.type(ValueType::I32), operands));
}

void FunctionImporter::importMemoryCopy(const Op &op) {
  append<MemoryCopyOp>({}, popBulk<3>(op, CostClass::MemoryBulkUnit));
}

void FunctionImporter::importMemoryFill(const Op &op) {
  append<MemoryFillOp>({}, popBulk<3>(op, CostClass::MemoryBulkUnit));
}

void FunctionImporter::importMemoryInit(const Op &op) {
  append<MemoryInitOp>({}, popBulk<3>(op, CostClass::MemoryBulkUnit), {int32_t(op.index)});
}

void FunctionImporter::importDataDrop(const Op &op) {
  observe(op);
  append<DataDropOp>({}, {}, {int32_t(op.index)});
}

void wasm::addMemoryHandlers(HandlerTable &table) {
  for (const OpInfo &info : opTable)
    if (info.memoryBytes != 0)
      setHandler(table, info.opcode,
                 info.signature.numResults == 1 ? &FunctionImporter::importLoad
                                                : &FunctionImporter::importStore);
  setHandler(table, Opcode::MemorySize, &FunctionImporter::importMemorySize);
  setHandler(table, Opcode::MemoryGrow, &FunctionImporter::importMemoryGrow);
  setHandler(table, Opcode::MemoryCopy, &FunctionImporter::importMemoryCopy);
  setHandler(table, Opcode::MemoryFill, &FunctionImporter::importMemoryFill);
  setHandler(table, Opcode::MemoryInit, &FunctionImporter::importMemoryInit);
  setHandler(table, Opcode::DataDrop, &FunctionImporter::importDataDrop);
}
