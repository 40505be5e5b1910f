//===- InstanceTest.cpp - Instantiation, calls, segments, prices ----------===//
#include "tests/unit/FakeTier.h"

#include "jit/runtime/RuntimeCalls.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace writ;
using namespace writ::test;

static const FuncType voidType;
static const FuncType addType{{ValueType::I32, ValueType::I32}, {ValueType::I32}};

static uint32_t addBody(InstanceContext *context, Activation *activation, uint64_t *values) {
  if (activation->gas < context->prices[0]) {
    activation->gas = 0;
    return setTrap(activation, TrapKind::OutOfGas);
  }
  activation->gas -= context->prices[0];
  values[0] = uint32_t(values[0] + values[1]);
  return 0;
}

static uint32_t trapBody(InstanceContext *, Activation *activation, uint64_t *) {
  return setTrap(activation, TrapKind::Unreachable);
}

static std::shared_ptr<const CompiledModule> addModule() {
  return compile(InfoBuilder().func("add", addType).func("trap", voidType).info,
                 {interpreted(addBody), interpreted(trapBody)},
                 {{{CostClass::Local, 2}, {CostClass::Integer, 1}}});
}

TEST_CASE("a call gives results and the gas used") {
  Store store;
  Result<Instantiation> made = store.instantiate(addModule(), {});
  REQUIRE(made);
  Result<CallOutcome> outcome = made->instance->call("add", std::vector<uint64_t>{~uint64_t(0), 3},
                                                     {.gas = 10, .stackBytes = {}});
  REQUIRE(outcome);
  CHECK(!outcome->trapped());
  CHECK(outcome->values == std::vector<uint64_t>{2});
  CHECK(outcome->gasUsed == 3);
}

TEST_CASE("a trap is an outcome with kind, gas and instance") {
  Store store;
  Instance &instance = *store.instantiate(addModule(), {})->instance;
  Result<CallOutcome> outcome = instance.call("trap", {}, {.gas = 10, .stackBytes = {}});
  REQUIRE(outcome);
  CHECK(outcome->trap.kind == TrapKind::Unreachable);
  CHECK(outcome->trap.instance == &instance);
  CHECK(outcome->values.empty());
  CHECK(outcome->gasUsed == 0);
  outcome = instance.call("add", std::vector<uint64_t>{1, 2}, {.gas = 2, .stackBytes = {}});
  REQUIRE(outcome);
  CHECK(outcome->trap.kind == TrapKind::OutOfGas);
  CHECK(outcome->gasUsed == 2);
}

TEST_CASE("calls that make no sense are bad input") {
  Store store;
  Instance &instance = *store.instantiate(addModule(), {})->instance;
  std::vector<uint64_t> two{1, 2};
  CHECK(instance.call("sub", two).error().message == "no exported function 'sub'");
  CHECK(instance.call(9, two).error().message == "no function 9; the module has 2");
  CHECK(instance.call("add", {}).error().message == "0 arguments given; expected 2");
  CHECK(instance.call("add", two, {.gas = maxGas, .stackBytes = {}}).error().kind ==
        ErrorKind::BadInput);
  CHECK(instance.call("add", two, {.gas = {}, .stackBytes = maxStackBytes + 1}).error().kind ==
        ErrorKind::BadInput);
}

TEST_CASE("another schedule is in force at once and shares its amounts") {
  Store store;
  auto module = addModule();
  Instance &first = *store.instantiate(module, {})->instance;
  Instance &second = *store.instantiate(module, {})->instance;
  CHECK(first.context()->prices == second.context()->prices);
  REQUIRE(first.setSchedule(*shippedSchedule("near")));
  std::vector<uint64_t> args{1, 2};
  CHECK(first.call("add", args)->gasUsed == 3 * 822756);
  CHECK(second.call("add", args)->gasUsed == 3);
  REQUIRE(second.setSchedule(*shippedSchedule("near")));
  CHECK(first.context()->prices == second.context()->prices);
}

