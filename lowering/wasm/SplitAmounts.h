//===- SplitAmounts.h - Make amounts of other amounts ---------------------===//
#ifndef WRIT_LOWERING_WASM_SPLITAMOUNTS_H
#define WRIT_LOWERING_WASM_SPLITAMOUNTS_H

#include "hostabi/CostClasses.h"

#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace writ::wasmgen {

/// Amounts that are charged in place of another one.
struct AmountParts {
  std::vector<uint32_t> amounts;
  bool isFunction = false; ///< By a function that is called; else at each place.
};

/// An amount needs a price, counts in `writ.charges`, and a function or a longer call at each
/// place. Charging several others in its place takes less, if they are there anyway, and comes to
/// the same as nothing happens in between.
///
/// `uses` says how often each amount is charged; `counts` what it is; those `inLoops` are made of
/// fewer others, as charges take time. Amounts that are not charged, too, may be parts. The parts
/// of those that are better made of others, which may have parts themselves. Takes time linear in
/// the amounts.
std::map<uint32_t, AmountParts> splitAmounts(const std::map<uint32_t, uint64_t> &uses,
                                             const std::set<uint32_t> &inLoops,
                                             const std::vector<CostCounts> &counts);

} // namespace writ::wasmgen

#endif
