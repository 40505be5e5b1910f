//===- Linker.h - From chunks of code to a module's -----------------------===//
#ifndef WRIT_JIT_SINGLEPASS_LINKER_H
#define WRIT_JIT_SINGLEPASS_LINKER_H

#include "hostabi/Result.h"
#include "jit/image/NativeImage.h"
#include "jit/singlepass/EmittedChunk.h"

namespace writ::singlepass {

/// Code of all functions of a module, and its charge table.
struct LinkedModule {
  NativeImage image;
  std::vector<CostCounts> charges;
};

struct LinkOptions {
  bool calleesPop = false;         ///< As for `Signature`.
  bool isCounting = false;         ///< As the chunks were made.
  std::vector<CostCounts> charges; ///< What the charge table begins with.
};

/// Puts the chunks of a module behind each other and adds the stubs that they use. The result
/// depends on the arguments alone. Errors are Internal.
Result<LinkedModule> link(const std::vector<EmittedChunk> &chunks, const ModuleInfo &info,
                          const LinkOptions &options);

} // namespace writ::singlepass

#endif
