//===- singlepass_corpus.cpp - Singlepass code of the real modules --------===//
//
// singlepass_corpus CONTRACTS-DIR
//
// The code of every real module must be the same with one thread and with three. Prints how large
// it is, for modules of at least 100 kB.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Wasm.h"
#include "jit/Engine.h"
#include "tests/support/Files.h"

#include <algorithm>

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

static double codeSectionBytes(const Bytes &bytes) {
  auto module = wasm::readModule(bytes, {}, "module");
  if (module)
    for (const wasm::SectionInfo &section : module->sections)
      if (section.id == 10)
        return section.size;
  return 0;
}

int main(int argc, char **argv) {
  std::vector<std::string> files = listFiles(argc > 1 ? argv[1] : "", ".wasm", true);
  if (files.empty()) {
    fmt::print("skipped: no modules\n");
    return exitSkipped;
  }
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
