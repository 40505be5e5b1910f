//===- compile_corpus.cpp - Compile the real modules on both tiers --------===//
//
// compile_corpus CONTRACTS-DIR [-v]
//
// Every valid module without SIMD must be imported, metered, pass contract-verify-core and
// compile on both tiers. Prints compile speed and peak memory; each compile runs in a process of
// its own, so that its memory can be told. With -v, a line for each module.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Wasm.h"
#include "jit/Engine.h"
#include "jit/image/ModuleInfoFormat.h"
#include "tests/support/Files.h"

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

namespace {

/// A row of MANIFEST.tsv.
struct ManifestEntry {
  std::string origin;
  bool isValid = false;
  bool hasSimd = false;
};

/// What a child process says of one compile. Plain data: it goes through a pipe.
struct Measurement {
  bool finished = false;
  bool accepted = false;
  ErrorKind errorKind = ErrorKind::Internal;
  char error[400] = {};
  double frontSeconds = 0; ///< Read, import, meter and verify.
  double tierSeconds = 0;  ///< Translation, or the LLVM tier.
  double peakBytes = 0;    ///< More resident memory than before, at most.
};

struct Sum {
  unsigned modules = 0;
  double codeBytes = 0, front = 0, interp = 0, llvm = 0, interpPeak = 0, llvmPeak = 0;
  void add(double bytes, const Measurement &onInterp, const Measurement &onLlvm) {
    ++modules;
    codeBytes += bytes;
    front += onInterp.frontSeconds;
    interp += onInterp.tierSeconds;
    llvm += onLlvm.tierSeconds;
    interpPeak = std::max(interpPeak, onInterp.peakBytes);
    llvmPeak = std::max(llvmPeak, onLlvm.peakBytes);
  }
};

} // namespace

static std::map<std::string, ManifestEntry> readManifest(const std::string &path) {
  std::map<std::string, ManifestEntry> entries;
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::vector<std::string> fields;
    std::stringstream stream(line);
    for (std::string field; std::getline(stream, field, '\t');)
      fields.push_back(field);
    if (fields.size() >= 7)
      entries[fields[0]] = {fields[0].substr(0, fields[0].find('/')), fields[5] == "True",
                            fields[6].find("simd") != std::string::npos};
  }
  return entries;
}

static double peakResident() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024.0;
}

/// Declarations and charge table are read as they were written.
static bool isReadAsWritten(const CompiledModule &module) {
  auto write = [](const ModuleInfo &info, const std::vector<CostCounts> &charges) {
    ByteWriter writer;
    writeModuleInfo(writer, info);
    writeCharges(writer, charges);
    return writer.bytes;
  };
  std::vector<CostCounts> charges(module.charges().begin(), module.charges().end());
  Bytes written = write(module.info(), charges);
  ByteReader reader(written);
  auto info = readModuleInfo(reader);
  auto readBack = readCharges(reader);
  return info && reader.isDone() && write(*info, readBack) == written;
}

static Measurement compile(const Bytes &bytes, bool llvm) {
  Measurement result;
  std::vector<StageTime> times;
  CompileOptions options;
  options.llvm = llvm;
  options.times = &times;
  double before = peakResident();
  auto module = compileModule(bytes, options);
  result.finished = true;
  result.accepted = bool(module);
  if (!module) {
    result.errorKind = module.error().kind;
    std::snprintf(result.error, sizeof(result.error), "%s", module.error().message.c_str());
  }
  if (module && !isReadAsWritten(**module)) {
    result.accepted = false;
    std::snprintf(result.error, sizeof(result.error),
                  "declarations are not read as they were written");
  }
  for (const StageTime &time : times)
    (time.stage == (llvm ? "llvm" : "interp") ? result.tierSeconds : result.frontSeconds) +=
        time.seconds;
  result.peakBytes = peakResident() - before;
  return result;
}

