//===- Orc.h - The optimizing tier: core IR to native code ----------------===//
#ifndef WRIT_JIT_ORC_ORC_H
#define WRIT_JIT_ORC_ORC_H

#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "jit/image/NativeImage.h"
#include "jit/runtime/CompiledModule.h"
#include "jit/tierup/Unit.h"
#include "lowering/ChargeTable.h"
#include "lowering/ContractToLLVM.h"
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
  /// Code for the CPU that we run on; else for any that has what `target` says.
  bool hostFeatures = true;
  std::string target = "x86-64-v2"; ///< A level of x86-64, as LLVM knows it.
};

/// Compiles and loads the functions of `module`, which must be metered and satisfy
/// `contract-verify-core`. The interpreter must have translated it before, with the same
/// `charges` and, if there is to be one, filled `regions`: its code runs the cold paths. The
/// result refers to none of the arguments. Thread-safe. Errors: Limit if the budget is exceeded
/// or a function's machine frame is larger than its metered frame allows; Internal.
Result<std::shared_ptr<const TierCode>> compileOrc(mlir::ModuleOp module, const ModuleInfo &info,
                                                   ChargeTable &charges, const RegionMap &regions,
                                                   const OrcOptions &options = {});

/// The same, as plain data.
Result<NativeImage> compileOrcImage(mlir::ModuleOp module, ChargeTable &charges,
                                    const RegionMap &regions, const OrcOptions &options = {});

/// A function to be compiled alone: `lowerUnit` has its conditions.
struct OrcUnit {
  const ModuleFacts *facts = nullptr;
  uint32_t func = 0, loop = 0;
};

/// An LLVM module of one function, on its way to code.
class UnitInProgress {
public:
  UnitInProgress();
  UnitInProgress(UnitInProgress &&);
  ~UnitInProgress();

  /// Optimizes and generates code; refers to nothing else than this and so may run anywhere.
  /// Errors as `compileOrc`. If `isTroubled` is true then, the access checks that `explicitBounds`
  /// makes would help.
  Result<UnitImage> finish(bool &isTroubled);

private:
  friend Result<UnitInProgress> startUnit(mlir::ModuleOp, const OrcUnit &, ChargeTable &,
                                          const RegionMap &, const OrcOptions &);
  struct State;
  std::unique_ptr<State> state;
};

/// The first part of a unit's compile, which reads the IR and adds to `charges`.
Result<UnitInProgress> startUnit(mlir::ModuleOp module, const OrcUnit &unit, ChargeTable &charges,
                                 const RegionMap &regions, const OrcOptions &options);

/// What `emitOrc` shows.
enum class OrcStage { LLVMBefore, LLVMAfter, Assembly };

/// The text of one stage of the compile. Errors as `compileOrc`.
Result<std::string> emitOrc(mlir::ModuleOp module, ChargeTable &charges, const RegionMap &regions,
                            OrcStage stage, const OrcOptions &options = {});

} // namespace writ

#endif
