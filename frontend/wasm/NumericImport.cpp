//===- NumericImport.cpp - Constants, arithmetic, comparisons -------------===//
#include "frontend/wasm/FunctionImporter.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasm;

void FunctionImporter::importConstant(const Op &op) {
  push(constant(opInfo(op.opcode).signature.result, op.bits));
}

/// The opcodes that NumericOps.def lists.
void FunctionImporter::importNumeric(const Op &op) {
  const NumericRow &row = state.numeric(op.opcode);
  Value operands[2];
  for (unsigned left = row.numOperands; left > 0; --left)
    operands[left - 1] = popNumber();
  if (row.kind == NumericRow::Kind::Trapping)
    observe(op);
  Operation *prototype = row.prototype;
  Operation *made =
      append(prototype->getName(), row.result, ArrayRef<Value>(operands, row.numOperands),
             prototype->getPropertiesStorage());
  if (row.kind == NumericRow::Kind::Compare)
    pushCondition(made->getResult(0));
  else
    pushResult(made);
}

/// The predicate that holds exactly when this one does not: unordered ones for NaNs.
static arith::CmpFPredicate invert(arith::CmpFPredicate predicate) {
  // The bits of a predicate: unordered, less, greater, equal.
  using P = arith::CmpFPredicate;
  static constexpr P inverse[] = {/*AlwaysFalse*/ P::AlwaysTrue,
                                  /*OEQ*/ P::UNE,
                                  /*OGT*/ P::ULE,
                                  /*OGE*/ P::ULT,
                                  /*OLT*/ P::UGE,
                                  /*OLE*/ P::UGT,
                                  /*ONE*/ P::UEQ,
                                  /*ORD*/ P::UNO,
                                  /*UEQ*/ P::ONE,
                                  /*UGT*/ P::OLE,
                                  /*UGE*/ P::OLT,
                                  /*ULT*/ P::OGE,
                                  /*ULE*/ P::OGT,
                                  /*UNE*/ P::OEQ,
                                  /*UNO*/ P::ORD,
                                  /*AlwaysTrue*/ P::AlwaysFalse};
  return inverse[size_t(predicate)];
}

bool FunctionImporter::invertInPlace(Operand &operand) {
  if (!operand.condition || operand.number || !operand.condition.use_empty())
    return false;
  Operation *op = operand.condition.getDefiningOp();
  if (auto integers = dyn_cast<arith::CmpIOp>(op)) {
    auto inverse = arith::invertPredicate(integers.getPredicate());
    integers.getProperties().predicate = state.integerPredicates[size_t(inverse)];
    return true;
  }
  if (auto floats = dyn_cast<arith::CmpFOp>(op)) {
    auto inverse = invert(floats.getPredicate());
    floats.getProperties().predicate = state.floatPredicates[size_t(inverse)];
    return true;
  }
  return false;
}

/// i32.eqz and i64.eqz.
void FunctionImporter::importEqz(const Op &op) {
  if (invertInPlace(stack.back()))
    return;
  ValueType type = opInfo(op.opcode).signature.params[0];
  Value operands[] = {popNumber(), constant(type, 0)};
  auto equal = state.integerPredicates[size_t(arith::CmpIPredicate::eq)];
  Type i1 = state.numeric(Opcode::I32Eq).result;
  pushCondition(append<arith::CmpIOp>(i1, operands, {equal})->getResult(0));
}

void FunctionImporter::importExtendU(const Op &) {
  Operand operand = stack.back();
  stack.pop_back();
  Value from = operand.condition ? operand.condition : operand.number;
  pushResult(append<arith::ExtUIOp>(state.type(ValueType::I64), from));
}

static unsigned bitsToExtend(Opcode opcode) {
  switch (opcode) {
  case Opcode::I32Extend8S:
  case Opcode::I64Extend8S:
    return 8;
  case Opcode::I32Extend16S:
  case Opcode::I64Extend16S:
    return 16;
  default:
    return 32;
  }
}

/// i32.extend8_s and so on.
void FunctionImporter::importNarrowExtend(const Op &op) {
  Type narrow = IntegerType::get(state.context, bitsToExtend(op.opcode));
  Value value = popNumber();
  Value low = append<arith::TruncIOp>(narrow, value)->getResult(0);
  pushResult(append<arith::ExtSIOp>(value.getType(), low));
}

void wasm::addNumericHandlers(HandlerTable &table) {
#define WRIT_PURE(Name, Op) setHandler(table, Opcode::Name, &FunctionImporter::importNumeric);
#define WRIT_TRAPPING(Name, Op) setHandler(table, Opcode::Name, &FunctionImporter::importNumeric);
#define WRIT_COMPARE(Name, Enum, Predicate)                                                        \
  setHandler(table, Opcode::Name, &FunctionImporter::importNumeric);
#include "frontend/wasm/NumericOps.def"
  for (Opcode opcode : {Opcode::I32Const, Opcode::I64Const, Opcode::F32Const, Opcode::F64Const})
    setHandler(table, opcode, &FunctionImporter::importConstant);
  for (Opcode opcode : {Opcode::I32Eqz, Opcode::I64Eqz})
    setHandler(table, opcode, &FunctionImporter::importEqz);
  for (Opcode opcode : {Opcode::I32Extend8S, Opcode::I32Extend16S, Opcode::I64Extend8S,
                        Opcode::I64Extend16S, Opcode::I64Extend32S})
    setHandler(table, opcode, &FunctionImporter::importNarrowExtend);
  setHandler(table, Opcode::I64ExtendI32U, &FunctionImporter::importExtendU);
}
