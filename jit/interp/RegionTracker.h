//===- RegionTracker.h - Regions, markers and live-in words ---------------===//
#ifndef WRIT_JIT_INTERP_REGIONTRACKER_H
#define WRIT_JIT_INTERP_REGIONTRACKER_H

#include "jit/interp/Code.h"
#include "lowering/ChargeTable.h"
#include "lowering/RegionLiveIns.h"

namespace writ::interp {

/// Follows the metering regions while a function's cells are made: fills `Code::regions` and
/// `Code::markers` and, if a native tier wants to know, what each region's prefix reads.
class RegionTracker {
public:
  RegionTracker(Code &code, ChargeTable &charges, RegionMap *map)
      : code(code), charges(charges), map(map) {}

  /// A function of up to `words` words begins.
  void beginFunction(uint32_t words);
  /// No region goes on into another block, nor out of the function.
  void endRegion();
  /// A region begins at the charge whose cell is the next one; `op` is its number.
  void beginRegion(contract::ChargeOp charge, uint32_t op);
  /// A cost is due before the next cell.
  void mark(contract::CostOp cost, uint32_t offset);
  /// Something that can be observed comes before the next marker.
  void noteEffect() { hasEffect = true; }
  /// A cell reads `word`, which holds `value`, made by op number `def`; null: slot `word`.
  void noteRead(uint32_t word, mlir::Value value, uint32_t def);
  void noteWrite(uint32_t word);

  /// Whether op number `def` comes before the region's charge; ~0 for block arguments.
  bool isBefore(uint32_t def) const { return open && def + 1 <= beginOp; }

private:
  struct WordState {
    uint32_t readIn = 0, writtenIn = 0; ///< One more than a region.
  };

  Code &code;
  ChargeTable &charges;
  RegionMap *map;
  bool open = false;
  bool hasEffect = false;
  uint32_t beginOp = 0;
  contract::ChargeOp charge;
  RegionLiveIns liveIns;                 ///< Goes into `map` if a native tier must know.
  llvm::SmallVector<LiveIn, 16> pending; ///< Read after the last marker.
  std::vector<WordState> words;
};

} // namespace writ::interp

#endif
