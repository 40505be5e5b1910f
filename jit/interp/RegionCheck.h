//===- RegionCheck.h - Are these regions of a module? ---------------------===//
#ifndef WRIT_JIT_INTERP_REGIONCHECK_H
#define WRIT_JIT_INTERP_REGIONCHECK_H

#include "jit/interp/RegionFormat.h"

namespace writ::interp {

/// Whether `code`, one function that consists of regions of straight ops, is what `readRegions`
/// promises.
bool areRegionsSound(const Code &code, const CodeSurroundings &surroundings);

} // namespace writ::interp

#endif
