//===- TierUpTest.cpp - Code that changes while it runs -------------------===//
#include "jit/runtime/Linker.h"
#include "jit/tierup/AutoCode.h"
#include "tests/unit/TierUpPrograms.h"

#include "jit/Engine.h"

#include <atomic>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <thread>

using namespace writ;
using namespace writ::test;

static std::shared_ptr<const CompiledModule> compiled(const Bytes &bytes,
                                                      const CompileOptions &options) {
  auto module = compileModule(bytes, options);
  REQUIRE_MESSAGE(module, (module ? "" : module.error().message));
  return *module;
}

static CompileOptions tierUp(uint32_t hotTicks, std::shared_ptr<CompileQueue> queue = nullptr) {
  CompileOptions options;
  options.tierUp.emplace();
  options.tierUp->hotTicks = hotTicks;
  options.tierUp->pollTicks = 3;
  options.tierUp->queue = std::move(queue);
  return options;
}

/// All that can be seen of a call, as text.
static std::string callOn(Instance &instance, const TierUpCall &call, uint64_t gas) {
  CallLimits limits;
  limits.gas = gas;
  uint64_t argument = call.argument;
  auto outcome = instance.call(call.name, {&argument, 1}, limits);
  if (!outcome)
    return outcome.error().message;
  uint64_t sum = 0;
  for (size_t i = 0; i < 8192; ++i)
    sum = sum * 31 + instance.memory()->base()[i];
  bool isGas = outcome->trap.kind == TrapKind::OutOfGas;
  return fmt::format("{} at {:#x}, gas {}, {:#x}, memory {:#x}", trapName(outcome->trap.kind),
                     isGas ? 0 : outcome->trap.offset, outcome->gasUsed,
                     fmt::join(outcome->values, " "), sum);
}

/// In a new instance.
static std::string call(const std::shared_ptr<const CompiledModule> &module, std::string_view tier,
                        const TierUpCall &call, uint64_t gas = 10'000'000) {
  Store store;
  InstanceOptions options;
  options.tier = tier;
  auto made = Linker(store).instantiate(module, options);
  if (!made)
    return made.error().message;
  return callOn(*made->instance, call, gas);
}

static void compareAtEachPlace(TailCalls tailCalls) {
  Bytes bytes = tierUpProgram(tailCalls);
  uint64_t switches = 0;
  for (uint32_t hotTicks = 0; hotTicks < 40; ++hotTicks) {
    auto module = compiled(bytes, tierUp(hotTicks));
    for (const TierUpCall &which : tierUpCalls(tailCalls)) {
      CAPTURE(hotTicks);
      CAPTURE(which.name);
      CHECK(call(module, "auto", which) == call(module, "interp", which));
    }
    TierUpCounts counts = tierUpCounts(*module);
    CHECK_MESSAGE(counts.failed == 0, counts.firstFailure);
    CHECK(counts.functions > 0);
    switches += counts.switches;
  }
  CHECK(switches >= 100);
}

TEST_CASE("loops and calls go on in better code, wherever the change comes") {
  compareAtEachPlace(TailCalls::None);
  compareAtEachPlace(TailCalls::InDeadCode);
  compareAtEachPlace(TailCalls::Used);
}

TEST_CASE("a loop is left for better code at every gas limit") {
  Bytes bytes = tierUpProgram(TailCalls::None);
  for (uint32_t hotTicks : {1, 5}) {
    auto module = compiled(bytes, tierUp(hotTicks));
    for (const TierUpCall &which : {TierUpCall{"nested", 1}, TierUpCall{"divide", 60},
                                    TierUpCall{"fib", 4}, TierUpCall{"sum", 12}})
      for (uint64_t gas = 0; gas < 900; ++gas) {
        CAPTURE(gas);
        CAPTURE(which.name);
        REQUIRE(call(module, "auto", which, gas) == call(module, "interp", which, gas));
      }
  }
}

/// Long enough for compiles to come in the middle.
static std::vector<TierUpCall> longCalls() {
  std::vector<TierUpCall> calls = tierUpCalls(TailCalls::Used);
  for (TierUpCall &call : calls)
    if (call.name == "sum" || call.name == "nested" || call.name == "bounce")
      call.argument *= 300;
  return calls;
}

/// Calls everything again and again; counts what differs from `expected`.
static void useModule(const std::shared_ptr<const CompiledModule> &module,
                      const std::vector<std::string> &expected, std::atomic<int> &wrong) {
  std::vector<TierUpCall> calls = longCalls();
  for (int round = 0; round < 12; ++round)
    for (size_t i = 0; i < calls.size(); ++i)
      wrong += call(module, "auto", calls[i]) != expected[i];
}

TEST_CASE("threads run a module while others compile it") {
  Bytes bytes = tierUpProgram(TailCalls::Used);
  std::vector<std::string> expected;
  auto reference = compiled(bytes, {});
  for (const TierUpCall &which : longCalls())
    expected.push_back(call(reference, "interp", which));
  auto queue = std::make_shared<CompileQueue>(2);
  // A long run sets this to a thousand or so.
  const char *given = std::getenv("WRIT_TIERUP_MODULES");
  uint32_t numModules = given ? uint32_t(std::atoi(given)) : 12;
  uint64_t changes = 0, switches = 0;
  for (unsigned numThreads : {1, 2, 4})
    for (uint32_t hotTicks = 0; hotTicks < numModules; ++hotTicks) {
      auto module = compiled(bytes, tierUp(hotTicks, queue));
      std::atomic<int> wrong = 0;
      std::vector<std::thread> threads;
      for (unsigned i = 0; i < numThreads; ++i)
        threads.emplace_back([&] { useModule(module, expected, wrong); });
      for (std::thread &thread : threads)
        thread.join();
      CHECK(wrong == 0);
      if (hotTicks % 2) // Else modules end while they are compiled.
        queue->wait();
      TierUpCounts counts = tierUpCounts(*module);
      switches += counts.switches;
      changes += counts.functions + counts.loops;
    }
  MESSAGE(changes, " functions and loops changed, ", switches, " loops left in the middle");
}

TEST_CASE("what exceeds the budget stays on its tier and is not tried again") {
  CompileOptions options = tierUp(2);
  options.llvmBudget = 10;
  Bytes bytes = tierUpProgram(TailCalls::None);
  auto module = compiled(bytes, options);
  for (int round = 0; round < 3; ++round)
    CHECK(call(module, "auto", {"sum", 90}) == call(module, "interp", {"sum", 90}));
  TierUpCounts counts = tierUpCounts(*module);
  CHECK(counts.functions == 0);
  CHECK(counts.failed == 2); // The function and its loop.
  CHECK(counts.firstFailure.find("budget") != std::string::npos);
}

TEST_CASE("a function becomes hot in many short instances") {
  auto module = compiled(tierUpProgram(TailCalls::None), tierUp(30));
  for (int round = 0; round < 35; ++round)
    call(module, "auto", {"fib", 1});
  CHECK(tierUpCounts(*module).functions == 1);
}
