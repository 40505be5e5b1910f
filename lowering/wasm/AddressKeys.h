//===- AddressKeys.h - Which addresses are the same -----------------------===//
#ifndef WRIT_LOWERING_WASM_ADDRESSKEYS_H
#define WRIT_LOWERING_WASM_ADDRESSKEYS_H

#include "mlir-dialect/IR/Contract.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

#include <map>
#include <vector>

namespace writ::wasmgen {

/// As a value and a constant that is added.
std::pair<mlir::Value, uint32_t> splitAddress(mlir::Value address);

/// Numbers values of a block so that equal ones that are computed several times get one number,
/// and says which can be had earlier. Sees the ops of the block in order.
class AddressKeys {
public:
  using Key = uint32_t;

  /// What slots hold now, and what has been computed, can be had here.
  void startRegion();
  void visit(mlir::Operation *op);

  Key keyOf(mlir::Value value);
  /// What was put into the slot that `value` was read from, or itself.
  mlir::Value resolve(mlir::Value value) const;
  /// Whether `value` can be had at the region's start, from few ops that neither trap nor see
  /// memory.
  bool isAvailable(mlir::Value value) const;
  /// The same value, computed where `builder` stands: at that start.
  mlir::Value cloneAt(mlir::OpBuilder &builder, mlir::Value value) const;

private:
  /// The op of this region that makes `value`, if that has to run to have it.
  mlir::Operation *maker(mlir::Value value) const;
  Key number(std::vector<uint64_t> what);

  llvm::DenseMap<uint32_t, uint32_t> versions;           ///< Of slots.
  llvm::DenseMap<uint32_t, mlir::Value> contents;        ///< Of slots, where known.
  llvm::DenseMap<mlir::Operation *, uint32_t> versionAt; ///< Of what a read found.
  llvm::DenseMap<mlir::Value, mlir::Value> sameAs;       ///< Reads, as what was written.
  uint32_t lastVersion = 0, startVersion = 0;            ///< Now; at the region's start.
  llvm::DenseMap<mlir::Operation *, uint32_t> order;     ///< Of ops that were visited.
  uint32_t startOrder = 0;
  std::map<std::vector<uint64_t>, Key> keys;
};

} // namespace writ::wasmgen

#endif
