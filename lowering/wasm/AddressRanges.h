//===- AddressRanges.h - What addresses can be ----------------------------===//
//
// It follows from the code around them: nothing here is a guess.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_WASM_ADDRESSRANGES_H
#define WRIT_LOWERING_WASM_ADDRESSRANGES_H

#include "lowering/wasm/ControlFlow.h"
#include "lowering/wasm/Ranges.h"

#include "llvm/ADT/DenseSet.h"

#include <optional>
#include <utility>

namespace writ::wasmgen {

/// Of the function as it is: reads of slots are followed to what was written on every way to them.
/// Takes a bounded number of steps for each question.
class AddressRanges {
public:
  AddressRanges(contract::FuncOp func, const ControlFlow &flow);

  /// What an address may be: with a base, or below 2^32.
  Range whereIs(mlir::Value address);
  /// How often a loop begins once it is entered.
  struct Rounds {
    int64_t most;
    bool isExact; ///< If nothing else ends it.
  };
  std::optional<Rounds> roundsIn(mlir::Block *head);

private:
  using Known = std::optional<Range>;              ///< None: anything.
  using BlockSlot = std::pair<uint32_t, uint32_t>; ///< Number of the block, or the loop's head.

  /// What is written to a slot in a loop.
  struct Writes {
    unsigned count = 0;
    contract::LocalSetOp last;
  };
  /// A slot that changes by a constant once on each way around.
  struct Step {
    contract::LocalSetOp at;
    int64_t by = 0;
  };
  /// What a number is compared with, on a way that is taken only if that holds.
  struct Test {
    mlir::Value value;
    mlir::arith::CmpIPredicate holds;
    int64_t than = 0;
  };

  Known rangeOf(mlir::Value value);
  Known compute(mlir::Value value);
  Known ofOp(mlir::Operation *op);
  Known valueAt(uint32_t slot, mlir::Block *block, mlir::Operation *before);
  mlir::Block *entryTo(mlir::Block *head);
  Known valueAtEntry(mlir::Block *head, uint32_t slot);
  Known valueInLoop(mlir::Block *head, uint32_t slot);
  Known valueAtHead(mlir::Block *head, uint32_t slot);
  contract::LocalSetOp writeBefore(uint32_t slot, mlir::Block *block, mlir::Operation *before);
  std::optional<Test> testOf(mlir::Block *from, mlir::Block *to);
  Known boundOn(mlir::Block *from, mlir::Block *to, uint32_t slot);
  std::optional<Step> stepOf(mlir::Block *head, uint32_t slot);
  std::optional<Rounds> roundsOf(mlir::Block *head);
  std::optional<Rounds> roundsBy(mlir::Block *head, mlir::Block *tested,
                                 llvm::ArrayRef<mlir::Block *> always);
  void noteWrite(contract::LocalSetOp write);
  bool isInLoop(mlir::Block *block, mlir::Block *head) const;
  mlir::Block *headAround(mlir::Block *block) const {
    return flow[block].isLoop ? block : flow[block].loop;
  }

  contract::FuncOp func;
  const ControlFlow &flow;
  unsigned stepsLeft = 0;
  llvm::DenseSet<mlir::Operation *> firstReads; ///< Of globals, as the function finds them.
  llvm::DenseMap<BlockSlot, Writes> writesIn;   ///< By loop.
  std::vector<bool> isDeep; ///< Loops around so many others that not all writes are known.
  llvm::DenseMap<BlockSlot, llvm::SmallVector<contract::LocalSetOp, 1>> writesOf; ///< By block.
  llvm::DenseMap<mlir::Value, Known> ranges;
  llvm::DenseMap<uint32_t, std::optional<Rounds>> rounds; ///< By loop.
  llvm::DenseMap<uint32_t, mlir::Block *> entries;        ///< By loop.
};

} // namespace writ::wasmgen

#endif
