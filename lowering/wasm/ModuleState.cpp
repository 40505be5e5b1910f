//===- ModuleState.cpp - What the functions of a module share -------------===//
#include "lowering/wasm/ModuleState.h"

#include "mlir-dialect/IR/CostSum.h"

#include <algorithm>

using namespace writ;
using namespace writ::wasmgen;

/// Whether a function of others may get into a table: others write the table, references come in
/// from outside, or the module itself refers to what it imports.
static bool mayHoldForeign(const ModuleInfo &info) {
  auto isForeign = [&](const ConstExpr &expr) {
    return expr.kind == ConstExpr::Kind::GlobalGet ||
           (expr.kind == ConstExpr::Kind::RefFunc && info.funcs[expr.index].import);
  };
  auto takesReferences = [](const FuncDecl &func) {
    return llvm::is_contained(func.import ? func.type.results : func.type.params,
                              ValueType::FuncRef);
  };
  auto isOpen = [&](const ExportDecl &decl) {
    return decl.kind == ExternKind::Table ||
           (decl.kind == ExternKind::Func && info.funcs[decl.index].import) ||
           (decl.kind == ExternKind::Global && info.globals[decl.index].type == ValueType::FuncRef);
  };
  return std::ranges::any_of(info.exports, isOpen) ||
         std::ranges::any_of(info.funcs, takesReferences) ||
         std::ranges::any_of(info.tables, [](auto &table) { return table.import.has_value(); }) ||
         std::ranges::any_of(info.globals,
                             [&](const GlobalDecl &global) {
                               return global.type == ValueType::FuncRef &&
                                      (global.import || isForeign(global.init));
                             }) ||
         std::ranges::any_of(info.elems, [&](const ElemSegment &segment) {
           return std::ranges::any_of(segment.items, isForeign);
         });
}

ModuleState::ModuleState(mlir::ModuleOp ir, const ModuleInfo &info, const Schedule &schedule,
                         const WasmOptions &options)
    : info(info), schedule(schedule), options(options),
      branchCost(contract::CostsAttr::getOne(ir.getContext(), CostClass::Branch)), rows(findRow),
      context(ir.getContext()) {
  uint32_t index = 0;
  mayCallIndirectly = options.meterOwner == MeterOwner::Host;
  for (auto func : ir.getOps<contract::FuncOp>()) {
    indices[func.getSymName()] = index++;
    for (mlir::Block &block : func.getBody())
      for (mlir::Operation &op : block) {
        mayCallIndirectly |=
            mlir::isa<contract::CallIndirectOp, contract::ReturnCallIndirectOp>(op);
        hasTailCalls |= mlir::isa<contract::ReturnCallOp, contract::ReturnCallIndirectOp>(op);
      }
  }
  hasTailCalls &= options.features.tailCall; // Else those that can be reached are refused.
  hasForeignElements = mayHoldForeign(info);
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

std::vector<uint32_t> ModuleState::basicAmounts() {
  using Class = CostClass;
  std::vector<uint32_t> basic;
  auto add = [&](CostCounts counts) {
    contract::CostSum sum;
    for (CostCount cost : counts)
      sum.add(cost);
    basic.push_back(amountOf(sum));
  };
  for (size_t number = 0; number < numCostClasses; ++number)
    add({{Class(number), 1}});
  for (Class kind : {Class::Local, Class::Const, Class::Integer, Class::Marker})
    for (uint32_t count : {2, 4})
      add({{kind, count}});
  add({{Class::Const, 1}, {Class::Integer, 1}});
  add({{Class::Local, 1}, {Class::Integer, 1}});
  add({{Class::Local, 1}, {Class::Const, 1}});
  add({{Class::Local, 1}, {Class::Const, 1}, {Class::Integer, 1}});
  add({{Class::Local, 2}, {Class::Const, 1}, {Class::Integer, 1}});
  return basic;
}

uint64_t ModuleState::priceOf(uint32_t amount) const {
  if (amount < firstHostAmount)
    return writ::amount(amounts.counts()[amount], schedule);
  const ImportName &name = *info.funcs[amount - firstHostAmount].import;
  return schedule.hostPrice(name.module, name.name);
}
