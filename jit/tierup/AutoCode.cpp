//===- AutoCode.cpp - The tier that changes its code while it runs --------===//

#include "jit/tierup/AutoCode.h"

#include "jit/interp/Interpreter.h"
#include "jit/runtime/Instance.h"

using namespace writ;

void *AutoCode::tick(InstanceContext *context, uint32_t index, TickRegisters *registers) {
  const auto &code = static_cast<const AutoCode &>(context->instance->tier());
  return code.tierUp->tick(context, index, registers);
}

AutoCode::AutoCode(std::shared_ptr<const TierCode> baseline, void *const *entries,
                   size_t numFunctions, std::shared_ptr<TierUp> tierUp, size_t coldWords)
    : counting(std::move(baseline)), calls(*counting->runtimeCalls()), table(entries),
      numFunctions(numFunctions), tierUp(std::move(tierUp)), coldWords(coldWords) {
  calls.cold = interp::runCold; // Of what is compiled later.
  calls.tick = tick;
}

TierUpCounts writ::tierUpCounts(const CompiledModule &module) {
  const TierCode *tier = module.tier("auto");
  return tier ? static_cast<const AutoCode *>(tier)->counts() : TierUpCounts();
}
