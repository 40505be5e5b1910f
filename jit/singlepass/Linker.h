//===- Linker.h - From chunks of code to a module's -----------------------===//
#ifndef WRIT_JIT_SINGLEPASS_LINKER_H
#define WRIT_JIT_SINGLEPASS_LINKER_H

#include "hostabi/Result.h"
#include "jit/runtime/CodePages.h"
#include "jit/singlepass/EmittedChunk.h"

namespace writ::singlepass {

/// Loaded code of all functions of a module, and what belongs to it.
struct LinkedModule {
  CodePages pages;
  std::vector<uint32_t> functions;    ///< Offset of each own function, in order.
  uint32_t functionsEnd = 0;          ///< Offset of what comes behind them.
  std::vector<uint32_t> thunks;       ///< Of each own function's entry thunk.
  std::vector<uint32_t> firstRegions; ///< Number of each own function's first region.
  std::vector<FaultSite> faults;
  std::vector<TrapSite> sites;
  std::vector<CostCounts> charges;
  std::vector<FuncType> callTypes; ///< As for `TierCode::callTypes`, before interning.
  uint32_t firstFunction = 0;
  /// If the code counts: offset of code that jumps to each own function's entry, and its ticks. The
  /// table of entries is the pages' data.
  std::vector<uint32_t> jumps;
  TickTable ticks;
};

struct LinkOptions {
  bool calleesPop = false;         ///< As for `Signature`.
  bool isCounting = false;         ///< As the chunks were made.
  std::vector<CostCounts> charges; ///< What the charge table begins with.
};

/// Puts the chunks of a module behind each other and adds the stubs that they use. The result
/// depends on the arguments alone. Errors are Internal.
Result<LinkedModule> link(const std::vector<EmittedChunk> &chunks, const ModuleInfo &info,
                          const LinkOptions &options);

} // namespace writ::singlepass

#endif
