//===- RegionSlice.h - The part of a region that can be seen --------------===//
#ifndef WRIT_JIT_INTERP_REGIONSLICE_H
#define WRIT_JIT_INTERP_REGIONSLICE_H

#include "jit/interp/Code.h"

#include <vector>

namespace writ::interp {

/// Of a region that cannot be paid, the ops that may run, and whose running can be told.
struct RegionSlice {
  uint32_t region = 0;         ///< In `Code::regions`.
  std::vector<uint32_t> cells; ///< Of ops, in order.
  std::vector<uint32_t> reads; ///< Words that they need from before, in order.
};

/// Cuts slices from the regions of one function after the other.
class RegionSlicer {
public:
  explicit RegionSlicer(const Code &code) : code(code) {}
  RegionSlice cut(uint32_t region);

private:
  void findOps(const Region &region, uint32_t end);
  bool isNeeded(const Cell &cell) const;
  void follow(const Cell &cell);

  const Code &code;
  std::vector<uint32_t> ops;      ///< Cells of the region's ops up to its last marker.
  std::vector<uint32_t> neededBy; ///< For each word, one more than the region that needs it.
  uint32_t stamp = 0;
};

} // namespace writ::interp

#endif
