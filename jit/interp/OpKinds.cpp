//===- OpKinds.cpp - Tables about core ops --------------------------------===//
#include "jit/interp/OpKinds.h"

using namespace mlir;
using namespace writ;
using namespace writ::interp;

OpKinds::OpKinds(MLIRContext *context) : kinds(256) {
  auto add = [&](llvm::StringRef name, OpKind kind) {
    kinds[OperationName(name, context).getAsOpaquePointer()] = kind;
  };
#define WRIT_KIND(Kind, OpClass) add(OpClass::getOperationName(), OpKind::Kind);
#include "jit/interp/OpKinds.def"
}

static constexpr bool isCommutative(OpKind kind) {
  return kind == OpKind::Add || kind == OpKind::Mul || kind == OpKind::And || kind == OpKind::Or ||
         kind == OpKind::Xor;
}

static constexpr KindInfo kindInfos[] = {
    {},
#define WRIT_KIND(Kind, OpClass) {},
#define WRIT_INT_BINARY_KIND(Kind, OpClass)                                                        \
  {Family::IntBinary, Opcode::I32##Kind, Opcode::I64##Kind, isCommutative(OpKind::Kind)},
#define WRIT_INT_DIVISION_KIND(Kind, OpClass)                                                      \
  {Family::IntDivision, Opcode::I32##Kind, Opcode::I64##Kind, false},
#define WRIT_INT_UNARY_KIND(Kind, OpClass)                                                         \
  {Family::IntUnary, Opcode::I32##Kind, Opcode::I64##Kind, false},
#define WRIT_FLOAT_KIND(F, Kind, OpClass)                                                          \
  {Family::Float, Opcode::F32##Kind, Opcode::F64##Kind, false},
#include "jit/interp/OpKinds.def"
};

const KindInfo &writ::interp::kindInfo(OpKind kind) { return kindInfos[unsigned(kind)]; }

bool writ::interp::isPure(OpKind kind) {
  Family family = kindInfo(kind).family;
  if (family != Family::None)
    return family != Family::IntDivision;
  switch (kind) {
  case OpKind::FExt:
  case OpKind::FDemote:
  case OpKind::FToSSat:
  case OpKind::FToUSat:
  case OpKind::SIToFP:
  case OpKind::UIToFP:
  case OpKind::ExtS:
  case OpKind::ExtU:
  case OpKind::TruncI:
  case OpKind::Bitcast:
  case OpKind::CmpI:
  case OpKind::CmpF:
  case OpKind::Select:
  case OpKind::Constant:
  case OpKind::LocalGet:
  case OpKind::GlobalGet:
  case OpKind::MemorySize:
  case OpKind::RefNull:
  case OpKind::RefIsNull:
  case OpKind::RefFunc:
  case OpKind::TableSize:
    return true;
  default:
    return false;
  }
}

bool writ::interp::hasEffect(OpKind kind) {
  return !isPure(kind) && kind != OpKind::LocalSet && kind != OpKind::Cost;
}
