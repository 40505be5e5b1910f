//===- ContractFolds.cpp - Constant folds and identities ------------------===//
//
// Only folds that give the op's exact result. Where an op would trap it stays, so that it
// traps at run time.
//
//===----------------------------------------------------------------------===//
#include "mlir-dialect/IR/Contract.h"

using namespace mlir;
using namespace writ::contract;

static std::optional<APInt> getInteger(Attribute attr) {
  auto integer = dyn_cast_or_null<IntegerAttr>(attr);
  return integer ? std::optional(integer.getValue()) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Shifts and rotations: the amount counts modulo the width
//===----------------------------------------------------------------------===//

template <typename OpT, typename Compute>
static OpFoldResult foldShift(OpT op, typename OpT::FoldAdaptor adaptor, Compute compute) {
  std::optional<APInt> amount = getInteger(adaptor.getRhs());
  if (!amount)
    return {};
  unsigned steps = amount->urem(amount->getBitWidth());
  if (steps == 0)
    return op.getLhs();
  std::optional<APInt> value = getInteger(adaptor.getLhs());
  if (!value)
    return {};
  return IntegerAttr::get(op.getType(), compute(*value, steps));
}

#define WRIT_FOLD_SHIFT(Op, Method)                                                                \
  OpFoldResult Op::fold(FoldAdaptor adaptor) {                                                     \
    return foldShift(*this, adaptor,                                                               \
                     [](const APInt &value, unsigned steps) { return value.Method(steps); });      \
  }
WRIT_FOLD_SHIFT(ShlOp, shl)
WRIT_FOLD_SHIFT(ShrSOp, ashr)
WRIT_FOLD_SHIFT(ShrUOp, lshr)
WRIT_FOLD_SHIFT(RotlOp, rotl)
WRIT_FOLD_SHIFT(RotrOp, rotr)
#undef WRIT_FOLD_SHIFT

//===----------------------------------------------------------------------===//
// Bit counts
//===----------------------------------------------------------------------===//

template <typename Compute>
static OpFoldResult foldCount(Attribute operand, Type type, Compute compute) {
  std::optional<APInt> value = getInteger(operand);
  if (!value)
    return {};
  return IntegerAttr::get(type, compute(*value));
}

#define WRIT_FOLD_COUNT(Op, Method)                                                                \
  OpFoldResult Op::fold(FoldAdaptor adaptor) {                                                     \
    return foldCount(adaptor.getOperand(), getType(),                                              \
                     [](const APInt &value) { return value.Method(); });                           \
  }
WRIT_FOLD_COUNT(ClzOp, countl_zero)
WRIT_FOLD_COUNT(CtzOp, countr_zero)
WRIT_FOLD_COUNT(PopcntOp, popcount)
#undef WRIT_FOLD_COUNT

//===----------------------------------------------------------------------===//
// Division and remainder
//===----------------------------------------------------------------------===//

static bool overflows(const APInt &lhs, const APInt &rhs) {
  return lhs.isMinSignedValue() && rhs.isAllOnes();
}

/// Of two constants; `traps` says for which ones not (besides a divisor of 0).
template <typename OpT, typename Traps, typename Compute>
static OpFoldResult foldDivision(OpT op, typename OpT::FoldAdaptor adaptor, Traps traps,
                                 Compute compute) {
  std::optional<APInt> lhs = getInteger(adaptor.getLhs());
  std::optional<APInt> rhs = getInteger(adaptor.getRhs());
  if (!lhs || !rhs || rhs->isZero() || traps(*lhs, *rhs))
    return {};
  return IntegerAttr::get(op.getType(), compute(*lhs, *rhs));
}

static bool neverTraps(const APInt &, const APInt &) { return false; }

/// Anything divided by 1 is itself.
template <typename OpT>
static bool dividesByOne(typename OpT::FoldAdaptor adaptor) {
  std::optional<APInt> rhs = getInteger(adaptor.getRhs());
  return rhs && rhs->isOne();
}

OpFoldResult DivSOp::fold(FoldAdaptor adaptor) {
  if (dividesByOne<DivSOp>(adaptor))
    return getLhs();
  return foldDivision(*this, adaptor, overflows,
                      [](const APInt &lhs, const APInt &rhs) { return lhs.sdiv(rhs); });
}

OpFoldResult DivUOp::fold(FoldAdaptor adaptor) {
  if (dividesByOne<DivUOp>(adaptor))
    return getLhs();
  return foldDivision(*this, adaptor, neverTraps,
                      [](const APInt &lhs, const APInt &rhs) { return lhs.udiv(rhs); });
}

OpFoldResult RemSOp::fold(FoldAdaptor adaptor) {
  return foldDivision(*this, adaptor, neverTraps,
                      [](const APInt &lhs, const APInt &rhs) { return lhs.srem(rhs); });
}

OpFoldResult RemUOp::fold(FoldAdaptor adaptor) {
  return foldDivision(*this, adaptor, neverTraps,
                      [](const APInt &lhs, const APInt &rhs) { return lhs.urem(rhs); });
}

//===----------------------------------------------------------------------===//
// Float ops that only move bits, so NaNs fold too
//===----------------------------------------------------------------------===//

static std::optional<APFloat> getFloat(Attribute attr) {
  auto number = dyn_cast_or_null<FloatAttr>(attr);
  return number ? std::optional(number.getValue()) : std::nullopt;
}

OpFoldResult FNegOp::fold(FoldAdaptor adaptor) {
  std::optional<APFloat> value = getFloat(adaptor.getOperand());
  if (!value)
    return {};
  value->changeSign();
  return FloatAttr::get(getType(), *value);
}

OpFoldResult FAbsOp::fold(FoldAdaptor adaptor) {
  std::optional<APFloat> value = getFloat(adaptor.getOperand());
  if (!value)
    return {};
  value->clearSign();
  return FloatAttr::get(getType(), *value);
}

OpFoldResult FCopysignOp::fold(FoldAdaptor adaptor) {
  std::optional<APFloat> value = getFloat(adaptor.getLhs());
  std::optional<APFloat> sign = getFloat(adaptor.getRhs());
  if (!value || !sign)
    return {};
  value->copySign(*sign);
  return FloatAttr::get(getType(), *value);
}
