//===- ConversionOps.cpp - From one type of number to another -------------===//
#include "lowering/wasm/OpTable.h"

using namespace mlir;
using namespace writ;
using namespace writ::contract;
using namespace writ::wasmgen;

static bool isWide(Value value) { return value.getType().isInteger(64) || value.getType().isF64(); }

/// Narrow values are the low bits of what they are made of, which stays on the stack.
static bool isWideOnStack(Value value) {
  if (auto narrow = value.getDefiningOp<arith::TruncIOp>();
      narrow && !value.getType().isInteger(32))
    return isWide(narrow.getIn());
  return isWide(value);
}

static void emitTruncI(FunctionEmitter &f, arith::TruncIOp op) {
  if (op.getType().isInteger(32) && isWide(op.getIn()))
    f.op(i32WrapI64Code);
}

static void resize(FunctionEmitter &f, bool fromWide, bool toWide, bool isSigned) {
  if (fromWide && !toWide)
    f.op(i32WrapI64Code);
  if (!fromWide && toWide)
    f.op(isSigned ? i64ExtendI32SCode : i64ExtendI32UCode);
}

static void emitExtSI(FunctionEmitter &f, arith::ExtSIOp op) {
  bool fromWide = isWideOnStack(op.getIn());
  unsigned bits = op.getIn().getType().getIntOrFloatBitWidth();
  if (bits < 32) {
    f.need(&TargetFeatures::signExtension, op, "sign-extension");
    f.op((fromWide ? i64Extend8SCode : i32Extend8SCode) + (bits == 16));
  }
  resize(f, fromWide, isWide(op), /*isSigned=*/true);
}

static void emitExtUI(FunctionEmitter &f, arith::ExtUIOp op) {
  bool fromWide = isWideOnStack(op.getIn());
  unsigned bits = op.getIn().getType().getIntOrFloatBitWidth();
  if (bits == 8 || bits == 16) {
    fromWide ? f.i64Const((1 << bits) - 1) : f.i32Const((1 << bits) - 1);
    f.op(fromWide ? i32AndCode + 0x12 : i32AndCode);
  }
  resize(f, fromWide, isWide(op), /*isSigned=*/false);
}

static void emitBitcast(FunctionEmitter &f, arith::BitcastOp op) {
  if (op.getIn().getType() == op.getType())
    return;
  uint8_t first = isa<FloatType>(op.getType()) ? 0xbe : 0xbc;
  f.op(first + isWide(op));
}

/// The opcode's place in a row of four: i32 or f32 before i64 or f64, signed before unsigned.
template <bool isSigned, typename OpType>
static void emitToFloat(FunctionEmitter &f, OpType op) {
  f.op((isWide(op) ? 0xb7 : 0xb2) + 2 * isWide(op.getIn()) + !isSigned);
}

template <bool isSigned, typename OpType>
static void emitToInt(FunctionEmitter &f, OpType op) {
  unsigned place = 2 * isWide(op.getOperand()) + !isSigned;
  if (f.isMetered())
    return f.call(Helper(unsigned(isWide(op) ? Helper::F32ToS64 : Helper::F32ToS32) + place));
  f.op((isWide(op) ? 0xae : 0xa8) + place);
}

template <bool isSigned, typename OpType>
static void emitSaturate(FunctionEmitter &f, OpType op) {
  f.need(&TargetFeatures::saturatingFloatToInt, op, "saturating-float-to-int");
  f.misc(4 * isWide(op) + 2 * isWide(op.getOperand()) + !isSigned);
}

static void emitFExt(FunctionEmitter &f, FExtOp) { f.op(0xbb); }
static void emitFDemote(FunctionEmitter &f, FDemoteOp) { f.op(0xb6); }

void writ::wasmgen::addConversionOps(OpTable &table) {
  table.add<arith::TruncIOp, emitTruncI>();
  table.add<arith::ExtSIOp, emitExtSI>();
  table.add<arith::ExtUIOp, emitExtUI>();
  table.add<arith::BitcastOp, emitBitcast>();
  table.add<arith::SIToFPOp, emitToFloat<true, arith::SIToFPOp>>();
  table.add<arith::UIToFPOp, emitToFloat<false, arith::UIToFPOp>>();
  table.add<FToSOp, emitToInt<true, FToSOp>>();
  table.add<FToUOp, emitToInt<false, FToUOp>>();
  table.add<FToSSatOp, emitSaturate<true, FToSSatOp>>();
  table.add<FToUSatOp, emitSaturate<false, FToUSatOp>>();
  table.add<FExtOp, emitFExt>();
  table.add<FDemoteOp, emitFDemote>();
}
