//===- CostHash.h - A hash of counts that can be added up -----------------===//
#ifndef WRIT_HOSTABI_COSTHASH_H
#define WRIT_HOSTABI_COSTHASH_H

#include "hostabi/CostClasses.h"

#include <array>
#include <span>

namespace writ {

/// A number for each class, without pattern (splitmix64). Contracts choose their counts, so the
/// numbers differ from process to process: else many amounts could be made to have one hash.
inline const auto costHashWeights = [] {
  static const char anywhere = 0; // Where the program was loaded is random (ASLR).
  uint64_t seed = reinterpret_cast<uintptr_t>(&anywhere) * 0x9e3779b97f4a7c15u;
  std::array<uint64_t, numCostClasses> weights{};
  for (size_t index = 0; index < weights.size(); ++index) {
    uint64_t mixed = seed + (index + 1) * 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
    weights[index] = mixed ^ (mixed >> 31);
  }
  return weights;
}();

/// The hash of a sum is the sum of the hashes. Its high bits are the best.
inline uint64_t costHash(CostCount cost) {
  return costHashWeights[size_t(cost.costClass)] * cost.count;
}
inline uint64_t costHash(std::span<const CostCount> costs) {
  uint64_t hash = 0;
  for (CostCount cost : costs)
    hash += costHash(cost);
  return hash;
}

} // namespace writ

#endif
