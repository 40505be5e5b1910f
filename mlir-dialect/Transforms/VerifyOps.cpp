//===- VerifyOps.cpp - Which ops are core, and what they name -------------===//
#include "mlir-dialect/Transforms/VerifyCore.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;

//===----------------------------------------------------------------------===//
// What ops name by index
//===----------------------------------------------------------------------===//

static LogicalResult verifyIndex(Operation *op, StringRef what, int32_t index, size_t size) {
  if (uint32_t(index) < size)
    return success();
  return op->emitOpError() << "names " << what << " " << uint32_t(index) << "; expected one of "
                           << size;
}

/// `type` is what the op says, `actual` what is declared.
static LogicalResult verifyType(Operation *op, StringRef what, int32_t index, Type type,
                                Type actual) {
  if (type == actual)
    return success();
  return op->emitOpError() << "takes " << what << " " << index << " for " << type << "; expected "
                           << actual;
}

template <typename OpT>
static LogicalResult checkSlot(const FuncScope &scope, OpT op) {
  int32_t slot = op.getSlot();
  if (failed(verifyIndex(op, "slot", slot, scope.slots.size())))
    return failure();
  return verifyType(op, "slot", slot, op.getValue().getType(), scope.slots[slot]);
}

template <typename OpT>
static LogicalResult checkGlobal(const FuncScope &scope, OpT op) {
  int32_t index = op.getGlobal();
  if (failed(verifyIndex(op, "global", index, scope.core.globals.size())))
    return failure();
  GlobalOp global = scope.core.globals[index];
  if (isa<GlobalSetOp>(op.getOperation()) && !global.getIsMutable())
    return op.emitOpError("writes global ") << index << "; expected a mutable one";
  return verifyType(op, "global", index, op.getValue().getType(), global.getType());
}

template <typename OpT>
static LogicalResult checkMemory(const FuncScope &scope, OpT op) {
  if (scope.core.memories.empty())
    return op.emitOpError("needs the memory; expected one to be declared");
  return success();
}

static LogicalResult verifyDataSegment(const FuncScope &scope, Operation *op, int32_t segment) {
  return verifyIndex(op, "data segment", segment, scope.core.data.size());
}

static LogicalResult checkMemoryInit(const FuncScope &scope, MemoryInitOp op) {
  if (failed(checkMemory(scope, op)))
    return failure();
  return verifyDataSegment(scope, op, op.getSegment());
}

static LogicalResult checkDataDrop(const FuncScope &scope, DataDropOp op) {
  return verifyDataSegment(scope, op, op.getSegment());
}

/// The table exists and, if `type` is given, holds it.
static LogicalResult verifyTableUse(const FuncScope &scope, Operation *op, int32_t table,
                                    Type type = nullptr) {
  if (failed(verifyIndex(op, "table", table, scope.core.tables.size())))
    return failure();
  Type held = TableOp(scope.core.tables[table]).getElement();
  return verifyType(op, "table", table, type ? type : held, held);
}

template <typename OpT>
static LogicalResult checkTableRef(const FuncScope &scope, OpT op) {
  return verifyTableUse(scope, op, op.getTable(), op.getRef().getType());
}

static LogicalResult checkTableSize(const FuncScope &scope, TableSizeOp op) {
  return verifyTableUse(scope, op, op.getTable());
}

static LogicalResult checkTableCopy(const FuncScope &scope, TableCopyOp op) {
  if (failed(verifyTableUse(scope, op, op.getFromTable())))
    return failure();
  Type held = TableOp(scope.core.tables[op.getFromTable()]).getElement();
  return verifyTableUse(scope, op, op.getToTable(), held);
}

static LogicalResult verifyElemSegment(const FuncScope &scope, Operation *op, int32_t segment) {
  return verifyIndex(op, "element segment", segment, scope.core.elems.size());
}

static LogicalResult checkTableInit(const FuncScope &scope, TableInitOp op) {
  if (failed(verifyElemSegment(scope, op, op.getSegment())))
    return failure();
  return verifyTableUse(scope, op, op.getTable(),
                        ElemOp(scope.core.elems[op.getSegment()]).getType());
}

static LogicalResult checkElemDrop(const FuncScope &scope, ElemDropOp op) {
  return verifyElemSegment(scope, op, op.getSegment());
}

template <typename OpT>
static LogicalResult checkIndirectCall(const FuncScope &scope, OpT op) {
  return verifyTableUse(scope, op, op.getTable(), FuncRefType::get(op.getContext()));
}

