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
    Entry &entry = entries[(reinterpret_cast<uintptr_t>(kind) >> 4) % entries.size()];
    if (entry.kind != kind) [[unlikely]]
      entry = {kind, find(op)};
    return entry.row;
  }

private:
  struct Entry {
    const void *kind = nullptr;
    Row row{};
  };
  // Kinds that share an entry take turns: about a hundred are in use.
  std::array<Entry, 1024> entries{};
  Find find;
};

} // namespace writ::contract

#endif
