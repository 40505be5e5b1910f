//===- ColdMaker.cpp - Interpreter code for what cannot be paid -----------===//

#include "jit/ColdMaker.h"

#include "jit/interp/Translator.h"
#include "lowering/ChargeTable.h"

#include "mlir/IR/MLIRContext.h"

#include <map>
#include <mutex>

using namespace writ;
using namespace writ::singlepass;

/// Code asks for no amount that native code did not ask for.
static Result<void> checkCharges(const ChargeTable &table, const std::vector<CostCounts> &charges) {
  if (table.counts().size() != charges.size())
    return internalError("the interpreter's code has a charge that native code has not");
  return {};
}

namespace {

class ColdMaker final : public ColdSource {
public:
  ColdMaker(std::shared_ptr<const ModuleSource> source, std::vector<CostCounts> charges,
            bool isCounting)
      : source(std::move(source)), charges(std::move(charges)), isCounting(isCounting) {}

  Result<const ColdFunction *> function(uint32_t func) const override {
    std::lock_guard lock(mutex);
    auto found = functions.find(func);
    if (found == functions.end()) {
      auto made = make(func);
      if (!made)
        return made.error();
      found = functions.emplace(func, std::move(*made)).first;
    }
    return found->second.get();
  }

private:
  Result<std::unique_ptr<ColdFunction>> make(uint32_t func) const {
    FunctionMaker maker(source->module, source->options, true);
    StageClock clock(nullptr);
    if (Result<void> declared = maker.declare(); !declared)
      return declared.error();
    auto ir = maker.make(func, clock);
    if (!ir)
      return ir.error();
    ChargeTable table;
    table.assign(maker.context(), charges);
    RegionMap regions;
    auto code = interp::translateFunction(maker.ir(), func, table, &regions);
    if (!code)
      return code.error();
    if (Result<void> checked = checkCharges(table, charges); !checked)
      return checked.error();
    if (isCounting)
      contract::countTicks(*ir); // Only now: the interpreter knows nothing of ticks.
    auto words = SinglepassCompiler(maker.ir(), isCounting).findWords(func, regions);
    if (!words)
      return words.error();
    return std::make_unique<ColdFunction>(ColdFunction{std::move(*code), std::move(*words)});
  }

  std::shared_ptr<const ModuleSource> source;
  std::vector<CostCounts> charges;
  bool isCounting;
  mutable std::mutex mutex;
  mutable std::map<uint32_t, std::unique_ptr<ColdFunction>> functions;
};

} // namespace

std::unique_ptr<ColdSource> writ::makeColdSource(std::shared_ptr<const ModuleSource> source,
                                                 std::vector<CostCounts> charges, bool isCounting) {
  return std::make_unique<ColdMaker>(std::move(source), std::move(charges), isCounting);
}

Result<std::shared_ptr<const TierCode>>
writ::translateModule(const ModuleSource &source, const std::vector<CostCounts> &charges) {
  FunctionMaker maker(source.module, source.options, true);
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
