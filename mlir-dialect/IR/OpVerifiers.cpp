//===- OpVerifiers.cpp - Custom syntax and local verifiers ----------------===//

#include "mlir-dialect/IR/Contract.h"

#include "hostabi/ModuleInfo.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;

static StringRef toRef(std::string_view text) { return {text.data(), text.size()}; }

//===----------------------------------------------------------------------===//
// Names in place of numbers: trap kinds, cost classes, kinds of externals.
//===----------------------------------------------------------------------===//

static ParseResult parseTrapName(OpAsmParser &parser, int32_t &kind) {
  StringRef name;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  std::optional<TrapKind> parsed = parseTrapKind(name);
  if (!parsed)
    return parser.emitError(loc, "unknown trap '") << name << "'";
  kind = static_cast<int32_t>(*parsed);
  return success();
}

static void printTrapName(OpAsmPrinter &printer, Operation *, int32_t kind) {
  printer << toRef(trapName(static_cast<TrapKind>(kind)));
}

static ParseResult parseCostClassName(OpAsmParser &parser, int32_t &costClass) {
  StringRef name;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  std::optional<CostClass> parsed = parseCostClass(name);
  if (!parsed)
    return parser.emitError(loc, "unknown cost class '") << name << "'";
  costClass = static_cast<int32_t>(*parsed);
  return success();
}

static void printCostClassName(OpAsmPrinter &printer, Operation *, int32_t costClass) {
  printer << toRef(costClassName(static_cast<CostClass>(costClass)));
}

/// In the order of `ExternKind`.
static constexpr StringLiteral externKindNames[] = {"func", "table", "memory", "global"};

static ParseResult parseExternKindName(OpAsmParser &parser, int32_t &kind) {
  StringRef name;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  const auto *found = llvm::find(externKindNames, name);
  if (found == std::end(externKindNames))
    return parser.emitError(loc, "unknown kind '")
           << name << "'; expected func, table, memory or global";
  kind = static_cast<int32_t>(found - externKindNames);
  return success();
}

static void printExternKindName(OpAsmPrinter &printer, Operation *, int32_t kind) {
  printer << externKindNames[kind];
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

static ParseResult parseTailCallType(OpAsmParser &parser, SmallVectorImpl<Type> &argTypes,
                                     TypeAttr &typeAttr) {
  FunctionType type;
  if (parser.parseType(type))
    return failure();
  llvm::append_range(argTypes, type.getInputs());
  typeAttr = TypeAttr::get(type);
  return success();
}

static void printTailCallType(OpAsmPrinter &printer, Operation *, TypeRange, TypeAttr type) {
  printer << type.getValue();
}

static LogicalResult verifyCallee(Operation *op, FlatSymbolRefAttr callee, FunctionType type,
                                  SymbolTableCollection &symbols) {
  auto function = symbols.lookupNearestSymbolFrom<FuncOp>(op, callee);
  if (!function)
    return op->emitOpError("names ") << callee << "; expected a contract.func";
  if (function.getFunctionType() != type)
    return op->emitOpError("calls ")
           << callee << " as " << type << "; expected " << function.getFunctionType();
  return success();
}

LogicalResult CallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto type = FunctionType::get(getContext(), getArgs().getTypes(), getResultTypes());
  return verifyCallee(*this, getCalleeAttr(), type, symbols);
}

LogicalResult ReturnCallOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifyCallee(*this, getCalleeAttr(), getType(), symbols);
}

LogicalResult RefFuncOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (!symbols.lookupNearestSymbolFrom<FuncOp>(*this, getFuncAttr()))
    return emitOpError("names ") << getFuncAttr() << "; expected a contract.func";
  return success();
}

/// The callee's results are the caller's.
static LogicalResult verifyTailCall(Operation *op, TypeRange args, FunctionType type) {
  auto caller = cast<FuncOp>(op->getParentOp());
  if (args != TypeRange(type.getInputs()))
    return op->emitOpError("passes ") << args << "; expected " << TypeRange(type.getInputs());
  if (type.getResults() != caller.getResultTypes())
    return op->emitOpError("returns ") << TypeRange(type.getResults()) << "; expected the caller's "
                                       << TypeRange(caller.getResultTypes());
  return success();
}

LogicalResult ReturnCallOp::verify() {
  return verifyTailCall(*this, getArgs().getTypes(), getType());
}

LogicalResult ReturnCallIndirectOp::verify() {
  return verifyTailCall(*this, getArgs().getTypes(), getType());
}

/// Rows of Traps.def, but for `out_of_gas`: that one takes all the gas left, which only
/// charging does.
static bool canBeRaised(int32_t kind) {
  return kind > 0 && kind < 32 && TrapKind(kind) != TrapKind::OutOfGas &&
         parseTrapKind(trapName(TrapKind(kind)));
}

LogicalResult TrapOp::verify() {
  if (!canBeRaised(getKind()))
    return emitOpError("raises trap ") << getKind() << "; expected a kind that code can raise";
  return success();
}

//===----------------------------------------------------------------------===//
// Gas
//===----------------------------------------------------------------------===//

LogicalResult ChargeUnitsOp::verify() {
  if (getUnit() < 0 || getUnit() >= static_cast<int32_t>(numCostClasses))
    return emitOpError("charges cost class ")
           << getUnit() << "; expected one less than " << numCostClasses;
  return success();
}

LogicalResult EnterOp::verify() {
  if (getBytes() < 0)
    return emitOpError("takes ") << getBytes() << " bytes; expected at least 0";
  return success();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// A float is accessed as a whole; an integer also in part.
static LogicalResult verifyAccess(Operation *op, int32_t bits, Type type, int64_t offset) {
  if (!type.isIntOrFloat())
    return op->emitOpError("accesses ") << type << "; expected a number";
  int32_t width = type.getIntOrFloatBitWidth();
  bool isPart = type.isInteger() && bits < width && (bits == 8 || bits == 16 || bits == 32);
  if (bits != width && !isPart)
    return op->emitOpError("accesses ") << bits << " bits as " << type << "; expected "
                                        << (type.isInteger(32)   ? "8, 16 or 32"
                                            : type.isInteger(64) ? "8, 16, 32 or 64"
                                            : width == 32        ? "32"
                                                                 : "64");
  if (offset < 0 || offset > UINT32_MAX)
    return op->emitOpError("has offset ") << offset << "; expected at most " << UINT32_MAX;
  return success();
}

LogicalResult LoadOp::verify() {
  if (getIsSigned() && !getType().isInteger())
    return emitOpError("sign-extends to ") << getType() << "; expected an integer";
  return verifyAccess(*this, getBits(), getType(), getOffset());
}

LogicalResult StoreOp::verify() {
  return verifyAccess(*this, getBits(), getValue().getType(), getOffset());
}

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

LogicalResult GlobalOp::verify() {
  if (!getInitAttr() == !getImportModuleAttr())
    return emitOpError("has ") << (getInitAttr() ? "an initial value and an import" : "neither")
                               << "; expected an initial value or an import";
  return success();
}

LogicalResult ExportOp::verify() {
  if (getKind() < 0 || getKind() >= int32_t(std::size(externKindNames)))
    return emitOpError("has kind ") << getKind() << "; expected 0 (func) to 3 (global)";
  return success();
}

#define GET_OP_CLASSES
#include "mlir-dialect/IR/ContractOps.cpp.inc"
