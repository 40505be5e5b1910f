//===- SpecRunner.cpp - The official suite, every tier in lock-step -------===//
//
// spec_runner [-v] [--work DIR] FILE.wast|DIR…
//
// Turns each script into modules and commands with wast2json (wabt), runs every
// command in every variant, and prints one table. Exit code 0 if all is as it
// should be, 1 if not, 77 if there is nothing to run or no wast2json.
//
//===----------------------------------------------------------------------===//
#include "tests/spec/Runner.h"
#include "tests/support/Files.h"

#include <cstdio>
#include <filesystem>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

static void printRow(std::string_view name, const std::array<Tally, numCommandKinds> &tallies) {
  fmt::print("{:<24}", name);
  for (const Tally &tally : tallies)
    if (&tally != &tallies[size_t(CommandKind::Register)])
      fmt::print(" {:>14}", tally.total ? fmt::format("{}/{}", tally.passed, tally.total) : "-");
  fmt::print("\n");
}

static void printHead(std::string_view title) {
  fmt::print("{:<24}", title);
  for (size_t kind = 0; kind < numCommandKinds; ++kind)
    if (CommandKind(kind) != CommandKind::Register)
      fmt::print(" {:>14}", commandName(CommandKind(kind)));
  fmt::print("\n");
}

static void printTable(const ScriptResults &sum) {
  printHead("variant");
  for (size_t i = 0; i < sum.variants.size(); ++i)
    printRow(allVariants()[i].name, sum.variants[i]);
  fmt::print("equal in all variants (result, trap and its place, gas used, memories, tables, "
             "globals, segments): {}/{} commands\n",
             sum.equal.passed, sum.equal.total);
  fmt::print("malformed modules in the text format, which writ does not read: {}/{} refused by "
             "wat2wasm\n",
             sum.text.passed, sum.text.total);
}

static ScriptResults runFile(const std::string &path, const std::string &work, unsigned &edited) {
  std::string name = std::filesystem::path(path).filename();
  Result<std::vector<Command>> commands = convertScript(path, work + "/" + name, edited);
  if (!commands) {
    ScriptResults results;
    results.failures.push_back(commands.error().message);
    return results;
  }
  return runScript(*commands, allVariants(), name);
}

int main(int argc, char **argv) {
  std::string work = std::filesystem::temp_directory_path() / "writ-spec";
  std::vector<std::string> paths;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    std::string arg = argv[i];
    if (arg == "-v") {
      verbose = true;
    } else if (arg == "--work" && i + 1 < argc) {
      work = argv[++i];
    } else {
      paths.push_back(arg);
    }
  }
  std::vector<std::string> files = findScripts(paths);
  if (files.empty())
    return exitSkipped;
  std::filesystem::create_directories(work);
  ScriptResults sum;
  unsigned edited = 0;
  if (verbose)
    printHead("file (LLVM tier)");
  for (const std::string &file : files) {
    ScriptResults results = runFile(file, work, edited);
    if (verbose && results.variants.size() > 1)
      printRow(std::filesystem::path(file).filename().string(), results.variants[1]);
    for (const std::string &failure : results.failures)
      fmt::print("{}\n", failure);
    std::fflush(stdout);
    sum.add(results);
  }
  fmt::print("\n{} files", files.size());
  if (edited)
    fmt::print(" ({} mentions of typed function references, a later proposal, replaced)", edited);
  fmt::print("\n");
  printTable(sum);
  fmt::print("{} failures\n", sum.failures.size());
  return sum.failures.empty() ? 0 : 1;
}
