//===- Importer.h - WebAssembly modules to contract IR --------------------===//
#ifndef WRIT_FRONTEND_WASM_IMPORTER_H
#define WRIT_FRONTEND_WASM_IMPORTER_H

#include "frontend/wasm/Module.h"
#include "hostabi/Result.h"
#include "mlir-dialect/IR/Contract.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>
#include <string>

namespace writ::wasm {

struct ImportOptions {
  /// One `contract.cost` for each bytecode op instead of one for all ops up to the next
  /// that can be observed. For tests: the outcome of a call is the same.
  bool costPerOp = false;
  /// The file name in the ops' locations: the location of an op is line = its byte offset in
  /// the module, column 0.
  std::string name;
  /// Locations of ops count from that of their function and live as long as the import
  /// (`contract::DistanceLocs`): faster.
  bool relativeLocations = false;
  /// Costs are attached to the ops that they stand before (mlir-dialect/IR/AttachedCosts.h): fewer
  /// ops. Not with `costPerOp`.
  bool attachedCosts = false;
};

/// Makes core ops of the contract dialect from a module that `readModule` gave, in time and
/// memory linear in its size. The result needs nothing of `module` or its bytes. Loads
/// the dialects that it uses into `context`; is fastest if multithreading is off in there.
///
/// A function's symbol is its name in the name section, or f<index> if it has none, shares it
/// with another, or it is the f<index> of another. Errors are Internal.
Result<mlir::OwningOpRef<mlir::ModuleOp>>
importModule(mlir::MLIRContext &context, const Module &module, const ImportOptions &options);

/// The same, function by function: a body that is dropped as soon as it has been used makes room
/// for the next one in the processor's caches, and whole modules never are in memory.
///
/// Refers to `context` and `module`, which must outlive it. For one thread at a time.
class FunctionwiseImport {
public:
  /// Imports all declarations; functions have no bodies yet.
  FunctionwiseImport(mlir::MLIRContext &context, const Module &module,
                     const ImportOptions &options);
  ~FunctionwiseImport();
  FunctionwiseImport(const FunctionwiseImport &) = delete;

  mlir::ModuleOp ir() const;
  /// By index in the function index space.
  contract::FuncOp function(uint32_t index) const;
  /// Gives the function, which is not imported and has none, its body.
  void importBody(uint32_t index);
  /// Ends the import, with the bodies that there are.
  mlir::OwningOpRef<mlir::ModuleOp> take();

private:
  struct State;
  std::unique_ptr<State> state;
};

} // namespace writ::wasm

#endif
