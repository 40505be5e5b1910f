//===- Main.cpp - writ-run: run an artifact, without a compiler -----------===//
#include "cache/Store.h"
#include "hostabi/Context.h"
#include "jit/image/LoadArtifact.h"
#include "tools/writ/Calling.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Outcome.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/Values.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>

using namespace writ;
using namespace writ::cli;

namespace {
/// The command line. Numbers stay text until they are checked.
struct Options {
  CallRequest request;
  std::string cache, keyFile;
  std::string tier = "singlepass", target, shape;
  std::string gas = "1_000_000_000_000_000_000";
  std::string schedule = "flat";
  std::string stackBytes = std::to_string(defaultStackBytes);
  std::string memoryPages = std::to_string(maxMemoryPages);
  bool json = false, verbose = false;
};

/// Time since it was last asked.
class Stopwatch {
public:
  double lap() {
    auto now = std::chrono::steady_clock::now();
    std::chrono::duration<double> spent = now - std::exchange(last, now);
    return spent.count();
  }

private:
  std::chrono::steady_clock::time_point last = std::chrono::steady_clock::now();
};
} // namespace

static constexpr const char *examples =
    R"(Values are given and printed as by 'writ run'. Without EXPORT, calls 'main', '_start' or the only
function exported.

Exit code: 0 returned, 1 trapped, 2 bad artifact, arguments or options, 3 writ failed.

Examples:
  writ-run token.writ transfer 1 7 250 --gas 100000
  writ-run --cache contracts.db 5e1f…64 digits… main
)";

/// The artifact in the cache of the contract whose hash is in place of a file.
static Result<std::shared_ptr<const CompiledModule>> loadCached(const Options &options,
                                                                cache::ArtifactDemand demand) {
  auto code = cache::Digest::fromHex(options.request.file);
  if (!code)
    return badInput(options.request.file + ": is no hash of a contract: expected 64 digits");
  cache::StoreOptions storeOptions;
  storeOptions.access = cache::Access::ReadOnly;
  auto store = cache::Store::open(options.cache, storeOptions);
  if (!store)
    return store.error();
  cache::Key key{*code, std::string(cache::thisCompiler()), options.tier, options.target,
                 options.shape};
  if (key.target.empty())
    key.target = key.tier == "singlepass" ? singlepassTarget : "x86-64-v3";
  auto bytes = (*store)->find(key);
  if (!bytes)
    return bytes.error();
  if (!*bytes)
    return badInput(fmt::format("{}: has no artifact of {} by {} on {} for {}{}{}", options.cache,
                                options.request.file, key.compiler, key.tier, key.target,
                                key.options.empty() ? "" : " with ", key.options));
  demand.code = key.code;
  demand.tier = key.tier;
  demand.target = key.target;
  demand.options = key.options;
  return loadArtifact(cache::makeByteSource(std::move(**bytes)), demand);
}

static std::shared_ptr<const CompiledModule> load(const Options &options) {
  cache::ArtifactDemand demand;
  if (!options.keyFile.empty())
    demand.macKey = orFatal(cache::MacKey::fromFile(options.keyFile));
  else
    demand.macKey = orFatal(cache::MacKey::fromEnvironment());
  if (!options.cache.empty())
    return orFatal(loadCached(options, std::move(demand)));
  auto loaded = loadArtifact(orFatal(cache::openByteSource(options.request.file)), demand);
  if (!loaded && loaded.error().message.find(options.request.file) == std::string::npos)
    throw Fatal(exitCodeOf(loaded.error().kind),
                options.request.file + ": " + loaded.error().message);
  return orFatal(std::move(loaded));
}

