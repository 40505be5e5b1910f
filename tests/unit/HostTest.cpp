//===- HostTest.cpp - Host functions: gas, memory, traps, call-backs ------===//
#include "tests/unit/FakeTier.h"
#include "tests/unit/HostFunctions.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

namespace {

/// A module that imports `env.host` and calls it with its own arguments from `call`;
/// exports a memory of one page and `callback`.
struct Caller {
  Store store;
  Linker linker{store};
  Instance *instance = nullptr;

  Caller(FuncType type, writ_host_function host, void *user = nullptr, Schedule *schedule = nullptr,
         CodeEntry callback = interpreted(seven)) {
    linker.defineFunction("env", "host", hostFunction(type, host, user));
    InstanceOptions options;
    options.schedule = schedule;
    ModuleInfo info = InfoBuilder()
                          .importFunc("env", "host", type)
                          .func("call", type)
                          .func("callback", {{}, {ValueType::I32}})
                          .memory({1, {}})
                          .exportAs("host", ExternKind::Func, 0)
                          .info;
    instance =
        linker.instantiate(compile(info, {interpreted(forward), callback}), options)->instance;
  }

  /// What compiled code does: call, and hand a trap on.
  static uint32_t forward(InstanceContext *context, Activation *activation, uint64_t *values) {
    return context->funcs[0]->call(context->funcs[0], activation, values);
  }
  static uint32_t seven(InstanceContext *, Activation *activation, uint64_t *values) {
    activation->gas -= 10;
    values[0] = 7;
    return 0;
  }

  Result<CallOutcome> call(std::vector<uint64_t> args = {}, uint64_t gas = 1000) {
    return instance->call("call", args, {.gas = gas, .stackBytes = {}});
  }
  uint64_t callback() const { return reinterpret_cast<uint64_t>(instance->func(2)); }
};

const FuncType voidType;
const FuncType sumType{{ValueType::I32, ValueType::I32}, {ValueType::I64}};
const FuncType backType{{ValueType::FuncRef}, {ValueType::I32}};

uint32_t trapUnreachable(InstanceContext *, Activation *activation, uint64_t *) {
  return setTrap(activation, TrapKind::Unreachable);
}

} // namespace

TEST_CASE("a host function reads the caller's memory and takes gas") {
  Caller caller(sumType, test_sum_bytes);
  caller.instance->memory()->base()[65534] = 3;
  caller.instance->memory()->base()[65535] = 4;
  Result<CallOutcome> outcome = caller.call({65534, 2});
  REQUIRE(outcome);
  CHECK(outcome->values == std::vector<uint64_t>{7});
  CHECK(outcome->gasUsed == 2);
}

TEST_CASE("a host function that is given a bad range traps with what it used") {
  Caller caller(sumType, test_sum_bytes);
  Result<CallOutcome> outcome = caller.call({65534, 3});
  REQUIRE(outcome);
  CHECK(outcome->trap.kind == TrapKind::MemoryOutOfBounds);
  CHECK(outcome->gasUsed == 3);
  CHECK(caller.call({~0u, 1})->trap.kind == TrapKind::MemoryOutOfBounds);
  CHECK(!caller.call({65536, 0})->trapped());
}

TEST_CASE("a host function that cannot be paid uses up all gas") {
  Caller caller(sumType, test_sum_bytes);
  Result<CallOutcome> outcome = caller.call({0, 11}, 10);
  REQUIRE(outcome);
  CHECK(outcome->trap.kind == TrapKind::OutOfGas);
  CHECK(outcome->gasUsed == 10);
}

TEST_CASE("the schedule's price of a host call is taken before it, exactly") {
  Schedule schedule = *shippedSchedule("flat");
  schedule.hosts[{"env", "host"}] = 100;
  Caller caller(sumType, test_sum_bytes, nullptr, &schedule);
  CHECK(caller.call({0, 1}, 101)->gasUsed == 101);
  CHECK(caller.call({0, 1}, 101)->trap.kind == TrapKind::None);
  CHECK(caller.call({0, 0}, 100)->trap.kind == TrapKind::None);
  CHECK(caller.call({0, 0}, 99)->trap.kind == TrapKind::OutOfGas);
  CHECK(caller.call({0, 0}, 99)->gasUsed == 99);
  REQUIRE(caller.instance->setSchedule(*shippedSchedule("flat")));
  CHECK(caller.call({0, 0}, 99)->gasUsed == 0);
}

