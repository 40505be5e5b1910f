//===- ConstExprs.cpp - Initial values and segment offsets ----------------===//
#include "frontend/wasm/ReadState.h"

#include <fmt/format.h>

namespace writ::wasm {

static ConstExpr constantOf(const Op &op, ValueType type) {
  return {ConstExpr::Kind::Value, type, op.bits, 0};
}

static ConstExpr importedGlobal(ReadState &state, const Op &op) {
  const std::vector<GlobalDecl> &globals = state.module.info.globals;
  // WebAssembly 2.0: imported globals only, even where others precede.
  if (op.index >= state.module.importedGlobals) {
    state.failure.report(op.offset, fmt::format("unknown global {}; a constant expression sees the "
                                                "{} imported ones",
                                                op.index, state.module.importedGlobals));
    return {};
  }
  const GlobalDecl &global = globals[op.index];
  if (global.isMutable)
    state.failure.report(
        op.offset, fmt::format("constant expression required; global {} is mutable", op.index));
  return {ConstExpr::Kind::GlobalGet, global.type, 0, op.index};
}

static ConstExpr funcReference(ReadState &state, const Op &op) {
  size_t count = state.module.info.funcs.size();
  if (op.index >= count)
    state.failure.report(op.offset,
                         fmt::format("unknown function {}; {} declared", op.index, count));
  else
    state.declaredFuncs[op.index] = true;
  return {ConstExpr::Kind::RefFunc, ValueType::FuncRef, 0, op.index};
}

static ConstExpr constExprOf(ReadState &state, const Op &op) {
  switch (op.opcode) {
  case Opcode::I32Const:
    return constantOf(op, ValueType::I32);
  case Opcode::I64Const:
    return constantOf(op, ValueType::I64);
  case Opcode::F32Const:
    return constantOf(op, ValueType::F32);
  case Opcode::F64Const:
    return constantOf(op, ValueType::F64);
  case Opcode::GlobalGet:
    return importedGlobal(state, op);
  case Opcode::RefFunc:
    return funcReference(state, op);
  case Opcode::RefNull:
    return {ConstExpr::Kind::RefNull, op.type, 0, 0};
  default:
    state.failure.report(
        op.offset, fmt::format("constant expression required, not {}", opInfo(op.opcode).text));
    return {};
  }
}

ConstExpr readConstExpr(ReadState &state, Cursor &in, ValueType type) {
  Op op;
  decodeOp(in, state.opcodes, op);
  if (in.failed())
    return {};
  if (op.opcode == Opcode::End) {
    in.failAt(op.offset,
              fmt::format("constant expression is empty; expected {}", valueTypeName(type)));
    return {};
  }
  ConstExpr expr = constExprOf(state, op);
  if (expr.type != type)
    in.failAt(op.offset, fmt::format("constant expression has type {}; expected {}",
                                     valueTypeName(expr.type), valueTypeName(type)));
  decodeOp(in, state.opcodes, op);
  if (op.opcode != Opcode::End)
    in.failAt(op.offset, fmt::format("constant expression goes on with {}; expected end",
                                     opInfo(op.opcode).text));
  return expr;
}

} // namespace writ::wasm
