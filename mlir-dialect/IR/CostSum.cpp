//===- CostSum.cpp - From counts per class to an attribute ----------------===//
#include "mlir-dialect/IR/CostSum.h"

#include "llvm/ADT/bit.h"

using namespace writ;
using namespace writ::contract;

bool CostSum::equals(CostsAttr costs) const {
  llvm::ArrayRef<CostCount> entries = costs.getCounts();
  if (entries.size() != size_t(llvm::popcount(nonZero)))
    return false;
  return llvm::all_of(entries,
                      [&](CostCount entry) { return count(entry.costClass) == entry.count; });
}

bool CostSum::list(llvm::SmallVectorImpl<CostCount> &to) const {
  for (uint64_t left = nonZero; left != 0; left &= left - 1) {
    auto costClass = CostClass(llvm::countr_zero(left));
    uint64_t count = counts[size_t(costClass)];
    if (count > UINT32_MAX)
      return false;
    to.push_back({costClass, uint32_t(count)});
  }
  return true;
}

CostsAttr CostSum::toAttr(mlir::MLIRContext *context) const {
  llvm::SmallVector<CostCount, 8> present;
  return list(present) ? CostsAttr::get(context, present) : nullptr;
}
