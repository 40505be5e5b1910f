//===- writ-import.cpp - Print the contract IR of a .wasm file ------------===//
//
// writ-import [--cost-per-op] [--locations] FILE
//   prints the IR that FILE becomes, before any pass; `writ-opt` takes it from there
//
//===----------------------------------------------------------------------===//
#include "frontend/wasm/Importer.h"
#include "frontend/wasm/Wasm.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace writ;

namespace {
struct Arguments {
  wasm::ImportOptions import;
  bool locations = false;
  std::string file;
};
} // namespace

/// Exit codes as in STYLE.md §9.
static int fail(const std::string &message, int code) {
  llvm::errs() << "writ-import: error: " << message << '\n';
  return code;
}

static int importFile(const Arguments &arguments) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(arguments.file);
  if (!buffer)
    return fail(arguments.file + ": " + buffer.getError().message(), 2);
  auto *start = reinterpret_cast<const uint8_t *>((*buffer)->getBufferStart());
  auto module = wasm::readModule({start, (*buffer)->getBufferSize()}, {}, arguments.import.name);
  if (!module)
    return fail(module.error().message, 2);

  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto imported = wasm::importModule(context, *module, arguments.import);
  if (!imported)
    return fail(imported.error().message, 3);
  mlir::ModuleOp op = **imported;
  if (failed(mlir::verify(op)))
    return fail(arguments.file + ": the imported module does not verify", 3);
  mlir::OpPrintingFlags flags;
  flags.enableDebugInfo(arguments.locations).assumeVerified();
  op.print(llvm::outs(), flags);
  llvm::outs() << '\n';
  return 0;
}

int main(int argc, char **argv) {
  Arguments arguments;
  for (int i = 1; i < argc; ++i) {
    llvm::StringRef word = argv[i];
    if (word == "--cost-per-op")
      arguments.import.costPerOp = true;
    else if (word == "--locations")
      arguments.locations = true;
    else if ((word == "-" || !word.starts_with("-")) && arguments.file.empty())
      arguments.file = word;
    else
      return fail("unexpected argument '" + word.str() + "'", 2);
  }
  if (arguments.file.empty())
    return fail("usage: writ-import [--cost-per-op] [--locations] FILE", 2);
  arguments.import.name = arguments.file;
  return importFile(arguments);
}
