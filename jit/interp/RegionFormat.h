//===- RegionFormat.h - What regions need of a function, as bytes ---------===//
//
// Native code asks the interpreter only for regions that cannot be paid, and of these only for what
// comes before the last cost: straight code, without calls, jumps or a function around it. That is
// all that an artifact has of the interpreter's code, and of that only what something seen depends
// on. Numbers are short if they are small; there is nothing of the process in it, and equal
// regions are equal bytes.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_INTERP_REGIONFORMAT_H
#define WRIT_JIT_INTERP_REGIONFORMAT_H

#include "hostabi/Bytes.h"
#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "jit/interp/Code.h"
#include "jit/interp/RegionSlice.h"

#include <memory>

namespace writ::interp {

/// What code refers to without having it.
struct CodeSurroundings {
  const ModuleInfo &info;
  size_t numCharges; ///< In the charge table.
};

/// Changes if Bytecode.def does: regions are read by those who have the same list of ops.
uint64_t bytecodeVersion();

/// Writes `slices`, regions of one function of `code`.
void writeRegions(ByteWriter &writer, const Code &code, const Function &function,
                  std::span<const RegionSlice> slices);

/// Reads `count` regions of function `index`: code with that one function, which can be given to
/// `runRegion` and to nothing else. It is checked in full: there are only ops that go on with the
/// next one or trap, every operand is in the frame, every index is one of `surroundings`. Errors
/// are BadInput.
///
/// That is not all that it takes to be harmless. Such code may give wrong results, charge too
/// little, read what others left in their frames, and, since words have no types any more, pass
/// off a number as a reference to a function and so jump anywhere. That bytes are those that the
/// translator made is for the hash and the MAC of what they are in to show; the checks here see to
/// it that damage which those do not notice is an error and no accident.
Result<std::shared_ptr<const Code>> readRegions(ByteReader &reader, uint32_t index, size_t count,
                                                const CodeSurroundings &surroundings);

} // namespace writ::interp

#endif
