//===- TierCompiler.cpp - Compile single functions of a module later ------===//

#include "jit/TierCompiler.h"

#include "jit/interp/Translator.h"
#include "jit/orc/Orc.h"
#include "lowering/ChargeTable.h"
#include "lowering/RegionLiveIns.h"
#include "mlir-dialect/Transforms/FunctionPasses.h"

#include "mlir/IR/MLIRContext.h"

#include <mutex>

using namespace writ;

void writ::countTicks(mlir::ModuleOp module) {
  for (contract::FuncOp func : module.getOps<contract::FuncOp>())
    contract::countTicks(func);
}

namespace {

/// All that units are made from, in a context of its own.
struct Source {
  PreparedModule module;
  ChargeTable charges;
  RegionMap regions;
  ModuleFacts facts;
};

class TierCompiler final : public UnitCompiler {
public:
  TierCompiler(std::vector<uint8_t> bytes, CompileOptions given, std::vector<CostCounts> charges,
               size_t numOwn)
      : bytes(std::move(bytes)), options(std::move(given)), charges(std::move(charges)),
        numCharges(numOwn) {
    options.times = nullptr;
    options.tierUp.reset();
    orcOptions.optLevel = options.optLevel;
    orcOptions.budget = options.llvmBudget;
  }

  Result<UnitImage> compile(UnitRequest request) override;
  void rest() override;

private:
  Result<void> prepare();
  Result<UnitImage> compileWith(UnitRequest request, const OrcOptions &chosen, bool &isTroubled);

  const std::vector<uint8_t> bytes;
  CompileOptions options;
  OrcOptions orcOptions;

  std::mutex mutex; ///< For the rest: one at a time may look at IR or change charges.
  std::unique_ptr<Source> source;
  std::vector<CostCounts> charges; ///< With those that units have added.
  const size_t numCharges;         ///< Without.
};

} // namespace

/// The same again, for the same comes out. The interpreter's translation says what the cold paths
/// want.
Result<void> TierCompiler::prepare() {
  if (source)
    return {};
  Result<PreparedModule> prepared = prepareModule(bytes, options);
  if (!prepared)
    return prepared.error();
  auto made = std::make_unique<Source>();
  made->module = std::move(*prepared);
  mlir::ModuleOp ir = *made->module.ir;
  made->charges.assign(ir.getContext(), charges);
  auto code = interp::translate(ir, made->charges, &made->regions);
  if (!code)
    return code.error();
  countTicks(ir);
  made->facts = collectFacts(ir);
  source = std::move(made);
  return {};
}

Result<UnitImage> TierCompiler::compileWith(UnitRequest request, const OrcOptions &chosen,
                                            bool &isTroubled) {
  std::optional<Result<UnitInProgress>> work;
  std::vector<CostCounts> added;
  {
    std::lock_guard lock(mutex);
    if (Result<void> prepared = prepare(); !prepared)
      return prepared.error();
    OrcUnit unit{&source->facts, request.func, request.loop};
    work.emplace(startUnit(*source->module.ir, unit, source->charges, source->regions, chosen));
    charges = source->charges.counts();
    added.assign(charges.begin() + long(numCharges), charges.end());
  }
  if (!*work)
    return work->error();
  Result<UnitImage> image = (*work)->finish(isTroubled);
  if (image)
    image->addedCharges = std::move(added);
  return image;
}

Result<UnitImage> TierCompiler::compile(UnitRequest request) {
  bool isTroubled = false;
  Result<UnitImage> image = compileWith(request, orcOptions, isTroubled);
  if (image || !isTroubled)
    return image;
  OrcOptions checked = orcOptions; // As compileOrc does.
  checked.explicitBounds = true;
  return compileWith(request, checked, isTroubled);
}

void TierCompiler::rest() {
  constexpr size_t smallModule = 64 << 10;
  std::lock_guard lock(mutex);
  if (bytes.size() > smallModule)
    source.reset();
}

std::unique_ptr<UnitCompiler> writ::makeTierCompiler(std::vector<uint8_t> bytes,
                                                     CompileOptions options,
                                                     std::vector<CostCounts> charges,
                                                     size_t numOwn) {
  return std::make_unique<TierCompiler>(std::move(bytes), std::move(options), std::move(charges),
                                        numOwn);
}
