//===- RegionLiveIns.h - What the cold path of a region needs -------------===//
#ifndef WRIT_LOWERING_REGIONLIVEINS_H
#define WRIT_LOWERING_REGIONLIVEINS_H

#include "mlir-dialect/IR/Contract.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace writ {

/// A word that the interpreter must find in its frame to run a region from its charge.
struct LiveIn {
  uint32_t frameIndex;
  mlir::Value value; ///< Null if it is a slot.
  int32_t slot = -1; ///< The slot's value at the charge; -1 if it is an SSA value.
};

/// One metering region, by its charge.
struct RegionLiveIns {
  uint32_t region = 0; ///< Number for `RuntimeCalls::cold`; module-wide, in walk order.
  /// False if nothing can be observed of the region before its gas runs out: then native
  /// code traps with `out_of_gas` at once and needs no live-ins.
  bool needsInterpreter = false;
  llvm::SmallVector<LiveIn, 4> words;
};

/// Made by the interpreter's translator, used by native tiers.
using RegionMap = llvm::DenseMap<contract::ChargeOp, RegionLiveIns>;

/// Words that `context->coldFrame` needs for all of them.
inline size_t coldFrameWords(const RegionMap &regions) {
  size_t words = 0;
  for (const auto &[charge, region] : regions)
    for (const LiveIn &liveIn : region.words)
      words = std::max(words, size_t(liveIn.frameIndex) + 1);
  return words;
}

} // namespace writ

#endif
