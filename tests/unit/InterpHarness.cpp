//===- InterpHarness.cpp - Core IR in text, run by the interpreter --------===//
#include "tests/unit/InterpHarness.h"

#include "jit/ModuleFromIR.h"
#include "jit/interp/Disassembler.h"
#include "jit/interp/Translator.h"
#include "tests/unit/CoreText.h"

#include <doctest/doctest.h>

using namespace writ;
using namespace writ::test;

InterpModule::InterpModule(std::string_view text, Metering metering) {
  ir = parseAndMeter(text, metering);
  Result<ModuleInfo> info = extractModuleInfo(*ir);
  REQUIRE(info);
  ChargeTable charges;
  auto translated = interp::translate(*ir, charges, &regions);
  if (!translated) {
    error = translated.error().message;
    return;
  }
  CompiledModule::Parts parts;
  parts.info = std::move(*info);
  parts.charges = charges.counts();
  code = std::move(*translated);
  parts.tiers.push_back(code);
  compiled = CompiledModule::create(std::move(parts));
}

InterpModule::~InterpModule() = default;

CallOutcome InterpModule::call(std::string_view name, std::vector<uint64_t> args,
                               CallLimits limits) {
  REQUIRE(error == "");
  store = std::make_unique<Store>();
  Linker linker(*store);
  InstanceOptions options;
  options.schedule = schedule;
  Result<Instantiation> made = linker.instantiate(compiled, options);
  REQUIRE(made);
  instance = made->instance;
  Result<CallOutcome> outcome = instance->call(name, args, limits);
  if (!outcome)
    FAIL(outcome.error().message);
  return *outcome;
}

std::string InterpModule::memory(size_t bytes) const {
  return {reinterpret_cast<const char *>(instance->memory()->base()), bytes};
}

std::string InterpModule::disassembly() const { return interp::disassemble(*code); }
