//===- RuntimeCall.cpp - Calls of runtime functions -----------------------===//

#include "jit/singlepass/RuntimeCall.h"

using namespace writ;
using namespace writ::singlepass;

/// C passes integers in these, after the context.
static constexpr Reg arguments[] = {rsi, rdx, rcx, r8, r9};

static Location argument(size_t index, Kind kind) {
  Location to;
  to.kind = kind;
  to.reg = arguments[index];
  return to;
}

RuntimeCall &RuntimeCall::pass(mlir::Value value) {
  values.push_back(value);
  moves.push_back({argument(moves.size(), kindOf(value.getType())), {}});
  return *this;
}

RuntimeCall &RuntimeCall::pass(uint32_t constant) {
  Location from;
  from.type = Location::Type::Constant;
  from.bits = constant;
  moves.push_back({argument(moves.size(), Kind::I32), from});
  return *this;
}

void RuntimeCall::call() {
  f.spillForCall(values);
  if (f.gasWord == none)
    f.gasWord = f.allocateWord();
  f.store(f.wordAt(f.gasWord), gasReg, Kind::I64);
  size_t next = 0;
  for (Move &move : moves)
    if (move.from.type != Location::Type::Constant)
      move.from = f.locationOf(f.idOf(values[next++]));
  f.perform(moves);
  for (mlir::Value value : values)
    f.release(f.idOf(value));
  f.forgetRegisters();
  f.emit(Inst::kIdMov, Masm::q(rax), f.field(offsetof(InstanceContext, runtime)));
  f.emit(Inst::kIdCall, x86::ptr(x86::rax, int32_t(offset)));
  f.restoreAfterCall(true);
}

void RuntimeCall::define(mlir::Value result) {
  call();
  Reg to = f.allocate(false);
  f.move(to, rax, Kind::I32);
  f.define(result, to);
}

void RuntimeCall::trapIfNotZero(TrapKind kind) {
  call();
  f.emit(Inst::kIdTest, Masm::d(rax), Masm::d(rax));
  f.trapIf(Cond::NE, op, kind);
}