/// `compile` in a process of its own. Not `finished` if that died.
static Measurement compileInChild(const Bytes &bytes, bool llvm) {
  Measurement result;
  int ends[2];
  if (pipe(ends) != 0)
    return result;
  std::fflush(stdout);
  pid_t child = fork();
  if (child == 0) {
    Measurement measured = compile(bytes, llvm);
    ssize_t written = write(ends[1], &measured, sizeof(measured));
    _exit(written == sizeof(measured) ? 0 : 1);
  }
  close(ends[1]);
  if (read(ends[0], &result, sizeof(result)) != sizeof(result))
    result = {};
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return result;
}

static double codeSectionBytes(const Bytes &bytes) {
  auto module = wasm::readModule(bytes, {}, "module");
  if (module)
    for (const wasm::SectionInfo &section : module->sections)
      if (section.id == 10)
        return section.size;
  return 0;
}

static void printRow(const std::string &name, const Sum &sum) {
  double mega = sum.codeBytes / 1e6;
  auto speed = [&](double seconds) { return seconds > 0 ? mega / seconds : 0; };
  fmt::print("{:<44} {:>7} {:>9.3f} {:>9.2f} {:>9.2f} {:>9.2f} {:>9.3f} {:>8.0f} {:>8.0f}\n", name,
             sum.modules, mega, speed(sum.front), speed(sum.interp), speed(sum.front + sum.interp),
             speed(sum.llvm), sum.interpPeak / 1e6, sum.llvmPeak / 1e6);
}

static void printHead() {
  fmt::print("{:<44} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8}\n", "", "modules", "code MB",
             "front", "translate", "interp", "llvm", "interp", "llvm");
  fmt::print("{:<44} {:>7} {:>9} {:>9} {:>9} {:>9} {:>9} {:>8} {:>8}\n", "", "", "", "MB/s", "MB/s",
             "all MB/s", "MB/s", "peak MB", "peak MB");
}

/// What is wrong with a compile of a module of which the manifest says `entry`.
static std::string judge(const ManifestEntry &entry, const Measurement &result) {
  if (!result.finished)
    return "the compile crashed";
  bool mustCompile = entry.isValid && !entry.hasSimd;
  if (mustCompile && !result.accepted)
    return result.error;
  if (!result.accepted && result.errorKind == ErrorKind::Internal)
    return fmt::format("an error of our own: {}", result.error);
  return {};
}

int main(int argc, char **argv) {
  std::string folder = argc > 1 ? argv[1] : "";
  bool verbose = argc > 2 && std::string_view(argv[2]) == "-v";
  std::map<std::string, ManifestEntry> manifest = readManifest(folder + "/MANIFEST.tsv");
  if (manifest.empty()) {
    fmt::print("skipped: no {}/MANIFEST.tsv\n", folder);
    return exitSkipped;
  }
  std::map<std::string, Sum> sums;
  Sum total;
  unsigned failures = 0, refused = 0;
  if (verbose)
    printHead();
  for (const auto &[file, entry] : manifest) {
    Result<Bytes> bytes = readFile(folder + "/" + file);
    if (!bytes) {
      fmt::print("{}\n", bytes.error().message);
      ++failures;
      continue;
    }
    Measurement onInterp = compileInChild(*bytes, false), onLlvm = compileInChild(*bytes, true);
    for (const Measurement *result : {&onInterp, &onLlvm})
      if (std::string wrong = judge(entry, *result); !wrong.empty()) {
        fmt::print("{}: {}: {}\n", file, result == &onLlvm ? "llvm" : "interp", wrong);
        ++failures;
      }
    if (!onInterp.accepted || !onLlvm.accepted) {
      ++refused;
      continue;
    }
    Sum one;
    one.add(codeSectionBytes(*bytes), onInterp, onLlvm);
    if (verbose)
      printRow(file.size() > 44 ? file.substr(file.size() - 44) : file, one);
    std::fflush(stdout);
    sums[entry.origin].add(one.codeBytes, onInterp, onLlvm);
    total.add(one.codeBytes, onInterp, onLlvm);
  }
  printHead();
  for (const auto &[origin, sum] : sums)
    printRow(origin, sum);
  printRow("all", total);
  fmt::print("{} modules; {} compiled on both tiers, {} refused (invalid, SIMD or over the "
             "budget), {} failures\n",
             manifest.size(), total.modules, refused, failures);
  return failures ? 1 : 0;
}
