//===- fuzz_importer.cpp - Any valid module into the importer and passes --===//
//
// The bits of the first byte say how the rest is used: 1, as the code of a function; 2, with
// a cost for each op. What the validator accepts must give IR that verifies, before and
// after metering, and that is core.
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Importer.h"
#include "frontend/wasm/Wasm.h"
#include "jit/ModuleFromIR.h"
#include "mlir-dialect/Transforms/Metering.h"
#include "tests/fuzz/WrapBody.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

using namespace writ;
using namespace writ::test;

/// LLVM's allocators poison memory in our code and do not unpoison it in Debian's library,
/// which is built without AddressSanitizer.
extern "C" const char *__asan_default_options() { return "allow_user_poisoning=0"; }

static void require(bool condition, const char *what) {
  if (condition)
    return;
  std::fprintf(stderr, "fuzz_importer: %s\n", what);
  std::abort();
}

/// A context that is used for some inputs: it keeps every attribute ever made in it.
static mlir::MLIRContext &currentContext() {
  static constexpr unsigned inputsPerContext = 500;
  static std::unique_ptr<mlir::MLIRContext> context;
  static unsigned uses = 0;
  if (!context || ++uses % inputsPerContext == 0) {
    context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
    context->disableMultithreading();
  }
  return *context;
}

static bool meter(mlir::ModuleOp module) {
  mlir::PassManager passes(module.getContext());
  contract::addMeteringPasses(passes, contract::Metering::Merged);
  return succeeded(passes.run(module));
}

static void check(const Bytes &bytes, bool costPerOp) {
  Result<wasm::Module> module = wasm::readModule(bytes, {}, "fuzz");
  if (!module)
    return;
  wasm::ImportOptions options{costPerOp, "fuzz"};
  auto imported = wasm::importModule(currentContext(), *module, options);
  require(bool(imported), "a valid module is not imported");
  require(succeeded(mlir::verify(**imported)), "what is imported does not verify");
  require(meter(**imported), "what is imported is not core");
  Result<ModuleInfo> info = extractModuleInfo(**imported);
  require(bool(info), "the declarations of what is imported are wrong");
  require(info->funcs.size() == module->info.funcs.size(), "functions are missing");
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  Bytes rest(data + 1, data + size);
  check(data[0] & 1 ? wrapBody(rest) : rest, data[0] & 2);
  return 0;
}
