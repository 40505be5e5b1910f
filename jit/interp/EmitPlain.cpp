//===- EmitPlain.cpp - Numbers, comparisons, loads and stores -------------===//
#include "jit/interp/FunctionEmitter.h"

using namespace mlir;
using namespace writ;
using namespace writ::interp;

/// Bytecode.def has the variants of an op in a row behind it.
static constexpr Opcode variant(Opcode op, unsigned number) {
  return Opcode(unsigned(op) + number);
}
static constexpr unsigned immVariant = 1;

static_assert(variant(Opcode::I32Add, immVariant) == Opcode::I32AddImm);
static_assert(variant(Opcode::I32DivS, immVariant) == Opcode::I32DivSImm);
static_assert(variant(Opcode::I32Eq, immVariant) == Opcode::I32EqImm);

bool FunctionEmitter::emitPlain() {
  const KindInfo &info = kindInfo(op->kind);
  switch (info.family) {
  case Family::IntBinary:
    emitIntBinary();
    return true;
  case Family::IntDivision:
    emitIntDivision();
    return true;
  case Family::IntUnary:
  case Family::Float: {
    Opcode opcode = widthOf(op->op->getResult(0).getType()) == 32 ? info.narrow : info.wide;
    if (op->op->getNumOperands() == 1) {
      emitUnary(opcode);
    } else {
      uint32_t a = operand(0), b = operand(1);
      putABC(opcode, write(op->result), a, b);
    }
    return true;
  }
  case Family::None:
    break;
  }
  switch (op->kind) {
  case OpKind::CmpI:
    emitCompare();
    return true;
  case OpKind::CmpF:
    emitFloatCompare();
    return true;
  case OpKind::Select:
    emitSelect();
    return true;
  case OpKind::Load:
    return emitLoad();
  case OpKind::Store:
    return emitStore();
  case OpKind::FExt:
    emitUnary(Opcode::F64FromF32);
    return true;
  case OpKind::FDemote:
    emitUnary(Opcode::F32FromF64);
    return true;
  case OpKind::FToS:
  case OpKind::FToU:
  case OpKind::FToSSat:
  case OpKind::FToUSat:
  case OpKind::SIToFP:
  case OpKind::UIToFP:
  case OpKind::ExtS:
  case OpKind::TruncI:
    emitConversion();
    return true;
  default:
    return false;
  }
}

void FunctionEmitter::emitUnary(Opcode opcode) {
  uint32_t a = operand(0);
  putABC(opcode, write(op->result), a);
}

void FunctionEmitter::emitIntBinary() {
  const KindInfo &info = kindInfo(op->kind);
  bool isNarrow = widthOf(op->op->getResult(0).getType()) <= 32;
  Opcode opcode = isNarrow ? info.narrow : info.wide;
  uint32_t left = 0, right = 1;
  if (isImmediate(0) && !isImmediate(1))
    std::swap(left, right);
  if (!isImmediate(right)) {
    uint32_t a = operand(0), b = operand(1);
    putABC(opcode, write(op->result), a, b);
  } else {
    int64_t number = immediateOf(right);
    if (op->kind == OpKind::Sub) {
      opcode = right == 0 ? (isNarrow ? Opcode::I32Rsub : Opcode::I64Rsub)
                          : (isNarrow ? Opcode::I32Add : Opcode::I64Add);
      if (right == 1)
        number = -number;
    }
    uint32_t a = operand(left);
    putImm(variant(opcode, immVariant), write(op->result), a, uint32_t(number));
  }
  if (widthOf(op->op->getResult(0).getType()) == 1) {
    uint32_t word = plan.wordOf(plan.values[op->result]);
    uint32_t at = farWrite == none ? word : plan.scratchWord(0);
    putABC(Opcode::LowBit, at, at); // Conditions stay 0 or 1.
  }
}

