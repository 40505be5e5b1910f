//===- FloatBits.h - Where NaNs must be made canonical --------------------===//
#ifndef WRIT_LOWERING_WASM_FLOATBITS_H
#define WRIT_LOWERING_WASM_FLOATBITS_H

#include "mlir-dialect/IR/Contract.h"

#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace writ::wasmgen {

/// Whether `op` takes floats for the numbers that they are.
bool readsNumbers(mlir::Operation *op);

/// Engines may give any NaN for float arithmetic where ours is the canonical one. Values are
/// *lazy* if they come from arithmetic alone: they are made canonical where something sees their
/// bits. Where slots, block arguments and selections have other inputs too, lazy ones are made
/// canonical on their way in. Takes time linear in the function.
class FloatBits {
public:
  explicit FloatBits(contract::FuncOp func);

  /// `op` sees the bits of that operand, which may be those of any NaN.
  bool mustFix(mlir::Operation *op, unsigned operand) const;
  /// The same of a value that is passed to a block.
  bool mustFix(mlir::Value passed, mlir::BlockArgument to) const {
    return isLazy(passed) && !isLazy(to);
  }

private:
  using Node = uint32_t;
  static constexpr Node none = ~0u;

  bool isLazy(mlir::Value value) const;
  Node nodeOf(mlir::Value value) const;
  void flow(mlir::Value from, Node to);
  void spread();

  bool hasFloats = false;
  llvm::DenseMap<mlir::Value, Node> nodes; ///< Of block arguments and selections.
  std::vector<bool> isExact;               ///< By node; slots come first.
  std::vector<std::pair<Node, Node>> ways; ///< From, to.
};

} // namespace writ::wasmgen

#endif
