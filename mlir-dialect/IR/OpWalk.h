//===- OpWalk.h - From one op of a block to the next, quickly -------------===//
#ifndef WRIT_MLIRDIALECT_IR_OPWALK_H
#define WRIT_MLIRDIALECT_IR_OPWALK_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Operation.h"

namespace writ::contract {

/// The ops of a block, in order, for walks that do little with each. MLIR's own iterators call a
/// function of the library for each op, and wait for each op to come from memory; here the next
/// is on its way already. Ops must not come or go, except before the one the walk is at.
class OpWalk {
  using Node = mlir::Block::iterator;

public:
  class iterator {
  public:
    explicit iterator(Node node) : node(node) { fetch(); }
    mlir::Operation &operator*() const {
      return static_cast<mlir::Operation &>(*node.getNodePtr());
    }
    iterator &operator++() {
      ++node;
      fetch();
      return *this;
    }
    bool operator!=(const iterator &other) const { return node != other.node; }

  private:
    /// The op behind: its links, then its name and attributes.
    void fetch() const {
      const char *next = reinterpret_cast<const char *>(std::next(node).getNodePtr());
      __builtin_prefetch(next);
      __builtin_prefetch(next + 64);
    }
    Node node;
  };

  explicit OpWalk(mlir::Block &block) : block(block) {}
  iterator begin() const { return iterator(block.begin()); }
  iterator end() const { return iterator(block.end()); }

private:
  mlir::Block &block;
};

/// As `op->getNextNode()`.
inline mlir::Operation *nextOp(mlir::Operation *op) {
  using Links = decltype(*mlir::Block::iterator().getNodePtr());
  mlir::Block::iterator next(static_cast<Links>(*op));
  ++next;
  bool isEnd = next == op->getBlock()->end();
  return isEnd ? nullptr : static_cast<mlir::Operation *>(next.getNodePtr());
}

} // namespace writ::contract

#endif
