//===- CodeGen.h - LLVM IR to an object file in memory --------------------===//
#ifndef WRIT_JIT_ORC_CODEGEN_H
#define WRIT_JIT_ORC_CODEGEN_H

#include "hostabi/Result.h"
#include "jit/orc/MachineFacts.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

namespace writ::orc {

/// Generates an object or assembly text from `module`.
Result<llvm::SmallVector<char, 0>> generateCode(llvm::Module &module, llvm::TargetMachine &machine,
                                                llvm::CodeGenFileType fileType,
                                                MachineFacts &facts);

} // namespace writ::orc

#endif
