//===- CodeFormat.h - The interpreter's code as bytes ---------------------===//
//
// Plain numbers: ops by number, no pointers and nothing of the process, equal code is equal bytes.
// The numbers of ops are those of one list of ops; code for another list is refused.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_INTERP_CODEFORMAT_H
#define WRIT_JIT_INTERP_CODEFORMAT_H

#include "hostabi/Bytes.h"
#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "jit/interp/Code.h"

#include <memory>

namespace writ::interp {

/// What code refers to without having it.
struct CodeSurroundings {
  const ModuleInfo &info;
  size_t numCharges; ///< In the charge table.
  /// The code of a whole module; or (`translateFunction`) that of one function, for its regions.
  bool isWhole = true;
};

/// Changes if Bytecode.def or Pairs.def does.
uint64_t bytecodeVersion();

void writeCode(ByteWriter &writer, const Code &code);

/// Reads what `writeCode` wrote, and checks it in full: every jump leads to an op of its function,
/// every operand is in the frame, every index is one of `surroundings`, every function takes its
/// frame first and does not run over its end. Errors are BadInput.
///
/// That is not all that it takes to be harmless. Such code may give wrong results, charge too
/// little and so never end, read what others left in their frames, and, since words have no types
/// any more, pass off a number as a reference to a function and so jump anywhere. That bytes are
/// those that the translator made is for the hash and the MAC of what they are in to show; the
/// checks here see to it that damage which those do not notice is an error and no accident.
Result<std::shared_ptr<const Code>> readCode(ByteReader &reader,
                                             const CodeSurroundings &surroundings);

} // namespace writ::interp

#endif
