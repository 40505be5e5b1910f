//===- Encoder.h - The most frequent instructions, by hand ----------------===//
#ifndef WRIT_JIT_SINGLEPASS_ENCODER_H
#define WRIT_JIT_SINGLEPASS_ENCODER_H

#include <asmjit/x86.h>

namespace writ::singlepass {

inline constexpr size_t maxInstructionBytes = 15;

/// Writes an instruction to `to`, which has room for the longest, and returns how many bytes it
/// has: the same as asmjit's, whose encoder is made for all instructions and takes several times as
/// long. 0 if it is none of those that are known here: moves and arithmetic of general registers of
/// 32 and 64 bits, in their two-operand forms.
size_t encode(uint8_t *to, asmjit::InstId inst, const asmjit::Operand_ &first,
              const asmjit::Operand_ &second);

} // namespace writ::singlepass

#endif
