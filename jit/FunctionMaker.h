//===- FunctionMaker.h - Metered core IR, function by function ------------===//
#ifndef WRIT_JIT_FUNCTIONMAKER_H
#define WRIT_JIT_FUNCTIONMAKER_H

#include "frontend/wasm/Importer.h"
#include "jit/StageClock.h"
#include "mlir-dialect/Transforms/FunctionPasses.h"
#include "mlir-dialect/Transforms/Metering.h"

#include <functional>

namespace writ {

using contract::Metering;

/// What shapes a module's IR, besides its bytes.
struct FunctionOptions {
  Metering metering = Metering::Merged;
  bool profile = false;        ///< Code tells a profiler of calls.
  std::string name = "module"; ///< Starts error messages.
};

/// What a maker's IR is used for.
enum class IRUse : uint8_t {
  Anything,   ///< By any tier, and for longer than there is the maker.
  ByFunction, ///< By any tier, while there is the maker: `wasm::ImportOptions::relativeLocations`.
  Native,     ///< The same, but not by the interpreter: costs are attached, where that is possible.
};

/// A context in which core IR can be made, by one thread at a time.
std::unique_ptr<mlir::MLIRContext> makeContext();

/// Makes the IR of a module's functions, each when it is asked for, and always the same. Several
/// makers of one module may work at the same time. For one thread at a time; refers to the module.
class FunctionMaker {
public:
  FunctionMaker(const wasm::Module &module, const FunctionOptions &options, IRUse use);
  ~FunctionMaker();

  /// The declarations, checked. Errors are Internal here and below: the module is valid.
  Result<void> declare();
  mlir::ModuleOp ir() const { return import->ir(); }
  mlir::MLIRContext *context() const { return theContext.get(); }

  /// Function `index`, which is not an import, with its body: metered and checked with
  /// `contract-verify-core`. Reports its stages to `clock`.
  Result<contract::FuncOp> make(uint32_t index, StageClock &clock);
  /// The functions from `begin` up to `end`, each stage for all of them before the next: the code
  /// of a stage stays in the processor's caches.
  Result<void> make(uint32_t begin, uint32_t end, StageClock &clock);
  /// Takes the body away again. In it, values must be made before they are used, in the order of
  /// blocks, as tiers demand.
  void drop(uint32_t index);

  /// Ends the making: the context, and the module with the bodies that are there.
  std::pair<std::unique_ptr<mlir::MLIRContext>, mlir::OwningOpRef<mlir::ModuleOp>> take();

private:
  Result<void> checked(const std::function<mlir::LogicalResult()> &work);
  mlir::LogicalResult meter(uint32_t index);

  Metering metering;
  bool profile;
  std::unique_ptr<mlir::MLIRContext> theContext;
  std::unique_ptr<wasm::FunctionwiseImport> import;
  contract::Charging charging;
  contract::CoreVerifier verifier;
};

} // namespace writ

#endif
