//===- TierUp.h - Which functions are hot, and their better code ----------===//
//
// One for each module, shared by all instances and threads. docs/tier-up.md has the whole story.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_TIERUP_TIERUP_H
#define WRIT_JIT_TIERUP_TIERUP_H

#include "jit/runtime/CompiledModule.h"
#include "jit/runtime/Ticks.h"
#include "jit/tierup/CompileQueue.h"
#include "jit/tierup/Unit.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <span>
#include <string>

namespace writ {

struct TierUpOptions {
  /// Ticks (calls, and rounds of loops) after which a function is worth compiling.
  uint32_t hotTicks = 20'000;
  /// Ticks until code that waits for a compile looks again.
  uint32_t pollTicks = 2'000;
  /// Where compiles run; whoever made it keeps it, and once it is gone there are no more. Null:
  /// they are waited for, on a thread of their own, so that what runs where depends on nothing but
  /// the program.
  std::shared_ptr<CompileQueue> queue;
  /// Bytes of code of all units of a module, which is then left as it is.
  size_t mostCodeBytes = size_t(256) << 20;
  /// Told of code before it runs, for debuggers and profilers of the machine: that of function
  /// `func` from its entry on, or from that `loop` (as in `contract.tick`) if it is not 0. May be
  /// called by any thread, by one at a time for each module.
  std::function<void(uint32_t func, uint32_t loop, std::span<const uint8_t> code)> onCode;
};

/// What became of the compiles of a module.
struct TierUpCounts {
  uint32_t functions = 0; ///< Have better code, from their entry on.
  uint32_t loops = 0;     ///< The same, from a loop on.
  uint32_t failed = 0;    ///< Stay on their tier for good.
  uint64_t switches = 0;  ///< How often a loop was left for better code.
  size_t codeBytes = 0;
  std::string firstFailure;
};

class TierUp : public std::enable_shared_from_this<TierUp> {
public:
  /// What is known of the code that counts.
  struct Baseline {
    std::shared_ptr<const TierCode> code; ///< Holds ticks and entries.
    const TickTable *ticks = nullptr;
    void **entries = nullptr;
    std::vector<uint32_t> callTypes; ///< Interned, as in `context->callTypes`.
    uint32_t numImports = 0;         ///< Imported functions.
    uint32_t numOwnGlobals = 0;
    uint32_t numCharges = 0;
  };

  TierUp(Baseline baseline, std::unique_ptr<UnitCompiler> compiler, TierUpOptions options);

  /// As `RuntimeCalls::tick`.
  void *tick(InstanceContext *context, uint32_t index, TickRegisters *registers);

  /// Counters go on where those of the last instance ended.
  void startCounters(std::span<int32_t> counters) const;
  void endCounters(std::span<const int32_t> counters);

  /// With null, which must be called before the module ends: from then on no compile begins, and
  /// those that run change nothing any more.
  void attach(const CompiledModule *module);

  TierUpCounts counts() const;

private:
  enum class State : uint8_t { Cold, Queued, Ready, Failed };
  static constexpr uint32_t noTick = ~0u;

  /// `tick` is that of a loop, or none. False if it was asked for before.
  bool request(uint32_t func, uint32_t tick);
  void compile(uint32_t func, uint32_t tick);
  Result<void> publish(uint32_t func, uint32_t tick, Result<UnitImage> image);
  std::atomic<State> &stateOf(uint32_t func, uint32_t tick) {
    return tick == noTick ? functions[func - baseline.numImports].state : loops[tick].state;
  }
  void *leave(InstanceContext *context, const TickSite &site, TickRegisters *registers, void *code);

  struct Function {
    std::atomic<State> state{State::Cold};
    std::atomic<int32_t> ticksLeft{0}; ///< What new instances start with.
  };
  struct LoopHead {
    std::atomic<State> state{State::Cold};
    std::atomic<void *> code{nullptr};
  };

  const Baseline baseline;
  const std::unique_ptr<UnitCompiler> compiler;
  TierUpOptions options; ///< Without the queue.
  const bool isWaiting;  ///< For compiles; else they are for the queue.
  const std::weak_ptr<CompileQueue> queue;
  std::vector<Function> functions; ///< Own ones.
  std::vector<LoopHead> loops;     ///< By tick.
  std::atomic<uint64_t> switches{0};
  std::atomic<uint32_t> pending{0};

  mutable std::mutex mutex; ///< For what follows, and for all changes of code.
  const CompiledModule *module = nullptr;
  std::vector<std::unique_ptr<LoadedUnit>> units;
  TierUpCounts sums;
};

} // namespace writ

#endif
