//===- Engine.cpp - Order the stages of a compile -------------------------===//

#include "jit/Engine.h"

#include "frontend/wasm/Importer.h"
#include "frontend/wasm/Wasm.h"
#include "jit/CompileWorker.h"
#include "jit/ModuleFromIR.h"
#include "jit/TierCompiler.h"
#include "jit/interp/Translator.h"
#include "jit/orc/Orc.h"
#include "jit/runtime/Signatures.h"
#include "jit/singlepass/Singlepass.h"
#include "jit/tierup/AutoCode.h"
#include "lowering/ChargeTable.h"
#include "lowering/RegionLiveIns.h"
#include "mlir-dialect/Transforms/Passes.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"

#include <chrono>
#include <ctime>

using namespace writ;

static double threadSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

namespace {

/// Adds the time from its making to its end to `options.times`.
class StageTimer {
public:
  StageTimer(const CompileOptions &options, std::string_view stage)
      : times(options.times), stage(stage), start(std::chrono::steady_clock::now()),
        cpuStart(times ? threadSeconds() : 0) {}
  ~StageTimer() {
    if (!times)
      return;
    std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    times->push_back({stage, spent.count(), threadSeconds() - cpuStart});
  }
  StageTimer(const StageTimer &) = delete;
  StageTimer &operator=(const StageTimer &) = delete;

private:
  std::vector<StageTime> *times;
  std::string_view stage;
  std::chrono::steady_clock::time_point start;
  double cpuStart;
};

} // namespace

static std::unique_ptr<mlir::MLIRContext> makeContext() {
  mlir::DialectRegistry registry;
  registry.insert<contract::ContractDialect>();
  auto context =
      std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
  // Else the context still makes attributes under locks: a fifth of an import's time.
  context->disableMultithreading();
  context->loadDialect<contract::ContractDialect>();
  return context;
}

/// Runs `passes`; what they say becomes the error. They run on IR of our own making, so a
/// failure is ours.
static Result<void> runPasses(mlir::PassManager &passes, mlir::ModuleOp module) {
  std::string said;
  mlir::ScopedDiagnosticHandler handler(passes.getContext(), [&](mlir::Diagnostic &diagnostic) {
    if (!said.empty())
      said += "; ";
    said += diagnostic.str();
    return mlir::success();
  });
  if (mlir::failed(passes.run(module)))
    return internalError("metering failed: " + said);
  return {};
}

static Result<void> meter(mlir::ModuleOp module, const CompileOptions &options) {
  mlir::PassManager passes(module.getContext());
  // Each pass keeps the IR's invariants, and contract-verify-core checks them at the end.
  passes.enableVerifier(false);
  contract::addMeteringPasses(passes, options.metering, options.profile);
  return runPasses(passes, module);
}

Result<PreparedModule> writ::prepareModule(std::span<const uint8_t> bytes,
                                           const CompileOptions &options, PrepareStage stage) {
  std::optional<Result<wasm::Module>> module;
  {
    StageTimer timer(options, "read");
    module.emplace(wasm::readModule(bytes, options.policy, options.name));
    if (!*module)
      return module->error();
  }
  PreparedModule prepared;
  prepared.context = makeContext();
  {
    StageTimer timer(options, "import");
    wasm::ImportOptions importOptions;
    importOptions.costPerOp = options.metering == Metering::EachAlone;
    importOptions.name = options.name;
    auto imported = wasm::importModule(*prepared.context, **module, importOptions);
    if (!imported)
      return imported.error();
    prepared.ir = std::move(*imported);
  }
  if (stage == PrepareStage::Metered) {
    StageTimer timer(options, "meter");
    if (Result<void> metered = meter(*prepared.ir, options); !metered)
      return metered.error();
  }
  Result<ModuleInfo> info = extractModuleInfo(*prepared.ir);
  if (!info)
    return info.error();
  prepared.info = std::move(*info);
  return prepared;
}

static std::unique_ptr<UnitCompiler> makeUnitCompiler(std::span<const uint8_t> bytes,
                                                      const CompileOptions &options,
                                                      const std::vector<CostCounts> &charges) {
  const ChildOptions &child = options.child;
  if (!child.command.empty())
    return makeChildCompiler(makeChildRequest(bytes, options, charges), child);
  return makeTierCompiler({bytes.begin(), bytes.end()}, options, charges, charges.size());
}

/// The tier that changes its code: its baseline, and what will make the rest.
static Result<std::shared_ptr<const TierCode>>
compileAuto(std::span<const uint8_t> bytes, const CompileOptions &options, PreparedModule &prepared,
            ChargeTable &charges, const RegionMap &regions) {
  if (Result<void> counted = countTicks(*prepared.ir); !counted)
    return counted.error();
  Result<CountingCode> counting = compileCounting(*prepared.ir, charges, regions);
  if (!counting)
    return counting.error();
  TierUp::Baseline baseline;
  baseline.code = counting->code;
  baseline.ticks = counting->ticks;
  baseline.entries = counting->entries;
  for (const FuncType &type : collectFacts(*prepared.ir).callTypes)
    baseline.callTypes.push_back(internSignature(type));
  for (const FuncDecl &func : prepared.info.funcs)
    baseline.numImports += func.import.has_value();
  for (const GlobalDecl &global : prepared.info.globals)
    baseline.numOwnGlobals += !global.import;
  baseline.numCharges = uint32_t(charges.counts().size());
  size_t words = counting->code->coldFrameWords();
  for (const TickSite &site : counting->ticks->sites)
    words = std::max(words, size_t(site.numPlaces));
  size_t numFunctions = counting->ticks->frames.size();
  auto compiler = makeUnitCompiler(bytes, options, charges.counts());
  auto tierUp = std::make_shared<TierUp>(std::move(baseline), std::move(compiler), *options.tierUp);
  return std::shared_ptr<const TierCode>(std::make_shared<AutoCode>(
      counting->code, counting->entries, numFunctions, std::move(tierUp), words));
}

Result<std::shared_ptr<const CompiledModule>> writ::compileModule(std::span<const uint8_t> bytes,
                                                                  const CompileOptions &options) {
  Result<PreparedModule> prepared = prepareModule(bytes, options);
  if (!prepared)
    return prepared.error();
  ChargeTable charges;
  RegionMap regions;
  CompiledModule::Parts parts;
  {
    StageTimer timer(options, "interp");
    auto code = interp::translate(*prepared->ir, charges,
                                  options.singlepass || options.llvm || options.tierUp ? &regions
                                                                                       : nullptr);
    if (!code)
      return code.error();
    parts.tiers.push_back(*code);
  }
  if (options.singlepass) {
    StageTimer timer(options, "singlepass");
    auto code = compileSinglepass(*prepared->ir, charges, regions);
    if (!code)
      return code.error();
    parts.tiers.push_back(*code);
  }
  if (options.llvm) {
    StageTimer timer(options, "llvm");
    OrcOptions orcOptions;
    orcOptions.optLevel = options.optLevel;
    orcOptions.explicitBounds = options.explicitBounds;
    orcOptions.budget = options.llvmBudget;
    auto code = compileOrc(*prepared->ir, prepared->info, charges, regions, orcOptions);
    if (!code)
      return code.error();
    parts.tiers.push_back(*code);
  }
  if (options.tierUp) { // Last, since it changes the IR.
    StageTimer timer(options, "auto");
    auto code = compileAuto(bytes, options, *prepared, charges, regions);
    if (!code)
      return code.error();
    parts.tiers.push_back(*code);
  }
  parts.info = std::move(prepared->info);
  parts.charges = charges.counts();
  return CompiledModule::create(std::move(parts));
}
