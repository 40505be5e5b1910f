//===- MachineFacts.cpp - What only the code generator knows --------------===//

#include "jit/orc/MachineFacts.h"

#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/MachineMemOperand.h"

using namespace llvm;
using namespace writ::orc;

/// The lowering tags accesses to the linear memory as such, and what may fault is volatile.
static bool mayFault(const MachineMemOperand &access) {
  MDNode *tag = access.getAAInfo().TBAA;
  if (!tag || !access.isVolatile())
    return false;
  auto *type = dyn_cast<MDNode>(tag->getOperand(0));
  auto *name = type ? dyn_cast<MDString>(type->getOperand(0)) : nullptr;
  return name && name->getString() == "memory";
}

namespace {
class MachineFactsPass : public MachineFunctionPass {
public:
  static char ID;
  explicit MachineFactsPass(MachineFacts &facts) : MachineFunctionPass(ID), facts(facts) {}

  StringRef getPassName() const override { return "Gather facts about machine code"; }

  void getAnalysisUsage(AnalysisUsage &usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(MachineFunction &function) override {
    const MachineFrameInfo &frame = function.getFrameInfo();
    constexpr uint64_t returnAddress = 8;
    facts.frames[function.getName()] =
        frame.getStackSize() + frame.getMaxCallFrameSize() + returnAddress;
    for (MachineBasicBlock &block : function)
      for (MachineInstr &inst : block)
        check(inst);
    return false;
  }

private:
  void check(const MachineInstr &inst) {
    bool faults = any_of(inst.memoperands(), [](auto *access) { return mayFault(*access); });
    if (faults && !inst.getPCSections() && facts.trouble.empty())
      facts.trouble =
          "an instruction that may fault has no trap site in " + inst.getMF()->getName().str();
  }

  MachineFacts &facts;
};
} // namespace

char MachineFactsPass::ID = 0;

FunctionPass *writ::orc::createMachineFactsPass(MachineFacts &facts) {
  return new MachineFactsPass(facts);
}
