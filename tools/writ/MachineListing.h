//===- MachineListing.h - Machine code of a tier as text ------------------===//
#ifndef WRIT_TOOLS_WRIT_MACHINELISTING_H
#define WRIT_TOOLS_WRIT_MACHINELISTING_H

#include "jit/runtime/CompiledModule.h"

#include <optional>
#include <string>

namespace writ::cli {

/// The machine code of `func`, or of all own functions, in the AT&T syntax. Each function starts
/// with its name and ends with its size; distances within it are labels, other functions are named,
/// and what lies behind the functions has its offset in the code. Constants among the code, if the
/// tier puts any there, show as the instructions that they would be. Throws `Fatal` if LLVM
/// cannot disassemble for this machine.
std::string listMachineCode(const CompiledModule &module, const TierCode &tier,
                            std::optional<uint32_t> func);

} // namespace writ::cli

#endif
