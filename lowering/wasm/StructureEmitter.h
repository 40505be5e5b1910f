//===- StructureEmitter.h - Nest the blocks of a function -----------------===//
#ifndef WRIT_LOWERING_WASM_STRUCTUREEMITTER_H
#define WRIT_LOWERING_WASM_STRUCTUREEMITTER_H

#include "lowering/wasm/FunctionEmitter.h"

namespace writ::wasmgen {

/// Walks the dominator tree: what a block dominates stands inside it, merges behind WebAssembly
/// blocks that are left for them (Ramsey, "Beyond Relooper", ICFP 2022). With a list of what is
/// left to do in place of recursion.
class StructureEmitter {
public:
  explicit StructureEmitter(FunctionEmitter &f) : f(f) {}

  void run();

private:
  /// A WebAssembly block that is open here.
  struct Nest {
    mlir::Block *label = nullptr;  ///< Where a branch to it leads; null if there are none.
    mlir::Block *behind = nullptr; ///< What runs when control reaches its end; null: a return.
    uint32_t number = 0;           ///< Among all of the function.
  };
  struct Task {
    enum Kind : uint8_t { Tree, Contents, Else, Close } kind;
    mlir::Block *block = nullptr;
  };

  void openTree(mlir::Block *block);
  void openNest(uint8_t instruction, mlir::Block *label, mlir::Block *behind);
  void closeNest();
  void contents(mlir::Block *block);
  void end(mlir::Operation *op);
  void branch(mlir::cf::BranchOp op);
  void condBranch(mlir::cf::CondBranchOp op);
  void jumpIfAny(mlir::Value value, uint32_t nest);
  void branchAside(mlir::cf::CondBranchOp op, mlir::Block *side);
  void switchTo(mlir::cf::SwitchOp op);
  void leaveWith(mlir::Operation *op);
  void condition(mlir::Value value, bool invert);
  void passValues(mlir::OperandRange values, mlir::Block *to,
                  llvm::SmallVectorImpl<uint32_t> &locals);
  void setAll(llvm::ArrayRef<uint32_t> locals);
  void jump(mlir::Block *to);
  void jumpIf(mlir::Block *to);
  void jumpIf(uint32_t nest);
  void branchTo(mlir::Block *to);
  void branchTo(uint32_t nest);
  void resolveBranches();
  bool isNext(mlir::Block *from, mlir::Block *to) const;
  mlir::Block *behind() const { return nests.empty() ? nullptr : nests.back().behind; }

  FunctionEmitter &f;
  std::vector<Task> tasks;
  std::vector<Nest> nests;
  llvm::DenseMap<mlir::Block *, size_t> depthOf; ///< Of labels: index in `nests`.
  std::vector<bool> isUsed;                      ///< Something branches to the nest of that number.
  bool isDead = false; ///< A validator knows that control does not get here.
};

} // namespace writ::wasmgen

#endif
