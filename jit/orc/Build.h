//===- Build.h - The LLVM module that all stages start from ---------------===//
#ifndef WRIT_JIT_ORC_BUILD_H
#define WRIT_JIT_ORC_BUILD_H

#include "jit/orc/Orc.h"
#include "lowering/ContractToLLVM.h"

#include "llvm/Target/TargetMachine.h"

namespace writ::orc {

/// As the lowering wants them.
LoweringOptions loweringOptions(const OrcOptions &options);

/// Makes `module` one for `machine`.
void prepareFor(const llvm::TargetMachine &machine, llvm::Module &module);

/// Lowers `module` for `machine`; no pass has run yet. Errors as `lowerToLLVM`.
Result<LoweredModule> buildModule(mlir::ModuleOp module, llvm::LLVMContext &context,
                                  ChargeTable &charges, const RegionMap &regions,
                                  const OrcOptions &options, const llvm::TargetMachine &machine);

} // namespace writ::orc

#endif
