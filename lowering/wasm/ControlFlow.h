//===- ControlFlow.h - What it takes to nest a flat graph -----------------===//
#ifndef WRIT_LOWERING_WASM_CONTROLFLOW_H
#define WRIT_LOWERING_WASM_CONTROLFLOW_H

#include "hostabi/Result.h"
#include "mlir-dialect/IR/Contract.h"

#include "mlir/IR/Dominance.h"
#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace writ::wasmgen {

/// A reachable block, with what its place in the graph says about its place in the code
/// (Ramsey, "Beyond Relooper", ICFP 2022).
struct FlowBlock {
  uint32_t number = 0; ///< In reverse post-order.
  bool isLoop = false; ///< Something behind it branches back to it.
  /// More than one way leads here from before, or one of a `cf.switch`: its code stands behind a
  /// WebAssembly block that is left for it.
  bool isMerge = false;
  uint32_t depth = 0;          ///< Loops around it, its own included.
  bool isCallFree = false;     ///< There is a loop around it, and the innermost makes no calls.
  mlir::Block *from = nullptr; ///< The only block with a way here, if there is but one.
  mlir::Block *loop = nullptr; ///< Head of the innermost loop around it; of a head, of the next.
  /// Merges whose immediate dominator this is, in reverse post-order.
  llvm::SmallVector<mlir::Block *, 2> merges;
  /// Of a loop's head: what stands behind the loop, for it is only reached from inside. They are
  /// like merges.
  llvm::SmallVector<mlir::Block *, 2> exits;
};

/// Blocks come from the heap at regular distances, which the usual hash of pointers keeps: they
/// would crowd in parts of a table.
struct MixedPointerInfo : llvm::DenseMapInfo<mlir::Block *> {
  static unsigned getHashValue(const mlir::Block *block) {
    return unsigned(reinterpret_cast<uintptr_t>(block) * 0x9e3779b97f4a7c15 >> 32);
  }
};

class ControlFlow {
public:
  /// Of a function with a body. Splits edges that need code of their own: such as pass values back
  /// to a loop's head or different ones to the same block. Errors: BadInput, if the graph has a
  /// loop with two entries.
  static Result<ControlFlow> analyze(contract::FuncOp func);

  const FlowBlock &operator[](mlir::Block *block) const { return blocks.find(block)->second; }
  const std::vector<mlir::Block *> &order() const { return theOrder; }

  bool knows(mlir::Block *block) const { return blocks.contains(block); }
  bool isBack(mlir::Block *from, mlir::Block *to) const {
    return (*this)[to].number <= (*this)[from].number;
  }
  /// The blocks that branch back to `head`.
  llvm::ArrayRef<mlir::Block *> backTo(mlir::Block *head) const {
    return backEdges[(*this)[head].number];
  }
  /// Whether the way between them is a jump, and not the only way to code that stands there.
  bool isJump(mlir::Block *from, mlir::Block *to) const {
    return (*this)[to].isMerge || isBack(from, to);
  }

private:
  void findOrder(mlir::Block *entry);
  bool splitEdges();
  Result<void> findLoops(contract::FuncOp func, mlir::DominanceInfo &dominance);
  std::vector<uint32_t> findDepths();
  void placeMerges(contract::FuncOp func, mlir::DominanceInfo &dominance);
  mlir::Block *loopLeft(mlir::Block *from, mlir::Block *to) const;
  void findCallFree(const std::vector<uint32_t> &headOf);

  llvm::DenseMap<mlir::Block *, FlowBlock, MixedPointerInfo> blocks;
  std::vector<mlir::Block *> theOrder;
  std::vector<std::vector<mlir::Block *>> backEdges; ///< By the number of the head.
};

/// What each successor of a terminator gets, in time linear in all of them: asking the op for one
/// after the other is not.
llvm::SmallVector<mlir::OperandRange> passedValues(mlir::Operation *end);

/// A block that passes `values` on to `to`.
mlir::Block *makeBetween(mlir::Operation *end, mlir::Block *to, mlir::OperandRange values);
/// Lets `end` branch to `targets`, without values to those that are others than before: all at
/// once, for the same reason. A `cf.switch` is replaced.
void retarget(mlir::Operation *end, llvm::ArrayRef<mlir::Block *> targets);

} // namespace writ::wasmgen

#endif
