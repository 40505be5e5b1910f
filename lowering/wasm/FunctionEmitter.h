//===- FunctionEmitter.h - One function's way to WebAssembly --------------===//
//
// A value that is read once, in the order of the operand stack, stays there: such ops form trees,
// which are emitted when what reads them is. Everything else goes to locals. What may trap, or
// sees or changes more than values, keeps its order.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_WASM_FUNCTIONEMITTER_H
#define WRIT_LOWERING_WASM_FUNCTIONEMITTER_H

#include "lowering/wasm/ControlFlow.h"
#include "lowering/wasm/FastPath.h"
#include "lowering/wasm/FloatBits.h"
#include "lowering/wasm/Helpers.h"
#include "lowering/wasm/Inside.h"
#include "lowering/wasm/Instructions.h"
#include "lowering/wasm/ModuleState.h"
#include "mlir-dialect/IR/CostSum.h"

#include <optional>

namespace writ::wasmgen {

class FunctionEmitter {
public:
  /// With `speed` beyond `Small`, changes `func`.
  FunctionEmitter(ModuleState &module, contract::FuncOp func, Speed speed);

  Result<Body> emit();

  //===--- For the ops (OpTable.h); operands are on the stack ---------------===//

  void op(uint8_t instruction) { code.byte(instruction); }
  void op(uint8_t instruction, uint64_t immediate) {
    code.byte(instruction);
    code.number(immediate);
  }
  void misc(uint32_t instruction) { op(miscCode, instruction); }
  void number(uint64_t value) { code.number(value); }
  void i32Const(int32_t value);
  void i64Const(int64_t value);
  void floatConst(mlir::FloatAttr value);
  void gap(GapKind kind, uint32_t index);
  void call(Helper helper);
  void meterGlobal(uint8_t instruction, MeterGlobal global);

  void localGet(uint32_t local);
  void localSet(uint32_t local);
  void localTee(uint32_t local) { op(localTeeCode, encoded(local)); }
  /// A local that is free until `freeLocal`.
  uint32_t takeLocal(ValueType type);
  void freeLocal(uint32_t local, ValueType type) { freeLocals[size_t(type)].push_back(local); }

  /// Refuses `op` unless the feature was asked for.
  void need(bool TargetFeatures::*feature, mlir::Operation *op, std::string_view name);
  /// Any other reason why `op` cannot be done.
  void refuse(mlir::Operation *op, std::string_view what);

  /// What the engine's traps mean until it is said otherwise.
  void setFault(uint32_t fault);
  /// The helper for `op`, which ends in `unreachable`, is to take what that costs.
  bool takesBranchCost(mlir::Operation *op) const { return branchTakers.contains(op); }
  /// Gives the frame back, in functions that have taken one.
  void leave();
  /// The same before a tail call.
  void leaveForGood();
  /// Direct functions: what is left of the stack, for what finds it in its global.
  void writeStack();
  bool isMetered() const { return module.options.metered; }
  /// The gas left is in a local.
  bool isFast() const { return fast.isFast(current); }
  /// What is called gets the gas and stack left, if it takes them.
  bool callsDirectly() const { return isDirect && isFast(); }

  ModuleState &module;
  contract::FuncOp func;

private:
  friend class StructureEmitter;

  /// Where a value is.
  struct Home {
    enum Kind : uint8_t { Deferred, Local, Temp, Slot } kind = Deferred;
    uint32_t index = 0;    ///< Of the local.
    uint32_t usesLeft = 0; ///< Temp, Slot: how often it will still be read.
  };

  // Blocks and ops, in order (FunctionEmitter.cpp).
  Result<void> analyze();
  void declareLocals();
  void beginBlock(mlir::Block *block);
  void visit(mlir::Operation *op);
  void visitPure(mlir::Operation *op);
  void visitOrdered(mlir::Operation *op);
  void visitLocalGet(contract::LocalGetOp op);
  void visitLocalSet(contract::LocalSetOp op);
  bool canDefer(mlir::Value value) const;
  bool isUsedElsewhere(mlir::Value value) const;
  void settleResults(mlir::Operation *op);

