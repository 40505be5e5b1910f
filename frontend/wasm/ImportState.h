//===- ImportState.h - What the import of a module keeps at hand ----------===//
//
// Private to the importer. Making an attribute, a type or an op name costs a look-up in
// tables of the context, about as long as importing an op may take; so each is looked
// up once for a module, or once for each distinct constant.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_FRONTEND_WASM_IMPORTSTATE_H
#define WRIT_FRONTEND_WASM_IMPORTSTATE_H

#include "frontend/wasm/CostTracker.h"
#include "frontend/wasm/Importer.h"
#include "frontend/wasm/Opcodes.h"
#include "mlir-dialect/IR/AttachedCosts.h"
#include "mlir-dialect/IR/Contract.h"
#include "mlir-dialect/IR/Position.h"

#include "llvm/ADT/DenseMap.h"

#include <array>
#include <vector>

namespace writ::wasm {

template <typename OpT>
struct OpName {
  explicit OpName(mlir::MLIRContext *context) : name(OpT::getOperationName(), context) {}
  mlir::OperationName name;
};

/// The names of some ops, by their classes.
template <typename... Ops>
struct OpNames : OpName<Ops>... {
  explicit OpNames(mlir::MLIRContext *context) : OpName<Ops>(context)... {}
  template <typename OpT>
  mlir::OperationName get() const {
    return static_cast<const OpName<OpT> &>(*this).name;
  }
};

/// Every op class that is made by `FunctionImporter::append`.
using ImportedOpNames = OpNames<
    mlir::arith::CmpIOp, mlir::arith::ConstantOp, mlir::arith::ExtSIOp, mlir::arith::ExtUIOp,
    mlir::arith::SelectOp, mlir::arith::TruncIOp, mlir::cf::BranchOp, mlir::cf::CondBranchOp,
    mlir::cf::SwitchOp, contract::CallIndirectOp, contract::CallOp, contract::ChargeUnitsOp,
    contract::CostOp, contract::DataDropOp, contract::ElemDropOp, contract::GlobalGetOp,
    contract::GlobalSetOp, contract::LoadOp, contract::LocalGetOp, contract::LocalSetOp,
    contract::MemoryCopyOp, contract::MemoryFillOp, contract::MemoryGrowOp, contract::MemoryInitOp,
    contract::MemorySizeOp, contract::RefFuncOp, contract::RefIsNullOp, contract::RefNullOp,
    contract::ReturnCallIndirectOp, contract::ReturnCallOp, contract::ReturnOp, contract::StoreOp,
    contract::TableCopyOp, contract::TableFillOp, contract::TableGetOp, contract::TableGrowOp,
    contract::TableInitOp, contract::TableSetOp, contract::TableSizeOp, contract::TrapOp>;

/// How to import an opcode that NumericOps.def lists.
struct NumericRow {
  enum class Kind : uint8_t { Pure, Trapping, Compare };

  mlir::Operation *prototype = nullptr; ///< Name and properties; null: not listed.
  mlir::Type result;
  Kind kind = Kind::Pure;
  uint8_t numOperands = 0;
};

/// An integer or float constant: its attribute, and its op in one body.
struct ConstantEntry {
  mlir::TypedAttr attribute;
  mlir::Value value;
  uint32_t import = 0; ///< The import of a body in which `value` is.
};

/// Contracts choose their constants, so the hash differs from process to process: else a
/// module could be made of constants that all have the same one.
struct ConstantKey {
  uint64_t bits;
  uint32_t type; ///< A ValueType; two values that are none are DenseMap's special keys.
};
struct ConstantKeyInfo {
  static ConstantKey getEmptyKey() { return {0, ~0u}; }
  static ConstantKey getTombstoneKey() { return {0, ~1u}; }
  static unsigned getHashValue(const ConstantKey &key);
  static bool isEqual(const ConstantKey &a, const ConstantKey &b) {
    return a.bits == b.bits && a.type == b.type;
  }
};

class ImportState {
public:
  ImportState(mlir::MLIRContext *context, const Module &module, const ImportOptions &options);
  ~ImportState();
  ImportState(const ImportState &) = delete;

  mlir::Type type(ValueType valueType) const { return types[size_t(valueType)]; }
  mlir::FunctionType functionType(uint32_t typeIndex) const { return functionTypes[typeIndex]; }
  mlir::FunctionType typeOfFunc(uint32_t func) const {
    return functionTypes[module.funcTypes[func]];
  }
  mlir::FlatSymbolRefAttr symbol(uint32_t func) const { return symbols[func]; }
  const NumericRow &numeric(Opcode opcode) const { return numericRows[size_t(opcode)]; }
  mlir::Location locationAt(uint32_t offset) const {
    return mlir::FileLineColLoc::get(fileName, offset, 0);
  }
  /// Of an op in the body that begins at `body`.
  mlir::Location locationIn(uint32_t body, uint32_t offset) {
    return relativeLocations ? distances.at(offset - body) : locationAt(offset);
  }
  /// `bits` as a number of type `valueType`, which is no reference type.
  mlir::TypedAttr constantAttr(ValueType valueType, uint64_t bits) const;
  ConstantEntry &constant(ValueType valueType, uint64_t bits) {
    return constants[{bits, uint32_t(valueType)}];
  }
  /// What a constant expression stands for in a declaration.
  mlir::Attribute exprAttr(const ConstExpr &expr) const;

  mlir::MLIRContext *const context;
  const Module &module;
  const bool costPerOp, relativeLocations, attachedCosts;
  const ImportedOpNames names;
  const mlir::DictionaryAttr noAttributes;
  CostTracker costs;
  contract::AttachedCosts attached;
  /// By predicate.
  std::array<mlir::arith::CmpIPredicateAttr, 10> integerPredicates;
  std::array<mlir::arith::CmpFPredicateAttr, 16> floatPredicates;

private:
  void addTypes();
  void addNumericRows();

  mlir::StringAttr fileName;
  contract::DistanceLocs distances; ///< From the function.
  std::array<mlir::Type, 6> types;
  std::vector<mlir::FunctionType> functionTypes;
  std::vector<mlir::FlatSymbolRefAttr> symbols;
  std::array<NumericRow, numOpcodes> numericRows;
  llvm::DenseMap<ConstantKey, ConstantEntry, ConstantKeyInfo> constants;
};

/// The symbol of each function (see `importModule`).
std::vector<std::string> functionSymbols(const ModuleInfo &info);

} // namespace writ::wasm

#endif
