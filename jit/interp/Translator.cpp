//===- Translator.cpp - Core IR to the interpreter's bytecode -------------===//
#include "jit/interp/Translator.h"

#include "jit/interp/FunctionEmitter.h"

using namespace mlir;
using namespace writ;
using namespace writ::interp;

static ModuleNames collectNames(ModuleOp module) {
  ModuleNames names;
  for (Operation &op : *module.getBody()) {
    if (auto func = dyn_cast<contract::FuncOp>(op)) {
      names.declarations.push_back(func);
      names.importedFunctions += func.isImport();
    } else if (auto global = dyn_cast<contract::GlobalOp>(op)) {
      names.importedGlobals += global.getImportModuleAttr() != nullptr;
    }
  }
  names.functions.reserve(unsigned(names.declarations.size()));
  for (uint32_t i = 0; i < names.declarations.size(); ++i)
    names.functions[names.declarations[i].getSymNameAttr()] = i;
  return names;
}

/// All functions have their place now: calls can name it.
static void linkCalls(Code &code, const std::vector<CallFixup> &calls) {
  for (const CallFixup &call : calls) {
    uint32_t entry = code.functions[call.function - code.numImports].begin;
    code.cells[call.cell].imm = int32_t(entry - call.cell);
  }
  for (Function &function : code.functions)
    function.entry = &code.cells[function.begin];
}

/// Of functions from `begin` up to `end`; calls are not linked yet.
static Result<std::shared_ptr<Code>> translateSome(const ModuleNames &names, uint32_t begin,
                                                   uint32_t end, ChargeTable &charges,
                                                   RegionMap *regions,
                                                   std::vector<CallFixup> &calls) {
  auto code = std::make_shared<Code>();
  code->numImports = names.importedFunctions;
  code->functions.reserve(end - begin);
  if (begin == end)
    return code;
  OpKinds kinds(contract::FuncOp(names.declarations[begin]).getContext());
  FunctionPlan plan(kinds);
  FunctionEmitter emitter(*code, names, charges, regions, calls, plan);
  for (uint32_t i = begin; i < end; ++i) {
    if (Result<void> planned = plan.plan(names.declarations[i]); !planned)
      return planned.error();
    if (Result<void> emitted = emitter.emit(names.declarations[i], i); !emitted)
      return emitted.error();
  }
  if (code->cells.size() > size_t(INT32_MAX))
    return Error{ErrorKind::Limit, "interpreter: the module's code is too large"};
  return code;
}

Result<std::shared_ptr<Code>> writ::interp::translate(ModuleOp module, ChargeTable &charges,
                                                      RegionMap *regions) {
  ModuleNames names = collectNames(module);
  std::vector<CallFixup> calls;
  auto code = translateSome(names, names.importedFunctions, uint32_t(names.declarations.size()),
                            charges, regions, calls);
  if (code)
    linkCalls(**code, calls);
  return code;
}

FunctionTranslator::FunctionTranslator(ModuleOp module)
    : names(std::make_unique<ModuleNames>(collectNames(module))) {}

FunctionTranslator::~FunctionTranslator() = default;

Result<std::shared_ptr<Code>> FunctionTranslator::translate(uint32_t function, ChargeTable &charges,
                                                            RegionMap *regions) {
  std::vector<CallFixup> calls;
  return translateSome(*names, function, function + 1, charges, regions, calls);
}