TEST_CASE("own globals lie behind the context and start with their values") {
  Store store;
  ConstExpr sameAsImport{ConstExpr::Kind::GlobalGet, ValueType::I64, 0, 0};
  ModuleInfo info = InfoBuilder()
                        .importGlobal("env", "g", ValueType::I64, false)
                        .global(ValueType::I32, true, i32Const(7), "a")
                        .global(ValueType::I64, false, sameAsImport, "b")
                        .info;
  Extern given = store.createGlobal(ValueType::I64, false, 99);
  Result<Instantiation> made = store.instantiate(compile(info), {&given, 1});
  REQUIRE(made);
  Instance &instance = *made->instance;
  CHECK(*ownGlobal(instance.context(), 0) == 7);
  CHECK(*ownGlobal(instance.context(), 1) == 99);
  std::get<Global *>(*instance.findExport("a"))->set(8);
  CHECK(*ownGlobal(instance.context(), 0) == 8);
}

/// Memory of one page, table of 2, an active element and data segment each; then `more`.
static ModuleInfo withSegments(uint32_t dataOffset, uint32_t elemOffset) {
  ModuleInfo info = InfoBuilder()
                        .func("f", voidType)
                        .memory({1, {}}, "m")
                        .table(ValueType::FuncRef, {2, {}}, "t")
                        .info;
  info.data.push_back({SegmentMode::Active, 0, i32Const(0), "first"});
  info.data.push_back({SegmentMode::Active, 0, i32Const(dataOffset), "second"});
  info.data.push_back({SegmentMode::Passive, 0, {}, "third"});
  info.elems.push_back(
      {SegmentMode::Active, ValueType::FuncRef, 0, i32Const(elemOffset), {refFunc(0)}});
  info.elems.push_back({SegmentMode::Declarative, ValueType::FuncRef, 0, {}, {refFunc(0)}});
  info.elems.push_back({SegmentMode::Passive, ValueType::FuncRef, 0, {}, {refFunc(0)}});
  return info;
}

TEST_CASE("active segments are copied and dropped; passive ones stay") {
  Store store;
  Result<Instantiation> made =
      store.instantiate(compile(withSegments(8, 1), {interpreted(trapBody)}), {});
  REQUIRE(made);
  CHECK(!made->start.trapped());
  Instance &instance = *made->instance;
  CHECK(std::string_view((char *)instance.memory()->base() + 8, 6) == "second");
  CHECK(instance.table(0).get(0) == 0);
  CHECK(instance.table(0).get(1) == reinterpret_cast<uint64_t>(instance.func(0)));
  CHECK(instance.dataSegment(0).empty());
  CHECK(instance.dataSegment(2) == "third");
  CHECK(instance.elemSegment(0).empty());
  CHECK(instance.elemSegment(1).empty());
  CHECK(instance.elemSegment(2).size() == 1);
}

TEST_CASE("a segment out of bounds traps, and what came before stays") {
  Store store;
  Result<Instantiation> made =
      store.instantiate(compile(withSegments(65531, 1), {interpreted(trapBody)}), {});
  REQUIRE(made);
  CHECK(made->start.trap.kind == TrapKind::MemoryOutOfBounds);
  CHECK(std::string_view((char *)made->instance->memory()->base(), 5) == "first");
  CHECK(made->instance->table(0).get(1) != 0);
  made = store.instantiate(compile(withSegments(0, 2), {interpreted(trapBody)}), {});
  REQUIRE(made);
  CHECK(made->start.trap.kind == TrapKind::TableOutOfBounds);
  CHECK(made->instance->memory()->base()[0] == 0);
}

TEST_CASE("a trap of the start function is an outcome of the instantiation") {
  Store store;
  ModuleInfo info = InfoBuilder().func("f", voidType).info;
  info.start = 0;
  Result<Instantiation> made = store.instantiate(compile(info, {interpreted(trapBody)}), {});
  REQUIRE(made);
  CHECK(made->start.trap.kind == TrapKind::Unreachable);
}

