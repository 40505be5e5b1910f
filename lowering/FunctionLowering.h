//===- FunctionLowering.h - One function's way to LLVM IR -----------------===//
//
// Holds what the op families need while one function is walked. Slots, the gas left and
// the metered stack left are allocas, which the pass pipeline promotes.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_FUNCTIONLOWERING_H
#define WRIT_LOWERING_FUNCTIONLOWERING_H

#include "lowering/ChargePlan.h"
#include "lowering/ModuleLowering.h"
#include "mlir-dialect/IR/CostSum.h"

#include <optional>

namespace writ::lowering {

class FunctionLowering {
public:
  /// If `from` is given, the code begins at that tick, with what it says lives on.
  FunctionLowering(ModuleLowering &module, const Callee &self, contract::TickOp from = nullptr);

  void run();

  /// True if something is read that `from` does not name and this code does not make.
  bool isIncomplete() const { return missesValue; }

  //===--- Values ---------------------------------------------------------===//

  /// The value as it is. A float's bits may be those of any NaN where they ought to be the
  /// canonical one's: good for arithmetic and comparisons only.
  llvm::Value *value(mlir::Value value) {
    auto found = values.find(value);
    return found != values.end() && remade.empty() ? found->second : lookUp(value);
  }

  /// The value with exactly the bits that the op semantics say.
  llvm::Value *exact(mlir::Value value) { return exact(this->value(value)); }
  llvm::Value *exact(llvm::Value *value);

  void define(mlir::Value value, llvm::Value *lowered) {
    values[value] = lowered;
    if (!remade.empty())
      defineAgain(value, lowered);
  }

  /// To and from the 64-bit words of array calls, cells and frames, zero-extended.
  llvm::Value *toWord(llvm::Value *exactValue);
  llvm::Value *fromWord(llvm::Value *word, mlir::Type type);

  /// What the interpreter's word for `value` can be had from: behind a loop's head, what moves made
  /// of it may be all that is left. Null if there is nothing.
  mlir::Value findAlias(mlir::Value value);

  llvm::Type *convert(mlir::Type type) { return module.convert(type); }
  llvm::BasicBlock *block(mlir::Block *block) { return blocks.find(block)->second; }

  //===--- The context ----------------------------------------------------===//

  llvm::Value *contextField(size_t offset);
  /// A pointer in the context that never changes while the function runs.
  llvm::Value *fixedPointer(size_t offset);
  /// As `fixedPointer`, read once, at the function's entry.
  llvm::Value *entryPointer(size_t offset);
  /// Element `index` of an array of words (or of another type) at `base`.
  llvm::Value *element(llvm::Value *base, uint64_t index, unsigned elementBytes = 8);
  llvm::LoadInst *load(llvm::Type *type, llvm::Value *pointer, Storage storage);
  /// A load from what never changes while the function runs.
  llvm::LoadInst *loadFixed(llvm::Type *type, llvm::Value *pointer);
  llvm::StoreInst *store(llvm::Value *value, llvm::Value *pointer, Storage storage);
  /// For what outlives a trap: stays in order with whatever may fault.
  void storeObservable(llvm::Value *value, llvm::Value *pointer, Storage storage);

  /// Calls the runtime function at `offset` in `RuntimeCalls`, with the context as the first
  /// argument.
  llvm::CallInst *callRuntime(size_t offset, llvm::Type *result,
                              llvm::ArrayRef<llvm::Value *> args);

  //===--- Traps and gas --------------------------------------------------===//

  /// A site for a trap of `op`, with the refund that is due at it.
  uint32_t site(mlir::Operation *op, TrapKind kind);
  /// A site for a page fault of `op`, which finds the gas left as `publishGas` left it.
  uint32_t faultSite(mlir::Operation *op, TrapKind kind);

  /// Traps if `condition` (an i1) holds; goes on in a new block if not.
  void trapIf(llvm::Value *condition, mlir::Operation *op, TrapKind kind);
  void trapIf(llvm::Value *condition, llvm::Value *site);
  void trapNow(mlir::Operation *op, TrapKind kind);
  void trapNow(llvm::Value *site);
  void outOfGasIf(llvm::Value *condition);

