//===- SplitAmounts.cpp - Make amounts of other amounts -------------------===//
#include "lowering/wasm/SplitAmounts.h"

#include "llvm/ADT/DenseMap.h"

#include <algorithm>
#include <array>

using namespace writ;
using namespace writ::wasmgen;

namespace {
using Counts = std::array<uint32_t, numCostClasses>;

struct Whole {
  uint32_t amount = 0;
  uint64_t givenUses = 0, uses = 0;
  uint64_t ops = 0;  ///< In all classes.
  uint64_t hash = 0; ///< That of a sum is the sum of those of its parts.
  unsigned classes = 0;
  bool isHot = false;      ///< Is charged in loops.
  uint64_t mostLeaves = 0; ///< Of which it may be made in the end.
  bool isUseless = false;  ///< Is not charged, and would not be used often enough.
  Counts counts{};
};

class Splitter {
public:
  Splitter(const std::map<uint32_t, uint64_t> &uses, const std::set<uint32_t> &inLoops,
           const std::vector<CostCounts> &counts);

  std::map<uint32_t, AmountParts> run();

private:
  using Parts = std::vector<uint32_t>; ///< Indices in `wholes`.

  Parts findParts(const Whole &whole);
  Parts findTwo(const Whole &whole) const;
  Parts findThree(const Whole &whole) const;
  Parts findMore(Whole whole) const;
  void begin();
  std::map<uint32_t, AmountParts> plan();
  uint64_t cost(const std::map<uint32_t, AmountParts> &made) const;
  bool isSum(const Whole &whole, const Parts &parts) const;

  std::vector<Whole> wholes;   ///< The largest first.
  Parts bySize;                ///< The same, the largest first.
  std::vector<uint32_t> parts; ///< Those that are used most, which come first.
  llvm::DenseMap<uint64_t, uint32_t> byHash;
  size_t searches = 0; ///< For three parts, that may still be made: they take long.
};
} // namespace

/// Of which others are made, at most.
static constexpr size_t mostParts = 64, mostFirstParts = 16;
static constexpr size_t partsOfRare = 7;
static constexpr size_t mostSearches = 1024;
/// Charges take time, in loops most of all.
static constexpr uint64_t mostLeavesInLoops = 4, mostLeaves = 8;

static uint64_t hashOf(const Counts &counts) {
  uint64_t hash = 0, factor = 0x9e3779b97f4a7c15;
  for (uint32_t count : counts) {
    hash += count * factor;
    factor = (factor ^ factor >> 29) * 0xbf58476d1ce4e5b9;
  }
  // Keys of maps cannot be all ones; that there are two of a hash is found out.
  return hash & ~(uint64_t(1) << 63);
}

Splitter::Splitter(const std::map<uint32_t, uint64_t> &uses, const std::set<uint32_t> &inLoops,
                   const std::vector<CostCounts> &counts) {
  for (auto [amount, count] : uses) {
    if (amount >= counts.size())
      continue;
    Whole whole;
    whole.amount = amount;
    whole.givenUses = count;
    whole.isHot = inLoops.contains(amount);
    whole.classes = unsigned(counts[amount].size());
    for (CostCount cost : counts[amount]) {
      whole.counts[size_t(cost.costClass)] = cost.count;
      whole.ops += cost.count;
    }
    whole.hash = hashOf(whole.counts);
    wholes.push_back(whole);
  }
  std::ranges::sort(wholes, {},
                    [](const Whole &whole) { return std::pair(~whole.ops, whole.amount); });
}

/// Those that are charged anyway, and of the others those that have proved useful.
void Splitter::begin() {
  byHash.clear();
  parts.clear();
  searches = mostSearches;
  std::vector<uint32_t> more;
  for (uint32_t index = 0; index < wholes.size(); ++index) {
    Whole &whole = wholes[index];
    whole.uses = whole.givenUses;
    whole.mostLeaves = whole.isHot ? mostLeavesInLoops : mostLeaves;
    if (whole.isUseless)
      continue;
    byHash[whole.hash] = index;
    (whole.givenUses == 0 ? more : parts).push_back(index);
  }
  std::ranges::sort(parts, {},
                    [&](uint32_t index) { return std::pair(~wholes[index].uses, index); });
  parts.resize(std::min(parts.size(), mostParts));
  parts.insert(parts.end(), more.begin(), more.end());
  bySize = parts;
  std::ranges::sort(bySize);
}

bool Splitter::isSum(const Whole &whole, const Parts &found) const {
  Counts counts = whole.counts;
  for (uint32_t part : found)
    for (size_t index = 0; index < numCostClasses; ++index) {
      if (wholes[part].counts[index] > counts[index])
        return false;
      counts[index] -= wholes[part].counts[index];
    }
  return counts == Counts();
}

static constexpr uint64_t hashMask = ~(uint64_t(1) << 63);

Splitter::Parts Splitter::findTwo(const Whole &whole) const {
  for (uint32_t part : parts) {
    auto rest = byHash.find((whole.hash - wholes[part].hash) & hashMask);
    if (rest != byHash.end() && isSum(whole, {part, rest->second}))
      return {part, rest->second};
  }
  return {};
}

