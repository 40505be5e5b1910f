//===- Engine.cpp - Order the stages of a compile -------------------------===//

#include "jit/Engine.h"

#include "frontend/wasm/Importer.h"
#include "frontend/wasm/Wasm.h"
#include "jit/ColdMaker.h"
#include "jit/CompileWorker.h"
#include "jit/ModuleFromIR.h"
#include "jit/TierCompiler.h"
#include "jit/image/ImageCode.h"
#include "jit/interp/Translator.h"
#include "jit/orc/Orc.h"
#include "jit/runtime/Signatures.h"
#include "jit/tierup/AutoCode.h"
#include "lowering/ChargeTable.h"
#include "lowering/RegionLiveIns.h"

#include "mlir/IR/MLIRContext.h"

#include <tuple>

using namespace writ;

static FunctionOptions functionOptions(const CompileOptions &options) {
  return {options.metering, options.profile, options.name};
}

/// With `Imported`, bodies are as the importer makes them.
static Result<PreparedModule> prepare(const wasm::Module &module, const CompileOptions &options,
                                      PrepareStage stage, StageClock &clock) {
  PreparedModule prepared;
  if (stage == PrepareStage::Imported) {
    prepared.context = makeContext();
    clock.enter("import");
    wasm::ImportOptions importOptions;
    importOptions.costPerOp = options.metering == Metering::EachAlone;
    importOptions.name = options.name;
    auto imported = wasm::importModule(*prepared.context, module, importOptions);
    if (!imported)
      return imported.error();
    prepared.ir = std::move(*imported);
  } else {
    clock.enter("import");
    FunctionMaker maker(module, functionOptions(options), IRUse::Anything);
    if (Result<void> declared = maker.declare(); !declared)
      return declared.error();
    for (uint32_t index = module.importedFuncs; index < module.info.funcs.size(); ++index)
      if (Result<contract::FuncOp> made = maker.make(index, clock); !made)
        return made.error();
    std::tie(prepared.context, prepared.ir) = maker.take();
  }
  clock.enter("import");
  Result<ModuleInfo> info = extractModuleInfo(*prepared.ir);
  if (!info)
    return info.error();
  prepared.info = std::move(*info);
  return prepared;
}

Result<PreparedModule> writ::prepareModule(std::span<const uint8_t> bytes,
                                           const CompileOptions &options, PrepareStage stage) {
  StageClock clock(options.times);
  clock.enter("read");
  Result<wasm::Module> module = wasm::readModule(bytes, options.policy, options.name);
  if (!module)
    return module.error();
  return prepare(*module, options, stage, clock);
}

//===----------------------------------------------------------------------===//
// Tiers
//===----------------------------------------------------------------------===//

namespace {
/// One compile of a module on its way.
class Compile {
public:
  Compile(std::span<const uint8_t> bytes, const CompileOptions &options)
      : bytes(bytes), options(options) {}

  Result<std::shared_ptr<const CompiledModule>> run();

private:
  Result<void> read();
  Result<void> addSinglepass();
  Result<void> addWholeModule();
  Result<void> addInterp();
  Result<void> addLLVM();
  Result<void> addAuto();
  std::unique_ptr<UnitCompiler> makeUnitCompiler() const;

  std::span<const uint8_t> bytes;
  const CompileOptions &options;
  std::shared_ptr<const ModuleSource> source;
  CompiledModule::Parts parts;
  // For the tiers that want the whole module at once:
  PreparedModule prepared;
  ChargeTable charges;
  RegionMap regions;
};
} // namespace

Result<void> Compile::read() {
  StageClock clock(options.times);
  clock.enter("read");
  auto read = ModuleSource::read(bytes, options.policy, functionOptions(options), options.threads);
  if (!read)
    return read.error();
  source = std::move(*read);
  return {};
}

/// The singlepass tier's code, and the rest as far as there is no other.
Result<void> Compile::addSinglepass() {
  auto built = buildSinglepass(source, options.threads, options.times);
  if (!built)
    return built.error();
  parts.charges = built->charges;
  auto charges = std::make_shared<const std::vector<CostCounts>>(std::move(built->charges));
  auto cold = makeColdSource(source, std::move(charges), /*isCounting=*/false);
  auto code = ImageCode::create(std::move(built->image), std::move(cold));
  if (!code)
    return code.error();
  parts.tiers.push_back(std::move(*code));
  parts.info = std::move(built->info);
  return {};
}

/// Comes before the others, which make use of it.
Result<void> Compile::addInterp() {
  StageClock clock(options.times);
  clock.enter("interp");
  auto code =
      interp::translate(*prepared.ir, charges, options.llvm || options.tierUp ? &regions : nullptr);
  if (!code)
    return code.error();
  parts.tiers.insert(parts.tiers.begin(), *code);
  return {};
}

