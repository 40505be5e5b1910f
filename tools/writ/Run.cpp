//===- Run.cpp - writ run: call an export of a contract -------------------===//
#include "frontend/wasm/ModuleFile.h"
#include "frontend/wasm/Wasm.h"
#include "jit/Tiers.h"
#include "jit/runtime/CodeListing.h"
#include "tools/writ/Calling.h"
#include "tools/writ/Choices.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Describe.h"
#include "tools/writ/Outcome.h"
#include "tools/writ/PolicyOptions.h"
#include "tools/writ/ProfileReport.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/Values.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <span>

namespace writ::cli {
namespace {

/// The command line of `writ run`. Numbers stay text until they are checked.
struct RunOptions {
  CallRequest request;
  std::string gas = "1_000_000_000_000_000_000";
  std::string tier = "interp";
  std::string schedule = "flat";
  std::string stackBytes = std::to_string(defaultStackBytes);
  std::string memoryPages = std::to_string(maxMemoryPages);
  PolicyOptions policy;
  bool json = false;
  bool verbose = false;
  bool profile = false;
  std::string profileFile, profileUnit = "gas", perf;
  bool debugger = false;
  bool compileApart = false;

  bool wantsNames() const { return debugger || !perf.empty(); }
  bool isProfiled() const { return profile || !profileFile.empty(); }
};

/// A module that has become an instance. The store owns it.
struct Loaded {
  std::unique_ptr<Store> store = std::make_unique<Store>();
  std::shared_ptr<const CompiledModule> module;
  std::unique_ptr<Profiler> profiler; ///< Null if nobody asked.
  Instance *instance = nullptr;
  CallOutcome start;
  std::vector<StageTime> times;
  std::shared_ptr<CompileQueue> queue; ///< Of tier auto.
};

} // namespace

static constexpr const char *examples =
    R"(Values are given and printed by the type that the export declares:
  i32, i64   decimal or 0x..., signed or unsigned
  f32, f64   decimal or 0x1.8p3, inf, nan, nan:0x<payload>
  references ref.null; an externref also as a number, the host's handle

Without EXPORT, calls 'main', '_start' or the only function exported. Each run starts from the
module's initial memory. Prints the results on standard output, one a line.

Exit code: 0 returned, 1 trapped, 2 bad module, arguments or options, 3 writ failed.

Examples:
  writ run factorial.wasm factorial 20
  writ run token.wasm transfer 1 7 250 --gas 100000 --schedule near
  writ run merkle.wasm main 42 1000 --tier llvm -v
  writ run token.wasm main 1000 --profile --profile-out token.folded
  writ run coremark.wasm run --host-clock --tier llvm
)";

/// Lets perf and GDB know the names of machine code.
static Result<void> listCode(const RunOptions &options, std::span<const NamedCode> code) {
  if (options.debugger)
    showToDebugger(code);
  if (options.perf == "map")
    return writePerfMap(code);
  if (options.perf == "jitdump")
    return writeJitDump(code, ".");
  return {};
}

/// The same for code that is made while the module runs.
static void listLaterCode(const RunOptions &options, std::span<const uint8_t> bytes,
                          CompileOptions &compileOptions) {
  Result<wasm::Module> module =
      wasm::readModule(bytes, compileOptions.policy, options.request.file);
  if (!module)
    return; // Compiling it says why.
  compileOptions.tierUp->onCode = [options, names = functionNames(module->info)](
                                      uint32_t func, uint32_t loop, std::span<const uint8_t> code) {
    std::string name = loop == 0 ? fmt::format("{} [auto llvm]", names[func])
                                 : fmt::format("{} loop {} [auto llvm]", names[func], loop);
    NamedCode named[] = {{name, code.data(), code.size()}};
    // That of the baseline worked; a name less is no reason to stop.
    (void)listCode(options, named);
  };
}

static std::shared_ptr<const CompiledModule> compile(const RunOptions &options,
                                                     const std::shared_ptr<CompileQueue> &queue,
                                                     std::vector<StageTime> &times) {
  CompileOptions compileOptions;
  compileOptions.policy = orFatal(options.policy.policy());
  compileOptions.name = options.request.file;
  selectTier(compileOptions, options.tier);
  compileOptions.profile = options.isProfiled();
  if (compileOptions.tierUp) {
    compileOptions.tierUp->queue = queue;
    if (options.compileApart)
      compileOptions.child.command = {"/proc/self/exe", "compile-worker"};
  }
  compileOptions.times = options.verbose ? &times : nullptr;
  auto bytes =
      orFatal(wasm::readModuleFile(options.request.file, compileOptions.policy.limits.moduleBytes));
  if (compileOptions.tierUp && options.wantsNames())
    listLaterCode(options, bytes, compileOptions);
  return orFatal(compileModule(bytes, compileOptions));
}

static void listCode(const RunOptions &options, const CompiledModule &module) {
  auto names = functionNames(module.info());
  for (const TierChoice &choice : tierChoices())
    if (const TierCode *tier = module.tier(choice.name))
      orFatal(listCode(options, nameCode(*tier, names)));
}

