//===- Importing.h - Does what is given match what is imported? -----------===//
//
// Internal to jit/runtime.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_IMPORTING_H
#define WRIT_JIT_RUNTIME_IMPORTING_H

#include "jit/runtime/Table.h"

#include <span>

namespace writ {

/// `import "env" "memory" of module 'token'`.
std::string describeImport(const ModuleInfo &info, ImportRef import);

/// What the module wants, in the words of `describe(Extern)`.
std::string describeWanted(const ModuleInfo &info, ImportRef import);

/// Import matching of the specification (§4.5.3). Unlinkable errors name both sides.
Result<void> checkImports(const ModuleInfo &info, std::span<const Extern> given);

} // namespace writ

#endif
