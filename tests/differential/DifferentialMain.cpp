//===- DifferentialMain.cpp - Generated programs, all tiers compared ------===//
//
// differential [--seeds N] [--first SEED] [--minutes M] [--save DIR]
// differential --bytes FILE [--save DIR]
//
// Checks the programs of N seeds, or of as many as M minutes allow. Every other one is small
// and runs at every gas limit. Stops at the first failure: prints its seed, what
// differs, and where it wrote the shrunk modules. With --bytes, checks the one program of an
// input of fuzz_differential. Exit code 0 or 1.
//
//===----------------------------------------------------------------------===//
#include "tests/differential/ByteSource.h"
#include "tests/differential/Differential.h"
#include "tests/support/Files.h"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;
using SteadyClock = std::chrono::steady_clock;

namespace {

struct Arguments {
  uint64_t first = 0, seeds = 200;
  double minutes = 0;
  std::string bytesFile, save = ".";
};

/// What a program is generated from.
struct Case {
  std::string name; ///< Also how to run it again.
  Bytes bytes;
  bool isSmall = false; ///< Runs at every gas limit.

  GeneratedProgram program() const { return generateProgram(bytes, {isSmall}); }
  CheckOptions checks() const {
    CheckOptions options;
    options.everyLimit = isSmall;
    return options;
  }
};

} // namespace

static bool parseArguments(int argc, char **argv, Arguments &arguments) {
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string name = argv[i], value = argv[i + 1];
    if (name == "--seeds")
      arguments.seeds = std::stoull(value);
    else if (name == "--first")
      arguments.first = std::stoull(value);
    else if (name == "--minutes")
      arguments.minutes = std::stod(value), arguments.seeds = ~0ull;
    else if (name == "--bytes")
      arguments.bytesFile = value;
    else if (name == "--save")
      arguments.save = value;
    else
      return false;
  }
  return argc % 2 == 1;
}

/// Sizes vary with the seed; odd seeds are small programs.
static Case caseOfSeed(uint64_t seed) {
  bool isSmall = seed % 2 == 1;
  size_t size = isSmall ? 150 + seed % 5 * 60 : 300 + seed % 7 * 500;
  return {fmt::format("--first {} --seeds 1", seed), seededBytes(seed, size), isSmall};
}

/// Writes the modules as `<what>.<n>.wasm`; their paths.
static std::vector<std::string> writeModules(const GeneratedProgram &program,
                                             const std::string &what) {
  std::vector<std::string> paths;
  for (size_t i = 0; i < program.modules.size(); ++i) {
    std::string path = fmt::format("{}.{}.wasm", what, i);
    if (writeFile(path, program.modules[i]))
      paths.push_back(path);
  }
  return paths;
}

static void reportFailure(const Case &failed, const std::string &wrong, const std::string &save) {
  fmt::print("{}: {}\n", failed.name, wrong);
  std::fflush(stdout);
  Case shrunk = failed;
  shrunk.bytes = shrink(failed.bytes, {failed.isSmall}, failed.checks(), 30);
  GeneratedProgram program = shrunk.program();
  RunCounts counts;
  fmt::print("shrunk to {} bytes: {}\n", shrunk.bytes.size(),
             checkProgram(program, shrunk.checks(), counts));
  for (const std::string &path : writeModules(program, save + "/differential-failure"))
    fmt::print("module: {}\n", path);
  for (const GeneratedCall &call : program.calls) {
    fmt::print("call: module {} {}", call.module, call.name);
    for (uint64_t arg : call.args)
      fmt::print(" {:#x}", arg);
    fmt::print("\n");
  }
  fmt::print("again with: {}\n", failed.name);
}

/// False, after a report, if the case fails. The program is in `save` while it runs, to be found
/// there after a crash.
static bool check(const Case &each, const std::string &save, RunCounts &counts) {
  GeneratedProgram program = each.program();
  std::vector<std::string> files = writeModules(program, save + "/differential-current");
  files.push_back(save + "/differential-current.txt");
  std::string line = each.name + "\n";
  (void)writeFile(files.back(), {reinterpret_cast<const uint8_t *>(line.data()), line.size()});
  std::string wrong = checkProgram(program, each.checks(), counts);
  for (const std::string &file : files)
    std::filesystem::remove(file);
  if (!wrong.empty())
    reportFailure(each, wrong, save);
  return wrong.empty();
}

static bool checkSeeds(const Arguments &arguments, RunCounts &counts) {
  auto start = SteadyClock::now(), said = start;
  auto minutesSince = [](SteadyClock::time_point time) {
    return std::chrono::duration<double>(SteadyClock::now() - time).count() / 60;
  };
  for (uint64_t i = 0; i < arguments.seeds; ++i) {
    if (arguments.minutes > 0 && minutesSince(start) >= arguments.minutes)
      break;
    if (!check(caseOfSeed(arguments.first + i), arguments.save, counts))
      return false;
    if (minutesSince(said) < 0.25)
      continue;
    said = SteadyClock::now();
    fmt::print("{:.1f} min: {}\n", minutesSince(start), counts.text());
    std::fflush(stdout);
  }
  return true;
}

/// The first byte says whether the program is small, as in fuzz_differential.
static bool checkBytes(const Arguments &arguments, RunCounts &counts) {
  Result<Bytes> bytes = readFile(arguments.bytesFile);
  if (!bytes || bytes->empty()) {
    fmt::print(stderr, "{}: cannot read, or empty\n", arguments.bytesFile);
    return false;
  }
  Case each{"--bytes " + arguments.bytesFile, Bytes(bytes->begin() + 1, bytes->end()),
            bool(bytes->front() & 1)};
  return check(each, arguments.save, counts);
}

int main(int argc, char **argv) {
  Arguments arguments;
  if (!parseArguments(argc, argv, arguments)) {
    fmt::print(stderr, "usage: differential [--seeds N] [--first SEED] [--minutes M] "
                       "[--bytes FILE] [--save DIR]\n");
    return 2;
  }
  RunCounts counts;
  bool good =
      arguments.bytesFile.empty() ? checkSeeds(arguments, counts) : checkBytes(arguments, counts);
  fmt::print("{}\n{}\n", counts.text(), good ? "no difference" : "FAILED");
  return good ? 0 : 1;
}
