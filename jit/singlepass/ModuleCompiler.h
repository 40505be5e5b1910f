//===- ModuleCompiler.h - What the functions of one module share ----------===//
#ifndef WRIT_JIT_SINGLEPASS_MODULECOMPILER_H
#define WRIT_JIT_SINGLEPASS_MODULECOMPILER_H

#include "hostabi/Result.h"
#include "jit/image/Cold.h"
#include "jit/singlepass/EmittedChunk.h"
#include "jit/singlepass/Masm.h"
#include "jit/singlepass/OpTable.h"
#include "jit/singlepass/SeededHash.h"
#include "jit/singlepass/Signature.h"
#include "lowering/RegionLiveIns.h"
#include "mlir-dialect/IR/AttachedCosts.h"
#include "mlir-dialect/IR/CostSum.h"

#include <array>
#include <memory>
#include <unordered_map>

namespace writ::singlepass {

class FunctionCompiler;

/// A function of the index space.
struct Callee {
  contract::FuncOp source;
  uint32_t signature = 0; ///< Index in `ModuleCompiler::signatures`.
  bool isImport = false;
};

struct GlobalCell {
  Kind kind;
  bool isImport;
  uint32_t index; ///< Among the imported globals, or among the own ones.
};

struct ConstantHash {
  size_t operator()(uint64_t bits) const {
    SeededHash hash;
    hash.add(bits);
    return hash.get();
  }
};

struct ChunkNumber {
  uint32_t chunk = 0, number = 0;
};

/// Numbers keys from 0 in each chunk, in the order in which they are first asked for. `Map` is from
/// keys to `ChunkNumber`.
template <typename Key, typename Map = llvm::DenseMap<Key, ChunkNumber>>
class ChunkNumbers {
public:
  void clear() {
    ++chunk;
    count = 0;
  }
  /// The number, and whether it is a new one.
  std::pair<uint32_t, bool> of(Key key) {
    ChunkNumber &entry = entries[key];
    bool isNew = entry.chunk != chunk;
    if (isNew)
      entry = {chunk, count++};
    return {entry.number, isNew};
  }

private:
  Map entries;
  uint32_t chunk = 0, count = 0;
};

class ModuleCompiler {
public:
  /// `isCounting`: code for `contract.tick`, and calls go through the table of entries.
  ModuleCompiler(mlir::ModuleOp source, bool isCounting);
  ~ModuleCompiler();

  /// A new chunk begins with that function.
  void beginChunk(uint32_t firstFunction);
  /// Appends a function to the chunk; the next one, always.
  Result<void> compile(uint32_t function);
  Result<EmittedChunk> endChunk();

  /// Where the words that `regions` asks for are, at the charges of a function that is compiled
  /// again for that.
  Result<std::vector<ColdRegion>> findWords(uint32_t function, const RegionMap &regions);

  uint32_t calleeIndex(mlir::FlatSymbolRefAttr symbol) const {
    return calleeIndices.lookup(symbol.getAttr());
  }
  uint32_t signatureIndex(mlir::FunctionType type);
  const Signature &signature(uint32_t index) const { return *signatures[index]; }
  uint32_t addSite(TrapSite site) {
    chunk.sites.push_back(site);
    return uint32_t(chunk.sites.size() - 1);
  }
  /// The number in the chunk of an amount that code takes or gives back, or that the interpreter
  /// will when it runs a region that cannot be paid.
  uint32_t chargeIndex(contract::CostsAttr costs) {
    NumberedCosts &entry = recentCosts[hash_value(costs) % recentCosts.size()];
    if (entry.costs != costs)
      entry = {costs, charges.of(costs.getCounts(), costHash(costs.getCounts()))};
    return entry.number;
  }
  uint32_t refundIndex(const contract::CostSum &outstanding);

  //===--- What is patched at the end -------------------------------------===//

  void jumpTo(Common common) { chunk.commonJumps.push_back({masm.jumpLater(), uint32_t(common)}); }
  void callCommon(Common common) {
    chunk.commonJumps.push_back({masm.callLater(), uint32_t(common)});
  }
  void callFunction(uint32_t callee);
  void jumpToFunction(uint32_t callee);
  /// Calls the slow-call stub of a signature, which wants a `FuncRef` in r11.
  void callSlow(uint32_t signature);
  /// The last instruction's displacement is that of the slow-call stub from rip.
  void usesSlow(uint32_t signature);
  /// The last instruction's displacement is that of a 16-byte constant, `bits` twice, from rip.
  void usesConstant(uint64_t bits);
  /// eax = the number of a trap site, a region or a tick.
  void loadSite(uint32_t site);
  void loadRegion(uint32_t region);
  void loadTick(uint32_t tick);
  /// eax = the interned signature that an indirect call expects, of which rax points to the list.
  void loadCallType(uint32_t signature);

  /// Whether callees take their arguments from the stack when they return.
  const bool calleePops;
  const bool isCounting;
  const OpTable ops;
  const contract::AttachedCosts attached;
  Masm masm;
  EmittedChunk chunk;
  std::vector<Callee> callees;
  std::vector<GlobalCell> globals;
  uint32_t numOwnGlobals = 0, numImportedFunctions = 0;
  const RegionMap *wanted = nullptr; ///< What `findWords` looks for.
  std::vector<ColdRegion> found;

private:
  void declare(mlir::ModuleOp source);
  uint32_t slowIndex(uint32_t signature);

  llvm::DenseMap<mlir::Attribute, uint32_t> calleeIndices;
  std::vector<std::unique_ptr<Signature>> signatures;
  llvm::DenseMap<mlir::Type, uint32_t> signatureIndices;
  AmountNumbers charges;
  struct NumberedCosts {
    contract::CostsAttr costs;
    uint32_t number = 0;
  };
  std::array<NumberedCosts, 256> recentCosts; ///< Of the chunk.
  ChunkNumbers<uint32_t> callTypeNumbers, slowNumbers;
  ChunkNumbers<uint64_t, std::unordered_map<uint64_t, ChunkNumber, ConstantHash>> constantNumbers;
  std::unique_ptr<FunctionCompiler> compiler;
};

} // namespace writ::singlepass

#endif
