//===- AttrStorage.h - What the dialect's attributes consist of -----------===//
//
// In the open, since costs and distances are read for nearly every op of a function.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_MLIRDIALECT_IR_ATTRSTORAGE_H
#define WRIT_MLIRDIALECT_IR_ATTRSTORAGE_H

#include "hostabi/CostHash.h"

#include "mlir/IR/AttributeSupport.h"

namespace writ::contract::detail {

struct CostsStorage : mlir::AttributeStorage {
  using KeyTy = llvm::ArrayRef<CostCount>;

  explicit CostsStorage(KeyTy counts) : counts(counts) {}

  bool operator==(KeyTy key) const { return counts == key; }
  static llvm::hash_code hashKey(KeyTy key) { return costHash(key) >> 32; }
  static CostsStorage *construct(mlir::AttributeStorageAllocator &allocator, KeyTy key) {
    return new (allocator.allocate<CostsStorage>()) CostsStorage(allocator.copyInto(key));
  }

  KeyTy counts;
};

struct DistanceStorage : mlir::AttributeStorage {
  using KeyTy = uint32_t;

  explicit DistanceStorage(uint32_t distance) : distance(distance) {}
  /// Of use as it is, without the context's tables: `kind` describes `DistanceLocAttr`.
  DistanceStorage(const mlir::AbstractAttribute &kind, uint32_t distance) : distance(distance) {
    initializeAbstractAttribute(kind);
  }

  bool operator==(uint32_t key) const { return distance == key; }
  static DistanceStorage *construct(mlir::AttributeStorageAllocator &allocator, uint32_t key) {
    return new (allocator.allocate<DistanceStorage>()) DistanceStorage(key);
  }

  uint32_t distance;
};

} // namespace writ::contract::detail

#endif
