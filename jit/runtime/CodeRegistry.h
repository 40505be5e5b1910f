//===- CodeRegistry.h - Which code an address belongs to ------------------===//
//
// Internal to jit/runtime.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_CODEREGISTRY_H
#define WRIT_JIT_RUNTIME_CODEREGISTRY_H

#include "jit/runtime/Signals.h"

#include <optional>

namespace writ {

/// What the registry knows of an instruction.
struct CodeAddress {
  std::optional<TrapSite> site; ///< Unset if the instruction is not listed.
  GasAt gas = GasAt::Context;
  const char *failure = nullptr; ///< Why nobody can tell the site, if that is so.
};

/// A trap site, or why it cannot be told; neither if nobody knows the code.
struct SiteAnswer {
  std::optional<TrapSite> site;
  const char *failure = nullptr;
};

/// What became of an address that could not be accessed.
struct FetchAnswer {
  bool isCode = false;           ///< Of a range that has a pager.
  const char *failure = nullptr; ///< Null if it can be executed now.
};

/// Adds a range; false if it overlaps another one.
bool addCode(std::shared_ptr<const CodeRange> range);
void removeCode(const std::shared_ptr<const CodeRange> &range);

/// Unset if `pc` is in no registered range. Takes no lock and allocates nothing: safe in
/// signal handlers.
std::optional<CodeAddress> findCode(uintptr_t pc);

/// Trap site `index` of the code that a call returns to at `returnAddress`. As safe as `findCode`.
SiteAnswer findTrapSite(uintptr_t returnAddress, uint32_t index);

/// Brings code at `address` to memory, if it is such. As safe as `findCode`.
FetchAnswer fetchCode(uintptr_t address);

} // namespace writ

#endif
