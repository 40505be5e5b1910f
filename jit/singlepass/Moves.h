//===- Moves.h - Many moves at once ---------------------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_MOVES_H
#define WRIT_JIT_SINGLEPASS_MOVES_H

#include "jit/singlepass/Values.h"

namespace writ::singlepass {

/// A place in the frame, a register or a constant.
struct Location {
  enum class Type : uint8_t { Register, Word, Outgoing, Constant };
  Type type = Type::Register;
  Kind kind = Kind::I32;
  bool isExact = true;
  Reg reg = noReg;
  uint32_t word = 0;
  uint64_t bits = 0;

  bool isRegister() const { return type == Type::Register; }
  bool isMemory() const { return type == Type::Word || type == Type::Outgoing; }
  bool samePlace(const Location &other) const {
    return type == other.type && reg == other.reg && word == other.word && type != Type::Constant;
  }
};

struct Move {
  Location to, from;
};

} // namespace writ::singlepass

#endif
