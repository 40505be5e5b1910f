//===- ModuleCompiler.h - What the functions of one module share ----------===//
#ifndef WRIT_JIT_SINGLEPASS_MODULECOMPILER_H
#define WRIT_JIT_SINGLEPASS_MODULECOMPILER_H

#include "hostabi/Context.h"
#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "jit/runtime/Signals.h"
#include "jit/runtime/Ticks.h"
#include "jit/singlepass/Masm.h"
#include "jit/singlepass/OpTable.h"
#include "jit/singlepass/Signature.h"
#include "lowering/ChargeTable.h"
#include "lowering/RegionLiveIns.h"
#include "mlir-dialect/IR/CostSum.h"

#include <memory>
#include <unordered_map>

namespace writ::singlepass {

/// A function of the index space.
struct Callee {
  contract::FuncOp source;
  uint32_t signature = 0; ///< Index in `ModuleCompiler::signatures`.
  bool isImport = false;
  uint32_t position = none; ///< Where its code begins.
};

struct GlobalCell {
  Kind kind;
  bool isImport;
  uint32_t index; ///< Among the imported globals, or among the own ones.
};

/// Code that any function may jump to.
enum class Common : uint8_t {
  Trap,      ///< At the site in eax.
  OutOfGas,  ///< The same, with no gas left.
  Cold,      ///< For the region in esi, with the gas in rdx.
  Propagate, ///< A trap that is in the activation already.
  Tick,      ///< Called: for the tick in eax. Keeps all registers.
};
inline constexpr size_t numCommon = 5;

/// What comes out: position-independent code and what belongs to it.
struct EmittedModule {
  std::vector<uint8_t> code;
  std::vector<uint32_t> functions; ///< Offset of each own function, in order.
  uint32_t functionsEnd = 0;       ///< Offset of what comes behind them.
  std::vector<uint32_t> thunks;    ///< Of each own function's entry thunk.
  std::vector<FaultSite> faults;
  std::vector<TrapSite> sites;
  std::vector<FuncType> callTypes; ///< As for `TierCode::callTypes`, before interning.
  uint32_t firstFunction = 0;
  /// If the code counts: offset of the table of entries behind the code, with a word for each
  /// own function, and of code that jumps to each entry.
  uint32_t entryTable = none;
  std::vector<uint32_t> jumps;
  TickTable ticks;
};

class ModuleCompiler {
public:
  /// `isCounting`: code for `contract.tick`, and calls go through the table of entries.
  ModuleCompiler(mlir::ModuleOp source, ChargeTable &charges, const RegionMap &regions,
                 bool isCounting);

  Result<EmittedModule> run();

  uint32_t calleeIndex(mlir::FlatSymbolRefAttr symbol) const {
    return calleeIndices.lookup(symbol.getAttr());
  }
  uint32_t signatureIndex(mlir::FunctionType type);
  const Signature &signature(uint32_t index) const { return *signatures[index]; }
  /// Position of the signature in `context->callTypes`.
  uint32_t callType(uint32_t signature);
  uint32_t addSite(TrapSite site) {
    sites.push_back(site);
    return uint32_t(sites.size() - 1);
  }
  /// The charge-table entry of `outstanding`, which is not zero.
  uint32_t refundIndex(const contract::CostSum &outstanding);

  //===--- What is patched at the end -------------------------------------===//

  void jumpTo(Common common) { commonJumps.push_back({masm.jumpLater(), uint32_t(common)}); }
  void callCommon(Common common) { commonJumps.push_back({masm.callLater(), uint32_t(common)}); }
  void callFunction(uint32_t callee);
  void jumpToFunction(uint32_t callee);
  /// Calls the slow-call stub of a signature, which wants a `FuncRef` in r11.
  void callSlow(uint32_t signature) { slowUses.push_back({masm.callLater(), signature}); }
  /// The last instruction's displacement is that of the slow-call stub from rip.
  void usesSlow(uint32_t signature) { slowUses.push_back({masm.here() - 4, signature}); }
  /// The last instruction's displacement is that of a 16-byte constant, `bits` twice, from rip.
  void usesConstant(uint64_t bits);

  mlir::ModuleOp source;
  ChargeTable &charges;
  const RegionMap &regions;
  const bool isCounting;
  const OpTable ops;
  Masm masm;
  std::vector<Callee> callees;
  std::vector<GlobalCell> globals;
  std::vector<FaultSite> faults;
  TickTable ticks;
  uint32_t numOwnGlobals = 0, numImportedFunctions = 0;

private:
  struct Patch {
    uint32_t position, what;
  };

  void declare();
  void emitCommon();
  void emitSlowCalls();
  void emitSlowCall(const Signature &signature);
  uint32_t emitThunk(const Signature &signature);
  void emitTickStub();
  void emitEntryJumps(std::vector<uint32_t> &positions);
  void emitConstants();
  void patchAll();

  bool calleePops = false;
  std::vector<TrapSite> sites;
  std::vector<FuncType> callTypes;
  llvm::DenseMap<mlir::Attribute, uint32_t> calleeIndices;
  std::vector<std::unique_ptr<Signature>> signatures;
  llvm::DenseMap<mlir::Type, uint32_t> signatureIndices;
  std::vector<uint32_t> callTypeOf; ///< By signature.
  std::unordered_map<uint64_t, uint32_t> constantIndices;
  std::vector<uint64_t> constants;
  std::vector<Patch> commonJumps, functionUses, entryUses, slowUses, constantUses;
  uint32_t entryTable = none;
  uint32_t commonPositions[numCommon] = {};
  std::vector<uint32_t> slowPositions, thunkPositions, constantPositions;
};

} // namespace writ::singlepass

#endif
