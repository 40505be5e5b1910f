//===- validate_corpus.cpp - Our verdict on each module, one line each ----===//
//
// validate_corpus [--policy NAME] [--without FEATURE]... FILE...
//   prints "ok FILE" or "bad MESSAGE" for each file
// validate_corpus --bench SECONDS FILE...
//   prints how fast the files are read and validated
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Wasm.h"

#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <vector>

using namespace writ;

static std::vector<uint8_t> readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    fmt::print(stderr, "validate_corpus: cannot read {}\n", path);
    std::exit(3);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

static size_t codeBytes(const wasm::Module &module) {
  size_t bytes = 0;
  for (const wasm::SectionInfo &section : module.sections)
    if (section.id == 10)
      bytes += section.size;
  return bytes;
}

/// Validates all files over and over for `seconds` of processor time and prints the mean speed.
static void bench(const std::vector<std::string> &paths, double seconds,
                  const wasm::Policy &policy) {
  std::vector<std::vector<uint8_t>> files;
  for (const std::string &path : paths)
    files.push_back(readFile(path));
  size_t code = 0, total = 0, rounds = 0;
  std::clock_t start = std::clock();
  double spent = 0;
  for (; spent < seconds; spent = double(std::clock() - start) / CLOCKS_PER_SEC, ++rounds) {
    for (const std::vector<uint8_t> &file : files) {
      Result<wasm::Module> module = wasm::readModule(file, policy, "bench");
      total += file.size();
      if (module)
        code += codeBytes(*module);
    }
  }
  fmt::print(
      "{} files, {} rounds in {:.2f} s: {:.1f} MB/s of code section, {:.1f} MB/s of module\n",
      files.size(), rounds, spent, double(code) / 1e6 / spent, double(total) / 1e6 / spent);
}

static void judge(const std::vector<std::string> &paths, const wasm::Policy &policy) {
  for (const std::string &path : paths) {
    std::vector<uint8_t> bytes = readFile(path);
    Result<wasm::Module> module = wasm::readModule(bytes, policy, path);
    if (module)
      fmt::print("ok {}\n", path);
    else
      fmt::print("bad {}\n", module.error().message);
  }
}

static int usage() {
  fmt::print(stderr, "usage: validate_corpus [--policy NAME] [--without FEATURE]... "
                     "[--bench SECONDS] FILE...\n");
  return 2;
}

int main(int argc, char **argv) {
  wasm::Policy policy;
  double seconds = 0;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (!word.starts_with("--")) {
      paths.push_back(word);
      continue;
    }
    if (++i == argc)
      return usage();
    if (word == "--bench")
      seconds = std::atof(argv[i]);
    else if (auto preset = wasm::policyPreset(argv[i]); word == "--policy" && preset)
      policy = *preset;
    else if (auto feature = wasm::parseFeature(argv[i]); word == "--without" && feature)
      policy.features.set(*feature, false);
    else
      return usage();
  }
  if (seconds > 0)
    bench(paths, seconds, policy);
  else
    judge(paths, policy);
  return 0;
}
