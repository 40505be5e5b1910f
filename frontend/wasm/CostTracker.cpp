//===- CostTracker.cpp - Bytecode costs up to the next marker -------------===//
#include "frontend/wasm/CostTracker.h"

#include "llvm/ADT/SmallVector.h"

#include <bit>

using namespace writ;
using namespace writ::contract;
using namespace writ::wasm;

bool CostTracker::isCurrent(CostsAttr costs) const {
  llvm::ArrayRef<CostCount> entries = costs.getCounts();
  if (entries.size() != size_t(std::popcount(present)))
    return false;
  return llvm::all_of(entries, [&](const CostCount &entry) {
    return counts[size_t(entry.costClass)] == entry.count;
  });
}

CostsAttr CostTracker::make() const {
  llvm::SmallVector<CostCount, 16> entries;
  for (uint64_t left = present; left != 0; left &= left - 1) {
    unsigned index = std::countr_zero(left);
    entries.push_back({CostClass(index), counts[index]});
  }
  return CostsAttr::get(context, entries);
}

void CostTracker::clear() {
  for (uint64_t left = present; left != 0; left &= left - 1)
    counts[std::countr_zero(left)] = 0;
  present = 0;
  hash = 0;
}

CostsAttr CostTracker::take() {
  CostsAttr &costs = known[hash >> 52];
  if (!costs || !isCurrent(costs))
    costs = make();
  CostsAttr taken = costs;
  clear();
  return taken;
}
