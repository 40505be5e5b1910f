//===- SplitAmounts.cpp - Make rare amounts of frequent ones --------------===//
#include "lowering/wasm/SplitAmounts.h"

#include <algorithm>
#include <array>

using namespace writ;
using namespace writ::wasmgen;

namespace {
using Counts = std::array<uint32_t, numCostClasses>;

struct Part {
  uint32_t amount = 0;
  uint64_t ops = 0; ///< In all classes.
  Counts counts{};
};
} // namespace

/// As many as there are one-byte function indices to be had, more or less.
static constexpr size_t mostParts = 112;
static constexpr uint64_t enoughUses = 4;
/// Of which an amount may be made.
static constexpr size_t partsOfRare = 7;

static Part makePart(uint32_t amount, const CostCounts &counts) {
  Part part;
  part.amount = amount;
  for (CostCount cost : counts) {
    part.counts[size_t(cost.costClass)] = cost.count;
    part.ops += cost.count;
  }
  return part;
}

static bool covers(const Counts &whole, const Counts &part) {
  for (size_t index = 0; index < numCostClasses; ++index)
    if (part[index] > whole[index])
      return false;
  return true;
}

/// The largest that fits, again and again; empty if something is left or there are too many.
static std::vector<uint32_t> split(Part whole, const std::vector<Part> &parts) {
  std::vector<uint32_t> found;
  for (const Part &part : parts)
    while (whole.ops != 0 && part.ops <= whole.ops && covers(whole.counts, part.counts)) {
      if (found.size() == partsOfRare)
        return {};
      found.push_back(part.amount);
      for (size_t index = 0; index < numCostClasses; ++index)
        whole.counts[index] -= part.counts[index];
      whole.ops -= part.ops;
    }
  return whole.ops == 0 ? found : std::vector<uint32_t>();
}

std::map<uint32_t, std::vector<uint32_t>>
wasmgen::splitAmounts(const std::map<uint32_t, uint64_t> &uses,
                      const std::vector<CostCounts> &counts) {
  std::vector<std::pair<uint64_t, uint32_t>> byUses;
  for (auto [amount, count] : uses)
    if (amount < counts.size() && count >= enoughUses)
      byUses.push_back({~count, amount});
  std::ranges::sort(byUses);
  std::vector<Part> parts;
  for (size_t index = 0; index < std::min(byUses.size(), mostParts); ++index)
    parts.push_back(makePart(byUses[index].second, counts[byUses[index].second]));
  std::map<uint32_t, std::vector<uint32_t>> made;
  std::vector<bool> isPart(counts.size(), false);
  for (const Part &part : parts)
    isPart[part.amount] = true;
  std::ranges::sort(parts, {}, [](const Part &part) { return std::pair(~part.ops, part.amount); });
  for (auto [amount, count] : uses) {
    if (amount >= counts.size() || isPart[amount])
      continue;
    std::vector<uint32_t> found = split(makePart(amount, counts[amount]), parts);
    // A call of a part takes two bytes; the whole takes five at each place, and ten besides.
    if (!found.empty() && 2 * found.size() * count < 5 * count + 10)
      made[amount] = std::move(found);
  }
  return made;
}
