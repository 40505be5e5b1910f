//===- CostTracker.h - Bytecode costs up to the next marker ---------------===//
#ifndef WRIT_FRONTEND_WASM_COSTTRACKER_H
#define WRIT_FRONTEND_WASM_COSTTRACKER_H

#include "mlir-dialect/IR/Contract.h"

#include <array>
#include <vector>

namespace writ::wasm {

/// Counts the bytecode ops since the last `contract.cost` and makes the attribute of the
/// next. Few different sums occur in a module, so attributes made before are found by a
/// hash that is kept up to date with each op.
class CostTracker {
public:
  explicit CostTracker(mlir::MLIRContext *context) : context(context), known(knownSize) {}

  void add(CostClass costClass) {
    size_t index = size_t(costClass);
    ++counts[index];
    present |= uint64_t(1) << index;
    hash += weight(index);
  }
  bool isZero() const { return present == 0; }

  /// What was added since the last call, which must not be nothing.
  contract::CostsAttr take();

private:
  static constexpr size_t knownSize = 4096;
  static_assert(numCostClasses <= 64, "one bit each in `present`");

  /// Unlike for each class (splitmix64).
  static constexpr uint64_t weight(size_t index) {
    uint64_t mixed = (index + 1) * 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    return mixed ^ (mixed >> 31);
  }
  bool isCurrent(contract::CostsAttr costs) const;
  contract::CostsAttr make() const;
  void clear();

  mlir::MLIRContext *context;
  std::array<uint32_t, numCostClasses> counts{};
  uint64_t present = 0;                   ///< Which counts are not zero.
  uint64_t hash = 0;                      ///< Sum of count times weight.
  std::vector<contract::CostsAttr> known; ///< By the high bits of the hash.
};

} // namespace writ::wasm

#endif
