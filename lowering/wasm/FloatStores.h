//===- FloatStores.h - Stores whose NaNs are looked at together -----------===//
#ifndef WRIT_LOWERING_WASM_FLOATSTORES_H
#define WRIT_LOWERING_WASM_FLOATSTORES_H

#include "lowering/wasm/AddressKeys.h"
#include "lowering/wasm/FloatBits.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace writ::wasmgen {

/// Stores of floats of one type, in order. Up to `before`, nothing sees the bits of their NaNs: so
/// these can be made canonical there, all at once, by storing anew.
struct StoreGroup {
  llvm::SmallVector<contract::StoreOp> stores;
  mlir::Operation *before = nullptr;
};

/// Of the block that `addresses` has visited: where floats are loaded and stored.
class FloatStores {
public:
  /// After `addresses` has visited it, and nothing behind it.
  void note(mlir::Operation *op, AddressKeys &addresses);

  /// The groups of more than one among `ops`, which are in order. Control may leave before those
  /// that `mayLeave`.
  std::vector<StoreGroup> groups(llvm::ArrayRef<mlir::Operation *> ops, const FloatBits &floats,
                                 llvm::function_ref<bool(mlir::Operation *)> mayLeave) const;

private:
  struct Place {
    AddressKeys::Key base = 0;
    uint32_t constant = 0, size = 0; ///< Modulo 2^32; bytes.
  };
  bool isBesideOrSame(const Place &place, mlir::Operation *op) const;

  llvm::DenseMap<mlir::Operation *, Place> places;
};

} // namespace writ::wasmgen

#endif
