//===- ContractToLLVM.cpp - The way in to the lowering --------------------===//

#include "lowering/ContractToLLVM.h"

#include "lowering/ModuleLowering.h"

using namespace writ;

Result<LoweredModule> writ::lowerToLLVM(mlir::ModuleOp module, llvm::LLVMContext &context,
                                        ChargeTable &charges, const RegionMap &regions,
                                        const LoweringOptions &options) {
  return lowering::ModuleLowering(module, context, charges, regions, options).run();
}
