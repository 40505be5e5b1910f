//===- HandlersControl.cpp - Branches, calls, returns and gas -------------===//
#include "jit/interp/Handlers.h"

#include "jit/runtime/Entry.h"

using namespace writ;
using namespace writ::interp;

//===----------------------------------------------------------------------===//
// Branches
//===----------------------------------------------------------------------===//

WRIT_HANDLER(writ::interp::runJump) { WRIT_NEXT(pc->imm); }

WRIT_HANDLER(writ::interp::runJumpCharge) {
  pc += pc->imm;
  WRIT_CHARGE_AND_NEXT;
}

WRIT_HANDLER(writ::interp::runSwitch) {
  uint32_t index = std::min(uint32_t(fp[pc->a]), pc->uimm);
  int32_t distance;
  std::memcpy(&distance, reinterpret_cast<const char *>(pc + 1) + 4 * size_t(index), 4);
  WRIT_NEXT(distance);
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

/// Cannot happen: the metered limit comes first (README.md). If it did, this is safe.
__attribute__((preserve_none, noinline)) static void stackIsTooSmall(WRIT_HANDLER_PARAMETERS) {
  state->status = setInternalFailure(state->activation, "the interpreter's stack is too small");
}

// Few words mostly, so a loop and no call.
__attribute__((no_builtin("memset"))) WRIT_HANDLER(writ::interp::runEnter) {
  if (__builtin_expect(stackLeft < pc->uimm, 0))
    WRIT_TAIL_CALL(trapWith<TrapKind::StackExhausted>);
  stackLeft -= pc->uimm;
  if (__builtin_expect(size_t(state->stackEnd - fp) < pc[1].data[1], 0))
    WRIT_TAIL_CALL(stackIsTooSmall);
  Word *word = fp + pc->a;
  for (uint32_t left = pc[1].data[0]; left > 0; --left)
    *word++ = 0;
  WRIT_NEXT(2);
}

WRIT_HANDLER(writ::interp::runCall) {
  fp += pc[1].data[1];
  fp[-1] = reinterpret_cast<Word>(pc + 2);
  WRIT_NEXT(pc->imm);
}

WRIT_HANDLER(writ::interp::runTailCall) {
  stackLeft += pc[1].data[1];
  WRIT_NEXT(pc->imm);
}

WRIT_HANDLER(writ::interp::runReturn) {
  stackLeft += pc->uimm;
  pc = reinterpret_cast<const Cell *>(fp[-1]);
  fp -= pc[-1].data[1];
  WRIT_DISPATCH;
}

WRIT_HANDLER(writ::interp::runReturnOne) {
  stackLeft += pc->uimm;
  Word value = fp[pc->a];
  pc = reinterpret_cast<const Cell *>(fp[-1]);
  fp -= pc[-1].data[1];
  fp[pc[-1].data[0]] = value;
  WRIT_DISPATCH;
}

WRIT_HANDLER(writ::interp::runExit) { state->activation->gas = gas; }

//===----------------------------------------------------------------------===//
// Calls that leave the instance's code
//===----------------------------------------------------------------------===//

/// Calls `state->callee`, whose arguments and results are at `values`. The gas left and the
/// memory's size are to be read again after it.
static uint32_t callThrough(RunState *state, Word *values, const Cell &counts, Word gas,
                            Word stackLeft) {
  Activation *activation = state->activation;
  activation->gas = gas;
  activation->stackLeft = stackLeft;
  activation->interpStack = values + std::max(counts.extra[0], counts.extra[1]);
  FuncRef *callee = state->callee;
  state->status = callee->call(callee, activation, values);
  return state->status;
}

/// CallData is the next cell.
__attribute__((preserve_none, noinline)) static void callOut(WRIT_HANDLER_PARAMETERS) {
  const Cell &data = pc[1];
  Word *values = fp + data.data[1];
  if (callThrough(state, values, data, gas, stackLeft) != 0)
    return;
  gas = state->activation->gas;
  memoryBytes = context->memoryBytes;
  if (data.extra[0] == 1)
    fp[data.data[0]] = values[0];
  WRIT_NEXT(2);
}

/// The frame stays taken from the metered stack until the callee is back: the call does take
/// native stack, which must come to an end.
__attribute__((preserve_none, noinline)) static void tailCallOut(WRIT_HANDLER_PARAMETERS) {
  const Cell &data = pc[1];
  if (callThrough(state, fp, data, gas, stackLeft) != 0)
    return;
  gas = state->activation->gas;
  memoryBytes = context->memoryBytes;
  stackLeft += data.data[1];
  Word value = fp[0];
  pc = reinterpret_cast<const Cell *>(fp[-1]);
  fp -= pc[-1].data[1];
  if (data.extra[0] == 1)
    fp[pc[-1].data[0]] = value;
  WRIT_DISPATCH;
}

WRIT_HANDLER(writ::interp::runCallImport) {
  state->callee = context->funcs[pc->uimm];
  WRIT_TAIL_CALL(callOut);
}

WRIT_HANDLER(writ::interp::runTailCallImport) {
  state->callee = context->funcs[pc->uimm];
  WRIT_TAIL_CALL(tailCallOut);
}

/// The checks of an indirect call, in the order that the specification gives.
#define WRIT_FIND_CALLEE                                                                           \
  const TableView *table = context->tables[pc->uimm];                                              \
  uint32_t index = uint32_t(fp[pc->a]);                                                            \
  if (__builtin_expect(index >= table->size, 0))                                                   \
    WRIT_TAIL_CALL(trapWith<TrapKind::UndefinedElement>);                                          \
  auto *callee = reinterpret_cast<FuncRef *>(table->elements[index]);                              \
  if (__builtin_expect(!callee, 0))                                                                \
    WRIT_TAIL_CALL(trapWith<TrapKind::UninitializedElement>);                                      \
  if (__builtin_expect(callee->type != pc[1].data[0], 0))                                          \
    WRIT_TAIL_CALL(trapWith<TrapKind::IndirectCallTypeMismatch>);

static bool isInside(const FuncRef *callee, const InstanceContext *context) {
  return __builtin_expect(callee->context == context && callee->call == callFunction, 1);
}

WRIT_HANDLER(writ::interp::runCallIndirect) {
  WRIT_FIND_CALLEE
  if (!isInside(callee, context)) {
    state->callee = callee;
    pc += 1;
    WRIT_TAIL_CALL(callOut);
  }
  fp += pc[2].data[1];
  fp[-1] = reinterpret_cast<Word>(pc + 3);
  pc = static_cast<const Function *>(callee->owner)->entry;
  WRIT_DISPATCH;
}

WRIT_HANDLER(writ::interp::runTailCallIndirect) {
  WRIT_FIND_CALLEE
  if (!isInside(callee, context)) {
    state->callee = callee;
    WRIT_TAIL_CALL(tailCallOut);
  }
  stackLeft += pc[1].data[1];
  pc = static_cast<const Function *>(callee->owner)->entry;
  WRIT_DISPATCH;
}

//===----------------------------------------------------------------------===//
// Gas and traps
//===----------------------------------------------------------------------===//

WRIT_HANDLER(writ::interp::runCharge) { WRIT_CHARGE_AND_NEXT; }

__attribute__((preserve_none, noinline)) void writ::interp::chargeFails(WRIT_HANDLER_PARAMETERS) {
  const Region *region = state->code->regionAt(uint32_t(pc - state->code->cells.data()));
  Word before = gas;
  gas -= prices[pc->uimm];
  pc = makePrefix(*state, *region, before, prices);
  WRIT_DISPATCH;
}

WRIT_HANDLER(writ::interp::runChargeUnits) {
  Word amount = unitsAmount(uint32_t(fp[pc->a]), prices[pc->uimm]);
  if (__builtin_expect(gas < amount, 0))
    WRIT_TAIL_CALL(trapWith<TrapKind::OutOfGas>);
  gas -= amount;
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runProfile) {
  context->gas = gas;
  context->runtime->profile(context, pc->uimm);
  WRIT_NEXT(1);
}

WRIT_HANDLER(writ::interp::runOutOfGas) { WRIT_TAIL_CALL(trapWith<TrapKind::OutOfGas>); }

WRIT_HANDLER(writ::interp::runTrap) {
  state->status = pc->uimm;
  WRIT_TAIL_CALL(trapWithStatus);
}

__attribute__((preserve_none, noinline)) void
writ::interp::trapWithStatus(WRIT_HANDLER_PARAMETERS) {
  recordTrap(*state, pc, gas, context, prices, TrapKind(state->status));
}

WRIT_HANDLER(writ::interp::runData) {
  state->status = setInternalFailure(state->activation, "the interpreter ran into data");
}
