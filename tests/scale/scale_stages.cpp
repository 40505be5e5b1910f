//===- scale_stages.cpp - The compile stages, one by one, under callgrind -===//
//
// scale_stages GENERATOR N…      compiles the generator's module at each size
// scale_stages --memory GENERATOR N…   prints the peak memory of each instead
// scale_stages --write GENERATOR N     writes the module to standard output
// scale_stages --list            prints the generators and their first sizes
//
// Under callgrind with --instr-atstart=no, leaves one dump for each size and stage, named
// "<generator> <n> <stage>". tests/scale/scale.py runs it so and makes the table.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Importer.h"
#include "frontend/wasm/Wasm.h"
#include "jit/ModuleFromIR.h"
#include "jit/interp/Translator.h"
#include "jit/meteronly/MeterOnly.h"
#include "jit/singlepass/Singlepass.h"
#include "lowering/ChargeTable.h"
#include "lowering/wasm/WasmTarget.h"
#include "mlir-dialect/Transforms/Passes.h"
#include "tests/scale/Generators.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <valgrind/callgrind.h>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

namespace {

/// Counts what `work` does, for a dump called `name`.
template <typename Work>
auto measured(const std::string &name, Work work) {
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
  auto result = work();
  CALLGRIND_DUMP_STATS_AT(name.c_str());
  CALLGRIND_STOP_INSTRUMENTATION;
  return result;
}

} // namespace

[[noreturn]] static void fail(const std::string &stage, const std::string &why) {
  fmt::print(stderr, "{}: {}\n", stage, why);
  std::exit(1);
}

static bool runPasses(mlir::ModuleOp module, bool metering) {
  mlir::PassManager passes(module.getContext());
  passes.enableVerifier(false);
  if (metering) {
    auto &functions = passes.nest<contract::FuncOp>();
    functions.addPass(contract::createLimitStack());
    functions.addPass(contract::createMeter());
    functions.addPass(contract::createMergeCharges());
  } else {
    passes.addPass(contract::createVerifyCore());
  }
  return mlir::succeeded(passes.run(module));
}

/// Emits and links all functions as one chunk.
static Result<SinglepassResult> emitSinglepass(mlir::ModuleOp module, const ModuleInfo &info) {
  SinglepassCompiler compiler(module);
  uint32_t imported = 0;
  while (imported < info.funcs.size() && info.funcs[imported].import)
    ++imported;
  compiler.beginChunk(imported);
  for (uint32_t function = imported; function < info.funcs.size(); ++function)
    if (Result<void> compiled = compiler.compile(function); !compiled)
      return compiled.error();
  auto chunk = compiler.endChunk();
  if (!chunk)
    return chunk.error();
  singlepass::LinkOptions options;
  options.calleesPop = compiler.calleesPop();
  return linkSinglepass({*chunk}, info, options, [](auto &&) { return nullptr; });
}

/// Emits WebAssembly that is as small or as fast as it can be made.
static Result<std::vector<uint8_t>> emitWasmModule(mlir::ModuleOp module, const ModuleInfo &info,
                                                   bool isFast) {
  WasmOptions options;
  options.features = {true, true, true, true, true, true};
  options.sizeBudget = isFast ? UINT32_MAX : 0;
  options.names = options.positions = true;
  return emitWasm(module, info, *shippedSchedule("weighted"), options);
}

static Result<std::vector<uint8_t>> meterInPlace(const wasm::Module &module) {
  WasmOptions options;
  options.positions = true;
  return meterOnly(module, *shippedSchedule("weighted"), options);
}

/// All stages, each measured on its own.
static void compile(const std::string &title, const Bytes &bytes) {
  auto module = measured(title + " read", [&] { return wasm::readModule(bytes, {}, title); });
  if (!module)
    fail("read", module.error().message);
  mlir::DialectRegistry registry;
  registry.insert<contract::ContractDialect>();
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  wasm::ImportOptions options;
  options.name = "scale";
  auto ir =
      measured(title + " import", [&] { return wasm::importModule(context, *module, options); });
  if (!ir)
    fail("import", ir.error().message);
  if (!measured(title + " meter", [&] { return runPasses(**ir, true); }))
    fail("meter", "a pass failed");
  if (!measured(title + " verify", [&] { return runPasses(**ir, false); }))
    fail("verify", "contract-verify-core failed");
  ChargeTable charges;
  auto code =
      measured(title + " translate", [&] { return interp::translate(**ir, charges, nullptr); });
  if (!code)
    fail("translate", code.error().message);
  auto info = extractModuleInfo(**ir);
  if (!info)
    fail("declarations", info.error().message);
  auto native = measured(title + " singlepass", [&] { return emitSinglepass(**ir, *info); });
  if (!native && native.error().kind != ErrorKind::Limit)
    fail("singlepass", native.error().message);
  for (bool isFast : {false, true}) {
    std::string stage = isFast ? "wasm-fast" : "wasm-small";
    auto emitted =
        measured(title + " " + stage, [&] { return emitWasmModule(**ir, *info, isFast); });
    if (!emitted && !emitted.error().message.ends_with("engines take 50000"))
      fail(stage, emitted.error().message);
  }
  // With an import of its own.
  if (auto made = measured(title + " meter-only", [&] { return meterInPlace(*module); }); !made)
    fail("meter-only", made.error().message);
}

static long peakKilobytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

/// Prints "<generator> <n> <kilobytes>", from a process of its own.
static void printMemory(const std::string &title, const Bytes &bytes) {
  std::fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    long before = peakKilobytes();
    compile(title, bytes);
    fmt::print("{} {}\n", title, peakKilobytes() - before);
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0)
    fail(title, "the compile died");
}

static const ScaleGenerator *findGenerator(std::string_view name) {
  for (const ScaleGenerator &generator : scaleGenerators())
    if (generator.name == name)
      return &generator;
  return nullptr;
}

int main(int argc, char **argv) {
  std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 1 && args[0] == "--list") {
    for (const ScaleGenerator &generator : scaleGenerators())
      fmt::print("{} {} {}\n", generator.name, generator.n, generator.what);
    return 0;
  }
  std::string mode;
  if (!args.empty() && args[0].starts_with("--")) {
    mode = args[0];
    args.erase(args.begin());
  }
  const ScaleGenerator *generator = args.size() >= 2 ? findGenerator(args[0]) : nullptr;
  if (!generator) {
    fmt::print(stderr, "usage: scale_stages [--memory|--write] GENERATOR N…, or --list\n");
    return 2;
  }
  for (size_t i = 1; i < args.size(); ++i) {
    Bytes bytes = generator->make(uint32_t(std::stoul(args[i])));
    std::string title = fmt::format("{} {}", generator->name, args[i]);
    if (mode == "--write")
      std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    else if (mode == "--memory")
      printMemory(title, bytes);
    else
      compile(title, bytes);
  }
  return 0;
}
