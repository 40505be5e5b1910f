//===- Outline.h - Make functions of code that recurs ---------------------===//
#ifndef WRIT_LOWERING_WASM_OUTLINE_H
#define WRIT_LOWERING_WASM_OUTLINE_H

#include "lowering/wasm/Helpers.h"
#include "lowering/wasm/ModuleState.h"

#include <span>
#include <vector>

namespace writ::wasmgen {

/// Straight code around charges that stands in several places (a charge and the load that it is
/// for) becomes a function where that takes fewer bytes; a gap of the kind `Shared`, with its
/// number in what is returned, takes its place. What was put into a function has at most one place
/// in the input, which is then that of the call. Calls of the module's own functions stay where
/// they are, so that stacks of engines do not grow deeper. Takes time linear in the code.
std::vector<Body> outline(ModuleState &module, const HelperNeeds &needs,
                          std::span<Body *const> bodies);

} // namespace writ::wasmgen

#endif
