//===- CodeCheck.h - Is this the code of a module? ------------------------===//
#ifndef WRIT_JIT_INTERP_CODECHECK_H
#define WRIT_JIT_INTERP_CODECHECK_H

#include "jit/interp/CodeFormat.h"

#include <vector>

namespace writ::interp {

/// Whether `code`, read from somewhere, is what `readCode` promises. `ops` has the op of each cell,
/// Data for those that are data; each op has all its data cells. Functions lie one behind the other
/// and cover all cells.
bool isSound(const Code &code, const std::vector<Opcode> &ops,
             const CodeSurroundings &surroundings);

} // namespace writ::interp

#endif
