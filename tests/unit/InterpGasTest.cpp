//===- InterpGasTest.cpp - Charges ahead come out as charges one by one ---===//
#include "tests/unit/InterpHarness.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

/// Runs `text` with every gas limit up to what it needs, charged ahead and one by one, and
/// compares all that can be observed.
static void checkEveryLimit(const std::string &text, std::vector<uint64_t> args,
                            const Schedule *schedule = nullptr) {
  InterpModule merged(text, Metering::Merged), alone(text, Metering::EachAlone);
  merged.schedule = alone.schedule = schedule;
  uint64_t full = alone.call("f", args).gasUsed;
  CHECK(merged.call("f", args).gasUsed == full);
  for (uint64_t gas = 0; gas <= full + 1; ++gas) {
    CAPTURE(gas);
    CallLimits limits;
    limits.gas = gas;
    CallOutcome a = merged.call("f", args, limits), b = alone.call("f", args, limits);
    CHECK(a.trap.kind == b.trap.kind);
    CHECK(a.trap.offset == b.trap.offset);
    CHECK(a.trap.func == b.trap.func);
    CHECK(a.gasUsed == b.gasUsed);
    CHECK(a.values == b.values);
    CHECK(merged.memory(64) == alone.memory(64));
    if (a.trap.kind == TrapKind::OutOfGas)
      CHECK(a.gasUsed == gas);
  }
}

static const char *storesText = R"(
  contract.memory 1
  contract.export "f" func 1
  contract.func @twice(%p: i32) -> i32 locals [i32] frame 80 {
  %x = contract.local_get 0 : i32
  %y = arith.addi %x, %x : i32
  contract.local_set 1, %y : i32
  contract.cost #contract.costs<local 2, integer 1>
  contract.store 8 %y, %x + 32 : i32
  %z = contract.local_get 1 : i32
  contract.cost #contract.costs<local 1, branch 1>
  contract.return %z : i32
  }
  contract.func @f(%p: i32, %q: i32) -> i32 locals [i32] frame 100 {
  %one = arith.constant 1 : i32
  %big = arith.constant 123456789 : i32
  contract.cost #contract.costs<marker 1>
  cf.br ^loop
  ^loop:
  %a = contract.local_get 0 : i32
  contract.cost #contract.costs<local 1, const 1>
  contract.store 32 %big, %a + 0 : i32
  contract.cost #contract.costs<local 1, call 1>
  %r = contract.call @twice(%a) : (i32) -> i32
  contract.local_set 2, %r : i32
  %b = contract.local_get 2 : i32
  contract.cost #contract.costs<local 2, load 1>
  %l = contract.load 8 %b + 0 : i32
  %s = arith.addi %l, %one : i32
  contract.cost #contract.costs<const 1, integer 1, store 1>
  contract.store 8 %s, %a + 16 : i32
  %n = contract.local_get 0 : i32
  %m = arith.addi %n, %one : i32
  contract.local_set 0, %m : i32
  %e = contract.local_get 1 : i32
  %more = arith.cmpi ult, %m, %e : i32
  contract.cost #contract.costs<local 3, integer 2, branch 1>
  cf.cond_br %more, ^loop, ^done
  ^done:
  %t = contract.local_get 2 : i32
  %u = contract.local_get 1 : i32
  contract.cost #contract.costs<local 2, integer_div 1>
  %d = contract.div_u %t, %u : i32
  contract.cost #contract.costs<branch 1>
  contract.return %d : i32
  })";

TEST_CASE("at every gas limit a loop with calls and stores stops at the right op") {
  checkEveryLimit(storesText, {0, 3});
}

TEST_CASE("at every gas limit a trap in a region has the gas of what ran before it") {
  checkEveryLimit(storesText, {65533, 65550}); // The store is out of bounds.
  checkEveryLimit(storesText, {65520, 65530}); // The load is.
  checkEveryLimit(storesText, {0, 0});         // The division is by zero.
}

