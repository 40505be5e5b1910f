//===- EntryTest.cpp - Native stacks, entry frames and trap exits ---------===//
#include "tests/unit/FakeTier.h"

#include "jit/runtime/Thread.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

static const FuncType voidType;
static const FuncType i64ToI64{{ValueType::I64}, {ValueType::I64}};

static void trapNow(InstanceContext *context, Activation *activation, void *, uint64_t *) {
  activation->gas -= 5;
  activation->trap = {TrapKind::IntegerDivideByZero, 3, 77, context->instance};
  leaveByTrap(activation);
}

static bool onNativeStack() {
  GuardedRegion *stack = thisThread().nativeStacks.top();
  return stack && stack->contains(__builtin_frame_address(0));
}

static void seeStack(InstanceContext *, Activation *, void *, uint64_t *values) {
  values[0] = onNativeStack();
}

TEST_CASE("native code runs on a stack of the runtime's own") {
  Store store;
  Instance &instance =
      *store.instantiate(compile(InfoBuilder().func("f", i64ToI64).info, {native(seeStack)}), {})
           ->instance;
  std::vector<uint64_t> args{0};
  CHECK(instance.call("f", args)->values[0] == 1);
  CHECK(thisThread().nativeStacks.top() == nullptr);
  CHECK(thisThread().current == nullptr);
}

TEST_CASE("a trap leaves native code to its entry, with record and gas") {
  Store store;
  Instance &instance =
      *store.instantiate(compile(InfoBuilder().func("f", voidType).info, {native(trapNow)}), {})
           ->instance;
  for (int i = 0; i < 1000; ++i) {
    Result<CallOutcome> outcome = instance.call("f", {}, {.gas = 100, .stackBytes = {}});
    REQUIRE(outcome);
    REQUIRE(outcome->trap.kind == TrapKind::IntegerDivideByZero);
    REQUIRE(outcome->trap.func == 3);
    REQUIRE(outcome->trap.offset == 77);
    REQUIRE(outcome->gasUsed == 5);
  }
  CHECK(instance.context()->activation == nullptr);
}

/// Calls itself through an array call until the argument is 0, then traps or returns; checks
/// that the native stack is the same all along and that nothing is lost on the way back.
template <bool Traps>
static void recurse(InstanceContext *context, Activation *activation, void *, uint64_t *values) {
  uint64_t depth = values[0];
  if (depth == 0) {
    if (Traps)
      trapNow(context, activation, nullptr, values);
    return;
  }
  GuardedRegion *stack = thisThread().nativeStacks.top();
  uint64_t inner[1] = {depth - 1};
  activation->stackLeft -= 64;
  FuncRef *self = context->funcs[0];
  uint32_t kind = self->call(self, activation, inner);
  if (kind != 0)
    leaveByTrap(activation);
  values[0] =
      inner[0] + (stack == thisThread().nativeStacks.top()) + (context->activation == activation);
}

TEST_CASE("entries within entries stay on one stack and return in order") {
  Store store;
  Instance &instance =
      *store
           .instantiate(compile(InfoBuilder().func("f", i64ToI64).info, {native(recurse<false>)}),
                        {})
           ->instance;
  std::vector<uint64_t> args{200};
  Result<CallOutcome> outcome = instance.call("f", args);
  REQUIRE(outcome);
  CHECK(outcome->values[0] == 400);
}

TEST_CASE("a trap within entries within entries goes through all of them") {
  Store store;
  Instance &instance =
      *store
           .instantiate(compile(InfoBuilder().func("f", i64ToI64).info, {native(recurse<true>)}),
                        {})
           ->instance;
  std::vector<uint64_t> args{200};
  Result<CallOutcome> outcome = instance.call("f", args, {.gas = 100, .stackBytes = {}});
  REQUIRE(outcome);
  CHECK(outcome->trap.kind == TrapKind::IntegerDivideByZero);
  CHECK(outcome->gasUsed == 5);
  CHECK(instance.context()->activation == nullptr);
  CHECK(thisThread().nativeStacks.top() == nullptr);
}

/// A host function that starts a call of its own: `user` is the instance.
static writ_status callAnew(void *user, writ_call *, uint64_t *values) {
  auto *instance = static_cast<Instance **>(user);
  uint64_t depth = values[0];
  if (depth == 0)
    return WRIT_SUCCESS;
  std::vector<uint64_t> args{depth - 1};
  Result<CallOutcome> outcome = (*instance)->call("f", args, {.gas = 50, .stackBytes = {}});
  if (!outcome)
    return WRIT_HOST_FAILURE;
  values[0] = outcome->values[0] + 1;
  return WRIT_SUCCESS;
}

static void callHost(InstanceContext *context, Activation *activation, void *, uint64_t *values) {
  uint64_t *const interpStack = activation->interpStack;
  if (context->funcs[0]->call(context->funcs[0], activation, values) != 0)
    leaveByTrap(activation);
  values[0] += context->activation == activation && activation->interpStack == interpStack;
}

TEST_CASE("a host function may start a call of its own on the same thread") {
  Store store;
  Linker linker(store);
  Instance *instance = nullptr;
  linker.defineFunction("env", "again", hostFunction(i64ToI64, callAnew, &instance));
  instance = linker
                 .instantiate(compile(
                     InfoBuilder().importFunc("env", "again", i64ToI64).func("f", i64ToI64).info,
                     {native(callHost)}))
                 ->instance;
  std::vector<uint64_t> args{20};
  Result<CallOutcome> outcome = instance->call("f", args);
  REQUIRE(outcome);
  CHECK(outcome->values[0] == 41);
  SUBCASE("and nesting without end is a failure of the host, not a crash") {
    args[0] = 1000;
    Result<CallOutcome> endless = instance->call("f", args);
    REQUIRE(!endless);
    CHECK(endless.error().kind == ErrorKind::Internal);
    CHECK(thisThread().nativeStacks.top() == nullptr);
  }
}

TEST_CASE("a frame that the metered limit refuses too late still fits the native stack") {
  CHECK(checkMachineFrame("f", nativeStackFactor * 64, 64));
  Result<void> tooLarge = checkMachineFrame("f", nativeStackFactor * 64 + 1, 64);
  REQUIRE(!tooLarge);
  CHECK(tooLarge.error().kind == ErrorKind::Limit);
  // However large a metered frame is, the one that is made before the limit traps has room.
  CHECK(checkMachineFrame("f", maxMachineFrameBytes, uint64_t(1) << 40));
  CHECK(!checkMachineFrame("f", maxMachineFrameBytes + 1, uint64_t(1) << 40));
  CHECK(nativeStackBytes(0) >= maxMachineFrameBytes + hostStackBytes);
  // Without metered frames the largest one is all there is to check.
  CHECK(checkMachineFrame("f", maxMachineFrameBytes, 0));
}
