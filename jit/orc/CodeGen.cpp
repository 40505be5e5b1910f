//===- CodeGen.cpp - LLVM IR to an object file in memory ------------------===//

#include "jit/orc/CodeGen.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/CodeGen/MachineModuleInfo.h"
#include "llvm/CodeGen/Passes.h"
#include "llvm/CodeGen/TargetPassConfig.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace writ;

/// `TargetMachine::addPassesToEmitFile` by hand: it has no place for a pass of ours at the end,
/// nor a way to keep accesses with different trap sites from being merged.
Result<SmallVector<char, 0>> writ::orc::generateCode(Module &module, TargetMachine &machine,
                                                     CodeGenFileType fileType,
                                                     MachineFacts &facts) {
  SmallVector<char, 0> output;
  raw_svector_ostream stream(output);
  legacy::PassManager passes;
  TargetLibraryInfoImpl libraryInfo(module.getTargetTriple());
  libraryInfo.disableAllFunctions();
  passes.add(new TargetLibraryInfoWrapperPass(libraryInfo));
  TargetPassConfig *config = machine.createPassConfig(passes);
  config->setDisableVerify(true);
  config->setEnableTailMerge(false);
  config->disablePass(&PostRASchedulerID); // 5 % of the time for nothing that could be measured.
  auto *moduleInfo = new MachineModuleInfoWrapperPass(&machine);
  passes.add(config);
  passes.add(moduleInfo);
  if (config->addISelPasses())
    return internalError("the code generator has no instruction selection");
  config->addMachinePasses();
  config->setInitialized();
  passes.add(createMachineFactsPass(facts));
  if (machine.addAsmPrinter(passes, stream, nullptr, fileType, moduleInfo->getMMI().getContext()))
    return internalError("the code generator cannot write objects");
  passes.add(createFreeMachineFunctionPass());
  passes.run(module);
  if (!facts.trouble.empty())
    return internalError(facts.trouble);
  return output;
}
