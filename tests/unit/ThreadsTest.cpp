//===- ThreadsTest.cpp - Many threads share a module and the runtime ------===//
#include "tests/unit/FakeTier.h"

#include "jit/runtime/Signals.h"
#include "jit/runtime/Signatures.h"

#include <atomic>
#include <doctest/doctest.h>
#include <sys/mman.h>
#include <thread>

using namespace writ;
using namespace writ::test;

static const FuncType i64ToI64{{ValueType::I64}, {ValueType::I64}};

asm(R"(
  .text
threads_load:
  movzbl (%rdi, %rsi), %eax
  ret
threads_load_end:
)");
extern "C" {
extern const char threads_load_end[];
uint8_t threads_load(const uint8_t *base, uint64_t offset);
}

static void load(InstanceContext *context, Activation *activation, void *, uint64_t *values) {
  activation->gas -= context->prices[0];
  context->gas = activation->gas;
  values[0] = threads_load(context->memoryBase, values[0]);
}

static const TrapSite site[] = {{TrapKind::MemoryOutOfBounds, 0, 0, ~0u}};

/// Makes instances, calls them, traps in them; counts what went wrong.
static void useModule(const std::shared_ptr<const CompiledModule> &module,
                      std::atomic<int> &wrong) {
  for (int round = 0; round < 10; ++round) {
    Store store;
    Result<Instantiation> made = store.instantiate(module, {});
    if (!made) {
      ++wrong;
      return;
    }
    Instance &instance = *made->instance;
    const char *name = round % 2 ? "near" : "flat";
    REQUIRE(instance.setSchedule(*shippedSchedule(name)));
    uint64_t price = shippedSchedule(name)->price(CostClass::Load);
    instance.memory()->base()[round] = uint8_t(round);
    for (uint64_t address : {uint64_t(round), uint64_t(65536)}) {
      Result<CallOutcome> outcome = instance.call("load", {&address, 1});
      bool inside = address < 65536;
      if (!outcome || outcome->gasUsed != price || outcome->trapped() == inside ||
          (inside && outcome->values[0] != address))
        ++wrong;
    }
  }
}

/// Registers and removes other code all the time, as compiling threads do.
static void changeRegistry(const std::atomic<bool> &stop, std::atomic<int> &wrong) {
  void *place = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  while (!stop) {
    CodeRange range;
    range.begin = place;
    range.bytes = 4096;
    if (!registerCode(range))
      ++wrong;
  }
  munmap(place, 4096);
}

TEST_CASE("threads share one module while others register code") {
  CodeRange range;
  range.begin = reinterpret_cast<const void *>(&threads_load);
  range.bytes = size_t(threads_load_end - static_cast<const char *>(range.begin));
  range.faults = {{0, 0}};
  range.sites = site;
  Result<CodeRegistration> code = registerCode(range);
  REQUIRE(code);
  auto module = compile(InfoBuilder().func("load", i64ToI64).memory({1, {}}).info, {native(load)},
                        {{{CostClass::Load, 1}}});
  std::atomic<int> wrong = 0;
  std::atomic<bool> stop = false;
  std::vector<std::thread> users;
  for (int i = 0; i < 6; ++i)
    users.emplace_back([&] { useModule(module, wrong); });
  std::thread changer([&] { changeRegistry(stop, wrong); });
  for (std::thread &user : users)
    user.join();
  stop = true;
  changer.join();
  CHECK(wrong == 0);
}

TEST_CASE("a signature has one number in all threads") {
  std::vector<std::vector<uint32_t>> numbers(4);
  std::vector<std::thread> threads;
  for (auto &mine : numbers)
    threads.emplace_back([&mine] {
      for (size_t i = 0; i < 200; ++i)
        mine.push_back(
            internSignature({std::vector<ValueType>(i % 50, ValueType::F32), {ValueType::F64}}));
    });
  for (std::thread &thread : threads)
    thread.join();
  for (const auto &mine : numbers)
    CHECK(mine == numbers[0]);
  CHECK(numbers[0][0] != numbers[0][1]);
  CHECK(numbers[0][1] == numbers[0][51]);
  CHECK(signatureType(numbers[0][3]).params.size() == 3);
}

TEST_CASE("parameters and results are told apart in a signature") {
  CHECK(internSignature({{ValueType::I32}, {}}) != internSignature({{}, {ValueType::I32}}));
}
