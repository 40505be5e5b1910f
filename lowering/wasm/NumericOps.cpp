//===- NumericOps.cpp - Arithmetic, comparisons, selection ----------------===//
#include "lowering/wasm/OpTable.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

static std::optional<APInt> constantOf(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  auto number = constant ? dyn_cast<IntegerAttr>(constant.getValue()) : nullptr;
  return number ? std::optional(number.getValue()) : std::nullopt;
}

/// The i32 form's opcode is given; those of i64 stand in the same order, further on.
template <uint8_t opcode, typename OpType>
static void emitInteger(FunctionEmitter &f, OpType op) {
  f.op(op->getOperand(0).getType().isInteger(64) ? opcode + 0x12 : opcode);
}
template <uint8_t opcode, typename OpType>
static void emitFloat(FunctionEmitter &f, OpType op) {
  f.op(op->getOperand(0).getType().isF64() ? opcode + 0x0e : opcode);
}

/// A division that cannot trap, whatever the dividend.
bool writ::wasmgen::dividesSafely(Operation *op) {
  if (!isa<DivSOp, DivUOp, RemSOp, RemUOp>(op))
    return false;
  std::optional<APInt> divisor = constantOf(op->getOperand(1));
  return divisor && !divisor->isZero() && !(isa<DivSOp>(op) && divisor->isAllOnes());
}

