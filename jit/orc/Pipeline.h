//===- Pipeline.h - The one place that orders LLVM's passes ---------------===//
#ifndef WRIT_JIT_ORC_PIPELINE_H
#define WRIT_JIT_ORC_PIPELINE_H

#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace writ::orc {

/// Runs the passes of `optLevel` (OrcOptions) on each function; jit/orc/README.md has the
/// measurements behind the choice.
void runPasses(llvm::Module &module, llvm::TargetMachine &machine, unsigned optLevel);

} // namespace writ::orc

#endif
