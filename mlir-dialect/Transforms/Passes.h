//===- Passes.h - The passes of the contract dialect ----------------------===//
#ifndef WRIT_MLIRDIALECT_TRANSFORMS_PASSES_H
#define WRIT_MLIRDIALECT_TRANSFORMS_PASSES_H

#include "mlir-dialect/IR/Contract.h"

#include "mlir/Pass/Pass.h"

namespace writ::contract {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "mlir-dialect/Transforms/Passes.h.inc"

} // namespace writ::contract

#endif
