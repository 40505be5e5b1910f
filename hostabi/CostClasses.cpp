//===- CostClasses.cpp - Cost classes and their names ---------------------===//
#include "hostabi/CostClasses.h"

#include <algorithm>

using namespace writ;

static constexpr std::string_view names[] = {
#define WRIT_COST_CLASS(Name, Mnemonic, Text) Mnemonic,
#include "hostabi/CostClasses.def"
};

std::string_view writ::costClassName(CostClass costClass) { return names[size_t(costClass)]; }

std::optional<CostClass> writ::parseCostClass(std::string_view name) {
  const auto *found = std::find(std::begin(names), std::end(names), name);
  if (found == std::end(names))
    return std::nullopt;
  return CostClass(found - std::begin(names));
}
