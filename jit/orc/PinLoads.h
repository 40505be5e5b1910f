//===- PinLoads.h - Keep InstCombine from merging loads -------------------===//
#ifndef WRIT_JIT_ORC_PINLOADS_H
#define WRIT_JIT_ORC_PINLOADS_H

#include "llvm/IR/PassManager.h"

namespace writ::orc {

/// InstCombine turns a phi of two loads, volatile ones too, into one load behind the phi. Each
/// had a trap site of its own, and the one that is left has neither. It leaves loads alone that
/// something may write after: `PinLoads` puts a call that may do anything at the end of each block
/// where it could happen, and `UnpinLoads` takes the calls away.
class PinLoads : public llvm::PassInfoMixin<PinLoads> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
  static bool isRequired() { return true; }
};

class UnpinLoads : public llvm::PassInfoMixin<UnpinLoads> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
  static bool isRequired() { return true; }
};

} // namespace writ::orc

#endif
