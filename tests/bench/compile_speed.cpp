//===- compile_speed.cpp - Compile speed of a tier, stage by stage --------===//
//
// compile_speed TIER CONTRACTS-DIR [--reps N] [--least BYTES] [--threads N] [--only TEXT] [-v]
//
// Compiles each valid real module without SIMD of at least 100 kB, several times, and takes
// the fastest: megabytes of code section a second (with several threads: of wall time), machine
// code per byte; and, of as many compiles more, since looking at the clock takes its time,
// nanoseconds of processor time for each stage and bytecode op. Prints the median over the modules;
// with -v a line for each.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Wasm.h"
#include "jit/Engine.h"
#include "tests/support/Files.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

namespace {

struct Settings {
  std::string tier, folder, only;
  unsigned reps = 5, threads = 1;
  size_t least = 100'000;
  bool isVerbose = false;
};

/// A module of MANIFEST.tsv that is to be compiled.
struct Candidate {
  std::string path;
  double ops = 0;
};

/// The fastest compile of one module.
struct Measurement {
  double codeBytes = 0, ops = 0;
  double wall = 1e9, processor = 1e9; ///< Seconds.
  double machineBytes = 0;
  std::vector<StageTime> stages; ///< Of the fastest compile that was asked for them:
  double stagesProcessor = 1e9;  ///< how long that took.

  double speed(bool isParallel) const { return codeBytes / 1e6 / (isParallel ? wall : processor); }
};

} // namespace

static double processorSeconds() {
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

static double wallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

static std::vector<Candidate> readManifest(const Settings &settings) {
  std::vector<Candidate> found;
  std::ifstream file(settings.folder + "/MANIFEST.tsv");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> fields;
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, '\t');)
      fields.push_back(field);
    bool isWanted = fields.size() > 8 && fields[5] == "True" &&
                    fields[6].find("simd") == std::string::npos &&
                    std::stoul(fields[3]) >= settings.least &&
                    fields[0].find(settings.only) != std::string::npos;
    if (isWanted)
      found.push_back({settings.folder + "/" + fields[0], std::stod(fields[8])});
  }
  return found;
}

static double codeSectionBytes(const Bytes &bytes) {
  auto module = wasm::readModule(bytes, {}, "module");
  if (module)
    for (const wasm::SectionInfo &section : module->sections)
      if (section.id == 10)
        return section.size;
  return 0;
}

static CompileOptions optionsFor(const Settings &settings) {
  CompileOptions options;
  options.singlepass = settings.tier == "singlepass";
  options.llvm = settings.tier == "llvm";
  options.threads = settings.threads;
  return options;
}

/// One compile; what it took goes to `best` if that was slower. False, and said so, if it fails.
static bool compileOnce(const Settings &settings, const Candidate &candidate, const Bytes &bytes,
                        bool asksForStages, Measurement &best) {
  CompileOptions options = optionsFor(settings);
  std::vector<StageTime> stages;
  if (asksForStages)
    options.times = &stages;
  double wall = wallSeconds(), processor = processorSeconds();
  auto module = compileModule(bytes, options);
  processor = processorSeconds() - processor;
  wall = wallSeconds() - wall;
  if (!module) {
    fmt::print("{}: {}\n", candidate.path, module.error().message);
    return false;
  }
  best.machineBytes = double((*module)->tier()->machineCode().size());
  if (asksForStages && processor < best.stagesProcessor) {
    best.stagesProcessor = processor;
    best.stages = std::move(stages);
  } else if (!asksForStages) {
    best.wall = std::min(best.wall, wall);
    best.processor = std::min(best.processor, processor);
  }
  return true;
}

static double median(std::vector<double> values) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

static void printModule(const Settings &settings, const std::string &path,
                        const Measurement &measured) {
  std::string name = path.substr(path.rfind('/') + 1);
  fmt::print("{:<44.44} {:>8.3f} {:>8.2f} {:>6.2f} ", name, measured.codeBytes / 1e6,
             measured.speed(settings.threads > 1), measured.machineBytes / measured.codeBytes);
  for (const StageTime &stage : measured.stages)
    fmt::print(" {} {:.0f}", stage.stage, stage.cpuSeconds * 1e9 / measured.ops);
  fmt::print("\n");
}

