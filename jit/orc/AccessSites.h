//===- AccessSites.h - Repeated accesses share the first one's site -------===//
#ifndef WRIT_JIT_ORC_ACCESSSITES_H
#define WRIT_JIT_ORC_ACCESSSITES_H

#include "llvm/IR/PassManager.h"

namespace writ::orc {

/// An access to an address that an earlier access of the same block, at least as wide, has
/// already touched cannot be the one that faults. It gets that one's trap site. So when the code
/// generator fuses a load, an operation and a store into one instruction, which can carry one
/// site, that is the load's.
///
/// Must be the last pass before code generation.
class ShareAccessSites : public llvm::PassInfoMixin<ShareAccessSites> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
  static bool isRequired() { return true; }
};

} // namespace writ::orc

#endif
