//===- SignalsTest.cpp - Faults of code become traps, others are chained --===//
#include "tests/unit/FakeTier.h"
#include "tests/unit/SignalSetup.h"

#include "jit/runtime/Signals.h"

#include <csetjmp>
#include <csignal>
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace writ;
using namespace writ::test;

// What a compiler would have made: a load with a known address, a load that is not in the
// table, and code that fills the stack.
asm(R"(
  .text
test_code_begin:
test_load:
  movq %rdi, %rax
test_load_pc:
  movzbl (%rax, %rsi), %eax
  ret
test_unlisted_load:
  movzbl (%rdi, %rsi), %eax
  ret
test_fill_stack:
  pushq %rax
  jmp test_fill_stack
test_code_end:
)");
extern "C" {
extern const char test_code_begin[], test_code_end[], test_load_pc[];
uint8_t test_load(const uint8_t *base, uint64_t offset);
uint8_t test_unlisted_load(const uint8_t *base, uint64_t offset);
void test_fill_stack();
}

static const TrapSite sites[] = {{}, {TrapKind::MemoryOutOfBounds, 4, 99, 0}};

static CodeRange testRange() {
  CodeRange range;
  range.begin = test_code_begin;
  range.bytes = size_t(test_code_end - test_code_begin);
  range.faults = {{uint32_t(test_load_pc - test_code_begin), 1}};
  range.sites = sites;
  return range;
}

// The handlers that the host had: they jump back to the test.
static sigjmp_buf hostResume;
static volatile int segvSeen, busSeen;

static void onSegv(int, siginfo_t *info, void *) {
  segvSeen = segvSeen + 1;
  if (info->si_code > 0) // A real fault: it would happen again.
    siglongjmp(hostResume, 1);
}

static void onBus(int) { busSeen = busSeen + 1; }

void writ::test::installHostHandlers() {
  struct sigaction action = {};
  action.sa_sigaction = onSegv;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, nullptr);
  action = {};
  action.sa_handler = onBus;
  sigaction(SIGBUS, &action, nullptr);
}

/// Loads from the address in values[0], having charged 100 of which 30 are given back.
static void load(InstanceContext *context, Activation *activation, void *, uint64_t *values) {
  activation->gas -= 100;
  context->gas = activation->gas;
  values[0] = test_load(context->memoryBase, values[0]);
}

static void fillStack(InstanceContext *, Activation *, void *, uint64_t *) { test_fill_stack(); }

static void loadUnlisted(InstanceContext *context, Activation *, void *, uint64_t *values) {
  values[0] = test_unlisted_load(context->memoryBase, values[0]);
}

static Instance &faultingInstance(Store &store) {
  FuncType type{{ValueType::I64}, {ValueType::I64}};
  Result<Instantiation> made =
      store.instantiate(compile(InfoBuilder()
                                    .func("load", type)
                                    .func("fill", {})
                                    .func("unlisted", type)
                                    .memory({1, {}})
                                    .info,
                                {native(load), native(fillStack), native(loadUnlisted)},
                                {{{CostClass::Integer, 30}}}),
                        {});
  return *made->instance;
}

TEST_CASE("a fault beyond the memory is a trap with site, position and refund") {
  Result<CodeRegistration> code = registerCode(testRange());
  REQUIRE(code);
  Store store;
  Instance &instance = faultingInstance(store);
  instance.memory()->base()[65535] = 42;
  for (uint64_t address : {uint64_t(65536), uint64_t(1) << 32, 2 * uint64_t(~0u) + 16}) {
    CAPTURE(address);
    std::vector<uint64_t> args{address};
    Result<CallOutcome> outcome = instance.call("load", args, {.gas = 1000, .stackBytes = {}});
    REQUIRE(outcome);
    CHECK(outcome->trap.kind == TrapKind::MemoryOutOfBounds);
    CHECK(outcome->trap.func == 4);
    CHECK(outcome->trap.offset == 99);
    CHECK(outcome->trap.instance == &instance);
    CHECK(outcome->gasUsed == 70);
  }
  std::vector<uint64_t> args{65535};
  CHECK(instance.call("load", args)->values[0] == 42);
  CHECK(*instance.memory()->grow(1) == 1);
  args[0] = 65536;
  CHECK(instance.call("load", args)->values[0] == 0);
}

TEST_CASE("code that runs out of native stack is an internal error, not a crash") {
  Result<CodeRegistration> code = registerCode(testRange());
  REQUIRE(code);
  Store store;
  Instance &instance = faultingInstance(store);
  for (int i = 0; i < 2; ++i) {
    Result<CallOutcome> outcome = instance.call("fill", {});
    REQUIRE(!outcome);
    CHECK(outcome.error().kind == ErrorKind::Internal);
    CHECK(outcome.error().message == "native stack exhausted before the metered limit");
  }
}

TEST_CASE("faults that are not the contract's go to the handler that was there before") {
  Result<CodeRegistration> code = registerCode(testRange());
  REQUIRE(code);
  segvSeen = 0;
  busSeen = 0;
  if (sigsetjmp(hostResume, 1) == 0)
    *reinterpret_cast<volatile int *>(8) = 1;
  CHECK(segvSeen == 1);
  if (sigsetjmp(hostResume, 1) == 0)
    test_load(nullptr, 8); // Registered code, but no contract runs.
  CHECK(segvSeen == 2);
  raise(SIGSEGV);
  CHECK(segvSeen == 3);
  raise(SIGBUS);
  CHECK(busSeen == 1);
}

TEST_CASE("a fault of registered code at an address outside of the memory is chained") {
  Result<CodeRegistration> code = registerCode(testRange());
  REQUIRE(code);
  pid_t child = fork();
  if (child == 0) { // The jump out leaves the runtime in the middle of a call.
    Store store;
    Instance &instance = faultingInstance(store);
    std::vector<uint64_t> args{uint64_t(8) - reinterpret_cast<uint64_t>(instance.memory()->base())};
    segvSeen = 0;
    if (sigsetjmp(hostResume, 1) == 0)
      (void)instance.call("load", args);
    if (sigsetjmp(hostResume, 1) == 0)
      (void)instance.call("unlisted", std::vector<uint64_t>{65536});
    _exit(segvSeen);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 2);
}

TEST_CASE("code ranges must not overlap and can be registered again once gone") {
  {
    Result<CodeRegistration> code = registerCode(testRange());
    REQUIRE(code);
    CHECK(!registerCode(testRange()));
  }
  CHECK(registerCode(testRange()));
}

/// The signal that a child of this program with the given option dies of.
static int deathOf(const char *option) {
  pid_t child = fork();
  if (child == 0) {
    execl("/proc/self/exe", "runtime_test", option, static_cast<char *>(nullptr));
    _exit(99);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

// Under a sanitizer, its own handler is there before and ends the process.
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST_CASE("without a handler before, the process dies of the signal as it would have") {
  CHECK(deathOf("--die-by-fault") == SIGSEGV);
  CHECK(deathOf("--die-by-raise") == SIGBUS);
}
#else
TEST_CASE("without a handler before, the process dies") { CHECK(deathOf("--die-by-fault") != 0); }
#endif

int writ::test::dieByFault() {
  Result<CodeRegistration> code = registerCode(testRange());
  *reinterpret_cast<volatile int *>(8) = 1;
  return 0;
}

int writ::test::dieByRaise() {
  Result<CodeRegistration> code = registerCode(testRange());
  raise(SIGBUS);
  return 0;
}
