//===- SinglepassBuildTest.cpp - Code does not depend on how it is made ---===//
#include "jit/runtime/Linker.h"
#include "tests/support/Encoder.h"
#include "tests/support/Variant.h"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <thread>

using namespace writ;
using namespace writ::test;
using wasm::Opcode;

/// Adds to a local in a loop, reads and writes memory, calls and is called through a table. Each
/// `index` has constants and costs of its own.
static Body makeBody(uint32_t index, uint32_t numFuncs, uint32_t type) {
  Code code;
  code.begin(Opcode::Loop);
  for (uint32_t i = 0; i < 40; ++i) {
    code.op(Opcode::LocalGet, 0).i32(int32_t(index * 77 + i)).op(Opcode::I32Add);
    code.op(Opcode::I32Load, 2, 4 * i).op(Opcode::LocalGet, 1).op(Opcode::I32Mul);
    code.op(Opcode::LocalSet, 1);
    code.op(Opcode::LocalGet, 2).f64(0x3ff0000000000000 + index * 40 + i).op(Opcode::F64Add);
    code.op(Opcode::LocalSet, 2);
  }
  for (uint32_t i = 0; i < index % 7; ++i)
    code.i32(8).op(Opcode::LocalGet, 1).op(Opcode::I32Store, 2, 0);
  code.op(Opcode::LocalGet, 1).op(Opcode::BrIf, 0).end();
  code.op(Opcode::LocalGet, 1).begin(Opcode::If);
  code.i32(1).op(Opcode::Call, (index + 1) % numFuncs).op(Opcode::LocalSet, 1);
  code.i32(1).op(Opcode::LocalGet, 0).op(Opcode::CallIndirect, type, 0).op(Opcode::Drop);
  code.end();
  code.op(Opcode::LocalGet, 1).op(Opcode::LocalGet, 0).op(Opcode::I32DivS).end();
  return {{ValueType::I32, ValueType::F64}, code.bytes};
}

/// Enough functions for several chunks.
static Bytes makeModule() {
  static constexpr uint32_t numFuncs = 300;
  ModuleWriter writer;
  writer.info.memories.push_back({{1, 1}, {}});
  writer.info.tables.push_back({ValueType::FuncRef, {4, 4}, {}});
  FuncType type{{ValueType::I32}, {ValueType::I32}};
  uint32_t typeIndex = writer.typeIndex(type);
  for (uint32_t i = 0; i < numFuncs; ++i) {
    writer.info.funcs.push_back({type, {}, {}});
    writer.info.exports.push_back({fmt::format("f{}", i), ExternKind::Func, i});
    writer.bodies.push_back(makeBody(i, numFuncs, typeIndex));
  }
  return writer.encode();
}

static std::shared_ptr<const CompiledModule> compile(const Bytes &bytes, unsigned threads,
                                                     Metering metering = Metering::Merged) {
  CompileOptions options;
  options.singlepass = true;
  options.threads = threads;
  options.metering = metering;
  auto module = compileModule(bytes, options);
  REQUIRE_MESSAGE(module, (module ? "" : module.error().message));
  return *module;
}

static void checkSame(const CompiledModule &a, const CompiledModule &b) {
  std::span<const uint8_t> codeA = a.tier("singlepass")->machineCode();
  std::span<const uint8_t> codeB = b.tier("singlepass")->machineCode();
  CHECK(std::equal(codeA.begin(), codeA.end(), codeB.begin(), codeB.end()));
  CHECK(std::equal(a.charges().begin(), a.charges().end(), b.charges().begin(), b.charges().end()));
  std::span<const TrapSite> sitesA = a.tier("singlepass")->trapSites();
  std::span<const TrapSite> sitesB = b.tier("singlepass")->trapSites();
  CHECK(std::equal(sitesA.begin(), sitesA.end(), sitesB.begin(), sitesB.end(),
                   [](const TrapSite &x, const TrapSite &y) {
                     return x.kind == y.kind && x.func == y.func && x.offset == y.offset &&
                            x.refund == y.refund && x.owed == y.owed;
                   }));
}

TEST_CASE("singlepass code is the same in each compile and with any number of threads") {
  Bytes bytes = makeModule();
  for (Metering metering : {Metering::Merged, Metering::EachAlone, Metering::None}) {
    auto first = compile(bytes, 1, metering);
    for (unsigned threads : {1, 2, 3, 8})
      checkSame(*first, *compile(bytes, threads, metering));
  }
}

namespace {
/// One instance of a module on a tier.
class Runner {
public:
  Runner(std::shared_ptr<const CompiledModule> module, std::string_view tier) {
    InstanceOptions options;
    options.tier = tier;
    auto made = Linker(store).instantiate(std::move(module), options);
    REQUIRE(made);
    instance = made->instance;
  }
  std::string call(const std::string &name, uint64_t gas) {
    uint64_t arguments[] = {3};
    CallLimits limits;
    limits.gas = gas;
    auto outcome = instance->call(name, arguments, limits);
    REQUIRE(outcome);
    return fmt::format("{}, gas {}, {:#x}", trapName(outcome->trap.kind), outcome->gasUsed,
                       fmt::join(outcome->values, " "));
  }

private:
  Store store;
  Instance *instance = nullptr;
};
} // namespace

TEST_CASE("what cannot be paid ends as on the interpreter, in functions of several chunks") {
  auto module = compile(makeModule(), 2);
  Runner native(module, "singlepass"), interpreter(module, "interp");
  for (uint32_t function : {0, 6, 150, 299})
    for (uint64_t gas = 0; gas < 400; gas += 7) {
      std::string name = fmt::format("f{}", function);
      CHECK(native.call(name, gas) == interpreter.call(name, gas));
    }
}

TEST_CASE("several threads may be the first to run out of gas in a function") {
  auto module = compile(makeModule(), 1);
  std::string expected = Runner(module, "interp").call("f6", 300);
  std::vector<std::string> found(4);
  std::vector<std::thread> threads;
  for (std::string &own : found)
    threads.emplace_back([&] { own = Runner(module, "singlepass").call("f6", 300); });
  for (std::thread &thread : threads)
    thread.join();
  for (const std::string &own : found)
    CHECK(own == expected);
}
