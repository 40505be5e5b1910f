//===- TierUpChildTest.cpp - Compilers in processes of their own ----------===//
#include "jit/CompileWorker.h"
#include "jit/runtime/Linker.h"
#include "jit/tierup/AutoCode.h"
#include "tests/unit/TierUpPrograms.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

namespace {
struct Ran {
  uint64_t value = 0, gasUsed = 0;
  TierUpCounts counts;
};
} // namespace

/// Runs "sum" of a module.
static Ran runOn(const char *tier, const Bytes &bytes, const CompileOptions &options = {}) {
  auto module = compileModule(bytes, options);
  REQUIRE(module);
  Store store;
  InstanceOptions instanceOptions;
  instanceOptions.tier = tier;
  auto made = Linker(store).instantiate(*module, instanceOptions);
  REQUIRE(made);
  uint64_t argument = 90;
  auto outcome = made->instance->call("sum", {&argument, 1});
  REQUIRE(outcome);
  REQUIRE(!outcome->trapped());
  TierUpCounts counts;
  if (options.tierUp)
    counts = tierUpCounts(**module);
  return {outcome->values[0], outcome->gasUsed, counts};
}

/// The same with compiles by `child`, which are waited for.
static Ran runWith(const ChildOptions &child, const Bytes &bytes = tierUpProgram(TailCalls::None)) {
  CompileOptions options;
  options.tierUp.emplace();
  options.tierUp->hotTicks = 5;
  options.llvmBudget = ~uint64_t(0);
  options.child = child;
  return runOn("auto", bytes, options);
}

// Sanitizers take all address space there is.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
static constexpr bool isSanitized = true;
#else
static constexpr bool isSanitized = false;
#endif

static ChildOptions worker() {
  ChildOptions child;
  child.command = {WRIT_PROGRAM, "compile-worker"};
  if (isSanitized)
    child.limits.memoryBytes = ~uint64_t(0);
  return child;
}

/// Better code is not there, and nothing else is different.
static void checkFails(const ChildOptions &child) {
  Ran apart = runWith(child), alone = runWith({});
  CHECK(apart.value == alone.value);
  CHECK(apart.gasUsed == alone.gasUsed);
  CHECK(apart.counts.failed == 2);
  CHECK(apart.counts.functions + apart.counts.loops == 0);
  MESSAGE(apart.counts.firstFailure);
}

TEST_CASE("a compiler's process gives the same code") {
  Ran apart = runWith(worker()), alone = runWith({});
  CHECK_MESSAGE(apart.counts.failed == 0, apart.counts.firstFailure);
  CHECK(apart.counts.functions == 1);
  CHECK(apart.counts.loops == 1);
  CHECK(apart.counts.codeBytes == alone.counts.codeBytes);
  CHECK(apart.value == alone.value);
  CHECK(apart.gasUsed == alone.gasUsed);
}

TEST_CASE("a compiler's process that dies changes nothing") {
  ChildOptions child;
  child.command = {"/bin/sh", "-c", "kill -9 $$"};
  checkFails(child);
  child.command = {"/bin/sh", "-c", "head -c 100 >/dev/null; kill -SEGV $$"};
  checkFails(child);
  child.command = {"/nonexistent/compiler"};
  checkFails(child);
}

TEST_CASE("a compiler's process that says nonsense changes nothing") {
  ChildOptions child;
  child.command = {"/bin/sh", "-c", "cat >/dev/null; echo nonsense"};
  checkFails(child);
  child.command = {"/bin/sh", "-c", "cat"}; // The request, as if it were an answer.
  checkFails(child);
  child.command = {"/bin/sh", "-c", "cat >/dev/null; cat /dev/zero"};
  child.mostAnswerBytes = 1 << 20;
  checkFails(child);
}

TEST_CASE("a compiler's process that is late is ended") {
  ChildOptions child;
  child.command = {"/bin/sleep", "1000"};
  child.limits.wallSeconds = 1;
  checkFails(child);
}

TEST_CASE("a compiler's process that is starved of memory changes nothing" *
          doctest::skip(isSanitized)) {
  for (uint64_t megabytes : {1, 40, 200, 260}) {
    ChildOptions child = worker();
    child.limits.memoryBytes = megabytes << 20;
    Ran apart = runWith(child), alone = runWith({});
    CHECK(apart.value == alone.value);
    CHECK(apart.gasUsed == alone.gasUsed);
  }
}

