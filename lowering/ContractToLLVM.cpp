//===- ContractToLLVM.cpp - The way in to the lowering --------------------===//

#include "lowering/ContractToLLVM.h"

#include "lowering/ModuleLowering.h"

using namespace writ;

Result<LoweredModule> writ::lowerToLLVM(mlir::ModuleOp module, llvm::LLVMContext &context,
                                        ChargeTable &charges, const RegionMap &regions,
                                        const LoweringOptions &options) {
  return lowering::ModuleLowering(module, context, charges, regions, options).run();
}

Result<LoweredModule> writ::lowerUnit(mlir::ModuleOp module, const ModuleFacts &facts,
                                      uint32_t func, uint32_t loop, llvm::LLVMContext &context,
                                      ChargeTable &charges, const RegionMap &regions,
                                      const LoweringOptions &options) {
  return lowering::ModuleLowering(module, context, charges, regions, options)
      .runUnit(facts, func, loop);
}
