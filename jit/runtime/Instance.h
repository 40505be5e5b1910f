//===- Instance.h - A module with its own state, ready to be called -------===//
#ifndef WRIT_JIT_RUNTIME_INSTANCE_H
#define WRIT_JIT_RUNTIME_INSTANCE_H

#include "hostabi/Context.h"
#include "hostabi/Result.h"
#include "jit/runtime/CompiledModule.h"
#include "jit/runtime/Memory.h"
#include "jit/runtime/Table.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

class Store;
struct HostImport;

inline constexpr uint64_t defaultStackBytes = 262144;
inline constexpr uint64_t maxStackBytes = 64 << 20; ///< The largest stack limit.

/// What an instance may use.
struct InstanceLimits {
  uint32_t memoryPages = maxMemoryPages;
  uint32_t tableElements = defaultMaxTableElements; ///< Per table.
  uint64_t stackBytes = defaultStackBytes;          ///< Metered, per call (DESIGN §5).
  uint64_t gas = maxGas - 1;                        ///< Per call, and for the start function.
};

struct InstanceOptions {
  std::string_view tier;              ///< Name of a tier; empty for the module's default.
  const Schedule *schedule = nullptr; ///< Null for `flat`. Not kept.
  InstanceLimits limits;
  /// Sees all calls of code that was compiled with `CompileOptions::profile`, and of host
  /// functions. Must outlive the instance. May be null.
  Profiler *profiler = nullptr;
};

/// Limits of one call; unset ones are the instance's.
struct CallLimits {
  std::optional<uint64_t> gas; ///< Below `maxGas`.
  std::optional<uint64_t> stackBytes;
};

/// How a call ended.
struct CallOutcome {
  TrapRecord trap;              ///< `kind` is None if the function returned.
  std::string hostMessage;      ///< Of the host function that trapped, if it gave one.
  std::vector<uint64_t> values; ///< Results, one word each; empty after a trap.
  uint64_t gasUsed = 0;

  bool trapped() const { return trap.kind != TrapKind::None; }
};

/// A module's own memory, tables, globals and references to what it imports.
///
/// Belongs to a `Store`, lives as long, and follows its thread rule: at most one thread
/// uses a store and all that is in it at a time.
class Instance {
public:
  ~Instance();
  Instance(const Instance &) = delete;
  Instance &operator=(const Instance &) = delete;

  const CompiledModule &module() const { return *compiled; }
  const TierCode &tier() const { return *code; }
  const InstanceLimits &limits() const { return stated; }
  InstanceContext *context() const { return fixed; }

  /// Calls an exported function, or one by its index. `args` are words as in an array call
  /// (externref: the node's handle, 0 null; funcref: a `FuncRef *`, 0 null). A trap is an
  /// outcome. Errors: BadInput if there is no such function, the number of `args` is wrong
  /// or a limit too large; Internal if writ, the host or the machine failed, after which
  /// the store must not be used any more.
  ///
  /// May be called while this or another instance runs on this thread, from a host function:
  /// that is a call of its own, with its own limits. (`writ_services::invoke` calls within
  /// the limits of the call that runs.)
  Result<CallOutcome> call(std::string_view exportName, std::span<const uint64_t> args,
                           const CallLimits &limits = {});
  Result<CallOutcome> call(uint32_t func, std::span<const uint64_t> args,
                           const CallLimits &limits = {});

  std::optional<Extern> findExport(std::string_view name) const;

  /// Each index is in the index space of its kind and must be in range.
  FuncRef *func(uint32_t index) const { return funcs[index]; }
  Table &table(uint32_t index) const { return *tables[index]; }
  Global &global(uint32_t index) const { return *globals[index]; }
  /// Null if the module has none.
  Memory *memory() const { return theMemory; }

  /// Puts other prices in force. Compiles nothing. No call of this instance may be running.
  Result<void> setSchedule(const Schedule &schedule);

  /// What is left of passive segments; empty after a drop.
  std::string_view dataSegment(uint32_t index) const { return data[index]; }
  std::span<const uint64_t> elemSegment(uint32_t index) const { return elems[index]; }
  void dropData(uint32_t index) { data[index] = {}; }
  void dropElem(uint32_t index) { elems[index].clear(); }

private:
  friend class Instantiator;
  Instance(std::shared_ptr<const CompiledModule> module, const TierCode *tier,
           InstanceLimits limits);
  Result<CallOutcome> finish(Activation &activation, std::vector<uint64_t> values, size_t results,
                             uint64_t gasLimit);

  std::shared_ptr<const CompiledModule> compiled;
  const TierCode *code;
  InstanceLimits stated;
  Profiler *profiler = nullptr;
  /// The context and, behind it, the cells of own globals, the counters of ticks and, for some
  /// tiers, prices.
  std::unique_ptr<uint64_t[]> contextWords;
  InstanceContext *fixed;
  std::span<int32_t> counters; ///< In the context's words.
  std::shared_ptr<const std::vector<uint64_t>> prices;
  std::vector<uint64_t> extraResults, coldFrame;
  std::unique_ptr<FuncRef[]> ownFuncs; ///< Of own functions and of imported host functions.
  std::vector<std::unique_ptr<HostImport>> hostImports;
  std::vector<FuncRef *> funcs;
  std::vector<Table *> tables;
  std::vector<TableView *> tableViews;
  std::vector<Global *> globals;
  std::vector<uint64_t *> importedCells;
  Memory *theMemory = nullptr;
  std::vector<std::string_view> data;
  std::vector<std::vector<uint64_t>> elems;
};

} // namespace writ

#endif
