//===- OrcHarness.cpp - Core IR in text, run by both tiers ----------------===//
#include "tests/unit/OrcHarness.h"

#include "jit/ModuleFromIR.h"
#include "jit/interp/Translator.h"
#include "tests/unit/CoreText.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

BothTiers::BothTiers(std::string_view text, OrcOptions options) : options(options) {
  ir = parseAndMeter(text, contract::Metering::Merged);
  Result<ModuleInfo> info = extractModuleInfo(*ir);
  REQUIRE(info);
  auto translated = interp::translate(*ir, charges, &regions);
  REQUIRE(translated);
  auto native = compileOrc(*ir, *info, charges, regions, options);
  if (!native) {
    error = native.error().message;
    return;
  }
  CompiledModule::Parts parts;
  parts.info = std::move(*info);
  parts.charges = charges.counts();
  parts.tiers = {*translated, *native};
  compiled = CompiledModule::create(std::move(parts));
}

BothTiers::~BothTiers() = default;

static uint64_t memoryHash(Instance &instance) {
  Memory *memory = instance.memory();
  if (!memory)
    return 0;
  std::string_view bytes(reinterpret_cast<char *>(memory->base()), memory->bytes());
  return std::hash<std::string_view>()(bytes);
}

std::string BothTiers::callOn(std::string_view tier, std::string_view name,
                              const std::vector<uint64_t> &args, uint64_t gas) {
  Store store;
  InstanceOptions instanceOptions;
  instanceOptions.tier = tier;
  Result<Instantiation> made = store.instantiate(compiled, {}, instanceOptions);
  REQUIRE(made);
  Result<CallOutcome> outcome = made->instance->call(name, args, {.gas = gas, .stackBytes = {}});
  if (!outcome)
    FAIL(outcome.error().message);
  std::string text;
  if (outcome->trapped())
    text = fmt::format("trap {}, ", trapName(outcome->trap.kind));
  for (uint64_t value : outcome->values)
    text += fmt::format("{:#x}, ", value);
  text += fmt::format("{} gas", outcome->gasUsed);
  if (made->instance->memory())
    text += fmt::format(" | memory {:x}", memoryHash(*made->instance));
  return text;
}

std::string BothTiers::call(std::string_view name, std::vector<uint64_t> args, uint64_t gas) {
  REQUIRE(error == "");
  std::string interp = callOn("interp", name, args, gas);
  std::string native = callOn("llvm", name, args, gas);
  std::string call(name);
  for (uint64_t arg : args)
    call += fmt::format(" {:#x}", arg);
  CAPTURE(call);
  CAPTURE(gas);
  CHECK(native == interp);
  return native.substr(0, native.find(" | "));
}

void BothTiers::callAtEveryGasLimit(std::string_view name, std::vector<uint64_t> args) {
  for (uint64_t gas = 0; gas < 100'000; ++gas)
    if (!call(name, args, gas).starts_with("trap out_of_gas"))
      return;
  FAIL("no gas is enough");
}

std::string BothTiers::emit(OrcStage stage) {
  Result<std::string> text = emitOrc(*ir, charges, regions, stage, options);
  REQUIRE(text);
  return *text;
}