Splitter::Parts Splitter::findThree(const Whole &whole) const {
  for (size_t first = 0; first < std::min(parts.size(), mostFirstParts); ++first)
    for (size_t second = first; second < parts.size(); ++second) {
      uint64_t taken = wholes[parts[first]].hash + wholes[parts[second]].hash;
      auto rest = byHash.find((whole.hash - taken) & hashMask);
      if (rest != byHash.end() && isSum(whole, {parts[first], parts[second], rest->second}))
        return {parts[first], parts[second], rest->second};
    }
  return {};
}

/// The largest that fits, again and again.
Splitter::Parts Splitter::findMore(Whole whole) const {
  Parts found;
  for (uint32_t part : bySize) {
    const Counts &counts = wholes[part].counts;
    auto fits = [&] {
      for (size_t index = 0; index < numCostClasses; ++index)
        if (counts[index] > whole.counts[index])
          return false;
      return true;
    };
    if (wholes[part].amount == whole.amount)
      continue;
    for (; whole.ops >= wholes[part].ops && whole.ops != 0 && fits(); found.push_back(part)) {
      if (found.size() == partsOfRare)
        return {};
      for (size_t index = 0; index < numCostClasses; ++index)
        whole.counts[index] -= counts[index];
      whole.ops -= wholes[part].ops;
    }
  }
  return whole.ops == 0 ? found : Parts();
}

Splitter::Parts Splitter::findParts(const Whole &whole) {
  Parts found = findTwo(whole);
  if (found.empty() && searches != 0) {
    --searches;
    found = findThree(whole);
  }
  return found.empty() ? findMore(whole) : found;
}

/// The largest first, so that it is known how often each is used when its turn comes.
std::map<uint32_t, AmountParts> Splitter::plan() {
  std::map<uint32_t, AmountParts> made;
  for (Whole &whole : wholes) {
    Parts found = whole.uses == 0 ? Parts() : findParts(whole);
    if (found.empty() || found.size() > whole.mostLeaves)
      continue;
    // A call takes two bytes, a function without anything four; a price eight and what it is.
    uint64_t uses = whole.uses, price = 7 + whole.classes;
    uint64_t alone = price + std::min(9 + 2 * uses, 5 * uses);
    uint64_t function = 4 + 2 * found.size() + 2 * uses, inPlace = 2 * found.size() * uses;
    if (alone <= std::min(function, inPlace))
      continue;
    AmountParts &parts = made[whole.amount];
    parts.isFunction = function < inPlace;
    for (uint32_t part : found) {
      parts.amounts.push_back(wholes[part].amount);
      wholes[part].uses += parts.isFunction ? 1 : uses;
      wholes[part].mostLeaves =
          std::min(wholes[part].mostLeaves, whole.mostLeaves / uint64_t(found.size()));
    }
  }
  return made;
}

/// In place of parts that are charged at each place, their own parts.
static void flatten(std::map<uint32_t, AmountParts> &made, uint32_t amount) {
  auto at = made.find(amount);
  if (at == made.end())
    return;
  std::vector<uint32_t> all;
  for (uint32_t part : at->second.amounts) {
    auto inner = made.find(part);
    if (inner == made.end() || inner->second.isFunction)
      all.push_back(part);
    else
      all.insert(all.end(), inner->second.amounts.begin(), inner->second.amounts.end());
  }
  at->second.amounts = std::move(all);
}

/// Bytes of all prices, functions and places, with `uses` as `plan` has left them.
uint64_t Splitter::cost(const std::map<uint32_t, AmountParts> &made) const {
  uint64_t bytes = 0;
  for (const Whole &whole : wholes) {
    auto parts = made.find(whole.amount);
    if (parts != made.end())
      bytes += parts->second.isFunction ? 4 + 2 * whole.uses : 0;
    else if (whole.uses != 0)
      bytes += 7 + whole.classes + std::min(4 * whole.uses, 9 + 2 * whole.uses);
  }
  return bytes;
}

/// With fewer and fewer of those that are not charged; what takes the least.
std::map<uint32_t, AmountParts> Splitter::run() {
  begin();
  std::map<uint32_t, AmountParts> best;
  uint64_t least = cost(best);
  for (uint64_t enough : {0, 4, 4, INT32_MAX}) {
    constexpr size_t many = 300; // Among which some are made of others for sure.
    if (enough == INT32_MAX && wholes.size() > many)
      break;
    for (Whole &whole : wholes)
      whole.isUseless |= whole.givenUses == 0 && whole.uses < enough;
    begin();
    std::map<uint32_t, AmountParts> made = plan();
    if (uint64_t bytes = cost(made); bytes < least) {
      least = bytes;
      best = std::move(made);
    }
  }
  for (const Whole &whole : llvm::reverse(wholes))
    flatten(best, whole.amount);
  return best;
}

std::map<uint32_t, AmountParts> wasmgen::splitAmounts(const std::map<uint32_t, uint64_t> &uses,
                                                      const std::set<uint32_t> &inLoops,
                                                      const std::vector<CostCounts> &counts) {
  return Splitter(uses, inLoops, counts).run();
}
