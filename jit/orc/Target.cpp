//===- Target.cpp - The machine that code is generated for ----------------===//

#include "jit/orc/Target.h"

#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"

#include <mutex>

using namespace llvm;
using namespace writ;

static void setOption(StringRef name, StringRef value) {
  auto &options = cl::getRegisteredOptions();
  auto option = options.find(name);
  if (option == options.end()) // The code would be wrong.
    report_fatal_error("LLVM has no option '" + name + "'");
  option->second->addOccurrence(0, option->first, value);
}

static void setOptions() {
  // CodeGenPrepare goes over a function again and again until nothing changes, unless the function
  // is "huge": then only over what changed, which takes an eighth of the time.
  setOption("cgpp-huge-func", "0");
  // It drops what is known of the accesses that it moves to mask registers: their trap sites.
  setOption("disable-x86-domain-reassignment", "true");
  // It makes a jump of a conditional move from memory, over the access: which then does not trap if
  // its value is not wanted, although it is volatile.
  setOption("x86-cmov-converter", "false");
}

static void initializeOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
    setOptions();
  });
}

static std::string hostFeatures() {
  SubtargetFeatures features;
  for (auto &[name, isOn] : sys::getHostCPUFeatures())
    features.AddFeature(name, isOn);
  return features.getString();
}

Result<std::unique_ptr<TargetMachine>> writ::orc::makeTargetMachine(const OrcOptions &options) {
  initializeOnce();
  Triple triple("x86_64-unknown-linux-gnu");
  std::string why;
  const llvm::Target *target = TargetRegistry::lookupTarget(triple, why);
  if (!target)
    return internalError("no x86-64 code generator: " + why);
  TargetOptions targetOptions;
  targetOptions.AllowFPOpFusion = FPOpFusion::Strict;
  std::string cpu = options.hostFeatures ? sys::getHostCPUName().str() : options.target;
  std::string features = options.hostFeatures ? hostFeatures() : "";
  constexpr CodeGenOptLevel levels[] = {CodeGenOptLevel::Less, CodeGenOptLevel::Less,
                                        CodeGenOptLevel::Default, CodeGenOptLevel::Aggressive};
  std::unique_ptr<TargetMachine> machine(
      target->createTargetMachine(triple, cpu, features, targetOptions, Reloc::PIC_,
                                  CodeModel::Small, levels[std::min(options.optLevel, 3u)]));
  if (!machine)
    return internalError("the x86-64 code generator cannot be made");
  return machine;
}
