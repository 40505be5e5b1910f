//===- CostTracker.h - Bytecode costs up to the next marker ---------------===//
#ifndef WRIT_FRONTEND_WASM_COSTTRACKER_H
#define WRIT_FRONTEND_WASM_COSTTRACKER_H

#include "mlir-dialect/IR/CostSum.h"

namespace writ::wasm {

/// Counts the bytecode ops since the last `contract.cost` and makes the attribute of the
/// next.
class CostTracker {
public:
  explicit CostTracker(mlir::MLIRContext *context) : attrs(context) {}

  void add(CostClass costClass) { sum.add({costClass, 1}); }
  bool isZero() const { return sum.isZero(); }

  /// What was added since the last call, which must not be nothing.
  contract::CostsAttr take() {
    contract::CostsAttr taken = attrs.get(sum);
    sum.clear();
    return taken;
  }

private:
  contract::CostSum sum;
  contract::CostAttrs attrs;
};

} // namespace writ::wasm

#endif
