//===- OrcHarness.cpp - Core IR in text, run by both tiers ----------------===//
#include "tests/unit/OrcHarness.h"

#include "jit/ModuleFromIR.h"
#include "jit/interp/Translator.h"
#include "mlir-dialect/Transforms/Passes.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

static mlir::MLIRContext &sharedContext() {
  static auto *context = [] {
    mlir::DialectRegistry registry;
    registry.insert<contract::ContractDialect>();
    auto *made = new mlir::MLIRContext(registry, mlir::MLIRContext::Threading::DISABLED);
    made->loadDialect<contract::ContractDialect>();
    return made;
  }();
  return *context;
}

static void meter(mlir::ModuleOp module) {
  mlir::PassManager passes(module.getContext());
  auto &functions = passes.nest<contract::FuncOp>();
  functions.addPass(contract::createLimitStack());
  functions.addPass(contract::createMeter());
  functions.addPass(contract::createMergeCharges());
  passes.addPass(contract::createVerifyCore());
  REQUIRE(mlir::succeeded(passes.run(module)));
}

BothTiers::BothTiers(std::string_view text, OrcOptions options) : options(options) {
  ir = mlir::parseSourceString<mlir::ModuleOp>(llvm::StringRef(text), &sharedContext());
  REQUIRE(ir);
  meter(*ir);
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
