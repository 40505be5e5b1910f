//===- Pairs.h - Ops that stand for two ops -------------------------------===//
#ifndef WRIT_JIT_INTERP_PAIRS_H
#define WRIT_JIT_INTERP_PAIRS_H

#include "jit/interp/Bytecode.h"

namespace writ::interp {

struct PairInfo {
  Opcode first, second;
  Link link;
};

inline bool isPair(Opcode op) { return unsigned(op) >= numPlainOps; }

/// `op` must be a pair.
const PairInfo &pairInfo(Opcode op);

/// In the order of Pairs.def.
const Handler *pairHandlers();

/// The op for `first` followed by `second`, if there is one, else `first`.
Opcode pairOf(Opcode first, Opcode second, Link link);

} // namespace writ::interp

#endif
