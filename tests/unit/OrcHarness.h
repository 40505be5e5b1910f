//===- OrcHarness.h - Core IR in text, run by both tiers ------------------===//
#ifndef WRIT_TESTS_UNIT_ORCHARNESS_H
#define WRIT_TESTS_UNIT_ORCHARNESS_H

#include "jit/orc/Orc.h"
#include "jit/runtime/Store.h"

#include "mlir/IR/OwningOpRef.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writ::test {

/// A metered module, compiled by the interpreter's translator and the optimizing tier.
class BothTiers {
public:
  explicit BothTiers(std::string_view text, OrcOptions options = {});
  ~BothTiers();

  /// Calls export `name` in a fresh instance on each tier and checks that outcome, gas and memory
  /// are the same. Gives the outcome, with gas: "trap out_of_gas, 12 gas" or "0x7, 12 gas".
  std::string call(std::string_view name, std::vector<uint64_t> args = {},
                   uint64_t gas = 1'000'000);

  /// `call` at every gas limit from 0 until the outcome is no `out_of_gas`.
  void callAtEveryGasLimit(std::string_view name, std::vector<uint64_t> args = {});

  std::string emit(OrcStage stage);

  std::string error; ///< Of the optimizing tier; empty if there was none.

private:
  std::string callOn(std::string_view tier, std::string_view name,
                     const std::vector<uint64_t> &args, uint64_t gas);

  OrcOptions options;
  ChargeTable charges;
  RegionMap regions;
  mlir::OwningOpRef<mlir::ModuleOp> ir;
  std::shared_ptr<const CompiledModule> compiled;
};

} // namespace writ::test

#endif
