//===- AutoCode.cpp - The tier that changes its code while it runs --------===//

#include "jit/tierup/AutoCode.h"

#include "jit/interp/Interpreter.h"
#include "jit/runtime/Instance.h"
#include "jit/runtime/RuntimeCalls.h"

using namespace writ;

void *AutoCode::tick(InstanceContext *context, uint32_t index, TickRegisters *registers) {
  const auto &code = static_cast<const AutoCode &>(context->instance->tier());
  return code.tierUp->tick(context, index, registers);
}

const RuntimeCalls *AutoCode::runtimeCalls() const {
  static const RuntimeCalls calls = [] {
    RuntimeCalls calls = standardRuntimeCalls();
    calls.cold = interp::runCold;
    calls.tick = tick;
    return calls;
  }();
  return &calls;
}

TierUpCounts writ::tierUpCounts(const CompiledModule &module) {
  const TierCode *tier = module.tier("auto");
  return tier ? static_cast<const AutoCode *>(tier)->counts() : TierUpCounts();
}
