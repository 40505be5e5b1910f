//===- OpFacts.h - What ops of straight code read and write ---------------===//
#ifndef WRIT_JIT_INTERP_OPFACTS_H
#define WRIT_JIT_INTERP_OPFACTS_H

#include "jit/interp/Bytecode.h"

namespace writ::interp {

/// Which of the fields a, b, c, d are words of the frame, by bits. 0 for formats of control flow.
unsigned wordFields(Format format);
/// Whether `a` is a word that the op writes.
bool writesFirst(Format format);
bool hasImmediate(Format format);

/// Goes on with the next op in every case, or traps; has its place in regions.
bool isStraight(Opcode op);
/// Only its result can tell that it ran.
bool isPure(Opcode op);
/// Whether the machine can divide by `imm`, which the handler does not look at.
bool canDivideBy(Opcode op, int32_t imm);

} // namespace writ::interp

#endif
