//===- Bench.cpp - writ bench: measure tiers, metering and peers ----------===//
#include "tools/writ/Choices.h"
#include "tools/writ/Cli.h"
#include "tools/writ/Interrupt.h"
#include "tools/writ/PolicyOptions.h"
#include "tools/writ/Suggest.h"
#include "tools/writ/bench/Native.h"
#include "tools/writ/bench/Process.h"
#include "tools/writ/bench/Report.h"
#include "tools/writ/bench/Session.h"

#include <CLI/CLI.hpp>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <sched.h>

namespace writ::cli {
namespace {

struct BenchOptions {
  bench::WorkloadRequest workloads;
  PolicyOptions policy;
  std::string tiers, schedules = "none,flat", peers = "all", only;
  std::string compiler, time = "cpu";
  bench::SessionOptions session;
  int processor = -1;
  std::string json, csv, html, from, job;
  bool noNative = false;
};

} // namespace

static constexpr const char *examples =
    R"(Each module that exports 'run: (i32) -> (i32)' is called with the n that sizes.txt in its folder
gives; its result is a checksum, which must be the same everywhere. Other modules are only compiled.
Where a kernel's C source (or a .so) is there, native builds are measured too, and the fastest one is
what ratios refer to. Engines found on PATH join. Each measurement is a process of its own.

Prints tables. Ctrl-C ends early and reports what is done. docs/benchmarks.md says what figures mean.

Exit code: 0 all measured, 1 something failed or gave a wrong checksum, 2 bad arguments, 3 writ
failed, 130 interrupted.

Examples:
  writ bench tests/bench/kernels --html report.html --json report.json
  writ bench tests/bench/kernels --only token,rlp --tiers singlepass,llvm --runs 3
  writ bench ../shared/bench/wasm --native ../shared/bench/kernels --peers node-liftoff
  writ bench aurora.wasm --tiers singlepass --schedules flat      (compile only)
  writ bench --from report.json --html report.html
  writ bench tests/bench/kernels --schedules none,flat,near --scale 0.1 --csv -
)";

static std::vector<std::string> words(const std::string &list) {
  std::vector<std::string> all;
  for (const std::string &word : CLI::detail::split(list, ','))
    if (!word.empty())
      all.push_back(word);
  return all;
}

static void write(const std::string &path, const std::string &text) {
  if (path == "-") {
    fmt::print("{}", text);
    return;
  }
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out)
    throw Fatal(ExitCode::BadInput, fmt::format("{}: {}", path, strerror(errno)));
}

/// So that an hour of measuring is not lost to a folder that is not there.
static void checkWritable(const BenchOptions &options) {
  for (const std::string &path : {options.json, options.csv, options.html})
    if (!path.empty() && path != "-" && !std::ofstream(path, std::ios::app))
      throw Fatal(ExitCode::BadInput, fmt::format("{}: {}", path, strerror(errno)));
}

static std::string now() {
  std::time_t time = std::time(nullptr);
  char text[64];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", std::gmtime(&time));
  return text;
}

/// What was typed, for the report.
static std::string commandLine() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::string text = {std::istreambuf_iterator<char>(in), {}};
  std::replace(text.begin(), text.end(), '\0', ' ');
  size_t program = text.find(' ');
  return "writ" + text.substr(std::min(program, text.size()));
}

static void pinTo(int processor) {
  if (processor < 0)
    return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(size_t(processor) % CPU_SETSIZE, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0)
    throw Fatal(ExitCode::BadInput,
                fmt::format("cannot run on processor {}: {}", processor, strerror(errno)));
}

static bench::Results prepare(BenchOptions &options) {
  bench::Results results;
  options.workloads.policy = orFatal(options.policy.policy());
  options.workloads.only = words(options.only);
  results.workloads = bench::findWorkloads(options.workloads);
  bench::ConfigurationRequest request;
  request.tiers = options.tiers.empty() ? choices("--tier") : words(options.tiers);
  request.schedules = words(options.schedules);
  request.peers = words(options.peers);
  if (!options.noNative)
    request.compiler = bench::findCompiler(options.compiler);
  if (!options.compiler.empty() && request.compiler.empty())
    throw Fatal(ExitCode::BadInput, fmt::format("no compiler '{}'", options.compiler));
  results.configurations = bench::makeConfigurations(request);
  if (results.configurations.empty() || request.schedules.empty())
    throw Fatal(ExitCode::BadInput, "nothing to measure: no tier, no schedule and no peer");
  results.machine = bench::thisMachine();
  results.command = commandLine();
  results.date = now();
  results.time = options.time == "cpu" ? bench::TimeKind::Cpu : bench::TimeKind::Wall;
  results.runs = options.session.runs;
  return results;
}

/// The results of an earlier session.
static bench::Results readReport(const std::string &path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    throw Fatal(ExitCode::BadInput, fmt::format("{}: {}", path, strerror(errno)));
  try {
    return bench::resultsFrom(bench::Json::parse(in));
  } catch (const bench::Json::exception &) {
    throw Fatal(ExitCode::BadInput, path + ": is no report that writ bench --json made");
  }
}