TEST_CASE("bulk operations check both ends and know dropped segments") {
  Store store;
  Instance &instance =
      *store.instantiate(compile(withSegments(8, 0), {interpreted(trapBody)}), {})->instance;
  InstanceContext *context = instance.context();
  const RuntimeCalls &calls = *context->runtime;
  const auto outOfMemory = uint32_t(TrapKind::MemoryOutOfBounds);
  const auto outOfTable = uint32_t(TrapKind::TableOutOfBounds);
  CHECK(calls.memoryFill(context, 65535, 1, 1) == 0);
  CHECK(calls.memoryFill(context, 65535, 1, 2) == outOfMemory);
  CHECK(calls.memoryFill(context, 65536, 1, 0) == 0);
  CHECK(calls.memoryFill(context, 65537, 1, 0) == outOfMemory);
  CHECK(calls.memoryCopy(context, 1, 0, 65535) == 0);
  CHECK(calls.memoryCopy(context, 1, 0, 65536) == outOfMemory);
  CHECK(calls.memoryCopy(context, ~0u, 0, ~0u) == outOfMemory);
  CHECK(calls.memoryInit(context, 2, 0, 1, 4) == 0);
  CHECK(instance.memory()->base()[0] == 'h');
  CHECK(calls.memoryInit(context, 2, 0, 1, 5) == outOfMemory);
  calls.dataDrop(context, 2);
  CHECK(calls.memoryInit(context, 2, 0, 0, 1) == outOfMemory);
  CHECK(calls.memoryInit(context, 2, 0, 0, 0) == 0);
  CHECK(calls.memoryGrow(context, 1) == 1);
  CHECK(calls.tableInit(context, 2, 0, 1, 0, 1) == 0);
  CHECK(calls.tableInit(context, 2, 0, 2, 0, 1) == outOfTable);
  CHECK(calls.tableCopy(context, 0, 0, 0, 1, 1) == 0);
  CHECK(calls.tableCopy(context, 0, 0, 1, 1, 2) == outOfTable);
  CHECK(calls.tableFill(context, 0, 2, 0, 0) == 0);
  CHECK(calls.tableFill(context, 0, 1, 0, 2) == outOfTable);
  CHECK(calls.tableGrow(context, 0, 5, 2) == 2);
  CHECK(instance.table(0).get(3) == 5);
  CHECK(calls.tableGrow(context, 0, 5, ~0u) == ~0u);
  calls.elemDrop(context, 2);
  CHECK(calls.tableInit(context, 2, 0, 0, 0, 1) == outOfTable);
}

TEST_CASE("an instance is made on the tier that is asked for") {
  Store store;
  InstanceOptions options;
  options.tier = "fake";
  CHECK(store.instantiate(addModule(), {}, options));
  options.tier = "quick";
  Result<Instantiation> made = store.instantiate(addModule(), {}, options);
  REQUIRE(!made);
  CHECK(made.error().message == "the module is not compiled on tier 'quick'");
}

static uint32_t seeStack(InstanceContext *, Activation *activation, uint64_t *values) {
  values[0] = activation->stackLeft;
  values[1] = uint64_t(activation->interpStackEnd - activation->interpStack) * 8;
  return 0;
}

TEST_CASE("a call gets the stack limit it asks for, and an interpreter stack to match") {
  Store store;
  FuncType type{{}, {ValueType::I64, ValueType::I64}};
  Instance &instance =
      *store.instantiate(compile(InfoBuilder().func("f", type).info, {interpreted(seeStack)}), {})
           ->instance;
  CHECK(instance.call("f", {})->values[0] == defaultStackBytes);
  Result<CallOutcome> outcome = instance.call("f", {}, {.gas = {}, .stackBytes = 1 << 22});
  REQUIRE(outcome);
  CHECK(outcome->values[0] == 1 << 22);
  CHECK(outcome->values[1] >= 2 << 22);
}

// The sanitizers' own memory does not fit into the limit.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
static uint32_t growBody(InstanceContext *context, Activation *, uint64_t *values) {
  values[0] = context->runtime->memoryGrow(context, uint32_t(values[0]));
  return 0;
}

TEST_CASE("a growth that the machine refuses is an error and not an answer") {
  pid_t child = fork();
  if (child == 0) {
    FuncType type{{ValueType::I32}, {ValueType::I32}};
    Store store;
    Instance &instance =
        *store
             .instantiate(compile(InfoBuilder().func("f", type).memory({1, {}}).info,
                                  {interpreted(growBody)}),
                          {})
             ->instance;
    rlimit limit{rlim_t(3) << 30, rlim_t(3) << 30};
    setrlimit(RLIMIT_DATA, &limit);
    uint64_t pages = 1;
    bool fits = instance.call("f", {&pages, 1})->values[0] == 1;
    pages = 60000;
    Result<CallOutcome> outcome = instance.call("f", {&pages, 1});
    bool refused = !outcome && outcome.error().kind == ErrorKind::Internal &&
                   outcome.error().message == "no memory for 60000 more pages";
    _exit(fits && refused ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif
