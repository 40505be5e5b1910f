//===- SplitAmountsTest.cpp - Amounts that others make up -----------------===//
#include "lowering/wasm/SplitAmounts.h"

#include <array>
#include <random>

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

using namespace writ;
using namespace writ::wasmgen;

using Counts = std::array<uint64_t, numCostClasses>;

static Counts key(const CostCounts &costs) {
  Counts counts{};
  for (CostCount cost : costs)
    counts[size_t(cost.costClass)] = cost.count;
  return counts;
}

/// What charging `amount` comes to, once all parts have been charged. A part of itself never ends.
static void charge(uint32_t amount, const std::map<uint32_t, AmountParts> &made,
                   const std::vector<CostCounts> &counts, Counts &charged, unsigned depth = 0) {
  REQUIRE(depth < 100);
  auto found = made.find(amount);
  if (found != made.end()) {
    CHECK(found->second.amounts.size() > 1);
    for (uint32_t part : found->second.amounts)
      charge(part, made, counts, charged, depth + 1);
    return;
  }
  for (CostCount cost : counts[amount])
    charged[size_t(cost.costClass)] += cost.count;
}

TEST_CASE("parts come to the whole, and at a place stand only what is a price or a function") {
  std::mt19937 random(1);
  for (unsigned round = 0; round < 50; ++round) {
    std::vector<CostCounts> counts;
    std::map<uint32_t, uint64_t> uses;
    std::set<Counts> known; // No two amounts are the same.
    for (uint32_t made = 0; made < 300; ++made) {
      CostCounts costs;
      for (size_t number = 0; number < numCostClasses; number += 1 + random() % 30)
        costs.push_back({CostClass(number), 1 + uint32_t(random() % 2)});
      if (!known.insert(key(costs)).second)
        continue;
      counts.push_back(std::move(costs));
      uses[uint32_t(counts.size()) - 1] = random() % 3 == 0 ? random() % 100 : random() % 3;
    }
    for (size_t number = 0; number < numCostClasses; ++number) {
      if (!known.insert(key({{CostClass(number), 1}})).second)
        continue;
      uses[uint32_t(counts.size())] = 0;
      counts.push_back({{CostClass(number), 1}});
    }
    std::map<uint32_t, AmountParts> made = splitAmounts(uses, {}, counts);
    CHECK(!made.empty());
    for (auto &[amount, parts] : made) {
      Counts charged{};
      charge(amount, made, counts, charged);
      CHECK(charged == key(counts[amount]));
      for (uint32_t part : parts.amounts)
        CHECK((!made.contains(part) || made[part].isFunction));
    }
  }
}

TEST_CASE("prices of imports and what is used often are left alone") {
  std::vector<CostCounts> counts{{{CostClass::Local, 1}}, {{CostClass::Load, 1}}};
  std::map<uint32_t, uint64_t> uses{{0, 50}, {1, 50}, {uint32_t(1) << 31, 9}};
  CHECK(splitAmounts(uses, {}, counts).empty());
}

TEST_CASE("a rare sum of frequent amounts is charged in parts") {
  std::vector<CostCounts> counts{{{CostClass::Local, 1}},
                                 {{CostClass::Load, 1}},
                                 {{CostClass::Local, 1}, {CostClass::Load, 1}}};
  auto rare = splitAmounts({{0, 50}, {1, 50}, {2, 1}}, {}, counts);
  REQUIRE(rare.size() == 1);
  CHECK(!rare[2].isFunction);
  CHECK(rare[2].amounts.size() == 2);
  auto frequent = splitAmounts({{0, 50}, {1, 50}, {2, 50}}, {}, counts);
  REQUIRE(frequent.size() == 1);
  CHECK(frequent[2].isFunction);
}
