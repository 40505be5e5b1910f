//===- ColdMaker.h - Interpreter code for what cannot be paid -------------===//
#ifndef WRIT_JIT_COLDMAKER_H
#define WRIT_JIT_COLDMAKER_H

#include "jit/SinglepassBuild.h"

namespace writ {

/// Makes the interpreter's code of functions of `source`, whose charge table is `charges`, each
/// when it is first asked for. `isCounting`: for native code that counts.
std::unique_ptr<ColdSource> makeColdSource(std::shared_ptr<const ModuleSource> source,
                                           std::shared_ptr<const std::vector<CostCounts>> charges,
                                           bool isCounting);

/// The same of all own functions, as `writeColdFunction` writes it, on up to `threads` threads.
/// Errors are Internal.
Result<std::vector<std::vector<uint8_t>>>
makeAllCold(const ModuleSource &source, std::span<const CostCounts> charges, unsigned threads);

/// The interpreter's code of a whole module, with amounts of the charge table `charges`. Errors:
/// Limit for a function with more locals than code can name, else Internal.
Result<std::shared_ptr<const TierCode>> translateModule(const ModuleSource &source,
                                                        std::span<const CostCounts> charges);

} // namespace writ

#endif
