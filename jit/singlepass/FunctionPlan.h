//===- FunctionPlan.h - What is decided before a function's code ----------===//
//
// One walk over the ops, before the one that emits: loops, how often each slot is used, what the
// function calls. Time and memory are linear in the function's size.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_FUNCTIONPLAN_H
#define WRIT_JIT_SINGLEPASS_FUNCTIONPLAN_H

#include "jit/singlepass/OpTable.h"
#include "jit/singlepass/Values.h"
#include "mlir-dialect/IR/OpMap.h"

#include "llvm/ADT/DenseMap.h"

namespace writ::singlepass {

struct PlannedSlot {
  Kind kind = Kind::I32;
  uint64_t weight = 0; ///< Accesses, those in loops counted as many.
  Reg pin = noReg;     ///< Holds the slot throughout the function.
};

struct PlannedBlock {
  mlir::Block *block;
  uint32_t loopEnd = none; ///< The last block with a branch back to this one.
  uint32_t depth = 0;      ///< Of loops around it.
  uint32_t firstSuccessor = 0, successorsEnd = 0; ///< In `FunctionPlan::successors`.
};

class FunctionPlan {
public:
  explicit FunctionPlan(const OpTable &ops) : entries(FindEntry{&ops}) {}

  /// Plans `func`, forgetting the one before. False if there is an op without code.
  bool plan(contract::FuncOp func);

  const OpEntry &entryOf(mlir::Operation *op) { return entries[op]; }
  /// The number of `block`; most quickly if `from` leads there.
  uint32_t indexOf(mlir::Block *block, uint32_t from) const {
    for (uint32_t i = blocks[from].firstSuccessor; i != blocks[from].successorsEnd; ++i)
      if (successors[i].block == block)
        return successors[i].index;
    return indices.lookup(block);
  }

  std::vector<PlannedBlock> blocks;
  std::vector<PlannedSlot> slots;
  llvm::SmallVector<Reg, 6> saved; ///< Callee-saved registers that are used.
  bool usesMemory = false;
  bool hasCalls = false;   ///< Calls of any kind, also into the runtime.
  uint32_t stackWords = 0; ///< Most words that a call passes on the stack.
  uint32_t mostWords = 0;  ///< Most parameters or results of a call.
  uint32_t temps = 0;      ///< Registers for values within blocks.

private:
  void findLoops();
  bool countUses();
  void countCall(mlir::Operation *op);
  void pinSlots(unsigned numParams, contract::FuncOp func);

  struct FindEntry {
    const OpTable *ops;
    OpEntry operator()(mlir::Operation *op) const { return ops->find(op); }
  };
  struct Successor {
    mlir::Block *block;
    uint32_t index;
  };
  /// Of all blocks, but not more than a few of each.
  std::vector<Successor> successors;
  contract::OpMap<OpEntry, FindEntry> entries;
  llvm::DenseMap<mlir::Block *, uint32_t> indices;
  uint64_t callWeight = 0;
};

} // namespace writ::singlepass

#endif
