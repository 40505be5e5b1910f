//===- Orc.cpp - Order the stages of the optimizing tier ------------------===//

#include "jit/orc/Orc.h"

#include "jit/orc/Build.h"
#include "jit/orc/CodeGen.h"
#include "jit/orc/FrameCheck.h"
#include "jit/orc/Loader.h"
#include "jit/orc/OrcCode.h"
#include "jit/orc/Pipeline.h"
#include "jit/orc/Target.h"

using namespace llvm;
using namespace writ;
using namespace writ::orc;

LoweringOptions writ::orc::loweringOptions(const OrcOptions &options) {
  LoweringOptions lowering;
  lowering.explicitBounds = options.explicitBounds;
  if (options.budget) {
    lowering.moduleBudget = options.budget;
    lowering.functionBudget = options.budget / 10;
  }
  return lowering;
}

void writ::orc::prepareFor(const TargetMachine &machine, Module &module) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  module.setPICLevel(PICLevel::BigPIC);
}

Result<LoweredModule> writ::orc::buildModule(mlir::ModuleOp module, LLVMContext &context,
                                             ChargeTable &charges, const RegionMap &regions,
                                             const OrcOptions &options,
                                             const TargetMachine &machine) {
  context.setDiscardValueNames(true);
  Result<LoweredModule> lowered =
      lowerToLLVM(module, context, charges, regions, loweringOptions(options));
  if (!lowered)
    return lowered;
  prepareFor(machine, *lowered->code);
  return lowered;
}

static Result<std::shared_ptr<const TierCode>>
compileOnce(mlir::ModuleOp module, ChargeTable &charges, const RegionMap &regions,
            const OrcOptions &options, MachineFacts &facts) {
  facts.mayFault = !options.explicitBounds;
  auto machine = makeTargetMachine(options);
  if (!machine)
    return machine.error();
  LLVMContext context;
  auto lowered = buildModule(module, context, charges, regions, options, **machine);
  if (!lowered)
    return lowered.error();
  runPasses(*lowered->code, **machine, options.optLevel);
  auto object = generateCode(*lowered->code, **machine, CodeGenFileType::ObjectFile, facts);
  if (!object)
    return object.error();
  if (Result<void> fit = checkFrames(*lowered, facts); !fit)
    return fit.error();
  lowered->code.reset();
  auto loaded = loadObject(MemoryBufferRef(StringRef(object->data(), object->size()), "contract"));
  if (!loaded)
    return loaded.error();
  return OrcCode::create(std::move(*lowered), std::move(*loaded), coldFrameWords(regions));
}

Result<std::shared_ptr<const TierCode>>
writ::compileOrc(mlir::ModuleOp module, const ModuleInfo &info, ChargeTable &charges,
                 const RegionMap &regions, const OrcOptions &options) {
  MachineFacts facts;
  auto code = compileOnce(module, charges, regions, options, facts);
  if (code || facts.trouble.empty() || options.explicitBounds)
    return code;
  // Here and there the code generator makes an access anew without what was known of it, and
  // so nobody knows where it traps. Accesses that are checked before do not.
  OrcOptions checked = options;
  checked.explicitBounds = true;
  MachineFacts checkedFacts;
  return compileOnce(module, charges, regions, checked, checkedFacts);
}