//===----------------------------------------------------------------------===//
// What ops name by symbol
//===----------------------------------------------------------------------===//

static LogicalResult verifyCallee(const FuncScope &scope, Operation *op, FlatSymbolRefAttr callee,
                                  TypeRange args, TypeRange results) {
  FuncOp func = scope.core.lookup(callee);
  if (!func)
    return op->emitOpError("names ") << callee << "; expected a contract.func";
  if (TypeRange(func.getArgumentTypes()) != args || TypeRange(func.getResultTypes()) != results)
    return op->emitOpError("calls ") << callee << " as (" << args << ") -> (" << results
                                     << "); expected " << func.getFunctionType();
  return success();
}

static LogicalResult checkCall(const FuncScope &scope, CallOp op) {
  return verifyCallee(scope, op, op.getCalleeAttr(), op.getArgs().getTypes(), op.getResultTypes());
}

static LogicalResult checkReturnCall(const FuncScope &scope, ReturnCallOp op) {
  return verifyCallee(scope, op, op.getCalleeAttr(), op.getArgs().getTypes(),
                      op.getType().getResults());
}

static LogicalResult checkRefFunc(const FuncScope &scope, RefFuncOp op) {
  if (scope.core.lookup(op.getFuncAttr()))
    return success();
  return op.emitOpError("names ") << op.getFuncAttr() << "; expected a contract.func";
}

static LogicalResult checkEnter(const FuncScope &scope, EnterOp op) {
  if (op == scope.enter)
    return success();
  return op.emitOpError("is not at the function's entry; expected nothing but charges before it");
}

//===----------------------------------------------------------------------===//
// Ops of arith and cf: only the types that the tiers know, and no flags
//===----------------------------------------------------------------------===//

/// Which types an op of `arith` may have.
enum TypeSet : unsigned { Bool = 1, Narrow = 2, Int32 = 4, Int64 = 8, Float = 16, Ref = 32 };
static constexpr unsigned Int = Int32 | Int64;
static constexpr unsigned Core = Int | Float | Ref;

static unsigned typeSetOf(Type type) {
  if (auto integer = dyn_cast<IntegerType>(type)) {
    if (!integer.isSignless())
      return 0;
    switch (integer.getWidth()) {
    case 1:
      return Bool;
    case 8:
    case 16:
      return Narrow;
    case 32:
      return Int32;
    case 64:
      return Int64;
    default:
      return 0;
    }
  }
  if (isa<Float32Type, Float64Type>(type))
    return Float;
  return isa<FuncRefType, ExternRefType>(type) ? Ref : 0;
}

template <typename OpT>
static LogicalResult verifyNoFlags(OpT op) {
  if constexpr (OpT::template hasTrait<arith::ArithFastMathInterface::Trait>())
    if (op.getFastmath() != arith::FastMathFlags::none)
      return op->emitOpError("carries ") << op.getFastmathAttr() << "; expected no flags";
  if constexpr (OpT::template hasTrait<arith::ArithIntegerOverflowFlagsInterface::Trait>())
    if (op.getOverflowFlags() != arith::IntegerOverflowFlags::none)
      return op->emitOpError("carries ") << op.getOverflowFlagsAttr() << "; expected no flags";
  return success();
}

template <typename OpT, unsigned operands, unsigned results>
static LogicalResult checkArith(const FuncScope &, OpT op) {
  for (Type type : op->getOperandTypes())
    if (!(typeSetOf(type) & operands))
      return op->emitOpError("takes ") << type << "; no tier knows that";
  if (Type type = op.getType(); !(typeSetOf(type) & results))
    return op->emitOpError("gives ") << type << "; no tier knows that";
  return verifyNoFlags(op);
}

static LogicalResult checkSwitch(const FuncScope &, cf::SwitchOp op) {
  if (op.getFlag().getType().isInteger(32))
    return success();
  return op.emitOpError("switches on ") << op.getFlag().getType() << "; expected i32";
}

//===----------------------------------------------------------------------===//
// The table of core ops
//===----------------------------------------------------------------------===//