  // Trees (Trees.cpp).
  void orderedIn(mlir::Operation *root, llvm::SmallVectorImpl<mlir::Operation *> &found);
  bool isDeferred(mlir::Value value) const;
  /// Makes sure that what stands before the operands of `op` has run. Takes those off the list.
  void flushBefore(mlir::Operation *op);
  void flush(size_t count);
  void emitTree(mlir::Value value);
  void emitOperands(mlir::Operation *op);
  void emitOperand(mlir::Operation *op, unsigned operand);
  void emitOp(mlir::Operation *op);
  bool pushReady(mlir::Value value);
  void makeExact(mlir::Operation *op, unsigned operand);
  void makeCanonical(bool isDouble);
  void defineLocal(mlir::Value value);
  ValueType localType(uint32_t local) const { return locals[local - numParams]; }
  uint32_t encoded(uint32_t local) const;

  // Gas (GasEmission.cpp).
  void planGas(mlir::Operation *op);
  void planEnter(contract::EnterOp op);
  bool cannotTrap(mlir::Operation *op);
  bool isInBounds(mlir::Value address, uint64_t end);
  uint32_t takePending();
  void emitCharge(uint32_t amount, bool mustLook);
  void emitGas(mlir::Operation *op);

  // The same in fast blocks (FastEmission.cpp).
  void emitStart(mlir::Block *block);
  void readGas();
  void readLimit();
  bool mayGrow() const;
  void pushMemoryBytes();
  void checkAssumptions();
  void pushPrice(uint32_t amount);
  void pushGas(contract::CostsAttr refund);
  void writeGas(contract::CostsAttr refund);
  void chargeInTwin(uint32_t amount, bool mustLook);
  void look();
  void visitCharge(contract::ChargeOp op);
  void enterFast(contract::EnterOp op);
  void emitFastGas(mlir::Operation *op);
  void afterFast(mlir::Operation *op);
  void moveStack(uint8_t instruction);
  uint32_t stackParam() const { return numParams + 1; } ///< As it is encoded; direct functions.

  Speed speed;
  ControlFlow flow;
  FastPath fast;
  std::optional<FloatBits> floats;
  Code out;
  Encoder code{out.bytes};
  std::optional<Error> error;
  mlir::Block *current = nullptr;
  mlir::Block *previous = nullptr; ///< The last one whose code has changed what is known.

  llvm::DenseMap<mlir::Value, Home> homes;
  std::vector<mlir::Operation *> deferred;           ///< In order, those whose order matters.
  llvm::DenseMap<mlir::Operation *, uint32_t> gasAt; ///< Amounts to be taken before ops.
  llvm::DenseSet<mlir::Operation *> branchTakers;
  Inside inside;
  contract::CostSum pending;
  uint32_t frame = 0; ///< Taken at entry, to be given back.
  bool isLeaf = false;
  bool isDirect = false; ///< As `Body::isDirect` says.

  std::vector<std::vector<mlir::Value>> slotReaders; ///< Values that are read from a slot.
  std::vector<uint64_t> slotVersion;
  uint64_t version = 0, floor = 0;
  llvm::DenseMap<std::pair<uint64_t, uint64_t>, uint64_t> reached; ///< Base to end of accesses.
  llvm::DenseMap<mlir::Value, uint64_t> readVersion;

  std::vector<ValueType> locals; ///< Beyond the parameters.
  std::vector<uint32_t> freeLocals[6];
  uint32_t numParams = 0, numSlots = 0;
  size_t setStart = 0, setEnd = 0, setGaps = 0; ///< Where the last `local.set` is.
  uint32_t setLocal = ~0u;
};

/// What a load or store reads or writes: the bytes before `end`, counted from `address`, at most.
struct AccessRange {
  mlir::Value address;
  uint64_t end;
};
/// Nothing for other ops.
std::optional<AccessRange> accessOf(mlir::Operation *op);
/// A division that cannot trap, whatever the dividend.
bool dividesSafely(mlir::Operation *op);
/// A comparison with zero that takes one operand: `eqz`, or nothing where any number will do.
bool isTestForZero(mlir::Operation *op);

} // namespace writ::wasmgen

#endif