static ExitCode report(const BenchOptions &options, const bench::Results &results) {
  bool toStdout = options.json == "-" || options.csv == "-" || options.html == "-";
  if (!toStdout)
    fmt::print("{}", bench::textReport(results));
  if (!options.json.empty())
    write(options.json,
          jsonReport(results).dump(2, ' ', false, bench::Json::error_handler_t::replace) + "\n");
  if (!options.csv.empty())
    write(options.csv, csvReport(results));
  if (!options.html.empty())
    write(options.html, htmlReport(results));
  if (!results.complete)
    return ExitCode::Interrupted;
  return results.errorCount() == 0 ? ExitCode::Ok : ExitCode::Trap;
}

static ExitCode runBench(BenchOptions options) {
  if (!options.job.empty())
    return bench::runWorker(options.job);
  if (!options.from.empty())
    return report(options, readReport(options.from));
  if (options.workloads.paths.empty())
    throw Fatal(ExitCode::BadInput, "no module given (see 'writ bench --help')");
  bench::Results results = prepare(options);
  checkWritable(options);
  pinTo(options.processor);
  catchInterrupts();
  bench::runSession(results, options.session);
  results.checkChecksums();
  return report(options, results);
}

static void addWhat(CLI::App &app, BenchOptions &options) {
  app.add_option("PATH", options.workloads.paths, "Modules, or folders of them")->type_name("");
  app.add_option("--only", options.only, "Only these modules, with commas")->type_name("NAMES");
  app.add_option("--tiers", options.tiers,
                 "Tiers, with commas; default: all (" + listOf(choices("--tier")) + ")")
      ->type_name("LIST");
  app.add_option("--schedules", options.schedules,
                 "Gas schedules, with commas: names, files, or none for unmetered")
      ->type_name("LIST")
      ->capture_default_str();
  app.add_option("--peers", options.peers,
                 "Other engines, with commas (all: those on PATH): " + listOf(choices("--peers")))
      ->type_name("LIST")
      ->capture_default_str();
  app.add_option("--call", options.workloads.entry, "The export to call, (i32) -> (i32)")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--native", options.workloads.nativeFolder,
                 "Folder of NAME.c or NAME.so; default: beside the modules")
      ->type_name("DIR");
  app.add_option("--cc", options.compiler,
                 "Compiler of native builds; default: clang-22, clang, gcc")
      ->type_name("PROGRAM");
  app.add_flag("--no-native", options.noNative, "No native builds");
  options.policy.addTo(app);
}

static void addHow(CLI::App &app, BenchOptions &options) {
  app.add_option("--runs", options.session.runs, "Processes for each cell of the tables")
      ->check(CLI::Range(1u, 1000u))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--calls", options.session.effort.calls, "Calls in each, after one that warms up")
      ->check(CLI::Range(1u, 1000u))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--call-seconds", options.session.effort.callSeconds,
                 "No further call in a process once they took so long")
      ->check(CLI::Range(0.0, 1e6))
      ->type_name("S")
      ->capture_default_str();
  app.add_option("--timeout", options.session.effort.maxSeconds, "Kill a process after so long")
      ->check(CLI::Range(0.01, 1e6))
      ->type_name("S")
      ->capture_default_str();
  app.add_option("--sizes", options.workloads.sizesFile,
                 "File of names and n; default: sizes.txt beside the modules")
      ->type_name("FILE");
  app.add_option("--size", options.workloads.defaultSize, "n for modules that have none there")
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--scale", options.workloads.scale, "Times every n")
      ->check(CLI::Range(1e-9, 1e9))
      ->type_name("X")
      ->capture_default_str();
  app.add_option("--time", options.time, "What counts: cpu or wall")
      ->check(CLI::IsMember(choices("--time")))
      ->type_name("KIND")
      ->capture_default_str();
  app.add_option("--cpu", options.processor, "Run everything on this processor")
      ->check(CLI::Range(0, CPU_SETSIZE - 1))
      ->type_name("N");
}

void addBench(CLI::App &app, Command &chosen) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App *sub =
      app.add_subcommand("bench", "Measure compile and run time on all tiers, against native code");
  sub->footer(examples);
  addWhat(*sub, *options);
  addHow(*sub, *options);
  sub->add_option("--json", options->json,
                  "Write everything, with every sample; - for standard output")
      ->type_name("FILE");
  sub->add_option("--csv", options->csv, "Write a line for each module and configuration")
      ->type_name("FILE");
  sub->add_option("--html", options->html, "Write a page with charts")->type_name("FILE");
  sub->add_flag("-q,--quiet", options->session.quiet, "Show no progress");
  sub->add_option("--from", options->from, "Measure nothing: report what --json wrote to this file")
      ->type_name("FILE")
      ->excludes(sub->get_option("PATH"));
  // What a process that measures is given. Not for people.
  sub->add_option("--measure", options->job)->group("");
  sub->callback([options, &chosen] { chosen = [options] { return runBench(*options); }; });
}

} // namespace writ::cli