namespace {
/// Every core op, with what is to be checked of it.
class Rules {
public:
  Rules();
  CoreRule lookup(Operation *op) const { return table.lookup(op->getName().getTypeID()); }

private:
  /// Ops whose own verifiers say all.
  template <typename... OpT>
  void allow() {
    (table.try_emplace(TypeID::get<OpT>(),
                       [](const FuncScope &, Operation *) { return success(); }),
     ...);
  }
  template <typename OpT, LogicalResult (*rule)(const FuncScope &, OpT)>
  void check() {
    table[TypeID::get<OpT>()] = [](const FuncScope &scope, Operation *op) {
      return rule(scope, cast<OpT>(op));
    };
  }
  template <typename OpT, unsigned operands, unsigned results = operands>
  void checkTypes() {
    check<OpT, checkArith<OpT, operands, results>>();
  }
  void addControl();
  void addStorage();
  void addTables();
  void addArith();

  llvm::DenseMap<TypeID, CoreRule> table;
};
} // namespace

Rules::Rules() {
  allow<DivSOp, DivUOp, RemSOp, RemUOp, ShlOp, ShrSOp, ShrUOp, RotlOp, RotrOp, ClzOp, CtzOp,
        PopcntOp>();
  allow<FAddOp, FSubOp, FMulOp, FDivOp, FMinOp, FMaxOp, FCopysignOp, FSqrtOp, FCeilOp, FFloorOp,
        FTruncOp, FNearestOp, FAbsOp, FNegOp, FExtOp, FDemoteOp, FToSOp, FToUOp, FToSSatOp,
        FToUSatOp>();
  addControl();
  addStorage();
  addTables();
  addArith();
}

void Rules::addControl() {
  allow<ReturnOp, TrapOp, CostOp, ChargeOp, ChargeUnitsOp, ProfileOp, TickOp, cf::BranchOp,
        cf::CondBranchOp>();
  check<cf::SwitchOp, checkSwitch>();
  check<EnterOp, checkEnter>();
  check<CallOp, checkCall>();
  check<CallIndirectOp, checkIndirectCall>();
  check<ReturnCallOp, checkReturnCall>();
  check<ReturnCallIndirectOp, checkIndirectCall>();
}

void Rules::addStorage() {
  check<LocalGetOp, checkSlot>();
  check<LocalSetOp, checkSlot>();
  check<GlobalGetOp, checkGlobal>();
  check<GlobalSetOp, checkGlobal>();
  check<LoadOp, checkMemory>();
  check<StoreOp, checkMemory>();
  check<MemorySizeOp, checkMemory>();
  check<MemoryGrowOp, checkMemory>();
  check<MemoryCopyOp, checkMemory>();
  check<MemoryFillOp, checkMemory>();
  check<MemoryInitOp, checkMemoryInit>();
  check<DataDropOp, checkDataDrop>();
}

void Rules::addTables() {
  allow<RefNullOp, RefIsNullOp>();
  check<RefFuncOp, checkRefFunc>();
  check<TableGetOp, checkTableRef>();
  check<TableSetOp, checkTableRef>();
  check<TableGrowOp, checkTableRef>();
  check<TableFillOp, checkTableRef>();
  check<TableSizeOp, checkTableSize>();
  check<TableCopyOp, checkTableCopy>();
  check<TableInitOp, checkTableInit>();
  check<ElemDropOp, checkElemDrop>();
}

void Rules::addArith() {
  checkTypes<arith::ConstantOp, 0, Int | Float>();
  checkTypes<arith::AddIOp, Int>();
  checkTypes<arith::SubIOp, Int>();
  checkTypes<arith::MulIOp, Int>();
  checkTypes<arith::AndIOp, Int>();
  checkTypes<arith::OrIOp, Int>();
  checkTypes<arith::XOrIOp, Int>();
  checkTypes<arith::CmpIOp, Int, Bool>();
  checkTypes<arith::CmpFOp, Float, Bool>();
  checkTypes<arith::SelectOp, Core | Bool, Core>();
  checkTypes<arith::ExtSIOp, Narrow | Int32, Int>();
  checkTypes<arith::ExtUIOp, Bool | Narrow | Int32, Int>();
  checkTypes<arith::TruncIOp, Int, Narrow | Int32>();
  checkTypes<arith::BitcastOp, Int | Float, Int | Float>();
  checkTypes<arith::SIToFPOp, Int, Float>();
  checkTypes<arith::UIToFPOp, Int, Float>();
}

static LogicalResult refuse(const FuncScope &, Operation *op) {
  return op->emitOpError("is not an op of the core stratum");
}

CoreRule writ::contract::coreRuleOf(Operation *op) {
  static const Rules rules;
  CoreRule rule = rules.lookup(op);
  return rule ? rule : refuse;
}
