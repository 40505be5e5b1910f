//===- Budget.h - Units of work that optimizing a function needs ----------===//
#ifndef WRIT_LOWERING_BUDGET_H
#define WRIT_LOWERING_BUDGET_H

#include "mlir-dialect/IR/Contract.h"

namespace writ {

/// An estimate of the optimizer's work in units, from the IR alone, so that every machine
/// comes to the same number. lowering/README.md gives the formula and why. Takes time linear in
/// the function's size; never overflows.
uint64_t optimizerWork(contract::FuncOp func);

} // namespace writ

#endif