static Loaded load(const RunOptions &options, const Schedule &schedule,
                   const InstanceLimits &limits) {
  Loaded loaded;
  if (options.tier == "auto")
    loaded.queue = std::make_shared<CompileQueue>(1);
  loaded.module = compile(options, loaded.queue, loaded.times);
  if (options.wantsNames())
    listCode(options, *loaded.module);
  Linker linker(*loaded.store);
  defineImports(options.request, linker, loaded.module->info());
  InstanceOptions instanceOptions;
  instanceOptions.tier = options.tier;
  instanceOptions.schedule = &schedule;
  instanceOptions.limits = limits;
  if (options.isProfiled())
    loaded.profiler = std::make_unique<Profiler>();
  instanceOptions.profiler = loaded.profiler.get();
  Instantiation made = orFatal(linker.instantiate(loaded.module, instanceOptions));
  loaded.instance = made.instance;
  loaded.start = std::move(made.start);
  return loaded;
}

static ExitCode finish(const RunOptions &options, CallReport report) {
  if (!options.profileFile.empty()) {
    std::ofstream out(options.profileFile, std::ios::binary);
    out << foldedStacks(*report.profiler, options.profileUnit);
    out.close();
    if (!out)
      throw Fatal(ExitCode::BadInput, options.profileFile + ": cannot be written");
  }
  if (!options.profile)
    report.profiler = nullptr;
  return printReport(report, options.json);
}

static ExitCode run(const RunOptions &options) {
  Schedule schedule = orFatal(loadSchedule(options.schedule));
  InstanceLimits limits;
  limits.gas = orFatal(parseCount(options.gas, maxGas - 1, "gas limit"));
  limits.stackBytes = orFatal(parseCount(options.stackBytes, uint64_t(1) << 30, "stack limit"));
  limits.memoryPages =
      uint32_t(orFatal(parseCount(options.memoryPages, maxMemoryPages, "memory limit")));
  Loaded loaded = load(options, schedule, limits);
  const ModuleInfo &info = loaded.module->info();
  static const FuncType noType;
  CallReport report{
      info,         loaded.start,  noType,     options.request.file, "the start function",
      options.tier, schedule.name, limits.gas, loaded.times,         loaded.profiler.get()};
  if (loaded.start.trapped())
    return finish(options, report);

  const ExportDecl &decl = chooseExport(options.request, info);
  const FuncType &type = info.funcs[decl.index].type;
  auto words = parseArguments(options.request, decl.name, type);
  auto begin = std::chrono::steady_clock::now();
  CallOutcome outcome = orFatal(loaded.instance->call(decl.index, words));
  std::chrono::duration<double> spent = std::chrono::steady_clock::now() - begin;
  if (options.verbose)
    loaded.times.push_back({"run", spent.count()});
  return finish(options, {info, outcome, type, options.request.file, decl.name, options.tier,
                          schedule.name, limits.gas, loaded.times, loaded.profiler.get()});
}

static void addLimits(CLI::App &app, RunOptions &options) {
  app.add_option("--gas", options.gas, "Gas limit, below 2^62")
      ->type_name("AMOUNT")
      ->capture_default_str();
  app.add_option("--stack", options.stackBytes, "Limit of the metered stack, in bytes")
      ->type_name("BYTES")
      ->capture_default_str();
  app.add_option("--memory-pages", options.memoryPages, "Limit of the memory, in pages of 64 KiB")
      ->type_name("PAGES")
      ->capture_default_str();
  options.policy.addTo(app);
}

static void addProfile(CLI::App &app, RunOptions &options) {
  app.add_flag("--profile", options.profile, "Print calls, gas and time of each function");
  app.add_option("--profile-out", options.profileFile,
                 "Write the ways of calls as folded stacks, for flame graphs")
      ->type_name("FILE");
  app.add_option("--profile-unit", options.profileUnit, "What the folded stacks count")
      ->check(CLI::IsMember(choices("--profile-unit")))
      ->type_name("UNIT")
      ->capture_default_str();
  app.add_option("--perf", options.perf,
                 "Name machine code for perf: map writes /tmp/perf-PID.map, jitdump ./jit-PID.dump")
      ->check(CLI::IsMember(choices("--perf")))
      ->type_name("FORMAT");
  app.add_flag("--gdb", options.debugger, "Show the names of machine code to GDB");
}

void addRun(CLI::App &app, Command &chosen) {
  auto options = std::make_shared<RunOptions>();
  CLI::App *sub = app.add_subcommand("run", "Call an exported function of a contract");
  sub->footer(examples);
  sub->add_option("FILE", options->request.file, "A .wasm module; - for standard input")
      ->required()
      ->type_name("");
  sub->add_option("EXPORT", options->request.exportName, "The exported function")->type_name("");
  sub->add_option("ARGS", options->request.args, "Its arguments")->type_name("");
  sub->add_option("--tier", options->tier, listOf(choices("--tier")))
      ->check(CLI::IsMember(choices("--tier")))
      ->type_name("TIER")
      ->capture_default_str();
  sub->add_flag("--compile-apart", options->compileApart,
                "Tier auto: compile better code in processes with limits");
  sub->add_option("--schedule", options->schedule,
                  "Gas schedule: a file, or one of " + listOf(choices("--schedule")))
      ->type_name("NAME|FILE")
      ->capture_default_str();
  addLimits(*sub, *options);
  sub->add_flag("--host-clock", options->request.hostClock,
                "Give the import env.clock_ms, a clock in milliseconds (not deterministic)");
  sub->add_flag("--stub-imports", options->request.stubImports,
                "Give missing imported functions; they trap when called");
  addProfile(*sub, *options);
  sub->add_flag("--json", options->json, "Print the outcome as JSON");
  sub->add_flag("-v,--verbose", options->verbose, "Print the time of each stage");
  sub->callback([options, &chosen] { chosen = [options] { return run(*options); }; });
}

} // namespace writ::cli
