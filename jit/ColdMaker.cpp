//===- ColdMaker.cpp - Interpreter code for what cannot be paid -----------===//

#include "jit/ColdMaker.h"

#include "hostabi/Crew.h"
#include "jit/image/ColdFormat.h"
#include "jit/interp/Translator.h"
#include "lowering/ChargeTable.h"

#include "mlir/IR/MLIRContext.h"

#include <atomic>
#include <map>
#include <mutex>
#include <optional>

using namespace writ;

/// Code asks for no amount that native code did not ask for.
static Result<void> checkCharges(const ChargeTable &table, std::span<const CostCounts> charges) {
  if (table.counts().size() != charges.size())
    return internalError("the interpreter's code has a charge that native code has not");
  return {};
}

namespace {

/// Makes functions one after the other, from IR of its own.
class ColdWorker {
public:
  ColdWorker(const ModuleSource &source, std::span<const CostCounts> charges, bool isCounting)
      : charges(charges), isCounting(isCounting),
        maker(source.module, source.options, IRUse::ByFunction) {}

  Result<void> declare() {
    if (Result<void> declared = maker.declare(); !declared)
      return declared;
    table.assign(maker.context(), charges);
    translator.emplace(maker.ir());
    compiler = std::make_unique<SinglepassCompiler>(maker.ir(), isCounting);
    return {};
  }

  Result<ColdFunction> make(uint32_t func) {
    StageClock clock(nullptr);
    auto ir = maker.make(func, clock);
    if (!ir)
      return ir.error();
    RegionMap regions;
    auto code = translator->translate(func, table, &regions);
    if (!code)
      return code.error();
    if (Result<void> checked = checkCharges(table, charges); !checked)
      return checked.error();
    if (isCounting)
      contract::countTicks(*ir); // Only now: the interpreter knows nothing of ticks.
    auto words = compiler->findWords(func, regions);
    if (!words)
      return words.error();
    maker.drop(func);
    for (ColdRegion &region : *words)
      region.number = region.region; // All regions are there.
    return ColdFunction{std::move(*code), std::move(*words)};
  }

private:
  std::span<const CostCounts> charges;
  const bool isCounting;
  FunctionMaker maker;
  ChargeTable table;
  std::optional<interp::FunctionTranslator> translator;
  std::unique_ptr<SinglepassCompiler> compiler;
};

class ColdMaker final : public ColdSource {
public:
  ColdMaker(std::shared_ptr<const ModuleSource> source,
            std::shared_ptr<const std::vector<CostCounts>> charges, bool isCounting)
      : source(std::move(source)), charges(std::move(charges)), isCounting(isCounting) {}

  Result<const ColdFunction *> function(uint32_t func) const override {
    std::lock_guard lock(mutex);
    auto found = functions.find(func);
    if (found == functions.end()) {
      ColdWorker worker(*source, *charges, isCounting);
      if (Result<void> declared = worker.declare(); !declared)
        return declared.error();
      auto made = worker.make(func);
      if (!made)
        return made.error();
      found = functions.emplace(func, std::move(*made)).first;
    }
    return &found->second;
  }

private:
  std::shared_ptr<const ModuleSource> source;
  std::shared_ptr<const std::vector<CostCounts>> charges;
  bool isCounting;
  mutable std::mutex mutex;
  mutable std::map<uint32_t, ColdFunction> functions;
};

} // namespace

std::unique_ptr<ColdSource>
writ::makeColdSource(std::shared_ptr<const ModuleSource> source,
                     std::shared_ptr<const std::vector<CostCounts>> charges, bool isCounting) {
  return std::make_unique<ColdMaker>(std::move(source), std::move(charges), isCounting);
}

//===----------------------------------------------------------------------===//
// All functions
//===----------------------------------------------------------------------===//

namespace {
/// What several threads fill.
struct AllCold {
  const ModuleSource &source;
  std::span<const CostCounts> charges;
  std::vector<std::vector<uint8_t>> made; ///< Of each own function.
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::optional<Error> error;

  void fail(Error why) {
    std::lock_guard lock(mutex);
    error = std::move(why);
  }
};
} // namespace

static void makeSome(AllCold &all) {
  ColdWorker worker(all.source, all.charges, /*isCounting=*/false);
  if (Result<void> declared = worker.declare(); !declared) {
    all.fail(declared.error());
    return;
  }
  for (size_t own; (own = all.next++) < all.made.size();) {
    auto function = worker.make(uint32_t(all.source.module.importedFuncs + own));
    if (!function) {
      all.fail(function.error());
      return;
    }
    ByteWriter writer;
    const interp::Code &code = *function->code;
    writeColdFunction(writer, code, code.functions.front(), function->regions,
                      NativeTier::Singlepass);
    all.made[own] = std::move(writer.bytes);
  }
}

Result<std::vector<std::vector<uint8_t>>> writ::makeAllCold(const ModuleSource &source,
                                                            std::span<const CostCounts> charges,
                                                            unsigned threads) {
  AllCold all{source, charges, {}, {}, {}, {}};
  all.made.resize(source.module.bodies.size());
  size_t most = std::min<size_t>(threads, all.made.size());
  Crew crew(std::max<size_t>(most, 1) - 1, [&] { makeSome(all); });
  makeSome(all);
  crew.join();
  if (all.error)
    return *all.error;
  return std::move(all.made);
}

//===----------------------------------------------------------------------===//
// A whole module
//===----------------------------------------------------------------------===//

Result<std::shared_ptr<const TierCode>> writ::translateModule(const ModuleSource &source,
                                                              std::span<const CostCounts> charges) {
  FunctionMaker maker(source.module, source.options, IRUse::ByFunction);
  StageClock clock(nullptr);
  if (Result<void> declared = maker.declare(); !declared)
    return declared.error();
  for (uint32_t func = source.module.importedFuncs; func < source.module.info.funcs.size(); ++func)
    if (auto made = maker.make(func, clock); !made)
      return made.error();
  ChargeTable table;
  table.assign(maker.context(), charges);
  auto code = interp::translate(maker.ir(), table, nullptr);
  if (!code)
    return code.error();
  if (Result<void> checked = checkCharges(table, charges); !checked)
    return checked.error();
  return std::shared_ptr<const TierCode>(std::move(*code));
}
