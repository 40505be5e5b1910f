//===- reprice_corpus.cpp - Other prices for a cache of real modules ------===//
//
// reprice_corpus CONTRACTS-DIR [--tier singlepass|llvm]
//
// Compiles every module into a cache, and then puts other prices in force for each: those of a
// shipped schedule, whose amounts artifacts have, and some that nobody has thought of. Nothing may
// be compiled for that. Exported functions are then called, and again after the module has been
// compiled afresh: gas, results and state must be equal. Prints the time per module.
//
//===----------------------------------------------------------------------===//
#include "cache/Store.h"
#include "jit/CompileArtifact.h"
#include "jit/Tiers.h"
#include "jit/image/LoadArtifact.h"
#include "jit/runtime/Linker.h"
#include "tests/support/Files.h"
#include "tests/support/Observation.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

namespace {

struct Options {
  std::string folder, tier = "singlepass";
};

/// Microseconds, one number a module.
class Times {
public:
  void add(std::chrono::steady_clock::time_point since) {
    std::chrono::duration<double, std::micro> spent = std::chrono::steady_clock::now() - since;
    all.push_back(spent.count());
  }
  void print(std::string_view what) {
    std::ranges::sort(all);
    auto at = [&](double share) { return all.empty() ? 0 : all[size_t(share * (all.size() - 1))]; };
    fmt::print("{:<36} {:10.1f} {:10.1f} {:10.1f}\n", what, at(0.5), at(0.9), at(1));
  }

private:
  std::vector<double> all;
};

struct Totals {
  unsigned modules = 0, compiled = 0, compiledAgain = 0, run = 0, calls = 0, wrong = 0;
  Times compile, shipped, others;
};

/// An instance in a store of its own. Calls of the host end the call.
struct Machine {
  writ::Store store;
  Linker linker{store};
  Instance *instance = nullptr;
};

} // namespace

static writ_status endCall(void *, writ_call *call, uint64_t *) {
  return call->services->trap(call, "here", 4);
}

/// False if the module wants more than functions, or cannot be instantiated.
static bool start(Machine &machine, const std::shared_ptr<const CompiledModule> &module,
                  const Schedule &schedule) {
  for (const FuncDecl &func : module->info().funcs)
    if (func.import)
      machine.linker.defineFunction(func.import->module, func.import->name,
                                    {func.type, endCall, nullptr, nullptr, {}, {}});
  InstanceOptions options;
  options.schedule = &schedule;
  auto made = machine.linker.instantiate(module, options);
  machine.instance = made && !made->start.trapped() ? made->instance : nullptr;
  return machine.instance;
}

/// Whatever the prices, there is a gas limit at which it ends somewhere in between.
static Observation observe(Instance &instance, uint32_t func, uint64_t gas) {
  const FuncType &type = instance.module().info().funcs[func].type;
  std::vector<uint64_t> arguments(type.params.size(), 3);
  CallLimits limits;
  limits.gas = gas;
  Observation seen;
  auto outcome = instance.call(func, arguments, limits);
  if (outcome)
    seen.addOutcome(*outcome, type.results, &instance);
  else
    seen.addError(outcome.error());
  seen.addState(instance);
  return seen;
}

/// Prices of which no artifact has the amounts.
static Schedule oddSchedule() {
  Schedule schedule;
  schedule.name = "odd";
  for (size_t i = 0; i < numCostClasses; ++i)
    schedule.classPrices[i] = 3 + 7 * i + i * i;
  schedule.hostDefault = 11;
  return schedule;
}

static void compareCalls(const std::string &file, Instance &repriced, Instance &afresh,
                         Totals &totals) {
  constexpr unsigned most = 6;
  unsigned calls = 0;
  for (const ExportDecl &exported : repriced.module().info().exports) {
    if (exported.kind != ExternKind::Func || calls >= most)
      continue;
    for (uint64_t gas : {500, 20'000, 400'000}) {
      std::string difference = Observation::difference(observe(repriced, exported.index, gas),
                                                       observe(afresh, exported.index, gas));
      ++totals.calls;
      if (difference.empty())
        continue;
      ++totals.wrong;
      fmt::print("{}: {} with gas {}: {}\n", file, exported.name, gas, difference);
    }
    ++calls;
  }
  totals.run += calls > 0;
}

