//===- Weaver.h - Put metering between the instructions of a body ---------===//
#ifndef WRIT_JIT_METERONLY_WEAVER_H
#define WRIT_JIT_METERONLY_WEAVER_H

#include "frontend/wasm/Module.h"
#include "jit/meteronly/Plan.h"
#include "lowering/wasm/Code.h"

namespace writ::meteronly {

/// The body of function `index` of `module` with what `plan` says: the instructions stay, in their
/// order. Where control may leave by a branch that is not always taken, all of them stand in one
/// more block. Linear. Errors: BadInput with the position, for what cannot be metered.
Result<wasmgen::Body> weave(wasmgen::ModuleState &state, const wasm::Module &module, uint32_t index,
                            const FunctionPlan &plan);

} // namespace writ::meteronly

#endif