  /// The gas left lies below zero if it has run out; gas limits are below 2^62.
  llvm::Value *gas() { return builder.CreateLoad(builder.getInt64Ty(), gasSlot); }
  void setGas(llvm::Value *gas);
  llvm::Value *gasHasRunOut();
  /// Takes the price of `costs`, and looks at what is left only if `check` is set.
  void charge(contract::CostsAttr costs, bool check);
  /// The costs from here to the end of the region are owed once they are due.
  void moveChargeDown() { isOwing = true; }
  /// `costs` are due.
  void earn(contract::CostsAttr costs);
  /// Takes what is owed.
  void payOwed();
  bool mustPayOnTheWay(mlir::Block *to) { return !owed.isZero() && !plan->onlyWayIn(to); }
  /// A new block that takes what is owed and goes on to `to`.
  llvm::BasicBlock *payOnTheWay(llvm::BasicBlock *to);
  /// True if the block must look at the gas left at some point and has not done so yet.
  bool needsCheck() const { return checkIsDue; }
  void noteCheck() { isChecked = true, checkIsDue = false; }

  /// To the interpreter; `region` as for `RuntimeCalls::cold`.
  void goCold(uint32_t region);
  /// Must stand before whatever may fault: the gas left is in the context, or was, and what was
  /// due since then is known.
  void publishGas();

  /// Returns from the function; `results` must be exact.
  void returnValues(llvm::ArrayRef<llvm::Value *> results);

  llvm::BasicBlock *newBlock(const char *name);

  ModuleLowering &module;
  const Callee &self;
  contract::FuncOp source;
  llvm::Function *target;
  llvm::IRBuilder<> builder;
  llvm::Argument *context;
  llvm::Value *incomingStack;
  llvm::AllocaInst *gasSlot = nullptr, *stackSlot = nullptr;
  llvm::SmallVector<llvm::AllocaInst *> slots;
  /// What was charged in this region for ops that have not run yet.
  contract::CostSum outstanding;
  /// What was not charged for ops that have run.
  contract::CostSum owed;
  std::optional<ChargePlan> plan;

private:
  llvm::Value *lookUp(mlir::Value value);
  void defineAgain(mlir::Value value, llvm::Value *lowered);
  void makeEntry();
  void makeEntryAtLoop();
  void enterLoop();
  void makeBlocks();
  void lowerBlock(mlir::Block &block);
  void takeOver(mlir::Block &block);
  bool isCheckedOnAllWaysTo(mlir::Block &block);
  uint32_t addSite(mlir::Operation *op, TrapKind kind, const contract::CostSum &refund,
                   const contract::CostSum &due);
  void prepareGas(mlir::Operation &op);
  /// The block that ends in a call of `runtime` function with a number that each way in gives.
  llvm::PHINode *leavingBlock(llvm::PHINode *&number, const char *name);
  void leaveTo(llvm::PHINode *number, llvm::Value *value);
  void finishTrap();
  void finishCold();
  void finishOutOfGas();
  void leaveByTrap(llvm::Value *site, llvm::Value *gas);

  contract::TickOp from; ///< Null for a whole function.
  /// Values that live on at `from` and that code from there on makes again.
  llvm::DenseMap<mlir::Value, llvm::AllocaInst *> remade;
  bool missesValue = false;
  llvm::DenseMap<mlir::Value, llvm::Value *> values;
  llvm::DenseMap<mlir::Block *, llvm::BasicBlock *> blocks;
  llvm::SmallVector<mlir::Block *> order; ///< Reachable blocks, definitions before uses.
  llvm::DenseMap<size_t, llvm::Value *> entryPointers;
  llvm::Instruction *entryEnd = nullptr;
  llvm::PHINode *trapSite = nullptr, *coldRegion = nullptr;
  llvm::BasicBlock *outOfGas = nullptr;

  // Of the place in the block that is being lowered.
  bool isOwing = false; ///< The region's charge was moved down.
  /// What was taken since the gas left was put in the context; none if it is not known there.
  std::optional<contract::CostSum> takenSincePublished;
  bool isChecked = false;  ///< The gas left is known to be at least zero.
  bool checkIsDue = false; ///< See `needsCheck`.

  /// What holds at a block's end, and so at the start of blocks that only it leads to.
  struct GasState {
    contract::CostSum owed;
    std::optional<contract::CostSum> takenSincePublished;
    bool isChecked;
  };
  llvm::DenseMap<mlir::Block *, GasState> stateAtEnd;
};

} // namespace writ::lowering

#endif