/// From `flat` to a shipped schedule and on to an odd one, and the same after compiling afresh.
static Result<void> reprice(const std::string &file, const Bytes &bytes, const Bytes &artifact,
                            const Options &options, Totals &totals) {
  using Clock = std::chrono::steady_clock;
  auto loaded = loadArtifact(cache::makeByteSource(artifact));
  if (!loaded)
    return loaded.error();
  Machine machine, fresh;
  if (!start(machine, *loaded, *shippedSchedule("flat")))
    return {};
  auto since = Clock::now();
  if (Result<void> set = machine.instance->setSchedule(*shippedSchedule("near")); !set)
    return set;
  totals.shipped.add(since);
  const Schedule odd = oddSchedule();
  since = Clock::now();
  if (Result<void> set = machine.instance->setSchedule(odd); !set)
    return set;
  totals.others.add(since);
  CompileOptions compile;
  selectTier(compile, options.tier);
  auto module = compileModule(bytes, compile);
  if (!module)
    return module.error();
  if (!start(fresh, *module, odd))
    return badInput("it can be instantiated from an artifact only");
  compareCalls(file, *machine.instance, *fresh.instance, totals);
  return {};
}

/// The artifact from the cache; none if the module does not compile.
static std::optional<Bytes> fromCache(cache::Store &store, const Bytes &bytes,
                                      const Options &options, unsigned &compiled, Times *times) {
  ArtifactRequest request;
  request.tier = options.tier == "llvm" ? NativeTier::LLVM : NativeTier::Singlepass;
  auto key = artifactKey(cache::digestOf(bytes), {}, request);
  if (!key)
    return std::nullopt;
  auto artifact = store.findOrMake(*key, [&]() -> Result<cache::Made> {
    auto since = std::chrono::steady_clock::now();
    auto made = compileArtifact(bytes, {}, request);
    if (!made)
      return made.error();
    ++compiled;
    if (times)
      times->add(since);
    return cache::Made{std::move(*made), 0};
  });
  return artifact ? std::optional<Bytes>(std::move(*artifact)) : std::nullopt;
}

static int run(const Options &options, const std::vector<std::string> &files,
               const std::string &folder) {
  Totals totals;
  auto store = cache::Store::open(folder + "/cache.db");
  if (!store)
    return fmt::print("{}\n", store.error().message), 1;
  for (const std::string &file : files)
    if (auto bytes = readFile(file))
      (void)fromCache(**store, *bytes, options, totals.compiled, &totals.compile);
  for (const std::string &file : files) {
    auto bytes = readFile(file);
    auto artifact = bytes ? fromCache(**store, *bytes, options, totals.compiledAgain, nullptr)
                          : std::optional<Bytes>();
    if (!artifact)
      continue;
    ++totals.modules;
    if (Result<void> done = reprice(file, *bytes, *artifact, options, totals); !done) {
      fmt::print("{}: {}\n", file, done.error().message);
      ++totals.wrong;
    }
  }
  fmt::print("{}: {} modules, {} compiled; {} compiled again for other prices\n", options.tier,
             totals.modules, totals.compiled, totals.compiledAgain);
  fmt::print("{:<36} {:>10} {:>10} {:>10}  (microseconds a module)\n", "", "median", "90 %",
             "most");
  totals.shipped.print("to a shipped schedule");
  totals.others.print("to any other, first time");
  totals.compile.print("compiling it, for comparison");
  fmt::print("{} calls of {} modules, repriced and compiled afresh: {} differ\n", totals.calls,
             totals.run, totals.wrong);
  return totals.wrong == 0 && totals.compiledAgain == 0 && totals.calls > 0 ? 0 : 1;
}

int main(int argc, char **argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--tier" && i + 1 < argc)
      options.tier = argv[++i];
    else
      options.folder = argument;
  }
  std::vector<std::string> files = findModules(options.folder);
  if (files.empty())
    return exitSkipped;
  std::string folder = (std::filesystem::temp_directory_path() / "reprice.XXXXXX").string();
  if (!mkdtemp(folder.data()))
    return 1;
  int status = run(options, files, folder);
  std::filesystem::remove_all(folder);
  return status;
}
