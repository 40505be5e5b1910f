//===- MachineFacts.cpp - The last look at machine code -------------------===//
//
// Memory operands keep the alias metadata of the IR's accesses, whatever instructions are
// fused, split or copied on the way. So which trap site an instruction has is decided here, at
// the end, by its operands.
//
//===----------------------------------------------------------------------===//

#include "jit/orc/MachineFacts.h"

#include "lowering/ContractToLLVM.h"

#include "llvm/CodeGen/MachineFrameInfo.h"
#include "llvm/CodeGen/MachineFunctionPass.h"
#include "llvm/CodeGen/MachineMemOperand.h"
#include "llvm/IR/Constants.h"

using namespace llvm;
using namespace writ;
using namespace writ::orc;

/// The name of the trap site of `access`; null if it cannot fault.
static MDString *siteOf(const MachineMemOperand &access) {
  MDNode *scopes = access.getAAInfo().Scope;
  if (!scopes || scopes->getNumOperands() != 1)
    return nullptr;
  auto *scope = dyn_cast<MDNode>(scopes->getOperand(0));
  return scope ? dyn_cast<MDString>(scope->getOperand(0)) : nullptr;
}

namespace {
class MachineFactsPass : public MachineFunctionPass {
public:
  static char ID;
  explicit MachineFactsPass(MachineFacts &facts) : MachineFunctionPass(ID), facts(facts) {}

  StringRef getPassName() const override { return "Take a last look at machine code"; }

  void getAnalysisUsage(AnalysisUsage &usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(MachineFunction &function) override {
    const MachineFrameInfo &frame = function.getFrameInfo();
    constexpr uint64_t returnAddress = 8;
    facts.frames[function.getName()] =
        frame.getStackSize() + frame.getMaxCallFrameSize() + returnAddress;
    if (!facts.mayFault)
      return false;
    for (MachineBasicBlock &block : function)
      for (MachineInstr &inst : block)
        mark(function, inst);
    return true;
  }

private:
  /// A load and a store to one address, fused: the load comes first, and if it does not fault
  /// the store does not either.
  void mark(MachineFunction &function, MachineInstr &inst) {
    MDString *site = nullptr;
    bool lostScope = false;
    for (const MachineMemOperand *access : inst.memoperands()) {
      MDString *found = siteOf(*access);
      // Whatever is volatile is tagged; an access that lost its scope, or has that of another
      // one besides, may be one that faults.
      AAMDNodes tags = access->getAAInfo();
      lostScope |= !found && access->isVolatile() && (!tags.TBAA || tags.Scope);
      if (found && (!site || access->isLoad()))
        site = found;
    }
    LLVMContext &context = function.getFunction().getContext();
    MDNode *given = inst.getPCSections();
    if (site)
      inst.setPCSections(function, section(context, site));
    else if (given)
      inst.setPCSections(function, lostScope ? ownNode(context, given->operands()) : nullptr);
    // A store of a changed sign, say, is selected as another one: its scope is lost, but the
    // section entry came with it.
    if (lostScope && !site && !given)
      facts.trouble = "an access lost its trap site in " + function.getName().str();
    if (!site && inst.mayLoadOrStore() && inst.memoperands_empty() && !isFrameCode(inst))
      facts.trouble = "an instruction lost its accesses in " + function.getName().str();
  }

  static bool isFrameCode(const MachineInstr &inst) {
    return inst.isCall() || inst.isReturn() || inst.getFlag(MachineInstr::FrameSetup) ||
           inst.getFlag(MachineInstr::FrameDestroy);
  }

  /// The entry of `site`, likewise.
  static MDNode *section(LLVMContext &context, MDString *site) {
    uint32_t number = 0;
    [[maybe_unused]] bool failed = site->getString().getAsInteger(10, number);
    assert(!failed && "the lowering names trap sites by number");
    Metadata *payload =
        ConstantAsMetadata::get(ConstantInt::get(Type::getInt32Ty(context), number));
    return MDNode::getDistinct(
        context, {MDString::get(context, trapSection), MDNode::get(context, payload)});
  }

  /// Of each instruction its own: for those that share a node, the site is written once only.
  static MDNode *ownNode(LLVMContext &context, MDNode::op_range operands) {
    SmallVector<Metadata *, 2> copies(operands.begin(), operands.end());
    return MDNode::getDistinct(context, copies);
  }

  MachineFacts &facts;
};
} // namespace

char MachineFactsPass::ID = 0;

FunctionPass *writ::orc::createMachineFactsPass(MachineFacts &facts) {
  return new MachineFactsPass(facts);
}