static ExitCode run(const Options &options) {
  Schedule schedule = orFatal(loadSchedule(options.schedule));
  InstanceLimits limits;
  limits.gas = orFatal(parseCount(options.gas, maxGas - 1, "gas limit"));
  limits.stackBytes = orFatal(parseCount(options.stackBytes, maxStackBytes, "stack limit"));
  limits.memoryPages =
      uint32_t(orFatal(parseCount(options.memoryPages, maxMemoryPages, "memory limit")));
  std::vector<StageTime> times;
  Stopwatch watch;
  auto module = load(options);
  times.push_back({"load", watch.lap()});
  const ModuleInfo &info = module->info();
  Store store;
  Linker linker(store);
  defineImports(options.request, linker, info);
  InstanceOptions instanceOptions;
  instanceOptions.schedule = &schedule;
  instanceOptions.limits = limits;
  Instantiation made = orFatal(linker.instantiate(module, instanceOptions));
  times.push_back({"instantiate", watch.lap()});
  std::string tier(made.instance->tier().name());
  static const FuncType noType;
  CallOutcome outcome = std::move(made.start);
  const FuncType *type = &noType;
  std::string called = "the start function";
  if (!outcome.trapped()) {
    const ExportDecl &decl = chooseExport(options.request, info);
    type = &info.funcs[decl.index].type;
    called = decl.name;
    auto words = parseArguments(options.request, decl.name, *type);
    watch.lap();
    outcome = orFatal(made.instance->call(decl.index, words));
    times.push_back({"run", watch.lap()});
  }
  if (!options.verbose)
    times.clear();
  return printReport(
      {info, outcome, *type, options.request.file, called, tier, schedule.name, limits.gas, times},
      options.json);
}

static void addOptions(CLI::App &app, Options &options) {
  app.add_option("ARTIFACT", options.request.file,
                 "A file; with --cache the hash of a contract (SHA-256)")
      ->required()
      ->type_name("");
  app.add_option("EXPORT", options.request.exportName, "The exported function")->type_name("");
  app.add_option("ARGS", options.request.args, "Its arguments")->type_name("");
  app.add_option("--cache", options.cache, "Take the artifact from this cache")->type_name("FILE");
  app.add_option("--tier", options.tier, "With --cache: singlepass or llvm")
      ->type_name("TIER")
      ->capture_default_str();
  app.add_option("--target", options.target, "With --cache: x86-64-v2 or x86-64-v3")
      ->type_name("CPU");
  app.add_option("--compiled-with", options.shape, "With --cache: options of the compile")
      ->type_name("LIST");
  app.add_option("--key-file", options.keyFile,
                 "Run nothing that is not signed with this key (else: WRIT_ARTIFACT_KEY, "
                 "WRIT_ARTIFACT_KEY_FILE)")
      ->type_name("FILE");
  std::vector<std::string> schedules(shippedScheduleNames().begin(), shippedScheduleNames().end());
  app.add_option("--schedule", options.schedule,
                 "Gas schedule: a file, or one of " + listOf(schedules))
      ->type_name("NAME|FILE")
      ->capture_default_str();
  app.add_option("--gas", options.gas, "Gas limit, below 2^62")
      ->type_name("AMOUNT")
      ->capture_default_str();
  app.add_option("--stack", options.stackBytes, "Limit of the metered stack, in bytes")
      ->type_name("BYTES")
      ->capture_default_str();
  app.add_option("--memory-pages", options.memoryPages, "Limit of the memory, in pages of 64 KiB")
      ->type_name("PAGES")
      ->capture_default_str();
  app.add_flag("--host-clock", options.request.hostClock,
               "Give the import env.clock_ms, a clock in milliseconds (not deterministic)");
  app.add_flag("--stub-imports", options.request.stubImports,
               "Give missing imported functions; they trap when called");
  app.add_flag("--json", options.json, "Print the outcome as JSON");
  app.add_flag("-v,--verbose", options.verbose, "Print the time of each stage");
}

int main(int argc, char **argv) {
  setProgramName("writ-run");
  CLI::App app("writ-run runs contracts that were compiled before", "writ-run");
  app.set_version_flag("--version", "writ-run " WRIT_VERSION);
  app.footer(examples);
  app.get_formatter()->column_width(32);
  Options options;
  addOptions(app, options);
  try {
    app.parse(arguments(argc, argv));
  } catch (const CLI::Success &request) { // --help, --version
    app.exit(request);
    return int(ExitCode::Ok);
  } catch (const CLI::ParseError &error) {
    return int(
        printError(ExitCode::BadInput, std::string(error.what()) + " (see 'writ-run --help')"));
  }
  return int(finishOutput(runCommand([&] { return run(options); })));
}
