//===- WasmPrograms.cpp - Generated programs for other engines ------------===//
//
// wasm_programs --out DIR [--first SEED] [--seeds N]
//
// Compiles the programs of N seeds to metered WebAssembly, a quarter of them in each form, runs
// them on the interpreter at many gas limits, and writes what happened: DIR/<seed>.json and
// modules. Then wasm_target.mjs runs it all in another engine and compares.
//
//===----------------------------------------------------------------------===//
#include "jit/CompileWasm.h"
#include "jit/runtime/Linker.h"
#include "tests/differential/ByteSource.h"
#include "tests/differential/Generator.h"
#include "tests/support/Files.h"
#include "tests/support/Observation.h"
#include "tests/support/TestHost.h"
#include "tests/support/Variant.h"

#include "llvm/Support/CRC.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;
using llvm::json::Array;
using llvm::json::Object;

static Array wordsOf(std::span<const uint64_t> words) {
  Array array;
  for (uint64_t word : words)
    array.push_back(std::to_string(word));
  return array;
}

static Array typesOf(std::span<const ValueType> types) {
  Array array;
  for (ValueType type : types)
    array.push_back(valueTypeName(type));
  return array;
}

namespace {
/// One program on its way.
class Program {
public:
  Program(uint64_t seed, const std::string &folder)
      : seed(seed), folder(folder), isSmall(seed % 2 == 1),
        program(generateProgram(seededBytes(seed, size()), {isSmall})),
        schedule(*shippedSchedule(seed % 4 < 2 ? "flat" : "weighted")) {}

  /// Done; or cannot be done, and why (docs/wasm-target.md); or failed, which has been said.
  enum class End { Written, Refused, Failed };
  End write();

private:
  size_t size() const { return isSmall ? 150 + seed % 5 * 60 : 300 + seed % 7 * 500; }
  End compile();
  End fail(const Error &error) const;
  Object run(uint64_t gas);
  Object outcome(const CallOutcome &outcome, std::span<const ValueType> types,
                 const Instance *instance);

  uint64_t seed;
  std::string folder;
  bool isSmall;
  GeneratedProgram program;
  const Schedule &schedule;
  std::vector<VariantModule> modules;
  Array files;
  uint64_t mostGas = 0; ///< That a call used.
};
} // namespace

Program::End Program::fail(const Error &error) const {
  fmt::print("seed {}: {}\n", seed, error.message);
  return End::Failed;
}

Program::End Program::compile() {
  for (size_t number = 0; number < program.modules.size(); ++number) {
    const Bytes &bytes = program.modules[number];
    WasmTargetOptions options;
    options.target.features = {true, true, true, true, true, true};
    options.target.meterOwner = MeterOwner::Host;
    options.sizePercent = seed % 2 == 0 ? 0 : 1000;
    options.meterOnly = seed % 4 >= 2;
    auto module = compileWasm(bytes, schedule, options);
    auto variants = compileVariants(bytes, allVariants().first(1), "generated");
    if (!variants)
      return fail(variants.error());
    if (!module && module.error().message.find("cannot be metered") != std::string::npos)
      return End::Refused;
    if (!module)
      return fail(module.error());
    std::string file = fmt::format("{}.{}.wasm", seed, number);
    (void)writeFile(folder + "/" + file, *module);
    (void)writeFile(folder + "/" + file + ".input", bytes);
    files.push_back(file);
    modules.push_back((*variants)[0]);
  }
  return End::Written;
}

Object Program::outcome(const CallOutcome &outcome, std::span<const ValueType> types,
                        const Instance *instance) {
  std::vector<uint64_t> words;
  for (size_t i = 0; i < outcome.values.size(); ++i)
    words.push_back(portableBits(types[i], outcome.values[i], instance));
  mostGas = std::max(mostGas, outcome.gasUsed);
  return Object{{"trap", int64_t(outcome.trap.kind)},
                {"gas", std::to_string(outcome.gasUsed)},
                {"values", wordsOf(words)}};
}

