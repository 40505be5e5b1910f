//===- Interpreter.cpp - Entries, traps and unpaid charges ----------------===//
#include "jit/interp/Interpreter.h"

#include "jit/runtime/ContextScope.h"
#include "jit/runtime/Entry.h"
#include "jit/runtime/Instance.h"

#include <algorithm>
#include <cstring>

using namespace writ;
using namespace writ::interp;

//===----------------------------------------------------------------------===//
// Entry
//===----------------------------------------------------------------------===//

/// Where the outermost call returns to: after data that puts the result at the frame's
/// start, where those of functions with several are already.
static const Cell *exitCell() {
  static const std::vector<Cell> cells = [] {
    std::vector<Cell> made(2);
    made[0].extra[0] = made[0].extra[1] = made[0].data[0] = made[0].data[1] = 0;
    made[1].handler = handlerOf(Opcode::Exit);
    made[1].data[0] = made[1].data[1] = 0;
    return made;
  }();
  return &cells[1];
}

/// Runs from `pc` with a frame at `fp` until the function returns or traps.
static uint32_t run(RunState &state, const Cell *pc, uint64_t *fp, InstanceContext *context,
                    uint64_t gas) {
  fp[-1] = reinterpret_cast<uint64_t>(exitCell());
  pc->handler(pc, fp, context->memoryBase, context->memoryBytes, gas, context,
              state.activation->stackLeft, context->prices, &state);
  return state.status;
}

uint32_t writ::interp::callFunction(FuncRef *callee, Activation *activation, uint64_t *values) {
  const auto &function = *static_cast<const Function *>(callee->owner);
  ContextScope scope(callee->context, activation);
  uint64_t *fp = activation->interpStack + 1;
  if (size_t(activation->interpStackEnd - fp) < size_t(function.params) + function.results)
    return setInternalFailure(activation, "the interpreter's stack is too small");
  std::copy_n(values, function.params, fp);
  RunState state(function.code, activation);
  uint32_t kind =
      run(state, &function.code->cells[function.begin], fp, callee->context, activation->gas);
  if (kind == 0)
    std::copy_n(fp, function.results, values);
  return kind;
}

//===----------------------------------------------------------------------===//
// Charges that cannot be paid
//===----------------------------------------------------------------------===//

/// A pair must not run beyond the end of `cells`.
static void unpair(std::vector<Cell> &cells) {
  for (size_t i = 0; i < cells.size();) {
    const OpInfo &info = opInfo(opOf(cells[i].handler));
    cells[i].handler = handlerOf(info.op);
    i += cellsOf(info.format);
  }
}

const Cell *writ::interp::makePrefix(RunState &state, const Region &region, uint64_t gas,
                                     const uint64_t *prices) {
  std::span<const Marker> markers = state.code->markersOf(region);
  uint64_t left = gas;
  uint32_t unpaid = 0;
  while (unpaid + 1 < markers.size() && prices[markers[unpaid].price] <= left)
    left -= prices[markers[unpaid++].price];
  state.unpaid = &region;
  state.unpaidGas = gas;
  state.unpaidMarker = unpaid;
  auto begin = state.code->cells.begin();
  uint32_t end = markers.empty() ? region.cell + 1 : markers[unpaid].cell;
  state.prefix.assign(begin + region.cell + 1, begin + end);
  unpair(state.prefix);
  Cell last;
  last.handler = handlerOf(Opcode::OutOfGas);
  last.data[0] = last.data[1] = 0;
  state.prefix.push_back(last);
  return state.prefix.data();
}

void writ::interp::runRegion(InstanceContext *context, const Code &code, uint32_t index,
                             uint64_t gas, const uint64_t *words) {
  Activation *activation = context->activation;
  const Region &region = code.regions[index];
  const Function &function = code.functions[region.function];
  uint64_t gasBefore = gas + context->prices[region.price];
  if (int64_t(gasBefore) < 0) { // Native code did not look at the charges before this one.
    activation->gas = 0;
    activation->trap = {TrapKind::OutOfGas, function.index, ~0u, context->instance};
    return;
  }
  uint64_t *fp = activation->interpStack + 1;
  if (size_t(activation->interpStackEnd - fp) < function.roomWords) {
    setInternalFailure(activation, "the interpreter's stack is too small");
    return;
  }
  std::copy_n(words, region.liveWords, fp);
  for (const FrameConstant &constant : function.constants)
    fp[constant.word] = constant.bits;
  RunState state(&code, activation);
  const Cell *start = makePrefix(state, region, gasBefore, context->prices);
  run(state, start, fp, context, gas);
}

void writ::interp::runCold(InstanceContext *context, uint32_t region, uint64_t gas) {
  const auto *code = static_cast<const Code *>(context->instance->module().tier("interp"));
  // Neither leaves anything to be destroyed.
  if (code && region < code->regions.size())
    runRegion(context, *code, region, gas, context->coldFrame);
  else
    setInternalFailure(context->activation,
                       "the interpreter's code, which is to find where gas ends, is damaged");
  leaveByTrap(context->activation);
}

//===----------------------------------------------------------------------===//
// Traps
//===----------------------------------------------------------------------===//

/// The cell of `pc` in the code, also when it is in the prefix.
static uint32_t cellOf(const RunState &state, const Cell *pc) {
  if (state.unpaid)
    return state.unpaid->cell + 1 + uint32_t(pc - state.prefix.data());
  return uint32_t(pc - state.code->cells.data());
}

/// What was charged ahead for costs that were not due yet at `cell`. In a prefix that is known
/// from its side: what was due has been paid.
static uint64_t gasAt(const RunState &state, uint32_t cell, uint64_t gas, const uint64_t *prices) {
  const Region *region = state.unpaid ? state.unpaid : state.code->regionAt(cell);
  if (!region)
    return gas;
  uint64_t due = 0, ahead = 0;
  for (const Marker &marker : state.code->markersOf(*region))
    (marker.cell <= cell ? due : ahead) += prices[marker.price];
  return state.unpaid ? state.unpaidGas - due : gas + ahead;
}

static uint32_t unpaidOffset(const RunState &state, uint32_t cell) {
  if (!state.unpaid)
    return state.code->offsetAt(cell);
  std::span<const Marker> markers = state.code->markersOf(*state.unpaid);
  return markers.empty() ? ~0u : markers[state.unpaidMarker].offset;
}

void writ::interp::recordTrap(RunState &state, const Cell *pc, uint64_t gas,
                              const InstanceContext *context, const uint64_t *prices,
                              TrapKind kind) {
  uint32_t cell = cellOf(state, pc);
  Activation &activation = *state.activation;
  bool isOutOfGas = kind == TrapKind::OutOfGas;
  activation.gas = isOutOfGas ? 0 : gasAt(state, cell, gas, prices);
  uint32_t offset = isOutOfGas ? unpaidOffset(state, cell) : state.code->offsetAt(cell);
  uint32_t function = state.unpaid ? state.code->functions[state.unpaid->function].index
                                   : state.code->functionAt(cell).index;
  activation.trap = {kind, function, offset, context->instance};
  state.status = uint32_t(kind);
}
