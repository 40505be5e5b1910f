//===- singlepass_corpus.cpp - Singlepass code of the real modules --------===//
//
// singlepass_corpus CONTRACTS-DIR
//
// The code of every real module must be the same with one thread and with three, and that of each
// function whether costs are ops or attached to ops. Prints how large it is, for modules of at
// least 100 kB.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Wasm.h"
#include "jit/Engine.h"
#include "jit/SinglepassBuild.h"
#include "tests/support/Files.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

using namespace writ;
using namespace writ::test;

static std::shared_ptr<const CompiledModule> compile(const Bytes &bytes, unsigned threads) {
  CompileOptions options;
  options.singlepass = true;
  options.threads = threads;
  auto module = compileModule(bytes, options);
  return module ? *module : nullptr;
}

/// All functions as one chunk; nothing if it cannot be made.
static std::optional<singlepass::EmittedChunk> makeChunk(const ModuleSource &source, IRUse use) {
  FunctionMaker maker(source.module, source.options, use);
  StageClock clock(nullptr);
  if (!maker.declare())
    return std::nullopt;
  SinglepassCompiler compiler(maker.ir());
  uint32_t first = source.module.importedFuncs;
  compiler.beginChunk(first);
  for (uint32_t func = first; func < source.module.info.funcs.size(); ++func) {
    if (!maker.make(func, clock) || !compiler.compile(func))
      return std::nullopt;
    maker.drop(func);
  }
  auto chunk = compiler.endChunk();
  return chunk ? std::optional(std::move(*chunk)) : std::nullopt;
}

static bool areSame(const singlepass::EmittedChunk &a, const singlepass::EmittedChunk &b) {
  auto isSameSite = [](const TrapSite &x, const TrapSite &y) {
    return x.kind == y.kind && x.func == y.func && x.offset == y.offset && x.refund == y.refund;
  };
  return a.code == b.code && a.charges.spelledOut() == b.charges.spelledOut() &&
         a.firstRegions == b.firstRegions && std::ranges::equal(a.sites, b.sites, isSameSite);
}

static bool isSameWithAttachedCosts(const Bytes &bytes) {
  auto source = ModuleSource::read(bytes, {}, {});
  if (!source)
    return false;
  auto ops = makeChunk(**source, IRUse::ByFunction);
  auto attached = makeChunk(**source, IRUse::Native);
  return ops && attached && areSame(*ops, *attached);
}

static double codeSectionBytes(const Bytes &bytes) {
  auto module = wasm::readModule(bytes, {}, "module");
  if (module)
    for (const wasm::SectionInfo &section : module->sections)
      if (section.id == 10)
        return section.size;
  return 0;
}

int main(int argc, char **argv) {
  std::vector<std::string> files = findModules(argc > 1 ? argv[1] : "");
  if (files.empty())
    return exitSkipped;
  std::vector<double> inflations;
  unsigned same = 0, different = 0;
  for (const std::string &file : files) {
    Result<Bytes> bytes = readFile(file);
    auto one = bytes ? compile(*bytes, 1) : nullptr;
    if (!one)
      continue; // corpus-compile says which must compile.
    auto three = compile(*bytes, 3);
    std::span<const uint8_t> code = one->tier()->machineCode();
    bool isSame = three && std::ranges::equal(code, three->tier()->machineCode()) &&
                  std::ranges::equal(one->charges(), three->charges());
    ++(isSame ? same : different);
    if (!isSame)
      fmt::print("{}: other code with three threads\n", file);
    if (!isSameWithAttachedCosts(*bytes)) {
      ++different;
      fmt::print("{}: other code with attached costs\n", file);
    }
    if (bytes->size() >= 100'000)
      inflations.push_back(double(code.size()) / codeSectionBytes(*bytes));
  }
  std::sort(inflations.begin(), inflations.end());
  fmt::print("{} modules have the same code with one thread and with three, {} have not\n", same,
             different);
  if (!inflations.empty())
    fmt::print("code is {:.2f} times the code section (median of {} modules of 100 kB), {:.2f} to "
               "{:.2f}\n",
               inflations[inflations.size() / 2], inflations.size(), inflations.front(),
               inflations.back());
  return different == 0 ? 0 : 1;
}