void FunctionEmitter::emitIntDivision() {
  const KindInfo &info = kindInfo(op->kind);
  Opcode opcode = widthOf(op->op->getResult(0).getType()) == 32 ? info.narrow : info.wide;
  uint32_t a = operand(0);
  if (isImmediate(1)) {
    putImm(variant(opcode, immVariant), write(op->result), a, uint32_t(immediateOf(1)));
    return;
  }
  uint32_t b = operand(1);
  markPosition();
  putABC(opcode, write(op->result), a, b);
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

/// By the widths of source and result: 32 or 64 each.
static Opcode pick(const Opcode (&table)[4], unsigned from, unsigned to) {
  return table[2 * (from == 64) + (to == 64)];
}

static Opcode signExtension(unsigned from, unsigned to) {
  bool isWide = to == 64;
  switch (from) {
  case 1:
    return isWide ? Opcode::I64ExtendBit : Opcode::I32ExtendBit;
  case 8:
    return isWide ? Opcode::I64Extend8S : Opcode::I32Extend8S;
  case 16:
    return isWide ? Opcode::I64Extend16S : Opcode::I32Extend16S;
  default:
    return Opcode::I64Extend32S;
  }
}

static Opcode truncation(unsigned to) {
  switch (to) {
  case 1:
    return Opcode::LowBit;
  case 8:
    return Opcode::Low8;
  case 16:
    return Opcode::Low16;
  default:
    return Opcode::Low32;
  }
}

void FunctionEmitter::emitConversion() {
  static constexpr Opcode toS[] = {Opcode::I32FromF32S, Opcode::I64FromF32S, Opcode::I32FromF64S,
                                   Opcode::I64FromF64S};
  static constexpr Opcode toU[] = {Opcode::I32FromF32U, Opcode::I64FromF32U, Opcode::I32FromF64U,
                                   Opcode::I64FromF64U};
  static constexpr Opcode toSSat[] = {Opcode::I32FromF32SSat, Opcode::I64FromF32SSat,
                                      Opcode::I32FromF64SSat, Opcode::I64FromF64SSat};
  static constexpr Opcode toUSat[] = {Opcode::I32FromF32USat, Opcode::I64FromF32USat,
                                      Opcode::I32FromF64USat, Opcode::I64FromF64USat};
  static constexpr Opcode fromS[] = {Opcode::F32FromI32S, Opcode::F64FromI32S, Opcode::F32FromI64S,
                                     Opcode::F64FromI64S};
  static constexpr Opcode fromU[] = {Opcode::F32FromI32U, Opcode::F64FromI32U, Opcode::F32FromI64U,
                                     Opcode::F64FromI64U};
  unsigned from = widthOf(op->op->getOperand(0).getType());
  unsigned to = widthOf(op->op->getResult(0).getType());
  uint32_t a = operand(0);
  Opcode opcode;
  switch (op->kind) {
  case OpKind::FToS:
    markPosition();
    opcode = pick(toS, from, to);
    break;
  case OpKind::FToU:
    markPosition();
    opcode = pick(toU, from, to);
    break;
  case OpKind::FToSSat:
    opcode = pick(toSSat, from, to);
    break;
  case OpKind::FToUSat:
    opcode = pick(toUSat, from, to);
    break;
  case OpKind::SIToFP:
    opcode = pick(fromS, from, to);
    break;
  case OpKind::UIToFP:
    opcode = pick(fromU, from, to);
    break;
  case OpKind::ExtS:
    opcode = signExtension(from, to);
    break;
  default:
    opcode = truncation(to);
    break;
  }
  putABC(opcode, write(op->result), a);
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

void FunctionEmitter::emitCompare() {
  auto [opcode, left, right] = compareOf(*op);
  if (constantOf(operandId(right)) && isImmediate(right)) {
    uint32_t a = operand(left);
    putImm(variant(opcode, immVariant), write(op->result), a, uint32_t(immediateOf(right)));
    return;
  }
  uint32_t a = operand(left), b = operand(right);
  putABC(opcode, write(op->result), a, b);
}

void FunctionEmitter::emitFloatCompare() {
  auto [opcode, left, right] = floatCompareOf(*op);
  if (opcode == Opcode::ConstU32) {
    putImm(opcode, write(op->result), 0, left);
    return;
  }
  uint32_t a = operand(left), b = operand(right);
  putABC(opcode, write(op->result), a, b);
}

FunctionEmitter::Comparison FunctionEmitter::compareOf(const PlannedOp &compare, bool sense) const {
  static constexpr Opcode narrow[] = {
      Opcode::I32Eq,  Opcode::I32Ne,  Opcode::I32LtS, Opcode::I32LeS, Opcode::I32GtS,
      Opcode::I32GeS, Opcode::I32LtU, Opcode::I32LeU, Opcode::I32GtU, Opcode::I32GeU};
  static constexpr Opcode wide[] = {Opcode::I64Eq,  Opcode::I64Ne,  Opcode::I64LtS, Opcode::I64LeS,
                                    Opcode::I64GtS, Opcode::I64GeS, Opcode::I64LtU, Opcode::I64LeU,
                                    Opcode::I64GtU, Opcode::I64GeU};
  // With the operands exchanged; in the order of arith::CmpIPredicate, as above.
  static constexpr uint8_t exchanged[] = {0, 1, 4, 5, 2, 3, 8, 9, 6, 7};
  static constexpr uint8_t opposite[] = {1, 0, 5, 4, 3, 2, 9, 8, 7, 6};
  auto cmp = cast<arith::CmpIOp>(compare.op);
  auto predicate = unsigned(cmp.getPredicate());
  if (!sense)
    predicate = opposite[predicate];
  Comparison result{Opcode::Data, 0, 1};
  uint32_t first = plan.operandIds[compare.operands];
  uint32_t second = plan.operandIds[compare.operands + 1];
  if (constantOf(first) && !constantOf(second)) {
    predicate = exchanged[predicate];
    std::swap(result.left, result.right);
  }
  result.opcode = widthOf(cmp.getLhs().getType()) == 64 ? wide[predicate] : narrow[predicate];
  return result;
}

/// In Bytecode.def the opposite of a float predicate is its neighbour.
static Opcode oppositeFloat(Opcode op) {
  unsigned row = (unsigned(op) - unsigned(Opcode::F32Eq)) / 3;
  return Opcode(unsigned(Opcode::F32Eq) + 3 * (row ^ 1));
}
static_assert(unsigned(Opcode::F32Ne) == unsigned(Opcode::F32Eq) + 3);
static_assert(unsigned(Opcode::F64Unordered) == unsigned(Opcode::F32Eq) + 3 * 19);

FunctionEmitter::Comparison FunctionEmitter::floatCompareOf(const PlannedOp &compare,
                                                            bool sense) const {
  using P = arith::CmpFPredicate;
  auto cmp = cast<arith::CmpFOp>(compare.op);
  bool isWide = widthOf(cmp.getLhs().getType()) == 64;
  auto made = [&](Opcode narrow, Opcode wide, bool exchange = false) {
    Opcode op = isWide ? wide : narrow;
    return Comparison{sense ? op : oppositeFloat(op), exchange, !exchange};
  };
  switch (cmp.getPredicate()) {
  case P::AlwaysFalse:
    return {Opcode::ConstU32, !sense, 0};
  case P::AlwaysTrue:
    return {Opcode::ConstU32, sense, 0};
  case P::OEQ:
    return made(Opcode::F32Eq, Opcode::F64Eq);
  case P::UNE:
    return made(Opcode::F32Ne, Opcode::F64Ne);
  case P::OLT:
    return made(Opcode::F32Lt, Opcode::F64Lt);
  case P::OGT:
    return made(Opcode::F32Lt, Opcode::F64Lt, true);
  case P::OLE:
    return made(Opcode::F32Le, Opcode::F64Le);
  case P::OGE:
    return made(Opcode::F32Le, Opcode::F64Le, true);
  case P::UGE:
    return made(Opcode::F32NotLt, Opcode::F64NotLt);
  case P::ULE:
    return made(Opcode::F32NotLt, Opcode::F64NotLt, true);
  case P::UGT:
    return made(Opcode::F32NotLe, Opcode::F64NotLe);
  case P::ULT:
    return made(Opcode::F32NotLe, Opcode::F64NotLe, true);
  case P::ONE:
    return made(Opcode::F32LtOrGt, Opcode::F64LtOrGt);
  case P::UEQ:
    return made(Opcode::F32NotLtOrGt, Opcode::F64NotLtOrGt);
  case P::ORD:
    return made(Opcode::F32Ordered, Opcode::F64Ordered);
  case P::UNO:
    return made(Opcode::F32Unordered, Opcode::F64Unordered);
  }
  llvm_unreachable("all predicates are handled");
}

void FunctionEmitter::emitSelect() {
  uint32_t condition = operand(0), yes = operand(1), no = operand(2);
  putABC(Opcode::Select, write(op->result), condition, yes, no);
}

//===----------------------------------------------------------------------===//
// Loads and stores
//===----------------------------------------------------------------------===//

static Opcode loadOf(contract::LoadOp load) {
  unsigned width = widthOf(load.getType());
  if (load.getIsSigned() && unsigned(load.getBits()) < width) {
    switch (load.getBits()) {
    case 8:
      return width == 64 ? Opcode::I64LoadS8 : Opcode::I32LoadS8;
    case 16:
      return width == 64 ? Opcode::I64LoadS16 : Opcode::I32LoadS16;
    default:
      return Opcode::I64LoadS32;
    }
  }
  switch (load.getBits()) {
  case 8:
    return Opcode::LoadU8;
  case 16:
    return Opcode::LoadU16;
  case 32:
    return Opcode::LoadU32;
  default:
    return Opcode::Load64;
  }
}

bool FunctionEmitter::emitLoad() {
  auto load = cast<contract::LoadOp>(op->op);
  if (load.getOffset() > UINT32_MAX)
    return false;
  Opcode opcode = loadOf(load);
  auto offset = uint32_t(load.getOffset());
  if (isImmediate(0)) {
    offset += uint32_t(constantOf(operandId(0))->bits);
    markPosition();
    putImm(variant(opcode, 1), write(op->result), 0, offset);
    return true;
  }
  uint32_t address = operand(0);
  markPosition();
  putImm(opcode, write(op->result), address, offset);
  return true;
}

bool FunctionEmitter::emitStore() {
  auto store = cast<contract::StoreOp>(op->op);
  if (store.getOffset() > UINT32_MAX)
    return false;
  Opcode opcode = Opcode::Store64;
  if (store.getBits() == 8)
    opcode = Opcode::Store8;
  else if (store.getBits() == 16)
    opcode = Opcode::Store16;
  else if (store.getBits() == 32)
    opcode = Opcode::Store32;
  auto offset = uint32_t(store.getOffset());
  if (isImmediate(1)) {
    uint32_t value = operand(0);
    offset += uint32_t(constantOf(operandId(1))->bits);
    markPosition();
    putImm(variant(opcode, 1), value, 0, offset);
  } else if (isImmediate(0)) {
    uint32_t address = operand(1);
    markPosition();
    putImm(variant(opcode, 2), address, uint32_t(immediateOf(0)), offset);
  } else {
    uint32_t value = operand(0), address = operand(1);
    markPosition();
    putImm(opcode, address, value, offset);
  }
  return true;
}
