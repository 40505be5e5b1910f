//===- Plan.h - What metering does at which instruction -------------------===//
//
// The markers of the IR say what is to be paid before which op, and an op's location which
// instruction it is. What stands between the instructions of a block in the IR stands between those
// in the bytes.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_METERONLY_PLAN_H
#define WRIT_JIT_METERONLY_PLAN_H

#include "lowering/wasm/ModuleState.h"

namespace writ::meteronly {

/// One instruction that is not left alone.
struct Step {
  uint32_t offset = 0;                 ///< In the input.
  uint32_t charge = wasmgen::noAmount; ///< To be taken before it.
  bool looks = false;                  ///< It matters at once if it cannot be paid.
  uint32_t unit = wasmgen::noAmount;   ///< And this, times the number on top of the stack.
  bool mayTrap = false;                ///< Or calls.
  bool isExit = false;                 ///< Leaves the function.
  bool takesBranchCost = false;        ///< `unreachable`: the helper is to take what it costs.
};

struct FunctionPlan {
  std::vector<Step> steps; ///< By rising offset.
  uint32_t frame = 0;      ///< Metered bytes.
  bool isLeaf = true;      ///< Calls nothing, and so need not give its frame back.

  /// The step at `offset`; null if there is none.
  const Step *find(uint32_t offset) const;
};

/// Plans `func`, which is as the importer has made it: no pass has run. Linear. Errors: BadInput,
/// for frames of 2 GiB.
Result<FunctionPlan> planFunction(wasmgen::ModuleState &module, contract::FuncOp func);

} // namespace writ::meteronly

#endif
