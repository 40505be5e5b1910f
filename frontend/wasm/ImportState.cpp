//===- ImportState.cpp - What the import of a module keeps at hand --------===//
#include "frontend/wasm/ImportState.h"

#include <string_view>
#include <unordered_map>

using namespace mlir;
using namespace writ;
using namespace writ::wasm;

//===----------------------------------------------------------------------===//
// Symbols
//===----------------------------------------------------------------------===//

/// The n of a name that is f<n> for a function n; else nothing.
static std::optional<uint32_t> fallbackIndex(std::string_view name, size_t numFuncs) {
  uint32_t index = 0;
  llvm::StringRef digits(name.data(), name.size());
  bool isFallback = digits.consume_front("f") && !digits.getAsInteger(10, index) &&
                    index < numFuncs && name == "f" + std::to_string(index);
  return isFallback ? std::optional(index) : std::nullopt;
}

std::vector<std::string> wasm::functionSymbols(const ModuleInfo &info) {
  std::unordered_map<std::string_view, uint32_t> uses;
  for (const FuncDecl &func : info.funcs)
    ++uses[func.name];
  std::vector<std::string> symbols;
  symbols.reserve(info.funcs.size());
  for (uint32_t index = 0; index < info.funcs.size(); ++index) {
    const std::string &name = info.funcs[index].name;
    bool isUsable = !name.empty() && uses[name] == 1 &&
                    fallbackIndex(name, info.funcs.size()).value_or(index) == index;
    symbols.push_back(isUsable ? name : "f" + std::to_string(index));
  }
  return symbols;
}

//===----------------------------------------------------------------------===//
// Types and numeric ops
//===----------------------------------------------------------------------===//

/// An op that is in no block, with the default properties.
static Operation *makePrototype(MLIRContext *context, OperationName name) {
  return Operation::create(UnknownLoc::get(context), name, TypeRange(), ValueRange(),
                           DictionaryAttr::get(context), OpaqueProperties(nullptr), BlockRange(),
                           0);
}

template <typename OpT>
static NumericRow makeRow(MLIRContext *context, NumericRow::Kind kind) {
  return {makePrototype(context, OperationName(OpT::getOperationName(), context)), Type(), kind, 0};
}

static NumericRow makeCompareRow(MLIRContext *context, arith::CmpIPredicate predicate) {
  NumericRow row = makeRow<arith::CmpIOp>(context, NumericRow::Kind::Compare);
  cast<arith::CmpIOp>(row.prototype).setPredicate(predicate);
  return row;
}

static NumericRow makeCompareRow(MLIRContext *context, arith::CmpFPredicate predicate) {
  NumericRow row = makeRow<arith::CmpFOp>(context, NumericRow::Kind::Compare);
  cast<arith::CmpFOp>(row.prototype).setPredicate(predicate);
  return row;
}

void ImportState::addNumericRows() {
  using Kind = NumericRow::Kind;
#define WRIT_PURE(Name, Op) numericRows[size_t(Opcode::Name)] = makeRow<Op>(context, Kind::Pure);
#define WRIT_TRAPPING(Name, Op)                                                                    \
  numericRows[size_t(Opcode::Name)] = makeRow<Op>(context, Kind::Trapping);
#define WRIT_COMPARE(Name, Enum, Predicate)                                                        \
  numericRows[size_t(Opcode::Name)] = makeCompareRow(context, arith::Enum::Predicate);
#include "frontend/wasm/NumericOps.def"

  Type i1 = IntegerType::get(context, 1);
  for (size_t index = 0; index < numOpcodes; ++index) {
    NumericRow &row = numericRows[index];
    const OpSignature &signature = opTable[index].signature;
    row.result = row.kind == Kind::Compare ? i1 : type(signature.result);
    row.numOperands = signature.numParams;
  }
}

static FunctionType makeFunctionType(const ImportState &state, const FuncType &type) {
  llvm::SmallVector<Type> params, results;
  for (ValueType param : type.params)
    params.push_back(state.type(param));
  for (ValueType result : type.results)
    results.push_back(state.type(result));
  return FunctionType::get(state.context, params, results);
}

void ImportState::addTypes() {
  types = {IntegerType::get(context, 32),       IntegerType::get(context, 64),
           Float32Type::get(context),           Float64Type::get(context),
           contract::FuncRefType::get(context), contract::ExternRefType::get(context)};
  for (const FuncType &funcType : module.types)
    functionTypes.push_back(makeFunctionType(*this, funcType));
}

ImportState::ImportState(MLIRContext *context, const Module &module, const ImportOptions &options)
    : context(context), module(module), costPerOp(options.costPerOp),
      relativeLocations(options.relativeLocations), attachedCosts(options.attachedCosts),
      names(context), noAttributes(DictionaryAttr::get(context)), costs(context), attached(context),
      fileName(StringAttr::get(context, options.name)), distances(context) {
  addTypes();
  addNumericRows();
  for (size_t index = 0; index < integerPredicates.size(); ++index)
    integerPredicates[index] = arith::CmpIPredicateAttr::get(context, arith::CmpIPredicate(index));
  for (size_t index = 0; index < floatPredicates.size(); ++index)
    floatPredicates[index] = arith::CmpFPredicateAttr::get(context, arith::CmpFPredicate(index));
  for (const std::string &symbol : functionSymbols(module.info))
    symbols.push_back(FlatSymbolRefAttr::get(context, symbol));
}

ImportState::~ImportState() {
  for (const NumericRow &row : numericRows)
    if (row.prototype)
      row.prototype->destroy();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

unsigned ConstantKeyInfo::getHashValue(const ConstantKey &key) {
  // Where the program was loaded is random (ASLR). The rest is splitmix64.
  static const uint64_t seed = reinterpret_cast<uintptr_t>(&seed) * 0x9e3779b97f4a7c15u;
  uint64_t mixed = (key.bits ^ seed) + key.type * 0xd6e8feb86659fd93u;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return unsigned(mixed ^ (mixed >> 31));
}

TypedAttr ImportState::constantAttr(ValueType valueType, uint64_t bits) const {
  switch (valueType) {
  case ValueType::I32:
    return IntegerAttr::get(type(valueType), APInt(32, uint32_t(bits)));
  case ValueType::I64:
    return IntegerAttr::get(type(valueType), APInt(64, bits));
  case ValueType::F32:
    return FloatAttr::get(type(valueType),
                          APFloat(APFloat::IEEEsingle(), APInt(32, uint32_t(bits))));
  case ValueType::F64:
    return FloatAttr::get(type(valueType), APFloat(APFloat::IEEEdouble(), APInt(64, bits)));
  case ValueType::FuncRef:
  case ValueType::ExternRef:
    break;
  }
  llvm_unreachable("references have no constants");
}

Attribute ImportState::exprAttr(const ConstExpr &expr) const {
  switch (expr.kind) {
  case ConstExpr::Kind::Value:
    return constantAttr(expr.type, expr.bits);
  case ConstExpr::Kind::GlobalGet:
    return contract::GlobalValueAttr::get(context, expr.index);
  case ConstExpr::Kind::RefFunc:
    return symbol(expr.index);
  case ConstExpr::Kind::RefNull:
    return UnitAttr::get(context);
  }
  llvm_unreachable("all kinds are handled");
}
