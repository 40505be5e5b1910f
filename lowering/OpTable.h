//===- OpTable.h - From each op to the function that lowers it ------------===//
#ifndef WRIT_LOWERING_OPTABLE_H
#define WRIT_LOWERING_OPTABLE_H

#include "mlir-dialect/IR/Contract.h"

#include "llvm/ADT/DenseMap.h"

namespace writ::lowering {

class FunctionLowering;

/// One entry for each op that has code. Each family of ops adds its own.
class OpTable {
public:
  using Handler = void (*)(FunctionLowering &, mlir::Operation *);

  OpTable();

  Handler find(mlir::Operation *op) const { return handlers.lookup(op->getName().getTypeID()); }

  /// `lower` is a `void(FunctionLowering &, OpType)`.
  template <typename OpType, auto lower>
  void add() {
    handlers[mlir::TypeID::get<OpType>()] = [](FunctionLowering &function, mlir::Operation *op) {
      lower(function, mlir::cast<OpType>(op));
    };
  }

private:
  llvm::DenseMap<mlir::TypeID, Handler> handlers;
};

void addArithOps(OpTable &table);
void addCallOps(OpTable &table);
void addControlOps(OpTable &table);
void addFloatOps(OpTable &table);
void addGasOps(OpTable &table);
void addIntegerOps(OpTable &table);
void addMemoryOps(OpTable &table);
void addStorageOps(OpTable &table);
void addTableOps(OpTable &table);

} // namespace writ::lowering

#endif
