//===- CanonicalNaNs.h - Make NaNs canonical where bits can be seen -------===//
#ifndef WRIT_LOWERING_CANONICALNANS_H
#define WRIT_LOWERING_CANONICALNANS_H

#include "llvm/IR/PassManager.h"

namespace writ {

/// Resolves the placeholders that the lowering puts before each use of a float that can see its
/// bits (stores, calls, reinterpretation …). What comes from arithmetic gets a test for NaN
/// there; what comes from memory, parameters and the like has the right bits already. Where the
/// two meet in a phi, the arithmetic results are made canonical on their way in. So arithmetic
/// that only feeds arithmetic costs nothing.
///
/// Must run on promoted slots and before any pass that rewrites float arithmetic.
class CanonicalNaNs : public llvm::PassInfoMixin<CanonicalNaNs> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
  static bool isRequired() { return true; }
};

} // namespace writ

#endif
