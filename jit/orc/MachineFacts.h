//===- MachineFacts.h - The last look at machine code ---------------------===//
#ifndef WRIT_JIT_ORC_MACHINEFACTS_H
#define WRIT_JIT_ORC_MACHINEFACTS_H

#include "llvm/ADT/StringMap.h"

#include <string>

namespace llvm {
class FunctionPass;
}

namespace writ::orc {

/// What is known of a module only once its machine code is final.
struct MachineFacts {
  /// Bytes of machine stack that each function takes, with its return address and the
  /// arguments that it passes on the stack.
  llvm::StringMap<uint64_t> frames;
  /// Not empty if the trap site of an instruction that may fault is lost: a failure of ours.
  std::string trouble;
  /// Whether instructions may fault at all: not if the code checks addresses itself.
  bool mayFault = true;
};

/// A pass for the end of code generation: gathers `facts`, which must outlive it, and has each
/// instruction that may fault listed in `trapSection` (lowering/ContractToLLVM.h).
llvm::FunctionPass *createMachineFactsPass(MachineFacts &facts);

} // namespace writ::orc

#endif
