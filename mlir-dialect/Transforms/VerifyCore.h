//===- VerifyCore.h - The parts of contract-verify-core -------------------===//
//
// Private to the pass: declarations, ops and gas are checked in a file each.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_MLIRDIALECT_TRANSFORMS_VERIFYCORE_H
#define WRIT_MLIRDIALECT_TRANSFORMS_VERIFYCORE_H

#include "mlir-dialect/Transforms/FunctionPasses.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace writ::contract {

/// What a module declares, each kind by its index.
struct CoreModule {
  llvm::SmallVector<FuncOp> funcs;
  llvm::SmallVector<TableOp> tables;
  llvm::SmallVector<MemoryOp> memories;
  llvm::SmallVector<GlobalOp> globals;
  llvm::SmallVector<DataOp> data;
  llvm::SmallVector<ElemOp> elems;
  llvm::SmallVector<ExportOp> exports;
  llvm::SmallVector<StartOp> starts;
  llvm::DenseMap<mlir::StringAttr, FuncOp> funcsByName;

  FuncOp lookup(mlir::FlatSymbolRefAttr symbol) const {
    return funcsByName.lookup(symbol.getAttr());
  }
};

/// Whether values of this type can be in slots, globals, block arguments and calls.
bool isCoreValue(mlir::Type type);

/// Sorts the module's declarations by kind and checks them.
mlir::LogicalResult collectDeclarations(mlir::ModuleOp module, CoreModule &core);
mlir::LogicalResult verifyDeclarations(const CoreModule &core);

/// A function being checked, and the module around it.
struct FuncScope {
  FuncScope(const CoreModule &core, FuncOp func, EnterOp enter);

  const CoreModule &core;
  FuncOp func;
  /// The `contract.enter` at the function's entry; null if there is none.
  EnterOp enter;
  llvm::SmallVector<mlir::Type> slots;
};

/// Checks one op of a kind: what it names, and its types.
using CoreRule = mlir::LogicalResult (*)(const FuncScope &, mlir::Operation *);

/// What is to be checked of ops of `op`'s kind. One that is not core fails its check.
CoreRule coreRuleOf(mlir::Operation *op);

/// Follows the ops of one block: what has been charged must be what they cost.
class GasCheck {
public:
  /// `costs` are those of `op`, or attached to it; null if there are none.
  mlir::LogicalResult step(mlir::Operation *op, GasFacts facts, CostsAttr costs);
  void clear() { outstanding.clear(); }

private:
  /// Charged, and not yet passed as a cost.
  CostSum outstanding;
};

} // namespace writ::contract

#endif
