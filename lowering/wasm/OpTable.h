//===- OpTable.h - From each op to the function that emits it -------------===//
#ifndef WRIT_LOWERING_WASM_OPTABLE_H
#define WRIT_LOWERING_WASM_OPTABLE_H

#include "lowering/wasm/FunctionEmitter.h"

namespace writ::wasmgen {

/// One entry for each op that has code. Each family of ops adds its own.
class OpTable {
public:
  OpTable();

  OpRow::Emit find(mlir::Operation *op) const { return rows.lookup(op->getName().getTypeID()); }

  /// `emit` is a `void(FunctionEmitter &, OpType)`; operands are on the stack.
  template <typename OpType, auto emit>
  void add() {
    rows[mlir::TypeID::get<OpType>()] = [](FunctionEmitter &f, mlir::Operation *op) {
      emit(f, mlir::cast<OpType>(op));
    };
  }

private:
  llvm::DenseMap<mlir::TypeID, OpRow::Emit> rows;
};

void addNumericOps(OpTable &table);
void addConversionOps(OpTable &table);
void addStorageOps(OpTable &table);
void addTableOps(OpTable &table);
void addCallOps(OpTable &table);

} // namespace writ::wasmgen

#endif
