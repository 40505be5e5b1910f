//===- FunctionPlan.h - Where each value of a function lives --------------===//
//
// The first half of translation: numbers ops and values, and gives each value a home, so
// that emission is one walk over `ops`. Time and memory are linear in the function's size.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_INTERP_FUNCTIONPLAN_H
#define WRIT_JIT_INTERP_FUNCTIONPLAN_H

#include "hostabi/Result.h"
#include "jit/interp/OpKinds.h"

#include "llvm/ADT/DenseMap.h"

#include <vector>

namespace writ::interp {

inline constexpr uint32_t none = ~0u;
/// Words for constants and for operands that an op cannot name (README.md).
inline constexpr uint32_t numScratch = 4;
inline constexpr uint32_t maxFrameConstants = 8;

enum class Home : uint8_t {
  Undecided,
  Constant, ///< In `FunctionPlan::constants`.
  Word,     ///< A word of the frame.
  Argument, ///< A word of the frame of the next callee.
  Fused,    ///< Computed where it is used: a comparison that a branch makes.
};

/// A value, with all that is the same word: extensions of what is zero-extended anyway,
/// reinterpretations.
struct PlannedValue {
  mlir::Value value; ///< Of the op that makes the word.
  uint32_t def;      ///< Index of that op; of the block's first one for block arguments.
  uint32_t block;
  uint32_t lastUse; ///< Index of an op.
  uint32_t uses = 0;
  uint32_t index = 0;  ///< By `home`: constant, word or argument number.
  uint32_t set = none; ///< The `local_set` that this value's own op does.
  Home home = Home::Undecided;
  bool isCondition = false; ///< 0 or 1.
  bool isBlockArgument = false;
  bool isUsedElsewhere = false; ///< In another block.
  bool isResult = false;        ///< The one result of an op that can write any word.
};

struct PlannedOp {
  mlir::Operation *op;
  uint32_t operands; ///< First of `operandIds`.
  uint32_t result;   ///< Id of the first result; the others follow. For aliases and
                     ///< constants: of what they stand for.
  OpKind kind;
  bool isSkipped = false; ///< Another op does it, or nothing needs it.
};

struct PlannedBlock {
  mlir::Block *block;
  uint32_t begin, end;    ///< Ops.
  uint32_t firstArgument; ///< Id.
  uint32_t numArguments = 0;
  uint32_t firstSuccessor = 0; ///< In `FunctionPlan::successors`.
  uint32_t loop = none;        ///< The innermost loop.
};

/// Blocks `header` to `end`, as they stand.
struct Loop {
  uint32_t header, end, parent;
};

struct PlannedConstant {
  uint64_t bits;
  unsigned width;
  uint32_t word = none;  ///< If it is kept in the frame.
  uint32_t loopUses = 0; ///< Inside loops, by ops that cannot hold it themselves.
};

class FunctionPlan {
public:
  explicit FunctionPlan(const OpKinds &kinds) : kinds(kinds) {}

  /// Plans `func`, forgetting the one before. Errors are Internal: IR that is not what
  /// `contract-verify-core` accepts, or frames that pass their bound.
  Result<void> plan(contract::FuncOp func);

  std::vector<PlannedOp> ops;
  std::vector<uint32_t> operandIds;
  std::vector<PlannedValue> values;
  std::vector<PlannedBlock> blocks;
  std::vector<PlannedConstant> constants;
  std::vector<uint32_t> successors; ///< Blocks.
  uint32_t numSlots = 0, numParams = 0;
  /// Words at the frame's start that are slots, or where results and tail calls' arguments go.
  uint32_t ownWords = 0;
  uint32_t frameWords = 0;
  uint32_t maxArguments = 0; ///< Words written beyond the frame's end, at most.

  uint32_t scratchWord(uint32_t number) const { return ownWords + number; }
  /// Where word 0 of a callee's frame is. Between the frames lies the return address.
  uint32_t calleeFrame() const { return frameWords + 1; }
  llvm::ArrayRef<uint32_t> operandsOf(const PlannedOp &op) const {
    return llvm::ArrayRef(operandIds).slice(op.operands, op.op->getNumOperands());
  }
  /// The word of a value with home Word or Argument.
  uint32_t wordOf(const PlannedValue &value) const {
    return value.home == Home::Argument ? calleeFrame() + value.index : value.index;
  }
  /// The constant that is operand `index` of `op`, as a number of that operand's type.
  int64_t constantFor(const PlannedOp &op, unsigned index) const;
  /// Can operand `index` of `op` be in the op itself, if it is a constant? `user` is the
  /// op that runs it: itself or, fused, a branch.
  bool takesImmediate(const PlannedOp &op, unsigned index, OpKind user) const;

private:
  // Numbering (FunctionPlan.cpp).
  void findLoops();
  Result<void> number(contract::FuncOp func);
  Result<void> numberOp(mlir::Operation *op, uint32_t block);
  uint32_t addValue(mlir::Value value, uint32_t block, bool isBlockArgument);
  void addConstant(mlir::Operation *op, uint64_t bits, unsigned width);
  bool numberAlias(PlannedOp &planned);
  void use(uint32_t id, uint32_t op, uint32_t block);

  // Homes (ValueHomes.cpp).
  void fuseComparisons();
  void shareSlots();
  void planLocalGet(uint32_t op);
  void planLocalSet(uint32_t op);
  void planCall(uint32_t op);
  void leaveSlot(uint32_t id);
  bool canWriteSlotEarly(uint32_t id, uint32_t slot, uint32_t op, uint32_t lastReader) const;
  void countConstantUses();
  void placeConstants();
  void placeValues();
  void takeWord(uint32_t id, uint32_t op);
  uint32_t endOfLife(const PlannedValue &value) const;
  Result<void> checkBound(contract::FuncOp func) const;

  const OpKinds &kinds;
  llvm::DenseMap<mlir::Value, uint32_t> ids;
  llvm::DenseMap<mlir::Block *, uint32_t> blockIndices;
  std::vector<Loop> loops;

  // While slots are shared: for each slot the values of this block that live in it.
  struct SlotState {
    uint32_t first = none; ///< Value; the rest by `nextInSlot`.
    uint32_t block = none;
    uint32_t lastTouch = 0; ///< One more than the op that last read or wrote it.
  };
  std::vector<SlotState> slotStates;
  std::vector<uint32_t> nextInSlot;
  uint32_t lastCall = 0; ///< One more than the op.
  uint32_t currentBlock = 0;

  // While words are given out.
  std::vector<uint32_t> freeWords;
  std::vector<uint32_t> endingAt, nextEnding; ///< By op; by value.
};

} // namespace writ::interp

#endif
