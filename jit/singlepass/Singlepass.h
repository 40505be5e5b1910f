//===- Singlepass.h - The linear-time native tier -------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_SINGLEPASS_H
#define WRIT_JIT_SINGLEPASS_SINGLEPASS_H

#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "jit/image/Cold.h"
#include "jit/runtime/CompiledModule.h"
#include "jit/runtime/Ticks.h"
#include "jit/singlepass/Linker.h"
#include "lowering/RegionLiveIns.h"

#include "mlir/IR/BuiltinOps.h"

#include <functional>
#include <memory>

namespace writ {

/// Compiles functions of a module, which must satisfy `contract-verify-core`, in time linear in
/// their code. They are taken one by one, and need their bodies only then. For one thread at a
/// time; several compilers may make chunks of one module at the same time, each from IR of its own.
class SinglepassCompiler {
public:
  /// `isCounting`: code counts what runs, and calls through a table that can be changed; functions
  /// must have been through `contract-count-ticks` as well.
  explicit SinglepassCompiler(mlir::ModuleOp module, bool isCounting = false);
  ~SinglepassCompiler();
  SinglepassCompiler(const SinglepassCompiler &) = delete;

  /// Begins a chunk: functions that follow each other, from that one on.
  void beginChunk(uint32_t firstFunction);
  /// Appends the chunk's next function. Errors: Limit if the machine frame is larger than its
  /// metered frame allows; else Internal.
  Result<void> compile(uint32_t function);
  /// Errors are Internal.
  Result<singlepass::EmittedChunk> endChunk();

  /// Where `function`, of which chunks have been made elsewhere, has the words that the
  /// interpreter needs for its regions. Errors are Internal.
  Result<std::vector<ColdRegion>> findWords(uint32_t function, const RegionMap &regions);

  /// Does the convention of the module's functions let callees take their arguments away?
  bool calleesPop() const;

private:
  struct State;
  std::unique_ptr<State> state;
};

/// A module's code on this tier, and its charge table.
struct SinglepassResult {
  std::shared_ptr<const TierCode> code;
  std::vector<CostCounts> charges;
  // Of code that counts; they are its, and live as long:
  const TickTable *ticks = nullptr;
  /// For each own function, the code that calls of it go to; changed only by whole words.
  void **entries = nullptr;
};

/// Given the charge table, makes what runs regions that cannot be paid.
using MakeColdSource = std::function<std::unique_ptr<ColdSource>(const std::vector<CostCounts> &)>;

/// Links and loads a module's chunks, which must be all and in order. Errors are Internal, also on
/// a machine without SSE 4.2 and POPCNT.
Result<SinglepassResult> linkSinglepass(const std::vector<singlepass::EmittedChunk> &chunks,
                                        const ModuleInfo &info,
                                        const singlepass::LinkOptions &options,
                                        const MakeColdSource &makeCold);

} // namespace writ

#endif
