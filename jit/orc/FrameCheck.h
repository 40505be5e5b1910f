//===- FrameCheck.h - Metered stack comes before native stack -------------===//
#ifndef WRIT_JIT_ORC_FRAMECHECK_H
#define WRIT_JIT_ORC_FRAMECHECK_H

#include "hostabi/Result.h"
#include "jit/orc/MachineFacts.h"
#include "lowering/ContractToLLVM.h"

namespace writ::orc {

/// Machine stack that a call may take besides the function's own frame: the way through an
/// array call into another instance (slow call, entry frame, thunk), but its values.
inline constexpr uint64_t callOverheadBytes = 512;

/// Checks that each function's machine frame and the overhead of a call are within
/// `nativeStackFactor` (jit/runtime/Entry.h) times its metered frame: so the metered
/// limit always comes first. Else a Limit error.
Result<void> checkFrames(const LoweredModule &module, const MachineFacts &facts);

} // namespace writ::orc

#endif