/// Each stage's median share, in nanoseconds per op, and its speed if it were alone.
static void printStages(const std::vector<Measurement> &all) {
  std::vector<std::string_view> names;
  std::map<std::string_view, std::vector<double>> perOp, perByte;
  auto add = [&](std::string_view name, double seconds, const Measurement &of) {
    if (perOp[name].empty())
      names.push_back(name);
    perOp[name].push_back(seconds * 1e9 / of.ops);
    perByte[name].push_back(seconds * 1e9 / of.codeBytes);
  };
  for (const Measurement &measured : all) {
    double rest = measured.stagesProcessor;
    for (const StageTime &stage : measured.stages) {
      add(stage.stage, stage.cpuSeconds, measured);
      rest -= stage.cpuSeconds;
    }
    add("the rest", rest, measured);
  }
  fmt::print("{:<12} {:>10} {:>12}\n", "stage", "ns per op", "ns per byte");
  for (std::string_view name : names)
    fmt::print("{:<12} {:>10.1f} {:>12.2f}\n", name, median(perOp[name]), median(perByte[name]));
}

static void printSummary(const Settings &settings, const std::vector<Measurement> &all) {
  std::vector<double> speeds, inflations;
  for (const Measurement &measured : all) {
    speeds.push_back(measured.speed(settings.threads > 1));
    inflations.push_back(measured.machineBytes / measured.codeBytes);
  }
  printStages(all);
  fmt::print("{} modules on {}, {} thread{}: median {:.2f} MB/s of code section, {:.2f} to {:.2f}; "
             "machine code {:.2f} times the code section, at most {:.2f}\n",
             all.size(), settings.tier, settings.threads, settings.threads == 1 ? "" : "s",
             median(speeds), *std::min_element(speeds.begin(), speeds.end()),
             *std::max_element(speeds.begin(), speeds.end()), median(inflations),
             *std::max_element(inflations.begin(), inflations.end()));
}

static bool parse(int argc, char **argv, Settings &settings) {
  if (argc < 3)
    return false;
  settings.tier = argv[1];
  settings.folder = argv[2];
  for (int i = 3; i < argc; ++i) {
    std::string_view option = argv[i];
    if (option == "-v") {
      settings.isVerbose = true;
      continue;
    }
    if (++i == argc)
      return false;
    if (option == "--reps")
      settings.reps = unsigned(std::stoul(argv[i]));
    else if (option == "--least")
      settings.least = std::stoul(argv[i]);
    else if (option == "--threads")
      settings.threads = unsigned(std::stoul(argv[i]));
    else if (option == "--only")
      settings.only = argv[i];
    else
      return false;
  }
  return true;
}

int main(int argc, char **argv) {
  Settings settings;
  if (!parse(argc, argv, settings)) {
    fmt::print(stderr, "usage: compile_speed TIER CONTRACTS-DIR [--reps N] [--least BYTES] "
                       "[--threads N] [--only TEXT] [-v]\n");
    return 2;
  }
  std::vector<Measurement> all;
  for (const Candidate &candidate : readManifest(settings)) {
    Result<Bytes> bytes = readFile(candidate.path);
    if (!bytes)
      return 1;
    Measurement best;
    best.codeBytes = codeSectionBytes(*bytes);
    best.ops = candidate.ops;
    for (unsigned rep = 0; rep < settings.reps; ++rep)
      for (bool asksForStages : {false, true})
        if (!compileOnce(settings, candidate, *bytes, asksForStages, best))
          return 1;
    if (settings.isVerbose)
      printModule(settings, candidate.path, best);
    all.push_back(std::move(best));
  }
  if (all.empty()) {
    fmt::print("skipped: no such modules in {}\n", settings.folder);
    return exitSkipped;
  }
  printSummary(settings, all);
  return 0;
}
