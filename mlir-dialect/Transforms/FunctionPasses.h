//===- FunctionPasses.h - The passes, as functions on one function --------===//
//
// For those who make and use functions one at a time. The passes of Passes.td do the same.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_MLIRDIALECT_TRANSFORMS_FUNCTIONPASSES_H
#define WRIT_MLIRDIALECT_TRANSFORMS_FUNCTIONPASSES_H

#include "mlir-dialect/IR/AttachedCosts.h"
#include "mlir-dialect/IR/CostSum.h"
#include "mlir-dialect/IR/OpMap.h"

#include <memory>

namespace writ::contract {

struct FuncScope;

/// What metering asks of an op, through interfaces and traits.
struct GasFacts {
  bool isCost = false;      ///< It has `CostOpInterface`.
  bool observesGas = false; ///< It ends a region.
};
GasFacts gasFactsOf(mlir::Operation *op);
using GasFactsMap = OpMap<GasFacts, GasFacts (*)(mlir::Operation *)>;
inline CostsAttr costsOf(mlir::Operation *op) {
  if (auto cost = mlir::dyn_cast<CostOp>(op))
    return cost.getCosts();
  return mlir::cast<CostOpInterface>(op).getStaticCosts();
}

/// `contract-limit-stack`.
mlir::LogicalResult limitStack(FuncOp func);

/// `contract-profile`, for the function with that index.
void markCalls(FuncOp func, uint32_t index);

/// `contract-count-ticks`.
void countTicks(FuncOp func, unsigned mostValues = 32);

/// `contract-meter` and `contract-merge-charges`, for the functions of one context. For one
/// thread at a time.
class Charging {
public:
  explicit Charging(mlir::MLIRContext *context);

  mlir::LogicalResult meter(FuncOp func, bool each);
  mlir::LogicalResult mergeCharges(FuncOp func);

private:
  void charge(mlir::Operation *before, CostsAttr costs);
  mlir::LogicalResult chargeRegion(mlir::Operation *start, const CostSum &sum);
  mlir::LogicalResult meterBlock(mlir::Block &block);
  void chargeEach(mlir::Block &block);
  mlir::LogicalResult mergeRegions(mlir::Block &block);

  CostAttrs attrs;
  AttachedCosts attached;
  GasFactsMap facts{gasFactsOf};
  mlir::OperationName chargeName;
  mlir::DictionaryAttr noAttributes;
};

/// `contract-verify-core`. For one thread at a time.
class CoreVerifier {
public:
  explicit CoreVerifier(bool metered);
  ~CoreVerifier();
  CoreVerifier(const CoreVerifier &) = delete;

  /// Collects the module's declarations and checks them. Bodies are not looked at.
  mlir::LogicalResult verifyDeclarations(mlir::ModuleOp module);
  /// Checks the body of a function of that module.
  mlir::LogicalResult verifyFunction(FuncOp func);
  /// All of them that have bodies.
  mlir::LogicalResult verifyFunctions();

private:
  struct State;
  mlir::LogicalResult verifyBlock(const FuncScope &scope, mlir::Block &block);

  std::unique_ptr<State> state;
  bool metered;
};

} // namespace writ::contract

#endif
