//===- ContractFolds.cpp - Constant folds of integer ops ------------------===//

#include "mlir-dialect/IR/Contract.h"

using namespace mlir;
using namespace writ::contract;

/// Folds a binary op of two constants; null if either is unknown.
template <typename Fn>
static OpFoldResult foldBinary(Attribute lhs, Attribute rhs, Fn compute) {
  auto a = dyn_cast_or_null<IntegerAttr>(lhs);
  auto b = dyn_cast_or_null<IntegerAttr>(rhs);
  if (!a || !b)
    return {};
  unsigned width = a.getValue().getBitWidth();
  unsigned amount = static_cast<unsigned>(b.getValue().urem(width));
  return IntegerAttr::get(a.getType(), compute(a.getValue(), amount));
}

template <typename Fn>
static OpFoldResult foldCount(Attribute operand, Fn compute) {
  auto value = dyn_cast_or_null<IntegerAttr>(operand);
  if (!value)
    return {};
  return IntegerAttr::get(value.getType(), compute(value.getValue()));
}

#define WRIT_FOLD_SHIFT(Op, Method)                                                                \
  OpFoldResult Op::fold(FoldAdaptor adaptor) {                                                     \
    return foldBinary(adaptor.getLhs(), adaptor.getRhs(),                                          \
                      [](const APInt &a, unsigned n) { return a.Method(n); });                     \
  }
WRIT_FOLD_SHIFT(ShlOp, shl)
WRIT_FOLD_SHIFT(ShrSOp, ashr)
WRIT_FOLD_SHIFT(ShrUOp, lshr)
WRIT_FOLD_SHIFT(RotlOp, rotl)
WRIT_FOLD_SHIFT(RotrOp, rotr)
#undef WRIT_FOLD_SHIFT

#define WRIT_FOLD_COUNT(Op, Method)                                                                \
  OpFoldResult Op::fold(FoldAdaptor adaptor) {                                                     \
    return foldCount(adaptor.getOperand(), [](const APInt &a) { return a.Method(); });             \
  }
WRIT_FOLD_COUNT(ClzOp, countl_zero)
WRIT_FOLD_COUNT(CtzOp, countr_zero)
WRIT_FOLD_COUNT(PopcntOp, popcount)
#undef WRIT_FOLD_COUNT