Object Program::run(uint64_t gas) {
  HostTrace trace;
  Store store;
  Linker linker(store);
  defineTestHost(linker, trace);
  std::vector<Instance *> instances;
  Array starts, calls, memories;
  bool hasStarted = true;
  for (const VariantModule &module : modules) {
    InstanceOptions options;
    options.tier = module.tier;
    options.schedule = &schedule;
    options.limits.stackBytes = program.stackBytes;
    options.limits.gas = gas;
    auto made = linker.instantiate(module.module, options);
    if (!made)
      break;
    instances.push_back(made->instance);
    starts.push_back(outcome(made->start, {}, made->instance));
    hasStarted = !made->start.trapped();
    if (!hasStarted)
      break;
    linker.defineInstance("first", *made->instance);
  }
  for (const GeneratedCall &call : program.calls) {
    if (!hasStarted || instances.size() < modules.size())
      break;
    Instance *instance = instances[call.module];
    CallLimits limits;
    limits.gas = gas;
    Result<CallOutcome> made = instance->call(call.name, call.args, limits);
    if (!made)
      break;
    const ExportDecl *decl = instance->module().findExport(call.name);
    calls.push_back(
        outcome(*made, instance->module().info().funcs[decl->index].type.results, instance));
  }
  for (const Instance *instance : instances)
    if (Memory *memory = instance->memory())
      memories.push_back(int64_t(llvm::crc32({memory->base(), size_t(memory->bytes())})));
  return Object{{"gas", std::to_string(gas)},
                {"starts", std::move(starts)},
                {"calls", std::move(calls)},
                {"trace", wordsOf(trace.words)},
                {"memories", std::move(memories)}};
}

Program::End Program::write() {
  if (End compiled = compile(); compiled != End::Written)
    return compiled;
  Array calls, runs;
  for (const GeneratedCall &call : program.calls) {
    const CompiledModule &module = *modules[call.module].module;
    const FuncType &type = module.info().funcs[module.findExport(call.name)->index].type;
    calls.push_back(Object{{"module", int64_t(call.module)},
                           {"name", call.name},
                           {"args", wordsOf(call.args)},
                           {"params", typesOf(type.params)},
                           {"results", typesOf(type.results)}});
  }
  runs.push_back(run(200'000));
  uint64_t cost = mostGas, steps = std::min<uint64_t>(cost, isSmall && cost <= 400 ? cost : 24);
  for (uint64_t step = 0; step <= steps && steps != 0; ++step)
    runs.push_back(run(cost * step / steps));
  std::error_code failed;
  llvm::raw_fd_ostream out(fmt::format("{}/{}.json", folder, seed), failed);
  Object all{{"modules", std::move(files)},
             {"stack", int64_t(program.stackBytes)},
             {"hostPrice", int64_t(schedule.hostDefault)},
             {"logPrice", int64_t(schedule.hostPrice("env", "log"))},
             {"calls", std::move(calls)},
             {"runs", std::move(runs)}};
  out << llvm::json::Value(std::move(all)) << "\n";
  return failed ? End::Failed : End::Written;
}

int main(int argc, char **argv) {
  std::string folder;
  uint64_t first = 0, seeds = 50;
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string name = argv[i], value = argv[i + 1];
    if (name == "--out")
      folder = value;
    else if (name == "--first")
      first = std::stoull(value);
    else if (name == "--seeds")
      seeds = std::stoull(value);
  }
  if (folder.empty()) {
    fmt::print(stderr, "usage: wasm_programs --out DIR [--first SEED] [--seeds N]\n");
    return 2;
  }
  std::filesystem::create_directories(folder);
  uint64_t refused = 0;
  for (uint64_t seed = first; seed < first + seeds; ++seed) {
    Program::End end = Program(seed, folder).write();
    if (end == Program::End::Failed)
      return 1;
    refused += end == Program::End::Refused;
  }
  if (refused != 0)
    fmt::print("{} of {} programs were refused: tail calls of others through tables\n", refused,
               seeds);
  return 0;
}
