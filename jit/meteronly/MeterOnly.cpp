//===- MeterOnly.cpp - Meter a module in place ----------------------------===//
#include "jit/meteronly/MeterOnly.h"

#include "frontend/wasm/Importer.h"
#include "jit/FunctionMaker.h"
#include "jit/meteronly/Sections.h"
#include "jit/meteronly/Weaver.h"
#include "lowering/wasm/Declarations.h"
#include "lowering/wasm/Parts.h"

using namespace writ;
using namespace writ::meteronly;
using namespace writ::wasmgen;

/// Imports that can be called without an instruction that calls them: those are charged for by
/// functions that do nothing else.
static void useImports(Layout &layout, const ModuleInfo &info) {
  auto use = [&](const ConstExpr &expr) {
    if (expr.kind == ConstExpr::Kind::RefFunc && info.funcs[expr.index].import)
      layout.useImport(expr.index);
  };
  for (const ElemSegment &segment : info.elems)
    for (const ConstExpr &item : segment.items)
      use(item);
  for (const GlobalDecl &global : info.globals)
    use(global.init);
  if (info.start && info.funcs[*info.start].import)
    layout.useImport(*info.start);
}

Result<std::vector<uint8_t>> writ::meterOnly(const wasm::Module &module, const Schedule &schedule,
                                             const WasmOptions &options) {
  auto context = makeContext();
  wasm::ImportOptions importOptions;
  importOptions.name = options.name;
  auto ir = wasm::importModule(*context, module, importOptions);
  if (!ir)
    return ir.error();
  WasmOptions all = options;
  all.features = {true, true, true, true, true, true}; // It has what it has.
  if (Result<void> checked = checkDeclarations(**ir, module.info, all); !checked)
    return checked.error();
  ModuleState state(**ir, module.info, schedule, options);
  state.keepTypes(module.types);
  Layout layout(state, module, helperNeeds(state));
  uint32_t index = 0;
  for (contract::FuncOp func : (*ir)->getOps<contract::FuncOp>()) {
    uint32_t own = index++;
    if (own < module.importedFuncs)
      continue;
    Result<FunctionPlan> plan = planFunction(state, func);
    if (!plan)
      return plan.error();
    Result<Body> body = weave(state, module, own, *plan);
    if (!body)
      return body.error();
    layout.add(std::move(*body));
  }
  layout.useHelper(Helper::Settle);
  if (options.meterOwner == MeterOwner::Module)
    useImports(layout, module.info);
  Layout faster = layout;
  layout.layOut(0);
  std::vector<uint8_t> smallest = SectionWriter(state, module, layout).write();
  if (smallest.size() >= options.sizeBudget)
    return smallest;
  faster.layOut(options.sizeBudget - smallest.size());
  return SectionWriter(state, module, faster).write();
}
