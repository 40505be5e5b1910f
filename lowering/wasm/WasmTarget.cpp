//===- WasmTarget.cpp - Metered core IR to a WebAssembly module -----------===//
#include "lowering/wasm/WasmTarget.h"

#include "lowering/wasm/Declarations.h"
#include "lowering/wasm/DirectCalls.h"
#include "lowering/wasm/FunctionEmitter.h"
#include "lowering/wasm/ModuleWriter.h"
#include "lowering/wasm/Parts.h"
#include "lowering/wasm/SpeedChoice.h"

#include <set>

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

namespace {
/// One module on its way.
class Target {
public:
  Target(ModuleOp ir, const ModuleInfo &info, const Schedule &schedule, const WasmOptions &options)
      : info(info), options(options), module(ir, info, schedule, options) {
    for (FuncOp func : ir.getOps<FuncOp>())
      funcs.push_back(func);
  }

  Result<std::vector<uint8_t>> run();

private:
  Result<void> emitAll();
  void use(uint32_t index);
  void useRoots();
  Result<Body> emitFast(uint32_t index, Speed speed);
  std::vector<uint8_t> makeFaster(std::vector<uint8_t> smallest);
  std::vector<uint8_t> assemble();
  bool chargesImports() const {
    return options.metered && options.meterOwner == MeterOwner::Module;
  }

  const ModuleInfo &info;
  const WasmOptions &options;
  ModuleState module;
  std::vector<FuncOp> funcs;
  SpeedChoice choice;          ///< Functions' bodies.
  std::vector<uint32_t> roots; ///< What is used from outside of code.
  std::set<uint32_t> waiting;
  std::vector<bool> isUsed;
};
} // namespace

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
      roots.push_back(index);
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
}

/// In their smallest form.
Result<void> Target::emitAll() {
  useRoots();
  while (!waiting.empty()) {
    uint32_t index = *waiting.begin();
    waiting.erase(waiting.begin());
    Body body;
    if (info.funcs[index].import) {
      body = chargingImport(module, index);
    } else {
      Result<Body> emitted = FunctionEmitter(module, funcs[index], Speed::Small).emit();
      if (!emitted)
        return emitted.error();
      body = std::move(*emitted);
    }
    for (const Gap &gap : body.code.gaps)
      if (gap.kind == GapKind::Func)
        use(gap.index);
    choice.addSmall(index, std::move(body));
  }
  return {};
}

Result<Body> Target::emitFast(uint32_t index, Speed speed) {
  OwningOpRef<FuncOp> copy(funcs[index].clone());
  return FunctionEmitter(module, *copy, speed).emit();
}

std::vector<uint8_t> Target::assemble() {
  size_t numTypes = module.types.size();
  Assembly assembly(module, helperNeeds(module));
  DirectCalls calls(module, choice, roots);
  for (auto &[index, body] : calls.take())
    assembly.addFunction(index, std::move(body), info.funcs[originalIndex(index)].name);
  for (uint32_t index : roots)
    assembly.useFunction(index);
  if (options.metered)
    assembly.useHelper(Helper::Settle);
  assembly.mergeIdentical();
  assembly.layOut();
  std::vector<uint8_t> bytes = ModuleWriter(module, assembly).write();
  module.forgetTypes(numTypes); // Those of helpers and the like, which another try may not need.
  return bytes;
}

/// Sizes are known only when all is laid out: if it has become too much, less is tried.
std::vector<uint8_t> Target::makeFaster(std::vector<uint8_t> smallest) {
  for (auto [index, speed] : choice.wanted()) {
    if (info.funcs[index].import)
      continue; // Charges for it and calls it.
    // A form may need more locals than there can be; then it stays small.
    if (Result<Body> body = emitFast(index, speed))
      choice.addFast(index, speed, std::move(*body));
  }
  uint64_t more = options.sizeBudget - smallest.size();
  for (unsigned round = 0; round < 4 && choice.choose(more); ++round) {
    std::vector<uint8_t> faster = assemble();
    if (faster.size() <= options.sizeBudget)
      return faster;
    uint64_t excess = faster.size() - options.sizeBudget;
    more = more > 2 * excess ? more - excess : more / 2;
  }
  return smallest;
}

Result<std::vector<uint8_t>> Target::run() {
  if (Result<void> emitted = emitAll(); !emitted)
    return emitted.error();
  std::vector<uint8_t> smallest = assemble();
  if (!options.metered || smallest.size() >= options.sizeBudget)
    return smallest;
  return makeFaster(std::move(smallest));
}

Result<std::vector<uint8_t>> writ::emitWasm(ModuleOp ir, const ModuleInfo &info,
                                            const Schedule &schedule, const WasmOptions &options) {
  if (Result<void> checked = checkDeclarations(ir, info, options); !checked)
    return checked.error();
  return Target(ir, info, schedule, options).run();
}
