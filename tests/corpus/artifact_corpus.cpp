//===- artifact_corpus.cpp - Artifacts of the real modules ----------------===//
//
// artifact_corpus CONTRACTS-DIR [--tier singlepass|llvm] [--part K/N] [--digests]
//
// Compiles every module (of part K of N, by number, from 0) to an artifact with one thread and
// again with two: the bytes must be the same, all checks of it must pass, and it must load. With
// `--digests` prints the hash of each, so that runs can be compared with each other.
//
//===----------------------------------------------------------------------===//
#include "jit/CompileArtifact.h"
#include "jit/image/LoadArtifact.h"
#include "tests/support/Files.h"

#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

namespace {
struct Options {
  std::string folder;
  NativeTier tier = NativeTier::Singlepass;
  size_t part = 0, parts = 1;
  bool digests = false;
};

struct Counts {
  unsigned same = 0, refused = 0, wrong = 0;
  size_t moduleBytes = 0, artifactBytes = 0;
};
} // namespace

static Result<std::vector<uint8_t>> make(const Bytes &module, const Options &options,
                                         unsigned threads) {
  CompileOptions compile;
  compile.threads = threads;
  ArtifactRequest request;
  request.tier = options.tier;
  return compileArtifact(module, compile, request);
}

/// Empty, or what is wrong.
static std::string findWrong(const std::vector<uint8_t> &bytes, const Bytes &module) {
  cache::ArtifactDemand demand;
  demand.code = cache::digestOf(module);
  auto artifact = cache::Artifact::open(cache::makeByteSource(bytes), demand);
  if (!artifact)
    return artifact.error().message;
  if (Result<void> checked = checkArtifact(*artifact); !checked)
    return checked.error().message;
  auto loaded = loadArtifact(cache::makeByteSource(bytes), demand);
  return loaded ? "" : loaded.error().message;
}

static void tryModule(const std::string &file, const Options &options, Counts &counts) {
  Result<Bytes> module = readFile(file);
  auto one = module ? make(*module, options, 1) : Result<std::vector<uint8_t>>(module.error());
  if (!one) {
    ++counts.refused; // corpus-compile says which must compile.
    return;
  }
  auto two = make(*module, options, 2);
  std::string wrong = two && *one == *two ? findWrong(*one, *module) : "other bytes each time";
  ++(wrong.empty() ? counts.same : counts.wrong);
  counts.moduleBytes += module->size();
  counts.artifactBytes += one->size();
  if (!wrong.empty())
    fmt::print("{}: {}\n", file, wrong);
  else if (options.digests)
    fmt::print("{} {}\n", cache::digestOf(*one).hex(), file);
  std::fflush(stdout);
}

int main(int argc, char **argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--tier" && i + 1 < argc)
      options.tier = argv[++i] == std::string("llvm") ? NativeTier::LLVM : NativeTier::Singlepass;
    else if (argument == "--part" && i + 1 < argc)
      std::sscanf(argv[++i], "%zu/%zu", &options.part, &options.parts);
    else if (argument == "--digests")
      options.digests = true;
    else
      options.folder = argument;
  }
  std::vector<std::string> files = findModules(options.folder);
  if (files.empty())
    return exitSkipped;
  Counts counts;
  for (size_t i = options.part; i < files.size(); i += options.parts)
    tryModule(files[i], options, counts);
  fmt::print("{}: {} modules have the same artifact with one thread and with two, {} have not, {} "
             "do not compile; {:.2f} bytes of artifact for one of a module\n",
             tierName(options.tier), counts.same, counts.wrong, counts.refused,
             double(counts.artifactBytes) / double(std::max<size_t>(counts.moduleBytes, 1)));
  return counts.wrong == 0 ? 0 : 1;
}
