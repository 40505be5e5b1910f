//===- OpTable.h - From each op to the function that emits it -------------===//
#ifndef WRIT_JIT_SINGLEPASS_OPTABLE_H
#define WRIT_JIT_SINGLEPASS_OPTABLE_H

#include "mlir-dialect/IR/Contract.h"

#include "llvm/ADT/DenseMap.h"

namespace writ::singlepass {

class FunctionCompiler;

/// What the walk before emission wants to know of an op.
enum class OpTrait : uint8_t { None, Slot, Memory, Call, TailCall, Runtime };

struct OpEntry {
  void (*emit)(FunctionCompiler &, mlir::Operation *) = nullptr;
  OpTrait trait = OpTrait::None;
  /// Whether what comes before a point where the gas runs out can be told from nothing.
  bool canBeObserved = false;
};

/// One entry for each op that has code. Each family of ops adds its own.
class OpTable {
public:
  OpTable();

  /// Of no use (`emit` is null) for an op that is not core.
  OpEntry find(mlir::Operation *op) const;

  /// `emit` is a `void(FunctionCompiler &, OpType)`.
  template <typename OpType, auto emit>
  void add(OpTrait trait = OpTrait::None) {
    auto call = [](FunctionCompiler &function, mlir::Operation *op) {
      emit(function, mlir::cast<OpType>(op));
    };
    entries[mlir::TypeID::get<OpType>()] = {call, trait};
  }

private:
  llvm::DenseMap<mlir::TypeID, OpEntry> entries;
};

void addArithOps(OpTable &table);
void addCallOps(OpTable &table);
void addCompareOps(OpTable &table);
void addControlOps(OpTable &table);
void addConvertOps(OpTable &table);
void addDivisionOps(OpTable &table);
void addFloatOps(OpTable &table);
void addGasOps(OpTable &table);
void addMemoryOps(OpTable &table);
void addShiftOps(OpTable &table);
void addStorageOps(OpTable &table);
void addTableOps(OpTable &table);

} // namespace writ::singlepass

#endif