Result<void> Compile::addLLVM() {
  StageClock clock(options.times);
  clock.enter("llvm");
  OrcOptions orcOptions;
  orcOptions.optLevel = options.optLevel;
  orcOptions.explicitBounds = options.explicitBounds;
  orcOptions.budget = options.llvmBudget;
  auto code = compileOrc(*prepared.ir, prepared.info, charges, regions, orcOptions);
  if (!code)
    return code.error();
  parts.tiers.push_back(*code);
  return {};
}

std::unique_ptr<UnitCompiler> Compile::makeUnitCompiler() const {
  const ChildOptions &child = options.child;
  if (!child.command.empty())
    return makeChildCompiler(makeChildRequest(bytes, options, charges.counts()), child);
  return makeTierCompiler({bytes.begin(), bytes.end()}, options, charges.counts(),
                          charges.counts().size());
}

/// Emits and links all functions, which have their ticks, as one chunk.
static Result<SinglepassResult> compileCounting(const PreparedModule &prepared,
                                                const std::vector<CostCounts> &charges,
                                                const MakeColdSource &makeCold) {
  SinglepassCompiler compiler(*prepared.ir, /*isCounting=*/true);
  uint32_t function = 0;
  while (function < prepared.info.funcs.size() && prepared.info.funcs[function].import)
    ++function;
  compiler.beginChunk(function);
  for (; function < prepared.info.funcs.size(); ++function)
    if (Result<void> compiled = compiler.compile(function); !compiled)
      return compiled.error();
  auto chunk = compiler.endChunk();
  if (!chunk)
    return chunk.error();
  singlepass::LinkOptions linkOptions{compiler.calleesPop(), /*isCounting=*/true, charges};
  return linkSinglepass({std::move(*chunk)}, prepared.info, linkOptions, makeCold);
}

/// The tier that changes its code: its baseline, and what will make the rest. Comes last, since it
/// changes the IR.
Result<void> Compile::addAuto() {
  StageClock clock(options.times);
  clock.enter("auto");
  countTicks(*prepared.ir);
  auto counting = compileCounting(prepared, charges.counts(), [&](const auto &table) {
    return makeColdSource(source, std::make_shared<const std::vector<CostCounts>>(table),
                          /*isCounting=*/true);
  });
  if (!counting)
    return counting.error();
  charges.assign(prepared.context.get(), counting->charges);
  TierUp::Baseline baseline;
  baseline.code = counting->code;
  baseline.ticks = counting->ticks;
  baseline.entries = counting->entries;
  for (const FuncType &type : collectFacts(*prepared.ir).callTypes)
    baseline.callTypes.push_back(internSignature(type));
  baseline.numImports = source->module.importedFuncs;
  for (const GlobalDecl &global : prepared.info.globals)
    baseline.numOwnGlobals += !global.import;
  baseline.numCharges = uint32_t(charges.counts().size());
  size_t words = coldFrameWords(regions);
  for (const TickSite &site : counting->ticks->sites)
    words = std::max(words, size_t(site.numPlaces));
  size_t numFunctions = counting->ticks->frames.size();
  auto tierUp = std::make_shared<TierUp>(std::move(baseline), makeUnitCompiler(), *options.tierUp);
  parts.tiers.push_back(std::make_shared<AutoCode>(counting->code, counting->entries, numFunctions,
                                                   std::move(tierUp), words));
  return {};
}

Result<void> Compile::addWholeModule() {
  {
    StageClock clock(options.times);
    auto made = prepare(source->module, options, PrepareStage::Metered, clock);
    if (!made)
      return made.error();
    prepared = std::move(*made);
  }
  charges.assign(prepared.context.get(), parts.charges);
  if (Result<void> added = addInterp(); !added)
    return added;
  if (options.llvm)
    if (Result<void> added = addLLVM(); !added)
      return added;
  if (options.tierUp)
    if (Result<void> added = addAuto(); !added)
      return added;
  parts.info = std::move(prepared.info);
  parts.charges = charges.counts();
  return {};
}

Result<std::shared_ptr<const CompiledModule>> Compile::run() {
  if (Result<void> done = read(); !done)
    return done.error();
  if (options.singlepass)
    if (Result<void> added = addSinglepass(); !added)
      return added.error();
  if (!options.singlepass || options.llvm || options.tierUp) {
    if (Result<void> added = addWholeModule(); !added)
      return added.error();
  } else {
    parts.makeInterp = [source = source](const CompiledModule &module) {
      return translateModule(*source, module.charges());
    };
  }
  return CompiledModule::create(std::move(parts));
}

Result<std::shared_ptr<const CompiledModule>> writ::compileModule(std::span<const uint8_t> bytes,
                                                                  const CompileOptions &options) {
  return Compile(bytes, options).run();
}
