//===- CostSum.h - Add and take away costs, class by class ----------------===//
#ifndef WRIT_MLIRDIALECT_IR_COSTSUM_H
#define WRIT_MLIRDIALECT_IR_COSTSUM_H

#include "mlir-dialect/IR/Contract.h"

#include "llvm/ADT/bit.h"

#include <algorithm>
#include <array>

namespace writ::contract {

/// Counts per class that change often: sum many `CostsAttr` here and make one attribute at
/// the end. Adding takes time in the attribute's length, whatever the sum holds.
class CostSum {
public:
  void add(CostCount cost) { set(cost.costClass, count(cost.costClass) + cost.count); }
  void add(CostsAttr costs) {
    for (CostCount cost : costs.getCounts())
      add(cost);
  }

  void add(const CostSum &other) {
    for (uint64_t left = other.nonZero; left != 0; left &= left - 1) {
      auto costClass = CostClass(llvm::countr_zero(left));
      set(costClass, count(costClass) + other.count(costClass));
    }
  }

  /// Takes away from both what they have in common.
  static void cancel(CostSum &a, CostSum &b) {
    for (uint64_t left = a.nonZero & b.nonZero; left != 0; left &= left - 1) {
      auto costClass = CostClass(llvm::countr_zero(left));
      uint64_t common = std::min(a.count(costClass), b.count(costClass));
      a.set(costClass, a.count(costClass) - common);
      b.set(costClass, b.count(costClass) - common);
    }
  }

  /// Takes `costs` away. False, with nothing changed, if the sum does not cover them.
  bool subtract(CostsAttr costs) {
    for (CostCount cost : costs.getCounts())
      if (count(cost.costClass) < cost.count)
        return false;
    for (CostCount cost : costs.getCounts())
      set(cost.costClass, count(cost.costClass) - cost.count);
    return true;
  }

  uint64_t count(CostClass costClass) const { return counts[size_t(costClass)]; }
  bool isZero() const { return nonZero == 0; }
  void clear() { *this = CostSum(); }

  /// The sum as an attribute; null if a class's count does not fit 32 bits.
  CostsAttr toAttr(mlir::MLIRContext *context) const;

private:
  void set(CostClass costClass, uint64_t count) {
    uint64_t bit = uint64_t(1) << size_t(costClass);
    counts[size_t(costClass)] = count;
    nonZero = count != 0 ? nonZero | bit : nonZero & ~bit;
  }

  static_assert(numCostClasses <= 64, "one bit per class");
  std::array<uint64_t, numCostClasses> counts = {};
  uint64_t nonZero = 0;
};

} // namespace writ::contract

#endif
