//===- Target.h - The machine that code is generated for ------------------===//
#ifndef WRIT_JIT_ORC_TARGET_H
#define WRIT_JIT_ORC_TARGET_H

#include "hostabi/Result.h"
#include "jit/orc/Orc.h"

#include "llvm/Target/TargetMachine.h"

#include <memory>

namespace writ::orc {

/// One for each compile: it is not thread-safe.
Result<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const OrcOptions &options);

} // namespace writ::orc

#endif
