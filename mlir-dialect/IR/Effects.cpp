//===- Effects.cpp - What of an op's effects outlives a trap --------------===//
#include "mlir-dialect/IR/Effects.h"

using namespace mlir;
using namespace writ::contract;

bool writ::contract::writesWhatLasts(Operation *op) {
  auto interface = dyn_cast<MemoryEffectOpInterface>(op);
  if (!interface)
    return false;
  SmallVector<MemoryEffects::EffectInstance> effects;
  interface.getEffects(effects);
  return llvm::any_of(effects, [](const MemoryEffects::EffectInstance &effect) {
    return isa<MemoryEffects::Write>(effect.getEffect()) &&
           !isa<LocalSlotsResource, GasLeftResource, OutcomeResource>(effect.getResource());
  });
}
