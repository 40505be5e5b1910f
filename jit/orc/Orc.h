//===- Orc.h - The optimizing tier: core IR to native code ----------------===//
#ifndef WRIT_JIT_ORC_ORC_H
#define WRIT_JIT_ORC_ORC_H

#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "jit/runtime/CompiledModule.h"
#include "lowering/ChargeTable.h"
#include "lowering/RegionLiveIns.h"

#include "mlir/IR/BuiltinOps.h"

#include <memory>
#include <string>

namespace writ {

struct OrcOptions {
  /// 0: promote slots and no more. 1: light passes. 2: what measured best. 3: LLVM's own
  /// function simplification on top.
  unsigned optLevel = 2;
  /// Compare addresses with the memory's size, in place of guard pages.
  bool explicitBounds = false;
  /// Units of work per module (lowering/README.md), and a tenth of it per function; 0 for the
  /// default.
  uint64_t budget = 0;
  /// Code for the CPU that we run on; else for any x86-64.
  bool hostFeatures = true;
};

/// Compiles and loads the functions of `module`, which must be metered and satisfy
/// `contract-verify-core`. The interpreter must have translated it before, with the same
/// `charges` and, if there is to be one, filled `regions`: its code runs the cold paths. The
/// result refers to none of the arguments. Thread-safe. Errors: Limit if the budget is exceeded
/// or a function's machine frame is larger than its metered frame allows; Internal.
Result<std::shared_ptr<const TierCode>> compileOrc(mlir::ModuleOp module, const ModuleInfo &info,
                                                   ChargeTable &charges, const RegionMap &regions,
                                                   const OrcOptions &options = {});

/// What `emitOrc` shows.
enum class OrcStage { LLVMBefore, LLVMAfter, Assembly };

/// The text of one stage of the compile. Errors as `compileOrc`.
Result<std::string> emitOrc(mlir::ModuleOp module, ChargeTable &charges, const RegionMap &regions,
                            OrcStage stage, const OrcOptions &options = {});

} // namespace writ

#endif
