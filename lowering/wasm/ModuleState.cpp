//===- ModuleState.cpp - What the functions of a module share -------------===//
#include "lowering/wasm/ModuleState.h"

#include "mlir-dialect/IR/CostSum.h"

using namespace writ;
using namespace writ::wasmgen;

ModuleState::ModuleState(mlir::ModuleOp ir, const ModuleInfo &info, const WasmOptions &options)
    : info(info), options(options),
      branchCost(contract::CostsAttr::getOne(ir.getContext(), CostClass::Branch)), rows(findRow),
      context(ir.getContext()) {
  uint32_t index = 0;
  for (auto func : ir.getOps<contract::FuncOp>())
    indices[func.getSymName()] = index++;
  for (const TableDecl &table : info.tables)
    hasForeignElements |= table.import.has_value();
  for (const ExportDecl &decl : info.exports)
    hasForeignElements |= decl.kind == ExternKind::Table;
  for (const FuncDecl &func : info.funcs)
    hasForeignElements |= func.import.has_value();
}

std::vector<uint8_t> ModuleState::key(const FuncType &type) {
  std::vector<uint8_t> bytes;
  for (ValueType param : type.params)
    bytes.push_back(typeCode(param));
  bytes.push_back(0);
  for (ValueType result : type.results)
    bytes.push_back(typeCode(result));
  return bytes;
}

/// A sum that does not fit cannot be paid, whatever the prices, but for 0.
uint32_t ModuleState::amountOf(const contract::CostSum &costs) {
  contract::CostsAttr attr = costs.toAttr(context);
  assert(attr && "the verifier has seen larger charges off");
  return amounts.indexOf(attr);
}
