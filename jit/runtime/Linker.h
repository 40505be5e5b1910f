//===- Linker.h - Finds imports by their two names ------------------------===//
#ifndef WRIT_JIT_RUNTIME_LINKER_H
#define WRIT_JIT_RUNTIME_LINKER_H

#include "jit/runtime/Store.h"

#include <map>
#include <string>
#include <utility>

namespace writ {

/// Names for what is in one store. A later definition of the same two names replaces the
/// earlier one, for instances made after it. Follows the store's thread rule.
class Linker {
public:
  explicit Linker(Store &store) : theStore(store) {}

  Store &store() { return theStore; }

  void define(std::string_view module, std::string_view name, Extern value);

  /// `function.module` and `.name` are set here.
  FuncRef *defineFunction(std::string_view module, std::string_view name, HostFunction function);

  /// All exports of `instance`, as those of `module`.
  void defineInstance(std::string_view module, const Instance &instance);

  const Extern *find(std::string_view module, std::string_view name) const;

  /// Finds the imports and makes the instance, as `Store::instantiate`. An import that is
  /// not defined is an Unlinkable error: "unknown import …".
  Result<Instantiation> instantiate(std::shared_ptr<const CompiledModule> module,
                                    const InstanceOptions &options = {});

private:
  Store &theStore;
  std::map<std::pair<std::string, std::string>, Extern, std::less<>> definitions;
};

} // namespace writ

#endif
