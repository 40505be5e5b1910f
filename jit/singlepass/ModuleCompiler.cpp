//===- ModuleCompiler.cpp - Compile each function, patch what is left -----===//

#include "jit/singlepass/ModuleCompiler.h"

#include "jit/singlepass/FunctionCompiler.h"
#include "mlir-dialect/IR/ValueTypes.h"

using namespace writ;
using namespace writ::singlepass;

ModuleCompiler::ModuleCompiler(mlir::ModuleOp source, ChargeTable &charges,
                               const RegionMap &regions, bool isCounting)
    : source(source), charges(charges), regions(regions), isCounting(isCounting) {}

Result<EmittedModule> ModuleCompiler::run() {
  declare();
  FunctionCompiler compiler(*this);
  EmittedModule result;
  for (uint32_t i = 0; i < callees.size(); ++i) {
    if (callees[i].isImport) {
      result.firstFunction = i + 1;
      continue;
    }
    if (Result<void> compiled = compiler.compile(i); !compiled)
      return compiled.error();
    result.functions.push_back(callees[i].position);
  }
  result.functionsEnd = uint32_t(masm.here());
  emitCommon();
  emitSlowCalls();
  thunkPositions.assign(signatures.size(), none);
  for (const Callee &callee : callees) {
    if (callee.isImport)
      continue;
    uint32_t &position = thunkPositions[callee.signature];
    if (position == none)
      position = emitThunk(*signatures[callee.signature]);
    result.thunks.push_back(position);
  }
  if (isCounting)
    emitEntryJumps(result.jumps);
  emitConstants();
  // Behind all code, since it is written to.
  constexpr uint32_t pageBytes = 4096;
  if (isCounting)
    entryTable = (masm.here() + pageBytes - 1) / pageBytes * pageBytes;
  patchAll();
  if (!masm.failure().empty())
    return internalError("singlepass: the assembler says: " + masm.failure());
  result.code.assign(masm.data(), masm.data() + masm.here());
  result.faults = std::move(faults);
  result.sites = std::move(sites);
  result.callTypes = std::move(callTypes);
  result.entryTable = entryTable;
  result.ticks = std::move(ticks);
  return result;
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

static bool hasTailCalls(contract::FuncOp func) {
  for (mlir::Block &block : func.getBody())
    if (mlir::isa<contract::ReturnCallOp, contract::ReturnCallIndirectOp>(block.back()))
      return true;
  return false;
}

void ModuleCompiler::declare() {
  for (contract::FuncOp func : source.getOps<contract::FuncOp>())
    calleePops = calleePops || hasTailCalls(func);
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
  if (isNew) {
    signatures.push_back(std::make_unique<Signature>(type, calleePops));
    callTypeOf.push_back(none);
  }
  return it->second;
}

uint32_t ModuleCompiler::callType(uint32_t signature) {
  uint32_t &position = callTypeOf[signature];
  if (position == none) {
    position = uint32_t(callTypes.size());
    callTypes.push_back(contract::toFuncType(signatures[signature]->type));
  }
  return position;
}

uint32_t ModuleCompiler::refundIndex(const contract::CostSum &outstanding) {
  return charges.indexOf(outstanding.toAttr(source.getContext()));
}

void ModuleCompiler::usesConstant(uint64_t bits) {
  auto [it, isNew] = constantIndices.try_emplace(bits, uint32_t(constants.size()));
  if (isNew)
    constants.push_back(bits);
  constantUses.push_back({masm.here() - 4, it->second});
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

void ModuleCompiler::callFunction(uint32_t callee) {
  if (!isCounting) {
    functionUses.push_back({masm.callLater(), callee});
    return;
  }
  masm.emit(Inst::kIdCall, x86::qword_ptr(x86::rip, 0));
  entryUses.push_back({masm.here() - 4, callee});
}

void ModuleCompiler::jumpToFunction(uint32_t callee) {
  if (!isCounting) {
    functionUses.push_back({masm.jumpLater(), callee});
    return;
  }
  masm.emit(Inst::kIdJmp, x86::qword_ptr(x86::rip, 0));
  entryUses.push_back({masm.here() - 4, callee});
}

/// What a `FuncRef` names, which never changes: whoever calls it gets to the newest code.
void ModuleCompiler::emitEntryJumps(std::vector<uint32_t> &positions) {
  for (uint32_t i = numImportedFunctions; i < callees.size(); ++i) {
    masm.align(8, 0xcc);
    positions.push_back(masm.here());
    jumpToFunction(i);
  }
}

//===----------------------------------------------------------------------===//
// Constants and patches
//===----------------------------------------------------------------------===//

void ModuleCompiler::emitConstants() {
  masm.align(16, 0xcc);
  for (uint64_t bits : constants) {
    constantPositions.push_back(masm.here());
    uint64_t twice[2] = {bits, bits};
    masm.bytes(twice, sizeof(twice));
  }
}

void ModuleCompiler::patchAll() {
  if (!masm.failure().empty())
    return; // Positions mean nothing.
  for (const Patch &patch : commonJumps)
    masm.patchRelative(patch.position, commonPositions[patch.what]);
  for (const Patch &patch : functionUses)
    masm.patchRelative(patch.position, callees[patch.what].position);
  for (const Patch &patch : entryUses)
    masm.patchRelative(patch.position, entryTable + 8 * (patch.what - numImportedFunctions));
  for (const Patch &patch : slowUses)
    masm.patchRelative(patch.position, slowPositions[patch.what]);
  for (const Patch &patch : constantUses)
    masm.patchRelative(patch.position, constantPositions[patch.what]);
}