TEST_CASE("a refusal is a host trap with a copy of its message") {
  Caller caller(voidType, test_refuse);
  Result<CallOutcome> outcome = caller.call();
  REQUIRE(outcome);
  CHECK(outcome->trap.kind == TrapKind::Host);
  CHECK(outcome->hostMessage == "no such account");
  CHECK(outcome->trap.instance == caller.instance);
}

TEST_CASE("a failure of the host is an error and no outcome") {
  Caller caller(voidType, test_break);
  Result<CallOutcome> outcome = caller.call();
  REQUIRE(!outcome);
  CHECK(outcome.error().kind == ErrorKind::Internal);
  CHECK(outcome.error().message == "disk on fire");
}

TEST_CASE("a status may be any trap, and nothing else") {
  writ_status status = 8;
  Caller caller(voidType, test_status, &status);
  CHECK(caller.call()->trap.kind == TrapKind::IntegerOverflow);
  status = 11;
  CHECK(caller.call()->gasUsed == 1000);
  for (writ_status bad : {200, 255, 256, 264, -2}) {
    status = bad;
    CHECK(caller.call().error().kind == ErrorKind::Internal);
  }
}

TEST_CASE("a host function cannot make gas") {
  Caller caller(voidType, test_steal_gas);
  CHECK(caller.call().error().message == "a host function raised the gas left");
}

TEST_CASE("32-bit results come zero-extended") {
  Caller caller({{}, {ValueType::I32}}, test_dirty_result);
  CHECK(caller.call()->values == std::vector<uint64_t>{5});
}

TEST_CASE("a host function calls back within the same gas") {
  Caller caller(backType, test_call_back);
  Result<CallOutcome> outcome = caller.call({caller.callback()});
  REQUIRE(outcome);
  CHECK(outcome->values == std::vector<uint64_t>{7});
  CHECK(outcome->gasUsed == 10);
}

TEST_CASE("a host function finds the caller's exports") {
  Caller caller({{}, {ValueType::I32}}, test_call_export);
  CHECK(caller.call()->values == std::vector<uint64_t>{7});
}

TEST_CASE("a trap in a call-back ends the whole call with its own kind") {
  Caller caller(backType, test_call_back, nullptr, nullptr, interpreted(trapUnreachable));
  Result<CallOutcome> outcome = caller.call({caller.callback()});
  REQUIRE(outcome);
  CHECK(outcome->trap.kind == TrapKind::Unreachable);
}

TEST_CASE("a host function that swallows a trap is a failure of the host") {
  Caller caller(backType, test_swallow_trap, nullptr, nullptr, interpreted(trapUnreachable));
  CHECK(caller.call({caller.callback()}).error().message == "a host function went on after a trap");
}

TEST_CASE("a re-exported host function is called from outside with its instance's memory") {
  Caller caller(sumType, test_sum_bytes);
  caller.instance->memory()->base()[0] = 9;
  std::vector<uint64_t> args{0, 1};
  CHECK(caller.instance->call("host", args)->values == std::vector<uint64_t>{9});
}

TEST_CASE("the caller is the instance that calls, not the one that is called first") {
  Caller caller(sumType, test_sum_bytes);
  caller.instance->memory()->base()[0] = 5;
  caller.linker.defineInstance("first", *caller.instance);
  ModuleInfo info = InfoBuilder()
                        .importFunc("first", "call", sumType)
                        .func("through", sumType)
                        .memory({1, {}})
                        .info;
  Result<Instantiation> outer =
      caller.linker.instantiate(compile(info, {interpreted(Caller::forward)}));
  REQUIRE(outer);
  std::vector<uint64_t> args{0, 1};
  Result<CallOutcome> outcome = outer->instance->call("through", args);
  REQUIRE(outcome);
  CHECK(outcome->values == std::vector<uint64_t>{5});
  CHECK(outer->instance->context()->activation == nullptr);
  CHECK(caller.instance->context()->activation == nullptr);
}
