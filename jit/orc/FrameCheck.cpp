//===- FrameCheck.cpp - Metered stack comes before native stack -----------===//

#include "jit/orc/FrameCheck.h"

#include "jit/runtime/Entry.h"

using namespace writ;

Result<void> writ::orc::checkFrames(const LoweredModule &module, const MachineFacts &facts) {
  for (const LoweredFunction &function : module.functions) {
    uint64_t machineFrame = facts.frames.lookup(functionSymbol(function.index));
    if (Result<void> fits =
            checkMachineFrame(function.name, machineFrame + callOverheadBytes, function.frame);
        !fits)
      return fits;
  }
  return {};
}