TEST_CASE("units are charged by their number") {
  std::string text = R"(
  contract.memory 1
  contract.export "f" func 0
  contract.func @f(%p: i32, %q: i32) frame 100 {
    %v = arith.constant 7 : i32
    contract.cost #contract.costs<local 2, const 1, memory_bulk 1>
    contract.charge_units memory_bulk_unit, %q
    contract.memory_fill %p, %v, %q
    contract.cost #contract.costs<marker 1>
    contract.return
  })";
  Result<Schedule> schedule = loadSchedule("weighted");
  REQUIRE(schedule);
  schedule->classPrices[size_t(CostClass::MemoryBulkUnit)] = 3;
  checkEveryLimit(text, {3, 20}, &*schedule);
  checkEveryLimit(text, {65530, 20}, &*schedule);
  InterpModule m(text);
  m.schedule = &*schedule;
  CHECK(m.call("f", {0, 0xffffffff}).trap.kind == TrapKind::MemoryOutOfBounds);
  // Neither the product nor the sum wraps around.
  schedule->classPrices[size_t(CostClass::MemoryBulkUnit)] = maxGas;
  CallOutcome outcome = m.call("f", {0, 0xffffffff});
  CHECK(outcome.trap.kind == TrapKind::OutOfGas);
  CHECK(outcome.gasUsed == maxGas - 1);
}

TEST_CASE("a class that nobody can pay stops just before its op") {
  Result<Schedule> schedule = loadSchedule("flat");
  REQUIRE(schedule);
  schedule->classPrices[size_t(CostClass::Store)] = maxGas;
  InterpModule m(storesText);
  m.schedule = &*schedule;
  CallOutcome outcome = m.call("f", {0, 3});
  CHECK(outcome.trap.kind == TrapKind::OutOfGas);
  CHECK(outcome.trap.offset == 30); // The line of its cost.
  CHECK(m.memory(4) == "\x15\xcd\x5b\x07");
  // A trap before it has the gas of what ran, though the charge ahead was more than all.
  outcome = m.call("f", {65533, 65550});
  CHECK(outcome.trap.kind == TrapKind::MemoryOutOfBounds);
  CHECK(outcome.gasUsed == InterpModule(storesText).call("f", {65533, 65550}).gasUsed);
}

/// The live-ins of region number `region`, as "word:slot number" or "word:value".
static std::string liveIns(InterpModule &m, unsigned region) {
  for (auto &[charge, live] : m.regions) {
    if (live.region != region)
      continue;
    std::string text;
    for (const LiveIn &word : live.words)
      text += (text.empty() ? "" : " ") + std::to_string(word.frameIndex) +
              (word.value ? ":value" : ":slot " + std::to_string(word.slot));
    return text;
  }
  return "none";
}

TEST_CASE("native tiers are told what a region reads before it writes it") {
  InterpModule m(R"(
  contract.memory 1
  contract.export "f" func 1
  contract.func @g() -> i32 frame 64 {
    %c = arith.constant 1 : i32
    contract.return %c : i32
  }
  contract.func @f(%p: i32, %q: i32) -> i32 locals [i32, i32] frame 100 {
    %a = contract.local_get 0 : i32
    %r = contract.call @g() : () -> i32
    contract.local_set 2, %r : i32
    %b = contract.local_get 1 : i32
    contract.cost #contract.costs<local 2>
    contract.store 32 %b, %a + 0 : i32
    contract.local_set 3, %b : i32
    %c = contract.local_get 2 : i32
    %d = contract.local_get 3 : i32
    contract.cost #contract.costs<store 1>
    contract.store 32 %c, %d + 0 : i32
    contract.cost #contract.costs<store 1>
    contract.store 32 %c, %d + 0 : i32
    %e = contract.local_get 2 : i32
    contract.cost #contract.costs<branch 1>
    contract.return %e : i32
  })");
  // Region 0 and 1 are the entries; 2 follows the call. Word 2 holds the call's result.
  CHECK(liveIns(m, 2) == "2:value 1:slot 1 0:value");
}

TEST_CASE("a region in which nothing can be observed needs no interpreter") {
  InterpModule m(R"(
  contract.export "f" func 0
  contract.func @f(%p: i32) -> i32 frame 80 {
    %x = contract.local_get 0 : i32
    contract.cost #contract.costs<local 1>
    cf.br ^next
  ^next:
    %more = arith.cmpi ne, %x, %x : i32
    %y = arith.addi %x, %x : i32
    contract.cost #contract.costs<integer 1>
    cf.cond_br %more, ^next, ^done
  ^done:
    contract.return %y : i32
  })");
  CHECK(liveIns(m, 0) == "0:slot 0"); // The frame may be refused before the gas runs out.
  CHECK(liveIns(m, 1) == "none");
}