TEST_CASE("a compiler's process that is killed at any moment changes nothing") {
  Ran alone = runWith({});
  unsigned killed = 0;
  for (unsigned moment = 0; moment < 60; ++moment) {
    ChildOptions child = worker();
    std::string kill = fmt::format("exec 3<&0; {} compile-worker <&3 & sleep 0.{:03}; kill -9 $!; "
                                   "wait",
                                   WRIT_PROGRAM, moment);
    child.command = {"sh", "-c", kill + " 2>/dev/null"};
    Ran apart = runWith(child);
    CHECK(apart.value == alone.value);
    CHECK(apart.gasUsed == alone.gasUsed);
    killed += apart.counts.failed;
  }
  CHECK(killed > 0);
}

/// A loop around so many branches that LLVM takes minutes for it, if no budget says no.
static Bytes explosion() {
  using wasm::Opcode;
  Code code;
  enum { rounds, sum };
  code.begin(Opcode::Loop);
  for (int64_t i = 0; i < 30'000; ++i) {
    code.op(Opcode::LocalGet, sum).i64(i).op(Opcode::I64Xor).op(Opcode::I64Eqz);
    code.begin(Opcode::If).op(Opcode::LocalGet, sum).i64(i * 7).op(Opcode::I64Mul);
    code.op(Opcode::LocalSet, sum).end();
    code.op(Opcode::LocalGet, sum).i64(31).op(Opcode::I64Mul).i64(i).op(Opcode::I64Add);
    code.op(Opcode::LocalSet, sum);
  }
  code.op(Opcode::LocalGet, rounds).i32(1).op(Opcode::I32Sub).op(Opcode::LocalTee, rounds);
  code.op(Opcode::BrIf, 0).end().op(Opcode::LocalGet, sum).end();
  ModuleWriter writer;
  writer.info.exports.push_back({"sum", ExternKind::Func, 0});
  writer.info.funcs.push_back({{{ValueType::I32}, {ValueType::I64}}, "", {}});
  writer.bodies.push_back({{ValueType::I64}, std::move(code.bytes)});
  return writer.encode();
}

TEST_CASE("a module that LLVM takes too long for is given up") {
  ChildOptions child = worker();
  child.limits.cpuSeconds = 1;
  child.limits.wallSeconds = 20;
  Ran apart = runWith(child, explosion()), alone = runOn("interp", explosion());
  CHECK(apart.value == alone.value);
  CHECK(apart.gasUsed == alone.gasUsed);
  CHECK(apart.counts.failed > 0);
  CHECK(apart.counts.functions + apart.counts.loops == 0);
}

TEST_CASE("an answer that is cut or changed anywhere is refused or harmless to read") {
  UnitImage image;
  image.code = {0xc3, 0x90, 0x90};
  image.faults = {{1, 0}};
  image.sites = {{TrapKind::MemoryOutOfBounds, 1, 2, 3, 4}};
  image.callTypes = {{{ValueType::I32}, {ValueType::F64}}};
  image.addedCharges = {{{CostClass::Load, 3}}};
  std::vector<uint8_t> bytes = encode(Result<UnitImage>(image));
  auto whole = decodeAnswer(bytes);
  REQUIRE(whole);
  CHECK(whole->code == image.code);
  CHECK(whole->callTypes == image.callTypes);
  CHECK(whole->addedCharges == image.addedCharges);
  CHECK(checkUnit(*whole, 1, 5));
  CHECK(!checkUnit(*whole, 1, 4)); // A charge that is not there.
  CHECK(!checkUnit(*whole, 2, 5)); // A trap of another function.
  for (size_t length = 0; length < bytes.size(); ++length)
    CHECK(!decodeAnswer({bytes.data(), length}));
  for (size_t at = 0; at < bytes.size(); ++at)
    for (uint8_t bits : {0x01, 0x80, 0xff}) {
      std::vector<uint8_t> changed = bytes;
      changed[at] ^= bits;
      if (auto image = decodeAnswer(changed))
        (void)checkUnit(*image, 1, 5);
    }
}
