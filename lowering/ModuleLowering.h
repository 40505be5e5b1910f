//===- ModuleLowering.h - What the functions of one module share ----------===//
#ifndef WRIT_LOWERING_MODULELOWERING_H
#define WRIT_LOWERING_MODULELOWERING_H

#include "lowering/ContractToLLVM.h"
#include "lowering/OpTable.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/MDBuilder.h"

namespace writ::lowering {

/// A function of the index space.
struct Callee {
  uint32_t index = 0;
  contract::FuncOp source;
  mlir::FunctionType type;
  bool isImport = false;
  llvm::Function *native = nullptr; ///< Null if it can not be called directly.
};

struct GlobalCell {
  mlir::Type type;
  bool isMutable = false;
  bool isImport = false;
  uint32_t index = 0; ///< Among the imported globals, or among the own ones.
};

/// What memory an instruction touches: accesses of different kinds never alias.
enum class Storage { Context, Memory, Globals, Tables, Words };

class ModuleLowering {
public:
  ModuleLowering(mlir::ModuleOp source, llvm::LLVMContext &context, ChargeTable &charges,
                 const RegionMap &regions, const LoweringOptions &options);

  /// Declares all functions and lowers each.
  Result<LoweredModule> run();
  /// Lowers one alone (`lowerUnit`).
  Result<LoweredModule> runUnit(const ModuleFacts &facts, uint32_t func, uint32_t loop);

  llvm::Type *convert(mlir::Type type) const;
  /// `{i64 gas, first result}`, or i64 if there is no result.
  llvm::Type *returnType(mlir::FunctionType type) const;
  llvm::FunctionType *nativeType(mlir::FunctionType type) const;

  const Callee &callee(llvm::StringRef symbol) const { return callees.find(symbol)->second; }
  const GlobalCell &global(uint32_t index) const { return globals[index]; }

  /// Position of the signature in `context->callTypes`.
  uint32_t callType(mlir::FunctionType type);

  /// `callee(ctx, gas, stackLeft, ref, params…)`, which calls any `FuncRef` through its array
  /// call; one for each signature (Thunks.cpp).
  llvm::Function *slowCall(mlir::FunctionType type);

  /// Number of the thunk through which functions of that type are entered.
  uint32_t thunk(mlir::FunctionType type);

  /// `x` with the canonical NaN in place of any other (CanonicalNaNs.h).
  llvm::Function *canonicalizer(llvm::Type *type);

  /// True if the op does something that can be seen after a trap: it writes to memory, globals,
  /// tables or segments, or it hands the gas left to code other than this instance's.
  bool hasLastingEffect(mlir::Operation *op);

  uint32_t addSite(TrapSite site);
  /// A site in the two forms in which an access carries it: as an alias scope, which stays
  /// with the memory operand, and as an entry of `trapSection`, which stays with the instruction.
  llvm::MDNode *siteMetadata(uint32_t site);
  llvm::MDNode *siteSection(uint32_t site);
  llvm::MDNode *storageTag(Storage storage) const { return storageTags[size_t(storage)]; }

  mlir::ModuleOp source;
  llvm::LLVMContext &context;
  ChargeTable &charges;
  const RegionMap &regions;
  const LoweringOptions &options;
  const OpTable ops;
  llvm::CallingConv::ID callingConv = llvm::CallingConv::Fast;
  /// False if nothing is charged anywhere; then the gas left need not be kept for faults.
  bool isMetered = false;
  uint32_t numImportedFunctions = 0;
  /// Metadata used again and again.
  llvm::MDNode *emptyNode, *unlikely;

private:
  void declare();
  void declareGlobals();
  void makeTags();
  llvm::Function *declareFunction(contract::FuncOp func, uint32_t index, bool withThunk = true);
  Result<void> checkBudget();
  Result<void> checkFunctionBudget(contract::FuncOp func, uint32_t index, uint64_t work);

  LoweredModule result;
  llvm::Module &target;
  llvm::StringMap<Callee> callees;
  std::vector<GlobalCell> globals;
  llvm::DenseMap<mlir::Type, uint32_t> callTypes, thunks;
  llvm::DenseMap<mlir::TypeID, bool> effectsOfKind;
  llvm::DenseMap<mlir::Type, llvm::Function *> slowCalls;
  llvm::MDNode *storageTags[5] = {};
  llvm::MDNode *siteDomain;
};

/// The name and index of a function as messages give it: "12 'transfer'".
std::string describeFunction(contract::FuncOp func, uint32_t index);

} // namespace writ::lowering

#endif
