//===- Disassembler.h - Bytecode as text ----------------------------------===//
#ifndef WRIT_JIT_INTERP_DISASSEMBLER_H
#define WRIT_JIT_INTERP_DISASSEMBLER_H

#include "jit/interp/Code.h"

#include <optional>
#include <string>

namespace writ::interp {

/// The cells of `code`, or of one own function by its index, one op a line: cell number, op,
/// operands (`w3` is word 3 of the frame), for jumps the target's cell, for charges the entry
/// of the charge table, for ops that may trap the byte offset. Ops that the op before runs too
/// (Pairs.def) are marked by `|`. Calls the other functions by their indices.
std::string disassemble(const Code &code, std::optional<uint32_t> func = std::nullopt);

} // namespace writ::interp

#endif
