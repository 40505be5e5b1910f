//===- Amounts.h - Number the distinct amounts of code --------------------===//
#ifndef WRIT_JIT_SINGLEPASS_AMOUNTS_H
#define WRIT_JIT_SINGLEPASS_AMOUNTS_H

#include "hostabi/CostHash.h"

#include <vector>

namespace writ::singlepass {

/// Counts per class of several amounts, one behind the other, with their hashes.
class Amounts {
public:
  size_t size() const { return entries.size(); }
  std::span<const CostCount> operator[](size_t index) const {
    size_t begin = index == 0 ? 0 : entries[index - 1].end;
    return {counts.data() + begin, entries[index].end - begin};
  }
  uint64_t hash(size_t index) const { return entries[index].hash; }

  void add(std::span<const CostCount> amount, uint64_t hash) {
    counts.insert(counts.end(), amount.begin(), amount.end());
    entries.push_back({hash, uint32_t(counts.size())});
  }
  void clear() {
    counts.clear();
    entries.clear();
  }
  std::vector<CostCounts> spelledOut() const;

private:
  struct Entry {
    uint64_t hash;
    uint32_t end; ///< In `counts`.
  };
  std::vector<CostCount> counts;
  std::vector<Entry> entries;
};

/// Gives equal amounts one number, in the order in which they come.
class AmountNumbers {
public:
  AmountNumbers() : cells(1024) {}

  void clear();
  /// `hash` is `costHash(amount)`.
  uint32_t of(std::span<const CostCount> amount, uint64_t hash);

  Amounts amounts; ///< By number.

private:
  size_t indexOf(uint64_t hash) const { return hash >> shift; }
  void grow();

  std::vector<uint32_t> cells; ///< One more than a number; 0: free.
  unsigned shift = 54;
};

} // namespace writ::singlepass

#endif
