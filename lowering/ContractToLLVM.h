//===- ContractToLLVM.h - Core ops to LLVM IR by one walk -----------------===//
//
// docs/native-abi.md says what the code looks like from outside.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_LOWERING_CONTRACTTOLLVM_H
#define WRIT_LOWERING_CONTRACTTOLLVM_H

#include "hostabi/Context.h"
#include "hostabi/ModuleInfo.h"
#include "hostabi/Result.h"
#include "lowering/ChargeTable.h"
#include "lowering/RegionLiveIns.h"

#include "llvm/IR/Module.h"

#include <memory>
#include <string>
#include <vector>

namespace writ {

struct LoweringOptions {
  /// Compare each address with the memory's size, in place of guard pages.
  bool explicitBounds = false;
  /// Units of work (lowering/Budget.h) that one function and the whole module may need.
  uint64_t functionBudget = 60'000'000;
  uint64_t moduleBudget = 200'000'000;
};

/// One own function in LLVM form.
struct LoweredFunction {
  uint32_t index = 0; ///< In the function index space.
  uint32_t thunk = 0; ///< Number of the entry thunk of its signature.
  uint64_t frame = 0; ///< Metered frame in bytes.
  std::string name;   ///< For messages: "12 'transfer'".
};

struct LoweredModule {
  std::unique_ptr<llvm::Module> code;
  std::vector<LoweredFunction> functions; ///< Sorted by index.
  std::vector<TrapSite> sites;
  /// Signatures that indirect calls compare with; the code finds their interned numbers at
  /// `context->callTypes`, in this order.
  std::vector<FuncType> callTypes;
  uint64_t work = 0; ///< Units (lowering/Budget.h) that a whole module's functions need.
};

/// Names of what `LoweredModule::code` defines for its user.
std::string functionSymbol(uint32_t index);
std::string thunkSymbol(uint32_t number);

/// Domain of the alias scopes that stand for trap sites: each access to the linear memory that
/// may fault has one, whose name is the site's number. The machine code gets a section of that
/// name, with a pair of u32 for each such instruction: its address relative to the pair, and its
/// trap site.
inline constexpr const char *trapSection = "writ_traps";

/// The code of `module`, which must satisfy `contract-verify-core`, with floats still to be
/// made canonical by `makeNaNsCanonical` (CanonicalNaNs.h). `regions` says what the cold
/// paths need; a charge that is not in it traps at once. Errors: Limit if the budget is
/// exceeded.
Result<LoweredModule> lowerToLLVM(mlir::ModuleOp module, llvm::LLVMContext &context,
                                  ChargeTable &charges, const RegionMap &regions,
                                  const LoweringOptions &options);

/// What lowering one function on its own must know of the module.
struct ModuleFacts {
  bool mayTailCall = false, isMetered = false;
  /// Signatures of indirect calls, in the order in which code has them first.
  std::vector<FuncType> callTypes;
  std::vector<contract::FuncOp> functions; ///< Function index space.
};
ModuleFacts collectFacts(mlir::ModuleOp module);

/// The code of one own function that takes part in docs/tier-up.md: calls go through
/// `context->entries`. With `loop`, it begins at the `contract.tick` of that number, and finds in
/// `context->coldFrame` what lives on: slots, then the values that the tick names. The result has
/// that function and no thunks. Errors as `lowerToLLVM`; Internal if there is no such loop.
Result<LoweredModule> lowerUnit(mlir::ModuleOp module, const ModuleFacts &facts, uint32_t func,
                                uint32_t loop, llvm::LLVMContext &context, ChargeTable &charges,
                                const RegionMap &regions, const LoweringOptions &options);

} // namespace writ

#endif
