//===- import_corpus.cpp - Import and meter modules, check what is made ---===//
//
// import_corpus [--cost-per-op] FILE...
//   imports each valid file, verifies the IR, runs the metering passes and
//   contract-verify-core, and compares the declarations in the IR with those read;
//   prints "ok", "invalid" or "FAILED" for each; exits with 1 if one failed
// import_corpus --bench SECONDS FILE...
//   prints how fast the valid files are imported
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Decoder.h"
#include "frontend/wasm/Importer.h"
#include "frontend/wasm/Wasm.h"
#include "jit/ModuleFromIR.h"
#include "mlir-dialect/IR/Contract.h"
#include "mlir-dialect/Transforms/Metering.h"
#include "tests/corpus/Declarations.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

using namespace writ;

static std::vector<uint8_t> readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    fmt::print(stderr, "import_corpus: cannot read {}\n", path);
    std::exit(3);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

static bool meter(mlir::ModuleOp module) {
  mlir::PassManager passes(module.getContext());
  contract::addMeteringPasses(passes, contract::Metering::Merged);
  return succeeded(passes.run(module));
}

/// What is wrong with the import of `module`; empty if nothing.
static std::string check(const wasm::Module &module, const wasm::ImportOptions &options) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto imported = wasm::importModule(context, module, options);
  if (!imported)
    return imported.error().message;
  if (failed(mlir::verify(**imported)))
    return "does not verify";
  if (!meter(**imported))
    return "is not core after metering";
  Result<ModuleInfo> info = extractModuleInfo(**imported);
  if (!info)
    return info.error().message;
  return test::describeDifference(module.info, *info);
}

static int checkAll(const std::vector<std::string> &paths, wasm::ImportOptions options) {
  bool allGood = true;
  for (const std::string &path : paths) {
    std::vector<uint8_t> bytes = readFile(path);
    Result<wasm::Module> module = wasm::readModule(bytes, {}, path);
    if (!module) {
      fmt::print("invalid {}\n", path);
      continue;
    }
    options.name = path;
    std::string wrong = check(*module, options);
    allGood &= wrong.empty();
    fmt::print("{} {}{}{}\n", wrong.empty() ? "ok" : "FAILED", path, wrong.empty() ? "" : ": ",
               wrong);
  }
  return allGood ? 0 : 1;
}

//===----------------------------------------------------------------------===//
// Speed
//===----------------------------------------------------------------------===//

static size_t countOps(const wasm::Module &module) {
  size_t count = 0;
  for (const wasm::FuncBody &body : module.bodies) {
    wasm::Failure failure;
    wasm::Cursor in = wasm::codeCursor(module, body, failure);
    for (wasm::Op op; !in.atEnd(); ++count)
      wasm::decodeOp(in, wasm::OpcodeMap::all(), op);
  }
  return count;
}

/// Processor time: others may use the machine too.
static double processSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return double(now.tv_sec) + double(now.tv_nsec) / 1e9;
}

static int bench(const std::vector<std::string> &paths, double seconds) {
  std::vector<std::vector<uint8_t>> files;
  std::vector<wasm::Module> modules;
  size_t ops = 0, code = 0;
  for (const std::string &path : paths) {
    files.push_back(readFile(path));
    Result<wasm::Module> module = wasm::readModule(files.back(), {}, path);
    if (!module)
      continue;
    ops += countOps(*module);
    for (const wasm::FuncBody &body : module->bodies)
      code += body.code.size();
    modules.push_back(std::move(*module));
  }
  if (modules.empty())
    return 1;
  double spent = 0;
  size_t rounds = 0;
  for (; spent < seconds; ++rounds)
    for (const wasm::Module &module : modules) {
      mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
      context.disableMultithreading(); // Else attributes are made under locks all the same.
      context.loadDialect<contract::ContractDialect>();
      double start = processSeconds();
      auto imported = wasm::importModule(context, module, {});
      spent += processSeconds() - start;
      if (!imported)
        return 1;
    }
  fmt::print("{} modules, {} ops, {} bytes of code, {} rounds: {:.1f} ns/op, {:.2f} MB/s\n",
             modules.size(), ops, code, rounds, spent / double(rounds * ops) * 1e9,
             double(rounds * code) / spent / 1e6);
  return 0;
}

int main(int argc, char **argv) {
  wasm::ImportOptions options;
  double seconds = 0;
  std::vector<std::string> paths;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--cost-per-op")
      options.costPerOp = true;
    else if (word == "--bench" && i + 1 < argc)
      seconds = std::atof(argv[++i]);
    else
      paths.push_back(word);
  }
  return seconds > 0 ? bench(paths, seconds) : checkAll(paths, options);
}
