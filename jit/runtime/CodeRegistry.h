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
};

/// Adds a range; false if it overlaps another one.
bool addCode(std::shared_ptr<const CodeRange> range);
void removeCode(const std::shared_ptr<const CodeRange> &range);

/// Unset if `pc` is in no registered range. Takes no lock and allocates nothing: safe in
/// signal handlers.
std::optional<CodeAddress> findCode(uintptr_t pc);

/// Trap site `index` of the code that a call returns to at `returnAddress`. Unset if that is in no
/// registered range. As safe as `findCode`.
std::optional<TrapSite> findTrapSite(uintptr_t returnAddress, uint32_t index);

} // namespace writ

#endif
