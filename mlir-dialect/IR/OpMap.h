//===- OpMap.h - A table by kind of op ------------------------------------===//
#ifndef WRIT_MLIRDIALECT_IR_OPMAP_H
#define WRIT_MLIRDIALECT_IR_OPMAP_H

#include "mlir/IR/Operation.h"

#include <array>

namespace writ::contract {

/// Something known of each kind of op, for walks that ask it of every op: what an interface says
/// or a table by `TypeID` has, found in two loads. `Row` is made by `Find`, a
/// `Row(mlir::Operation *)`, when an op of that kind is first met. Good for one context and,
/// since asking may fill it, for one thread.
template <typename Row, typename Find>
class OpMap {
public:
  explicit OpMap(Find find) : find(std::move(find)) {}

  const Row &operator[](mlir::Operation *op) {
    const void *kind = op->getName().getAsOpaquePointer();
    size_t home = (reinterpret_cast<uintptr_t>(kind) >> 4) % size;
    if (entries[home].kind == kind) [[likely]]
      return entries[home].row;
    return lookFurther(op, kind, home);
  }

private:
  struct Entry {
    const void *kind = nullptr;
    Row row{};
  };

  /// Kinds whose home is taken lie in the next free entry: taking turns would make the cost of a
  /// walk depend on where the context happened to put its names.
  const Row &lookFurther(mlir::Operation *op, const void *kind, size_t home) {
    size_t at = home;
    for (size_t tries = 0; tries != furthest; ++tries, at = (at + 1) % size) {
      if (entries[at].kind == kind)
        return entries[at].row;
      if (!entries[at].kind)
        break;
    }
    entries[at] = {kind, find(op)};
    return entries[at].row;
  }

  static constexpr size_t size = 1024; ///< About a hundred kinds are in use.
  static constexpr size_t furthest = 64;
  std::array<Entry, size> entries{};
  Find find;
};

} // namespace writ::contract

#endif
