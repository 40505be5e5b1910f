//===- Emit.cpp - writ inspect --emit: a stage of the compile -------------===//
#include "jit/Engine.h"
#include "mlir-dialect/IR/Contract.h"
#include "tools/writ/Inspect.h"

#include "llvm/Support/raw_ostream.h"

namespace writ::cli {

/// Function index n is the n-th function of the module.
static contract::FuncOp functionAt(mlir::ModuleOp module, uint32_t index) {
  auto functions = module.getOps<contract::FuncOp>();
  return *std::next(functions.begin(), index);
}

static void emitDialect(mlir::ModuleOp module, std::optional<uint32_t> func) {
  if (func)
    functionAt(module, *func).print(llvm::outs());
  else
    module.print(llvm::outs());
  llvm::outs() << '\n';
}

ExitCode emit(std::span<const uint8_t> bytes, const EmitRequest &request) {
  CompileOptions options;
  options.policy = request.policy;
  options.name = request.file;
  auto stage = request.stage == "contract" ? PrepareStage::Imported : PrepareStage::Metered;
  PreparedModule prepared = orFatal(prepareModule(bytes, options, stage));
  emitDialect(*prepared.ir, request.func);
  return ExitCode::Ok;
}

} // namespace writ::cli
