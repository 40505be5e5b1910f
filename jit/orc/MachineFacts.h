//===- MachineFacts.h - What only the code generator knows ----------------===//
#ifndef WRIT_JIT_ORC_MACHINEFACTS_H
#define WRIT_JIT_ORC_MACHINEFACTS_H

#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Metadata.h"

#include <string>

namespace llvm {
class FunctionPass;
}

namespace writ::orc {

struct MachineFacts {
  /// Bytes of machine stack that each function takes, with its return address and the
  /// arguments that it passes on the stack.
  llvm::StringMap<uint64_t> frames;
  /// Not empty if an instruction that may fault has no trap site, or not surely its own: a
  /// failure of ours.
  std::string trouble;
};

/// A pass for the end of code generation that gathers `facts`, which must outlive it.
llvm::FunctionPass *createMachineFactsPass(MachineFacts &facts);

} // namespace writ::orc

#endif
