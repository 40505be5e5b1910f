//===- Precompile.cpp - writ precompile: many modules into a cache --------===//
#include "tools/writ/Interrupt.h"
#include "tools/writ/Progress.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/artifact/ArtifactOptions.h"
#include "tools/writ/cache/CacheActions.h"
#include "tools/writ/cache/CachePath.h"
#include "tools/writ/precompile/Pool.h"
#include "tools/writ/precompile/Summary.h"
#include "tools/writ/precompile/Worker.h"
#include "tools/writ/wasm/WasmCommand.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <fmt/format.h>
#include <fstream>
#include <sys/resource.h>
#include <thread>

namespace writ::cli {

using namespace precompile;

namespace {
/// The command line.
struct PrecompileOptions {
  std::vector<std::string> paths;
  CacheOption cache;
  ArtifactOptions artifact;
  WasmCommand wasm;
  std::string tiers = "llvm", json, memory = "4G";
  unsigned workers = std::max(1u, std::thread::hardware_concurrency());
  double timeoutSeconds = 120;
  bool retry = false, quiet = false, isWorker = false;
};
} // namespace

static constexpr const char *examples =
    R"(Modules are files, folders (all .wasm in them and below), and lists: @FILE has a path a line, @- reads
them from standard input. Each is compiled by one of several worker processes, and kept at once:
started again after Ctrl-C or a crash, it goes on where it was. What a module itself makes fail is
remembered and not tried again without --retry.

Exit codes: 0 all modules are in the cache, 2 none is (or the command line is wrong), 3 writ or the
machine failed, 4 some are and some are not, 130 interrupted.

Examples:
  writ precompile contracts/
  writ precompile contracts/ --tiers singlepass,llvm --workers 4 --json report.json
  find /chain -name '*.wasm' -newer last | writ precompile @-
  writ precompile contracts/ --target wasm32 --schedule near
)";

static Recipe recipeOf(const PrecompileOptions &options) {
  Recipe recipe;
  recipe.options = options.artifact.compileOptions();
  recipe.target = options.artifact.target;
  recipe.macKey = options.artifact.macKey();
  recipe.retry = options.retry;
  if (options.artifact.target == wasmTarget) {
    recipe.wasm = options.wasm.request(recipe.options.policy, "module");
    recipe.tiers = {std::string(wasmTier)};
    return recipe;
  }
  recipe.tiers = CLI::detail::split(options.tiers, ',');
  for (const std::string &tier : recipe.tiers)
    artifactTier(tier); // Refuses others.
  return recipe;
}

