//===- Declarations.cpp - What a module declares that a target may lack ---===//
#include "lowering/wasm/Declarations.h"

#include <fmt/format.h>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

/// "token.wasm:0x1f3: ", as far as that is known.
static Error refusal(Operation *op, const WasmOptions &options, std::string_view what) {
  auto place = dyn_cast<FileLineColLoc>(op->getLoc());
  std::string position = place && place.getColumn() == 0
                             ? fmt::format("{}:{:#x}", options.name, place.getLine())
                             : options.name;
  return badInput(fmt::format("{}: {}", position, what));
}

static std::string lacks(std::string_view what, std::string_view feature) {
  return fmt::format("{} needs the feature {}, which the target does not have", what, feature);
}

/// What `op` needs that there is not; empty if there is nothing.
static std::string findLack(Operation &op, const TargetFeatures &features, size_t &tables) {
  auto isReference = [](Type type) { return isa<FuncRefType, ExternRefType>(type); };
  if (auto func = dyn_cast<FuncOp>(op)) {
    if (!features.multiValue && func.getFunctionType().getNumResults() > 1)
      return lacks("a function with several results", "multi-value");
    FunctionType type = func.getFunctionType();
    if (!features.referenceTypes && (llvm::any_of(type.getInputs(), isReference) ||
                                     llvm::any_of(type.getResults(), isReference)))
      return lacks("a function of references", "reference-types");
  }
  if (features.referenceTypes && features.bulkMemory)
    return {};
  if (auto table = dyn_cast<TableOp>(op))
    if (!features.referenceTypes && (tables++ > 0 || !isa<FuncRefType>(table.getElement())))
      return lacks("a second table, or one of other references", "reference-types");
  if (auto global = dyn_cast<GlobalOp>(op))
    if (!features.referenceTypes && isReference(global.getType()))
      return lacks("a global of references", "reference-types");
  if (auto data = dyn_cast<DataOp>(op))
    if (!features.bulkMemory && !data.getOffset())
      return lacks("a passive data segment", "bulk-memory");
  if (auto elem = dyn_cast<ElemOp>(op)) {
    if (!features.bulkMemory && !elem.getTable() && !elem.getDeclarative())
      return lacks("a passive element segment", "bulk-memory");
    bool isPlain =
        llvm::all_of(elem.getItems(), [](Attribute item) { return isa<FlatSymbolRefAttr>(item); });
    if (!features.referenceTypes && (!isPlain || elem.getDeclarative()))
      return lacks("an element segment of expressions", "reference-types");
  }
  return {};
}

Result<void> wasmgen::checkDeclarations(ModuleOp ir, const ModuleInfo &info,
                                        const WasmOptions &options) {
  size_t tables = 0;
  for (Operation &op : *ir.getBody()) {
    std::string lack = findLack(op, options.features, tables);
    if (!lack.empty())
      return refusal(&op, options, lack);
    if (auto decl = dyn_cast<ExportOp>(op))
      if (options.metered && decl.getName().starts_with("writ."))
        return refusal(&op, options,
                       fmt::format("the export '{}' has a name that metering keeps for itself",
                                   decl.getName().str()));
  }
  return {};
}