template <uint8_t opcode, Helper helper, typename OpType>
static void emitDivision(FunctionEmitter &f, OpType op) {
  if (!f.isMetered() || dividesSafely(op))
    return emitInteger<opcode>(f, op);
  bool isWide = op.getType().isInteger(64);
  f.call(Helper(unsigned(helper) + (isWide ? 4 : 0)));
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

/// Whether it is read as a condition, where anything but 0 will do.
static bool isCondition(Value value) {
  if (!value.hasOneUse())
    return false;
  OpOperand &use = *value.getUses().begin();
  return use.getOperandNumber() == 0 && isa<cf::CondBranchOp, arith::SelectOp>(use.getOwner());
}

bool writ::wasmgen::isTestForZero(Operation *op) {
  auto compare = dyn_cast<arith::CmpIOp>(op);
  if (!compare)
    return false;
  std::optional<APInt> right = constantOf(compare.getRhs());
  if (!right || !right->isZero())
    return false;
  if (compare.getPredicate() == arith::CmpIPredicate::eq)
    return true;
  return compare.getPredicate() == arith::CmpIPredicate::ne && right->getBitWidth() == 32 &&
         isCondition(compare);
}

static uint8_t integerOpcode(arith::CmpIPredicate predicate) {
  using P = arith::CmpIPredicate;
  static constexpr std::pair<P, uint8_t> opcodes[] = {
      {P::eq, 0x46},  {P::ne, 0x47},  {P::slt, 0x48}, {P::ult, 0x49}, {P::sgt, 0x4a},
      {P::ugt, 0x4b}, {P::sle, 0x4c}, {P::ule, 0x4d}, {P::sge, 0x4e}, {P::uge, 0x4f}};
  return llvm::find_if(opcodes, [&](auto row) { return row.first == predicate; })->second;
}

static void emitCmpI(FunctionEmitter &f, arith::CmpIOp op) {
  bool isWide = op.getLhs().getType().isInteger(64);
  if (!isTestForZero(op))
    return f.op(integerOpcode(op.getPredicate()) + (isWide ? 0x0b : 0));
  if (op.getPredicate() == arith::CmpIPredicate::eq)
    f.op(isWide ? i64EqzCode : i32EqzCode);
}

/// Comparisons that WebAssembly has not, from those that it has, on operands in locals.
static void emitCmpFInParts(FunctionEmitter &f, arith::CmpFOp op) {
  using P = arith::CmpFPredicate;
  bool isDouble = op.getLhs().getType().isF64();
  ValueType type = isDouble ? ValueType::F64 : ValueType::F32;
  uint8_t first = isDouble ? f64EqCode : f32EqCode; // eq, ne, lt, gt, le, ge
  uint32_t right = f.takeLocal(type), left = f.takeLocal(type);
  f.localSet(right);
  f.localSet(left);
  auto compare = [&](uint32_t a, uint32_t b, unsigned opcode) {
    f.localGet(a);
    f.localGet(b);
    f.op(uint8_t(first + opcode));
  };
  switch (op.getPredicate()) {
  case P::ORD:
  case P::UNO:
    compare(left, left, 0);
    compare(right, right, 0);
    f.op(i32AndCode);
    break;
  case P::ONE:
  case P::UEQ:
    compare(left, right, 2);
    compare(left, right, 3);
    f.op(i32OrCode);
    break;
  default:
    f.i32Const(op.getPredicate() == P::AlwaysTrue);
    break;
  }
  if (op.getPredicate() == P::UNO || op.getPredicate() == P::UEQ)
    f.op(i32EqzCode);
  f.freeLocal(left, type);
  f.freeLocal(right, type);
}

static void emitCmpF(FunctionEmitter &f, arith::CmpFOp op) {
  using P = arith::CmpFPredicate;
  struct Row {
    P predicate;
    uint8_t opcode; ///< From eq on.
    bool inverts;
  };
  static constexpr Row rows[] = {{P::OEQ, 0, false}, {P::UNE, 1, false}, {P::OLT, 2, false},
                                 {P::OGT, 3, false}, {P::OLE, 4, false}, {P::OGE, 5, false},
                                 {P::UGE, 2, true},  {P::ULE, 3, true},  {P::UGT, 4, true},
                                 {P::ULT, 5, true}};
  const Row *row =
      llvm::find_if(rows, [&](auto &row) { return row.predicate == op.getPredicate(); });
  if (row == std::end(rows))
    return emitCmpFInParts(f, op);
  f.op((op.getLhs().getType().isF64() ? f64EqCode : f32EqCode) + row->opcode);
  if (row->inverts)
    f.op(i32EqzCode);
}

static void emitSelect(FunctionEmitter &f, arith::SelectOp op) {
  if (op.getType().isIntOrFloat())
    return f.op(selectCode);
  f.need(&TargetFeatures::referenceTypes, op, "reference-types");
  f.op(typedSelectCode, 1);
  f.op(typeCode(isa<FuncRefType>(op.getType()) ? ValueType::FuncRef : ValueType::ExternRef));
}

void writ::wasmgen::addNumericOps(OpTable &table) {
  table.add<ClzOp, emitInteger<0x67, ClzOp>>();
  table.add<CtzOp, emitInteger<0x68, CtzOp>>();
  table.add<PopcntOp, emitInteger<0x69, PopcntOp>>();
  table.add<arith::AddIOp, emitInteger<0x6a, arith::AddIOp>>();
  table.add<arith::SubIOp, emitInteger<0x6b, arith::SubIOp>>();
  table.add<arith::MulIOp, emitInteger<0x6c, arith::MulIOp>>();
  table.add<DivSOp, emitDivision<0x6d, Helper::DivS32, DivSOp>>();
  table.add<DivUOp, emitDivision<0x6e, Helper::DivU32, DivUOp>>();
  table.add<RemSOp, emitDivision<0x6f, Helper::RemS32, RemSOp>>();
  table.add<RemUOp, emitDivision<0x70, Helper::RemU32, RemUOp>>();
  table.add<arith::AndIOp, emitInteger<0x71, arith::AndIOp>>();
  table.add<arith::OrIOp, emitInteger<0x72, arith::OrIOp>>();
  table.add<arith::XOrIOp, emitInteger<0x73, arith::XOrIOp>>();
  table.add<ShlOp, emitInteger<0x74, ShlOp>>();
  table.add<ShrSOp, emitInteger<0x75, ShrSOp>>();
  table.add<ShrUOp, emitInteger<0x76, ShrUOp>>();
  table.add<RotlOp, emitInteger<0x77, RotlOp>>();
  table.add<RotrOp, emitInteger<0x78, RotrOp>>();
  table.add<FAbsOp, emitFloat<0x8b, FAbsOp>>();
  table.add<FNegOp, emitFloat<0x8c, FNegOp>>();
  table.add<FCeilOp, emitFloat<0x8d, FCeilOp>>();
  table.add<FFloorOp, emitFloat<0x8e, FFloorOp>>();
  table.add<FTruncOp, emitFloat<0x8f, FTruncOp>>();
  table.add<FNearestOp, emitFloat<0x90, FNearestOp>>();
  table.add<FSqrtOp, emitFloat<0x91, FSqrtOp>>();
  table.add<FAddOp, emitFloat<0x92, FAddOp>>();
  table.add<FSubOp, emitFloat<0x93, FSubOp>>();
  table.add<FMulOp, emitFloat<0x94, FMulOp>>();
  table.add<FDivOp, emitFloat<0x95, FDivOp>>();
  table.add<FMinOp, emitFloat<0x96, FMinOp>>();
  table.add<FMaxOp, emitFloat<0x97, FMaxOp>>();
  table.add<FCopysignOp, emitFloat<0x98, FCopysignOp>>();
  table.add<arith::CmpIOp, emitCmpI>();
  table.add<arith::CmpFOp, emitCmpF>();
  table.add<arith::SelectOp, emitSelect>();
}
