//===- ModuleState.h - What the functions of a module share ---------------===//
#ifndef WRIT_LOWERING_WASM_MODULESTATE_H
#define WRIT_LOWERING_WASM_MODULESTATE_H

#include "lowering/ChargeTable.h"
#include "lowering/wasm/Code.h"
#include "lowering/wasm/WasmTarget.h"
#include "mlir-dialect/IR/CostSum.h"
#include "mlir-dialect/IR/OpMap.h"

#include "llvm/ADT/StringMap.h"

#include <map>
#include <set>

namespace writ::wasmgen {

class FunctionEmitter;

/// How ops of a kind are emitted.
struct OpRow {
  using Emit = void (*)(FunctionEmitter &, mlir::Operation *);
  Emit emit = nullptr;
  bool isPure = false;      ///< Neither traps nor sees or changes anything but values.
  bool isNothing = false;   ///< Leaves no code.
  bool firstIsLast = false; ///< Of the operands, the first one is on top of the stack.
  bool lasts = false;       ///< Writes what outlives a trap, or lets others do so.
  bool mayTrap = false;
};

struct ModuleState {
  ModuleState(mlir::ModuleOp ir, const ModuleInfo &info, const Schedule &schedule,
              const WasmOptions &options);

  uint32_t typeNumber(const FuncType &type) {
    auto [found, isNew] = typeNumbers.try_emplace(key(type), uint32_t(types.size()));
    if (isNew)
      types.push_back(type);
    return found->second;
  }
  bool hasType(const FuncType &type) const { return typeNumbers.contains(key(type)); }
  /// Forgets the types from that number on, which nothing refers to any more.
  void forgetTypes(size_t first) {
    types.resize(first);
    std::erase_if(typeNumbers, [&](auto &row) { return row.second >= first; });
  }
  /// Types that keep their numbers, be they equal or not; before all others.
  void keepTypes(const std::vector<FuncType> &kept) {
    for (const FuncType &type : kept) {
      typeNumbers.try_emplace(key(type), uint32_t(types.size()));
      types.push_back(type);
    }
  }
  uint32_t functionIndex(llvm::StringRef symbol) const { return indices.lookup(symbol); }
  uint32_t amountOf(const contract::CostSum &costs);
  /// Amounts that others can be made of well.
  std::vector<uint32_t> basicAmounts();
  /// Of an amount, or of `firstHostAmount` and an import's index.
  uint64_t priceOf(uint32_t amount) const;

  const ModuleInfo &info;
  const Schedule &schedule;
  const WasmOptions &options;
  contract::CostsAttr branchCost;
  ChargeTable amounts;
  std::vector<FuncType> types;
  contract::OpMap<OpRow, OpRow (*)(mlir::Operation *)> rows;
  std::set<uint32_t> referredImports; ///< That code makes references to.
  bool hasForeignElements = false;    ///< Tables may hold functions of others.
  /// Calls through tables leave in `MeterGlobal::Fault` what their failure would have meant.
  bool mayCallIndirectly = false;
  bool hasTailCalls = false; ///< Nobody is left to do something behind them.

private:
  static std::vector<uint8_t> key(const FuncType &type);

  mlir::MLIRContext *context;
  std::map<std::vector<uint8_t>, uint32_t> typeNumbers;
  llvm::StringMap<uint32_t> indices;
};

/// The row of `op`'s kind (OpTable.cpp).
OpRow findRow(mlir::Operation *op);

} // namespace writ::wasmgen

#endif
