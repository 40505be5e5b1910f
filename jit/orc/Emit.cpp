//===- Emit.cpp - Stages of the compile as text ---------------------------===//

#include "jit/orc/Build.h"
#include "jit/orc/CodeGen.h"
#include "jit/orc/Pipeline.h"
#include "jit/orc/Target.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace writ;
using namespace writ::orc;

static std::string print(const Module &module) {
  std::string text;
  raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return text;
}

Result<std::string> writ::emitOrc(mlir::ModuleOp module, ChargeTable &charges,
                                  const RegionMap &regions, OrcStage stage,
                                  const OrcOptions &options) {
  auto machine = makeTargetMachine(options);
  if (!machine)
    return machine.error();
  LLVMContext context;
  auto lowered = buildModule(module, context, charges, regions, options, **machine);
  if (!lowered)
    return lowered.error();
  if (stage == OrcStage::LLVMBefore)
    return print(*lowered->code);
  runPasses(*lowered->code, **machine, options.optLevel);
  if (stage == OrcStage::LLVMAfter)
    return print(*lowered->code);
  MachineFacts facts;
  auto text = generateCode(*lowered->code, **machine, CodeGenFileType::AssemblyFile, facts);
  if (!text)
    return text.error();
  return std::string(text->begin(), text->end());
}
