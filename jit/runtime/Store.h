//===- Store.h - Owner of instances and all they refer to -----------------===//
#ifndef WRIT_JIT_RUNTIME_STORE_H
#define WRIT_JIT_RUNTIME_STORE_H

#include "hostabi/Host.h"
#include "jit/runtime/Instance.h"

#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace writ {

/// A function given by the host (hostabi/Host.h).
struct HostFunction {
  FuncType type;
  writ_host_function call = nullptr;
  void *user = nullptr;
  std::shared_ptr<void> keep; ///< Whatever must live as long as the function; may be null.
  std::string module, name;   ///< What schedules know it by.
};

/// What instantiation came to.
struct Instantiation {
  /// Never null. After a trap it stays in the store, since tables may refer to its
  /// functions, but is not to be used.
  Instance *instance = nullptr;
  /// The outcome of the active segments and the start function.
  CallOutcome start;
};

/// Owns instances, memories, tables, globals and host functions; all live until the store
/// dies, so that references between them stay valid. At most one thread uses a store and
/// what is in it at a time; different stores are independent and may share modules.
class Store {
public:
  Store();
  ~Store();
  Store(const Store &) = delete;
  Store &operator=(const Store &) = delete;

  /// The host's own. Errors as `Memory::create` and `Table::create`.
  Result<Memory *> createMemory(SizeLimits limits, uint32_t maxPages = maxMemoryPages);
  Result<Table *> createTable(ValueType element, SizeLimits limits, uint64_t initial = 0,
                              uint32_t maxElements = defaultMaxTableElements);
  Global *createGlobal(ValueType type, bool isMutable, uint64_t bits);
  FuncRef *createHostFunction(HostFunction function);

  /// Makes an instance: checks `imports` (one for each of `info().imports`, in that order)
  /// against what the module asks for, sets up its state, runs active segments and the
  /// start function. A trap is an outcome, and what ran before it stays done. Errors:
  /// Unlinkable, Limit, BadInput (no such tier, limits too large), Internal.
  Result<Instantiation> instantiate(std::shared_ptr<const CompiledModule> module,
                                    std::span<const Extern> imports,
                                    const InstanceOptions &options = {});

private:
  friend class Instantiator;

  std::vector<std::unique_ptr<Memory>> memories;
  std::vector<std::unique_ptr<Table>> tables;
  std::deque<uint64_t> hostCells;
  std::deque<Global> globals;
  std::deque<HostFunction> hostFunctions;
  std::deque<FuncRef> hostRefs;
  std::vector<std::unique_ptr<HostImport>> hostImports;
  std::vector<std::unique_ptr<Instance>> instances;
};

} // namespace writ

#endif
