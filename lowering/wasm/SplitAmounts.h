//===- SplitAmounts.h - Make rare amounts of frequent ones ----------------===//
#ifndef WRIT_LOWERING_WASM_SPLITAMOUNTS_H
#define WRIT_LOWERING_WASM_SPLITAMOUNTS_H

#include "hostabi/CostClasses.h"

#include <cstdint>
#include <map>
#include <vector>

namespace writ::wasmgen {

/// An amount that is charged at few places needs a price, counts in `writ.charges` and a longer
/// call at each place: that takes more than charging several frequent amounts in its place, which
/// comes to the same as nothing happens in between.
///
/// `uses` says how often each amount is charged; `counts` what it is. The parts of those that are
/// better split; whatever parts they have, stays whole itself. Takes time linear in the amounts.
std::map<uint32_t, std::vector<uint32_t>> splitAmounts(const std::map<uint32_t, uint64_t> &uses,
                                                       const std::vector<CostCounts> &counts);

} // namespace writ::wasmgen

#endif
