//===- CostClasses.h - Cost classes and counts of them --------------------===//
#ifndef WRIT_HOSTABI_COSTCLASSES_H
#define WRIT_HOSTABI_COSTCLASSES_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace writ {

enum class CostClass : uint8_t {
#define WRIT_COST_CLASS(Name, Mnemonic, Text) Name,
#include "hostabi/CostClasses.def"
};

inline constexpr size_t numCostClasses = 0
#define WRIT_COST_CLASS(Name, Mnemonic, Text) +1
#include "hostabi/CostClasses.def"
    ;

/// `count` ops (or units) of one class.
struct CostCount {
  CostClass costClass;
  uint32_t count;
  bool operator==(const CostCount &) const = default;
};

/// Counts per class, sorted by class, no zero counts. What a charge site costs
/// under a schedule is the sum of count times price.
using CostCounts = std::vector<CostCount>;

std::string_view costClassName(CostClass costClass);
std::optional<CostClass> parseCostClass(std::string_view name);

} // namespace writ

#endif
