//===- MoveOrder.h - Many moves at once, as moves one by one --------------===//
#ifndef WRIT_JIT_INTERP_MOVEORDER_H
#define WRIT_JIT_INTERP_MOVEORDER_H

#include <cstdint>
#include <vector>

namespace writ::interp {

struct WordMove {
  uint32_t to, from;
};

/// Puts moves that are to happen all at once into an order in which each reads what was there
/// before, in time linear in their number.
class MoveOrder {
public:
  /// No two of `moves` may have the same target. Cycles go through `spare`, which none of them
  /// may name. The result is valid until the next call.
  const std::vector<WordMove> &order(const std::vector<WordMove> &moves, uint32_t spare);

private:
  static constexpr uint32_t none = ~0u;

  void prepare(const std::vector<WordMove> &moves);
  void finish(uint32_t move);
  void breakCycle(uint32_t move, uint32_t spare);

  std::vector<WordMove> left; ///< `from` is `none` once a move is done.
  std::vector<WordMove> result;
  std::vector<uint32_t> ready;    ///< Moves whose target nobody reads any more.
  std::vector<uint32_t> readers;  ///< By word: moves left that read it.
  std::vector<uint32_t> writerOf; ///< By word: the move left that writes it.
};

} // namespace writ::interp

#endif
