//===- WasmTarget.cpp - Metered core IR to a WebAssembly module -----------===//
#include "lowering/wasm/WasmTarget.h"

#include "lowering/wasm/Declarations.h"
#include "lowering/wasm/FunctionEmitter.h"
#include "lowering/wasm/ModuleWriter.h"

#include <set>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

namespace {
/// One module on its way.
class Target {
public:
  Target(ModuleOp ir, const ModuleInfo &info, const Schedule &schedule, const WasmOptions &options,
         uint32_t hotDepth)
      : info(info), schedule(schedule), options(options), module(ir, info, options),
        assembly(module, findNeeds()) {
    module.hotDepth = hotDepth;
    for (FuncOp func : ir.getOps<FuncOp>())
      funcs.push_back(func);
  }

  Result<std::vector<uint8_t>> run();
  /// The same with `bytes` more, spent where that makes it faster; after `run`.
  std::vector<uint8_t> runFaster(uint64_t bytes);

private:
  HelperNeeds findNeeds();
  void use(uint32_t index);
  void useRoots();
  Body chargingImport(uint32_t index);
  bool chargesImports() const {
    return options.metered && options.meterOwner == MeterOwner::Module;
  }

  const ModuleInfo &info;
  const Schedule &schedule;
  const WasmOptions &options;
  ModuleState module;
  Assembly assembly;
  std::vector<FuncOp> funcs;
  std::set<uint32_t> waiting;
  std::vector<bool> isUsed;
};
} // namespace

/// Which elements of `table` segments set, if that can be told.
static std::vector<std::pair<uint32_t, uint32_t>> filledRanges(const ModuleInfo &info,
                                                               uint32_t table) {
  std::vector<std::pair<uint32_t, uint32_t>> ranges;
  for (const ElemSegment &segment : info.elems)
    if (segment.mode == SegmentMode::Active && segment.table == table &&
        segment.offset.kind == ConstExpr::Kind::Value && !segment.items.empty())
      ranges.push_back(
          {uint32_t(segment.offset.bits), uint32_t(segment.offset.bits + segment.items.size())});
  return ranges;
}

HelperNeeds Target::findNeeds() {
  HelperNeeds needs;
  CostSum unit;
  unit.add(CostCount{CostClass::FrameUnit, 1});
  needs.frameUnit = module.amountOf(unit);
  needs.branch = module.amounts.indexOf(module.branchCost);
  needs.isShared = options.meterOwner == MeterOwner::Host;
  needs.hasReferences = options.features.referenceTypes;
  for (uint32_t index = 0; index < info.tables.size(); ++index)
    needs.tables.push_back({info.tables[index].element == ValueType::FuncRef,
                            info.tables[index].limits.min, filledRanges(info, index)});
  needs.type = [this](const FuncType &type) { return module.typeNumber(type); };
  return needs;
}

/// The function's code is part of the module.
void Target::use(uint32_t index) {
  if (isUsed[index] || (info.funcs[index].import && !chargesImports()))
    return;
  isUsed[index] = true;
  waiting.insert(index);
}

void Target::useRoots() {
  isUsed.assign(info.funcs.size(), false);
  auto root = [&](uint32_t index) {
    use(index);
    if (isUsed[index])
      assembly.useFunction(index);
  };
  for (const ExportDecl &decl : info.exports)
    if (decl.kind == ExternKind::Func && !info.funcs[decl.index].import)
      root(decl.index);
  if (info.start)
    root(*info.start);
  auto rootIn = [&](const ConstExpr &expr) {
    if (expr.kind == ConstExpr::Kind::RefFunc)
      root(expr.index);
  };
  for (const ElemSegment &segment : info.elems)
    for (const ConstExpr &item : segment.items)
      rootIn(item);
  for (const GlobalDecl &global : info.globals)
    rootIn(global.init);
  if (options.metered)
    assembly.useHelper(Helper::Settle);
}

/// Calls the import after its price has been taken.
Body Target::chargingImport(uint32_t index) {
  Body body;
  const FuncType &type = info.funcs[index].type;
  body.type = module.typeNumber(type);
  Gap charge;
  charge.kind = GapKind::Charge;
  charge.index = firstHostAmount + index;
  body.code.gaps.push_back(charge);
  Encoder out(body.code.bytes);
  for (uint32_t param = 0; param < type.params.size(); ++param) {
    out.byte(localGetCode);
    out.number(param);
  }
  out.byte(callCode);
  out.number(index);
  out.byte(endCode);
  return body;
}

Result<std::vector<uint8_t>> Target::run() {
  useRoots();
  while (!waiting.empty()) {
    uint32_t index = *waiting.begin();
    waiting.erase(waiting.begin());
    Body body;
    if (info.funcs[index].import) {
      body = chargingImport(index);
    } else {
      Result<Body> emitted = FunctionEmitter(module, funcs[index]).emit();
      if (!emitted)
        return emitted.error();
      body = std::move(*emitted);
    }
    for (const Gap &gap : body.code.gaps)
      if (gap.kind == GapKind::Func)
        use(gap.index);
    assembly.addFunction(index, std::move(body), info.funcs[index].name);
  }
  assembly.mergeIdentical();
  assembly.layOut(0);
  return ModuleWriter(module, assembly, schedule).write();
}

std::vector<uint8_t> Target::runFaster(uint64_t bytes) {
  assembly.layOut(bytes);
  return ModuleWriter(module, assembly, schedule).write();
}

Result<std::vector<uint8_t>> writ::emitWasm(ModuleOp ir, const ModuleInfo &info,
                                            const Schedule &schedule, const WasmOptions &options) {
  if (Result<void> checked = checkDeclarations(ir, info, options); !checked)
    return checked.error();
  // Loops first, as many as there is room for; then calls in what is left.
  for (uint32_t hotDepth : {1u, 2u, 3u, ~0u}) {
    Target target(ir, info, schedule, options, hotDepth);
    auto bytes = target.run();
    if (!bytes)
      return bytes.error();
    if (bytes->size() < options.sizeBudget)
      return target.runFaster(options.sizeBudget - bytes->size());
    if (hotDepth == ~0u || !options.metered)
      return bytes;
  }
  llvm_unreachable("the last one is taken");
}
