//===- Ticks.h - Where counting code can be left --------------------------===//
//
// Code that counts (`contract.tick`) takes one from its function's counter at function entry and
// at loop heads, and calls `RuntimeCalls::tick` when the counter is below zero, with all
// registers saved. What follows says how to find from there what lives on, and how to leave the
// function's frame, so that other code can go on in its place.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_RUNTIME_TICKS_H
#define WRIT_JIT_RUNTIME_TICKS_H

#include <cstdint>
#include <vector>

namespace writ {

/// The registers at a tick, by their machine numbers. (The one of the stack pointer means
/// nothing.) They are given back when the tick is over.
struct TickRegisters {
  uint64_t vectors[16][2];
  uint64_t general[16];
  uint64_t returnAddress;

  /// The stack pointer at the tick.
  uint8_t *stack() { return reinterpret_cast<uint8_t *>(this + 1); }
};

/// Where a word is that lives on.
struct TickPlace {
  enum class In : uint8_t {
    General,  ///< Register `where`.
    Vector,   ///< Register `where`.
    Frame,    ///< `where` bytes above the stack pointer.
    Constant, ///< It is `bits`.
    Nowhere,  ///< Nobody reads it.
  };
  In in = In::Nowhere;
  bool isWide = false; ///< Else the upper half is to be taken for zero.
  uint32_t where = 0;
  uint64_t bits = 0;
};

/// One tick.
struct TickSite {
  uint32_t func = 0; ///< Function index.
  uint32_t loop = 0; ///< As in `contract.tick`: 0 if code cannot be left here.
  /// In `TickTable::places`: of each slot, and then of each live value.
  uint32_t firstPlace = 0, numPlaces = 0;
};

/// What a function's code has on the stack at its ticks, from the stack pointer up: `bytes`,
/// saved registers, the return address.
struct TickFrame {
  uint32_t bytes = 0;
  uint32_t numSaved = 0;
  uint8_t saved[6] = {};    ///< The one that was saved first is the highest.
  uint32_t stackLeft = ~0u; ///< Where the metered stack left is, in bytes; ~0 if nobody needs it.
};

struct TickTable {
  std::vector<TickSite> sites;
  std::vector<TickPlace> places;
  std::vector<TickFrame> frames; ///< Of each own function.
};

} // namespace writ

#endif