/// In a worker: a limit on what it may take.
static void limitMemory(const std::string &size) {
  uint64_t bytes = orFatal(parseBytes(size));
  rlimit limit = {bytes, bytes};
  if (bytes > 0)
    setrlimit(RLIMIT_AS, &limit);
  rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

/// What starts a worker: the same command line, marked.
static std::vector<std::string> workerCommand(const PrecompileOptions &options) {
  std::vector<std::string> command = {"/proc/self/exe", "precompile",         "--worker",
                                      "--cache",        options.cache.file(), "--tiers",
                                      options.tiers,    "--memory",           options.memory};
  std::vector<std::string> shaping = options.artifact.words();
  command.insert(command.end(), shaping.begin(), shaping.end());
  if (options.artifact.target == wasmTarget) {
    std::vector<std::string> more = options.wasm.words();
    command.insert(command.end(), more.begin(), more.end());
  }
  if (options.retry)
    command.push_back("--retry");
  return command;
}

/// A module on which a worker died: the cache shall know, so that it is not tried for ever.
static Outcome rememberAccident(cache::Store &store, const Recipe &recipe,
                                const Accident &accident) {
  Outcome outcome;
  outcome.path = accident.path;
  outcome.code = accident.code;
  outcome.tier = accident.tier;
  outcome.message = accident.how;
  auto code = cache::Digest::fromHex(accident.code);
  if (!code)
    return outcome;
  auto key = orFatal(recipe.keyOf(*code, accident.tier));
  auto kept = store.findOrMake(
      key, [&]() -> Result<cache::Made> { return Error{ErrorKind::Limit, accident.how}; });
  if (!kept && kept.error().kind == ErrorKind::Limit)
    outcome.status = Status::Failed;
  return outcome;
}

static Summary compileAll(const PrecompileOptions &options, const Recipe &recipe,
                          const std::vector<std::string> &modules) {
  using Clock = std::chrono::steady_clock;
  auto store = options.cache.open(cache::Access::ReadWrite);
  Summary summary;
  Progress progress("precompile", modules.size() * recipe.tiers.size(), options.quiet);
  size_t done = 0;
  auto add = [&](const Outcome &outcome) {
    summary.add(outcome);
    progress.show(done++, outcome.path);
  };
  PoolOptions poolOptions{workerCommand(options), options.workers, options.timeoutSeconds};
  auto start = Clock::now();
  bool isComplete = Pool(poolOptions, add, [&](const Accident &accident) {
                      return rememberAccident(*store, recipe, accident);
                    }).run(modules);
  std::chrono::duration<double> spent = Clock::now() - start;
  summary.finish(modules.size(), options.workers, spent.count(), isComplete);
  return summary;
}

static ExitCode exitCodeOf(const Summary &summary) {
  if (!summary.isComplete())
    return ExitCode::Interrupted;
  if (!summary.hasFailures())
    return ExitCode::Ok;
  return summary.hasSuccesses() ? ExitCode::Partial : ExitCode::BadInput;
}

static ExitCode precompileModules(const PrecompileOptions &options) {
  Recipe recipe = recipeOf(options);
  if (options.isWorker) {
    limitMemory(options.memory);
    auto store = options.cache.open(cache::Access::ReadWrite);
    runWorker(*store, recipe);
    return ExitCode::Ok;
  }
  orFatal(parseBytes(options.memory));
  std::vector<std::string> modules = findModules(options.paths);
  if (modules.empty())
    throw Fatal(ExitCode::BadInput, "no modules: no .wasm is there");
  std::ofstream json;
  if (!options.json.empty() && options.json != "-") {
    json.open(options.json);
    if (!json)
      throw Fatal(ExitCode::BadInput, fmt::format("{}: cannot be written", options.json));
  }
  catchInterrupts();
  Summary summary = compileAll(options, recipe, modules);
  if (!options.json.empty()) {
    std::string text = summary.json().dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    options.json == "-" ? fmt::print("{}", text) : void(json << text);
  }
  if (options.json != "-")
    fmt::print("{}", summary.text());
  return exitCodeOf(summary);
}

/// An option that the target has no use for says that something else was meant.
static void refuseContradictions(const CLI::App &sub, const PrecompileOptions &options) {
  bool isWasm = options.artifact.target == wasmTarget;
  if (isWasm && !options.isWorker && sub.get_option("--tiers")->count() > 0)
    throw CLI::ValidationError("--tiers has no meaning with --target wasm32");
  for (const CLI::Option *option : sub.get_option_group("wasm32")->get_options())
    if (!isWasm && option->count() > 0)
      throw CLI::ValidationError(option->get_name() + " has no meaning without --target wasm32");
}

void addPrecompile(CLI::App &app, Command &chosen) {
  auto options = std::make_shared<PrecompileOptions>();
  CLI::App *sub = app.add_subcommand("precompile", "Compile many modules into the cache");
  sub->footer(examples);
  sub->add_option("PATH", options->paths, "Modules, folders of them, or lists of them (@FILE)")
      ->type_name("");
  options->cache.addTo(*sub);
  sub->add_option("--tiers", options->tiers,
                  "For which tiers, with commas: " + listOf(artifactTiers()))
      ->type_name("LIST")
      ->capture_default_str();
  sub->add_option("--workers", options->workers, "Processes that compile")
      ->check(CLI::Range(1u, 256u))
      ->type_name("N")
      ->capture_default_str();
  sub->add_option("--timeout", options->timeoutSeconds, "Give a module up after so long on a tier")
      ->check(CLI::Range(0.01, 1e6))
      ->type_name("S")
      ->capture_default_str();
  sub->add_option("--memory", options->memory, "Address space of a worker, with k, M, G; 0: all")
      ->type_name("SIZE")
      ->capture_default_str();
  sub->add_flag("--retry", options->retry, "Try again what has failed before");
  sub->add_option("--json", options->json, "Write a report of all modules; - for standard output")
      ->type_name("FILE");
  sub->add_flag("-q,--quiet", options->quiet, "Show no progress");
  sub->add_flag("--worker", options->isWorker)->group("");
  options->artifact.addTo(*sub, {std::string(wasmTarget)});
  options->wasm.addTo(*sub);
  sub->callback([options, sub, &chosen] {
    if (options->paths.empty() && !options->isWorker)
      throw CLI::RequiredError(sub->get_option("PATH")->get_name());
    refuseContradictions(*sub, *options);
    chosen = [options] { return precompileModules(*options); };
  });
}

} // namespace writ::cli
