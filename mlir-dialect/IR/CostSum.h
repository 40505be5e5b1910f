//===- CostSum.h - Add and take away costs, class by class ----------------===//
#ifndef WRIT_MLIRDIALECT_IR_COSTSUM_H
#define WRIT_MLIRDIALECT_IR_COSTSUM_H

#include "hostabi/CostHash.h"
#include "mlir-dialect/IR/Contract.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/bit.h"

#include <algorithm>
#include <array>
#include <vector>

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
  void clear() {
    for (uint64_t left = nonZero; left != 0; left &= left - 1)
      counts[size_t(llvm::countr_zero(left))] = 0;
    nonZero = hash = 0;
  }

  /// As `costHash` of what `list` gives.
  uint64_t costHash() const { return hash; }
  /// Adds the counts to `to`, sorted by class. False if one does not fit 32 bits.
  bool list(llvm::SmallVectorImpl<CostCount> &to) const;
  /// The sum as an attribute; null if a class's count does not fit 32 bits.
  CostsAttr toAttr(mlir::MLIRContext *context) const;

private:
  friend class CostAttrs;
  bool equals(CostsAttr costs) const;

  void set(CostClass costClass, uint64_t count) {
    size_t index = size_t(costClass);
    uint64_t bit = uint64_t(1) << index;
    hash += costHashWeights[index] * (count - counts[index]);
    counts[index] = count;
    nonZero = count != 0 ? nonZero | bit : nonZero & ~bit;
  }

  static_assert(numCostClasses <= 64, "one bit per class");
  std::array<uint64_t, numCostClasses> counts = {};
  uint64_t nonZero = 0;
  uint64_t hash = 0; ///< Kept up to date: `costHash` of all counts.
};

/// Makes the attributes of sums. Few different ones occur in a module, and those made before are
/// found by the sum's hash, without a look-up in the context. For one thread at a time.
class CostAttrs {
public:
  explicit CostAttrs(mlir::MLIRContext *context) : context(context), known(1 << 13) {}

  /// As `sum.toAttr(context)`.
  CostsAttr get(const CostSum &sum) {
    CostsAttr &costs = known[sum.hash >> 51];
    if (!costs || !sum.equals(costs))
      costs = sum.toAttr(context);
    return costs;
  }

private:
  mlir::MLIRContext *context;
  std::vector<CostsAttr> known; ///< By the high bits of the hash.
};

} // namespace writ::contract

#endif
