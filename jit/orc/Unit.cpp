//===- Unit.cpp - Compile one function alone ------------------------------===//

#include "jit/orc/Build.h"
#include "jit/orc/CodeGen.h"
#include "jit/orc/FrameCheck.h"
#include "jit/orc/Loader.h"
#include "jit/orc/Pipeline.h"
#include "jit/orc/Target.h"

#include "llvm/IR/Verifier.h"

using namespace llvm;
using namespace writ;
using namespace writ::orc;

struct UnitInProgress::State {
  LLVMContext context;
  std::unique_ptr<TargetMachine> machine;
  LoweredModule lowered;
  OrcOptions options;
  bool isFromLoop = false;
};

UnitInProgress::UnitInProgress() : state(std::make_unique<State>()) {}
UnitInProgress::UnitInProgress(UnitInProgress &&) = default;
UnitInProgress::~UnitInProgress() = default;

Result<UnitInProgress> writ::startUnit(mlir::ModuleOp module, const OrcUnit &unit,
                                       ChargeTable &charges, const RegionMap &regions,
                                       const OrcOptions &options) {
  UnitInProgress work;
  UnitInProgress::State &state = *work.state;
  auto machine = makeTargetMachine(options);
  if (!machine)
    return machine.error();
  state.machine = std::move(*machine);
  state.options = options;
  state.isFromLoop = unit.loop != 0;
  state.context.setDiscardValueNames(true);
  Result<LoweredModule> lowered =
      lowerUnit(module, *unit.facts, unit.func, unit.loop, state.context, charges, regions,
                loweringOptions(options));
  if (!lowered)
    return lowered.error();
  state.lowered = std::move(*lowered);
  prepareFor(*state.machine, *state.lowered.code);
  return work;
}

/// A unit is small: its constants share its pages.
static std::vector<uint8_t> joinConstants(LinkedImage &linked) {
  std::vector<uint8_t> code = std::move(linked.code);
  if (!linked.constants.empty())
    code.resize(NativeImage::pagesFor(code.size()));
  code.insert(code.end(), linked.constants.begin(), linked.constants.end());
  return code;
}

Result<UnitImage> UnitInProgress::finish(bool &isTroubled) {
  MachineFacts facts;
  facts.mayFault = !state->options.explicitBounds;
  LoweredModule &lowered = state->lowered;
  // From a loop on, not all that dominated a use does so still.
  if (state->isFromLoop && verifyModule(*lowered.code))
    return internalError("code from a loop on does not verify");
  runPasses(*lowered.code, *state->machine, state->options.optLevel);
  auto object = generateCode(*lowered.code, *state->machine, CodeGenFileType::ObjectFile, facts);
  isTroubled = !facts.trouble.empty();
  if (!object)
    return object.error();
  if (Result<void> fit = checkFrames(lowered, facts); !fit)
    return fit.error();
  auto linked = linkImage(MemoryBufferRef(StringRef(object->data(), object->size()), "unit"));
  if (!linked)
    return linked.error();
  auto entry = linked->functions.find(functionSymbol(lowered.functions.front().index));
  if (entry == linked->functions.end())
    return internalError("no code was linked for function " + lowered.functions.front().name);
  UnitImage image;
  image.entry = entry->second.begin;
  image.code = joinConstants(*linked);
  image.faults = std::move(linked->faults);
  image.sites = std::move(lowered.sites);
  image.callTypes = std::move(lowered.callTypes);
  return image;
}
