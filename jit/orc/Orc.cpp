//===- Orc.cpp - Order the stages of the optimizing tier ------------------===//

#include "jit/orc/Orc.h"

#include "jit/image/ImageCode.h"
#include "jit/orc/Build.h"
#include "jit/orc/CodeGen.h"
#include "jit/orc/FrameCheck.h"
#include "jit/orc/Loader.h"
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

/// What was linked, as the module's functions have it.
static Result<NativeImage> makeImage(LoweredModule module, LinkedImage linked) {
  NativeImage image;
  image.tier = NativeTier::LLVM;
  image.code = std::move(linked.code);
  image.constants = std::move(linked.constants);
  image.faults = std::move(linked.faults);
  image.sites = std::move(module.sites);
  image.callTypes = std::move(module.callTypes);
  image.work = module.work;
  if (!module.functions.empty())
    image.firstFunction = module.functions.front().index;
  for (const LoweredFunction &function : module.functions) {
    auto native = linked.functions.find(functionSymbol(function.index));
    auto thunk = linked.functions.find(thunkSymbol(function.thunk));
    if (native == linked.functions.end() || thunk == linked.functions.end())
      return internalError("no code was linked for function " + function.name);
    image.functions.push_back({native->second.begin, native->second.bytes, thunk->second.begin, 0});
  }
  return image;
}

static Result<NativeImage> compileOnce(mlir::ModuleOp module, ChargeTable &charges,
                                       const RegionMap &regions, const OrcOptions &options,
                                       MachineFacts &facts) {
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
  auto linked = linkImage(MemoryBufferRef(StringRef(object->data(), object->size()), "contract"));
  if (!linked)
    return linked.error();
  auto image = makeImage(std::move(*lowered), std::move(*linked));
  if (image)
    image->coldFrameWords = uint32_t(coldFrameWords(regions));
  return image;
}

Result<NativeImage> writ::compileOrcImage(mlir::ModuleOp module, ChargeTable &charges,
                                          const RegionMap &regions, const OrcOptions &options) {
  MachineFacts facts;
  auto image = compileOnce(module, charges, regions, options, facts);
  if (image || facts.trouble.empty() || options.explicitBounds)
    return image;
  // Here and there the code generator makes an access anew without what was known of it, and
  // so nobody knows where it traps. Accesses that are checked before do not.
  OrcOptions checked = options;
  checked.explicitBounds = true;
  MachineFacts checkedFacts;
  return compileOnce(module, charges, regions, checked, checkedFacts);
}

Result<std::shared_ptr<const TierCode>>
writ::compileOrc(mlir::ModuleOp module, const ModuleInfo &info, ChargeTable &charges,
                 const RegionMap &regions, const OrcOptions &options) {
  auto image = compileOrcImage(module, charges, regions, options);
  if (!image)
    return image.error();
  auto code = ImageCode::create(std::move(*image), nullptr);
  if (!code)
    return code.error();
  return std::shared_ptr<const TierCode>(std::move(*code));
}
