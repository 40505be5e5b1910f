//===- ModuleCompiler.cpp - Compile functions, note what is to be patched -===//

#include "jit/singlepass/ModuleCompiler.h"

#include "jit/singlepass/FunctionCompiler.h"
#include "mlir-dialect/IR/TailCalls.h"
#include "mlir-dialect/IR/ValueTypes.h"

using namespace writ;
using namespace writ::singlepass;

ModuleCompiler::ModuleCompiler(mlir::ModuleOp source, bool isCounting)
    : calleePops(contract::mayTailCall(source)), isCounting(isCounting),
      attached(source.getContext()) {
  declare(source);
  compiler = std::make_unique<FunctionCompiler>(*this);
}

ModuleCompiler::~ModuleCompiler() = default;

void ModuleCompiler::beginChunk(uint32_t firstFunction) {
  chunk = EmittedChunk();
  chunk.firstFunction = firstFunction;
  charges.clear();
  recentCosts = {};
  callTypeNumbers.clear();
  slowNumbers.clear();
  constantNumbers.clear();
  masm.clear();
}

Result<void> ModuleCompiler::compile(uint32_t function) { return compiler->compile(function); }

Result<EmittedChunk> ModuleCompiler::endChunk() {
  if (!masm.failure().empty())
    return internalError("singlepass: the assembler says: " + masm.failure());
  masm.align(16, 0xcc);
  chunk.code.assign(masm.data(), masm.data() + masm.here());
  chunk.charges = charges.amounts;
  return std::move(chunk);
}

Result<std::vector<ColdRegion>> ModuleCompiler::findWords(uint32_t function,
                                                          const RegionMap &regions) {
  found.clear();
  wanted = &regions;
  beginChunk(function);
  Result<void> compiled = compile(function);
  wanted = nullptr;
  if (!compiled)
    return compiled.error();
  return std::move(found);
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

void ModuleCompiler::declare(mlir::ModuleOp source) {
  uint32_t imports = 0;
  for (mlir::Operation &op : *source.getBody()) {
    if (auto global = mlir::dyn_cast<contract::GlobalOp>(op)) {
      bool isImport = global.getImportModuleAttr() != nullptr;
      uint32_t &number = isImport ? imports : numOwnGlobals;
      globals.push_back({kindOf(global.getType()), isImport, number++});
    } else if (auto func = mlir::dyn_cast<contract::FuncOp>(op)) {
      calleeIndices[func.getSymNameAttr()] = uint32_t(callees.size());
      numImportedFunctions += func.isImport();
      callees.push_back({func, signatureIndex(func.getFunctionType()), func.isImport()});
    }
  }
}

uint32_t ModuleCompiler::signatureIndex(mlir::FunctionType type) {
  auto [it, isNew] = signatureIndices.try_emplace(type, uint32_t(signatures.size()));
  if (isNew)
    signatures.push_back(std::make_unique<Signature>(contract::toFuncType(type), calleePops));
  return it->second;
}

//===----------------------------------------------------------------------===//
// What is numbered, and patched by the linker
//===----------------------------------------------------------------------===//

uint32_t ModuleCompiler::refundIndex(const contract::CostSum &outstanding) {
  llvm::SmallVector<CostCount, 16> counts;
  [[maybe_unused]] bool fits = outstanding.list(counts);
  assert(fits && "more is outstanding than was charged");
  return charges.of(counts, outstanding.costHash());
}

uint32_t ModuleCompiler::slowIndex(uint32_t signature) {
  auto [index, isNew] = slowNumbers.of(signature);
  if (isNew)
    chunk.slowTypes.push_back(signatures[signature]->type);
  return index;
}

void ModuleCompiler::callFunction(uint32_t callee) {
  if (!isCounting) {
    chunk.functionUses.push_back({masm.callLater(), callee});
    return;
  }
  masm.emit(Inst::kIdCall, x86::qword_ptr(x86::rip, 0));
  chunk.entryUses.push_back({masm.here() - 4, callee});
}

void ModuleCompiler::jumpToFunction(uint32_t callee) {
  if (!isCounting) {
    chunk.functionUses.push_back({masm.jumpLater(), callee});
    return;
  }
  masm.emit(Inst::kIdJmp, x86::qword_ptr(x86::rip, 0));
  chunk.entryUses.push_back({masm.here() - 4, callee});
}

void ModuleCompiler::callSlow(uint32_t signature) {
  uint32_t index = slowIndex(signature);
  chunk.slowUses.push_back({masm.callLater(), index});
}

void ModuleCompiler::usesSlow(uint32_t signature) {
  uint32_t index = slowIndex(signature);
  chunk.slowUses.push_back({masm.here() - 4, index});
}

void ModuleCompiler::usesConstant(uint64_t bits) {
  auto [index, isNew] = constantNumbers.of(bits);
  if (isNew)
    chunk.constants.push_back(bits);
  chunk.constantUses.push_back({masm.here() - 4, index});
}

/// mov eax, number
static uint32_t loadNumber(Masm &masm, uint32_t number) {
  uint8_t code[5] = {0xb8};
  std::memcpy(code + 1, &number, 4);
  masm.bytes(code, sizeof(code));
  return masm.here() - 4;
}

void ModuleCompiler::loadSite(uint32_t site) { chunk.siteUses.push_back(loadNumber(masm, site)); }

void ModuleCompiler::loadRegion(uint32_t region) {
  chunk.regionUses.push_back(loadNumber(masm, region));
}

void ModuleCompiler::loadTick(uint32_t tick) { chunk.tickUses.push_back(loadNumber(masm, tick)); }

void ModuleCompiler::loadCallType(uint32_t signature) {
  auto [index, isNew] = callTypeNumbers.of(signature);
  if (isNew)
    chunk.callTypes.push_back(signatures[signature]->type);
  static constexpr uint8_t load[6] = {0x8b, 0x80}; // mov eax, [rax + displacement]
  masm.bytes(load, sizeof(load));
  chunk.callTypeUses.push_back({masm.here() - 4, index});
}
