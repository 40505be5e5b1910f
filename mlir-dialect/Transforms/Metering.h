//===- Metering.h - The passes that put gas and limits in -----------------===//
#ifndef WRIT_MLIRDIALECT_TRANSFORMS_METERING_H
#define WRIT_MLIRDIALECT_TRANSFORMS_METERING_H

#include <cstdint>

namespace mlir {
class PassManager;
}

namespace writ::contract {

/// How costs become charges. What a call costs is the same for `Merged` and `EachAlone`.
enum class Metering : uint8_t {
  Merged,    ///< One charge a region, merged along chains: what runs in production.
  EachAlone, ///< Every bytecode op charged alone, just before it runs: the definition.
  None,      ///< No charges; the stack limit stays. For measuring what metering costs.
};

/// Adds the passes between a front end and the tiers, in their order, to `passes` over a module:
/// the stack limit, markers for a profiler if `profile` is set, charges, and at the end
/// `contract-verify-core`. Here, and nowhere else, this order stands.
void addMeteringPasses(mlir::PassManager &passes, Metering metering, bool profile = false);

} // namespace writ::contract

#endif
