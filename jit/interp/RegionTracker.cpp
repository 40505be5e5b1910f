//===- RegionTracker.cpp - Regions, markers and live-in words -------------===//
#include "jit/interp/RegionTracker.h"

#include <algorithm>

using namespace writ;
using namespace writ::interp;

void RegionTracker::beginFunction(uint32_t numWords) {
  open = false;
  // Region numbers are not used twice, so old states do no harm.
  if (map && words.size() < numWords)
    words.resize(numWords);
}

void RegionTracker::endRegion() {
  if (open && map) {
    if (liveIns.needsInterpreter)
      map->try_emplace(charge, std::move(liveIns));
    else
      code.regions.back().liveWords = 0; // Native code traps by itself, and gives no words.
  }
  open = false;
}

void RegionTracker::beginRegion(contract::ChargeOp op, uint32_t opNumber) {
  endRegion();
  liveIns.region = uint32_t(code.regions.size());
  liveIns.needsInterpreter = false;
  liveIns.words.clear();
  code.regions.push_back({uint32_t(code.cells.size()), charges.indexOf(op.getCosts()),
                          uint32_t(code.markers.size()), uint32_t(code.functions.size() - 1), 0});
  open = true;
  hasEffect = false;
  charge = op;
  beginOp = opNumber;
  pending.clear();
}

void RegionTracker::mark(contract::CostOp cost, uint32_t offset) {
  if (!open)
    return; // Free code, or not metered.
  code.markers.push_back({uint32_t(code.cells.size()), charges.indexOf(cost.getCosts()), offset});
  if (!map)
    return;
  liveIns.needsInterpreter |= hasEffect;
  uint32_t &liveWords = code.regions.back().liveWords;
  for (const LiveIn &word : pending) {
    liveIns.words.push_back(word);
    liveWords = std::max(liveWords, word.frameIndex + 1);
  }
  pending.clear();
}

void RegionTracker::noteRead(uint32_t word, mlir::Value value, uint32_t def) {
  if (!map || !open)
    return;
  auto region = uint32_t(code.regions.size());
  WordState &state = words[word];
  if (state.readIn == region || state.writtenIn == region)
    return;
  state.readIn = region;
  if (value && isBefore(def))
    pending.push_back({word, value, -1});
  else
    pending.push_back({word, {}, int32_t(word)});
}

void RegionTracker::noteWrite(uint32_t word) {
  if (map && open)
    words[word].writtenIn = uint32_t(code.regions.size());
}
