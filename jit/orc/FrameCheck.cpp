//===- FrameCheck.cpp - Metered stack comes before native stack -----------===//

#include "jit/orc/FrameCheck.h"

#include "jit/runtime/Entry.h"

#include <fmt/format.h>

using namespace writ;

Result<void> writ::orc::checkFrames(const LoweredModule &module, const MachineFacts &facts) {
  for (const LoweredFunction &function : module.functions) {
    uint64_t machineFrame = facts.frames.lookup(functionSymbol(function.index));
    uint64_t allowed = nativeStackFactor * function.frame;
    if (machineFrame + callOverheadBytes > allowed)
      return Error{ErrorKind::Limit,
                   fmt::format("function {}: its machine frame of {} bytes and a call's {} are "
                               "above {} times its metered frame of {}",
                               function.name, machineFrame, callOverheadBytes, nativeStackFactor,
                               function.frame)};
  }
  return {};
}
