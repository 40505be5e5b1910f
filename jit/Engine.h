//===- Engine.h - From module bytes to code on every tier -----------------===//
#ifndef WRIT_JIT_ENGINE_H
#define WRIT_JIT_ENGINE_H

#include "frontend/wasm/Policy.h"
#include "hostabi/Result.h"
#include "jit/FunctionMaker.h"
#include "jit/runtime/CompiledModule.h"
#include "jit/tierup/ChildCompiler.h"
#include "jit/tierup/TierUp.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace writ {

struct CompileOptions {
  wasm::Policy policy;
  std::string name = "module"; ///< Starts error messages: a file name, say.
  Metering metering = Metering::Merged;
  bool singlepass = false; ///< Also compile for the singlepass tier.
  bool llvm = false;       ///< Also compile for the LLVM tier, which becomes the default.
  bool profile = false;    ///< Let code tell the instance's profiler of calls.
  /// Also compile for the tier `auto`, which becomes the default: it counts, and changes its code.
  std::optional<TierUpOptions> tierUp;
  /// Tier `auto`: if a command is given, better code is compiled in processes of their own.
  ChildOptions child;
  bool explicitBounds = false; ///< LLVM tier: compare and branch instead of guard pages.
  unsigned optLevel = 2;       ///< LLVM tier: 0 to 3.
  uint64_t llvmBudget = 0;     ///< LLVM tier: units of work per module; 0 for the default.
  unsigned threads = 1;        ///< Singlepass: at most so many; the code is the same.
  std::vector<StageTime> *times = nullptr; ///< Filled if given.
};

/// A module as metered core IR: what all tiers are made from.
struct PreparedModule {
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> ir;
  ModuleInfo info;
};

/// Up to which point `prepareModule` goes.
enum class PrepareStage : uint8_t { Imported, Metered };

/// Reads, validates, imports and (for `Metered`) meters the module in `bytes`, and checks
/// the result with `contract-verify-core`. Thread-safe. Errors: BadInput, Limit; Internal
/// if what we made does not verify.
Result<PreparedModule> prepareModule(std::span<const uint8_t> bytes, const CompileOptions &options,
                                     PrepareStage stage = PrepareStage::Metered);

/// Compiles the module in `bytes` for the native tiers that are asked for, and for the interpreter;
/// with nothing but singlepass, for that only when it is needed. The result does not refer to
/// `bytes`. Thread-safe.
Result<std::shared_ptr<const CompiledModule>> compileModule(std::span<const uint8_t> bytes,
                                                            const CompileOptions &options);

} // namespace writ

#endif
