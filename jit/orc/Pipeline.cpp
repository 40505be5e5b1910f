//===- Pipeline.cpp - The one place that orders LLVM's passes -------------===//

#include "jit/orc/Pipeline.h"

#include "jit/orc/PinLoads.h"
#include "lowering/CanonicalNaNs.h"

#include "llvm/Analysis/AliasAnalysis.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Utils/Mem2Reg.h"

using namespace llvm;
using namespace writ;

/// Accesses carry their trap sites as metadata, so none may be merged with another.
static SimplifyCFGPass simplifyCFG() {
  return SimplifyCFGPass(
      SimplifyCFGOptions().hoistCommonInsts(false).sinkCommonInsts(false).convertSwitchRangeToICmp(
          true));
}

static FunctionPassManager makePasses(PassBuilder &builder, unsigned optLevel) {
  FunctionPassManager passes;
  passes.addPass(PromotePass());
  passes.addPass(CanonicalNaNs());
  if (optLevel >= 1) {
    passes.addPass(EarlyCSEPass());
    passes.addPass(simplifyCFG());
    passes.addPass(orc::PinLoads());
    passes.addPass(InstCombinePass());
    passes.addPass(orc::UnpinLoads());
    passes.addPass(simplifyCFG());
  }
  if (optLevel >= 3)
    passes.addPass(builder.buildFunctionSimplificationPipeline(OptimizationLevel::O2,
                                                               ThinOrFullLTOPhase::None));
  return passes;
}

void writ::orc::runPasses(Module &module, TargetMachine &machine, unsigned optLevel) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager graphs;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  TargetLibraryInfoImpl libraryInfo(module.getTargetTriple());
  libraryInfo.disableAllFunctions();
  functions.registerPass([&] { return TargetLibraryAnalysis(libraryInfo); });
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(graphs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, graphs, modules);
  FunctionPassManager passes = makePasses(builder, optLevel);
  for (Function &function : module)
    if (!function.isDeclaration()) {
      passes.run(function, functions);
      functions.clear(function, function.getName());
    }
}
