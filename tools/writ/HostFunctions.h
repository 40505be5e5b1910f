//===- HostFunctions.h - The few host functions that writ run has ---------===//
#ifndef WRIT_TOOLS_WRIT_HOSTFUNCTIONS_H
#define WRIT_TOOLS_WRIT_HOSTFUNCTIONS_H

#include "jit/runtime/Linker.h"

#include <string>
#include <vector>

namespace writ::cli {

/// Defines `env.clock_ms: () -> (i32)`, milliseconds of a clock that never goes back. The one
/// thing in writ that is not deterministic, so nobody gets it unasked.
void defineClock(Linker &linker);

/// Defines each imported function of `info` that `linker` does not have, as one that traps
/// with `host` and says its name.
void defineStubs(Linker &linker, const ModuleInfo &info);

/// The imports of `info` that `linker` does not have, as `function "env" "read" (i32) -> (i64)`.
std::vector<std::string> missingImports(const Linker &linker, const ModuleInfo &info);

} // namespace writ::cli

#endif
