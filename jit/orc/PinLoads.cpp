//===- PinLoads.cpp - Keep InstCombine from merging loads -----------------===//

#include "jit/orc/PinLoads.h"

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Instructions.h"
#include "llvm/IR/Module.h"

using namespace llvm;
using namespace writ::orc;

static constexpr const char *pinName = "writ_pin";

/// A volatile load is only merged if its block goes nowhere else than to the phi.
static bool needsPin(BasicBlock &block) {
  BasicBlock *next = block.getSingleSuccessor();
  if (!next || next->getSinglePredecessor())
    return false;
  return any_of(block, [](const Instruction &inst) {
    auto *load = dyn_cast<LoadInst>(&inst);
    return load && load->isVolatile();
  });
}

PreservedAnalyses PinLoads::run(Function &function, FunctionAnalysisManager &) {
  Module &module = *function.getParent();
  FunctionCallee pin = module.getOrInsertFunction(pinName, Type::getVoidTy(function.getContext()));
  for (BasicBlock &block : function)
    if (needsPin(block))
      CallInst::Create(pin, "", block.getTerminator()->getIterator())->setDoesNotThrow();
  return PreservedAnalyses::none();
}

PreservedAnalyses UnpinLoads::run(Function &function, FunctionAnalysisManager &) {
  Function *pin = function.getParent()->getFunction(pinName);
  for (BasicBlock &block : function)
    for (Instruction &inst : make_early_inc_range(block))
      if (auto *call = dyn_cast<CallInst>(&inst); call && call->getCalledFunction() == pin)
        call->eraseFromParent();
  if (pin->use_empty())
    pin->eraseFromParent();
  return PreservedAnalyses::none();
}
