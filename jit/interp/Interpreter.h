//===- Interpreter.h - Run bytecode ---------------------------------------===//
//
// The run side of the reference tier: no LLVM, no MLIR. Code is shared and immutable;
// all that changes is in the activation, the context and, for one entry, the `RunState`.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_INTERP_INTERPRETER_H
#define WRIT_JIT_INTERP_INTERPRETER_H

#include "jit/interp/Code.h"

#include <vector>

namespace writ::interp {

/// The `ArrayCall` of every function on this tier; `owner` is its `Function`.
uint32_t callFunction(FuncRef *callee, Activation *activation, uint64_t *values);

/// `RuntimeCalls::cold` for the native tiers of a module that has this tier's code too.
/// `activation->stackLeft` must be what was left before the function's `contract.enter`, if
/// the region has it.
void runCold(InstanceContext *context, uint32_t region, uint64_t gas);

/// Runs a region of `code` that could not be paid up to its trap, which is then in the activation.
/// `gas` is as for `RuntimeCalls::cold`, `words` a frame of the region's function, of which the
/// region's live words count.
void runRegion(InstanceContext *context, const Code &code, uint32_t region, uint64_t gas,
               const uint64_t *words);

/// What one entry into the interpreter needs besides the registers.
struct RunState {
  RunState(const Code *code, Activation *activation)
      : code(code), activation(activation), stackEnd(activation->interpStackEnd) {}

  const Code *code;
  Activation *activation;
  const uint64_t *stackEnd;
  uint32_t status = 0;       ///< The trap kind, when the handlers return.
  FuncRef *callee = nullptr; ///< On the way out of the instance.

  // Once a charge could not be paid: the part of its region that can be, and what runs then.
  const Region *unpaid = nullptr;
  uint64_t unpaidGas = 0; ///< Gas left at the charge.
  uint32_t unpaidMarker = 0;
  std::vector<Cell> prefix;
};

/// Makes `state.prefix`: the cells of `region` up to the first cost that `gas` does not cover,
/// which it must have, ended by OutOfGas. Returns where it begins.
const Cell *makePrefix(RunState &state, const Region &region, uint64_t gas, const uint64_t *prices);

/// Puts the trap of the op at `pc` into the activation, with the gas left, and the kind into
/// `state`. `gas` is the register's.
void recordTrap(RunState &state, const Cell *pc, uint64_t gas, const InstanceContext *context,
                const uint64_t *prices, TrapKind kind);

} // namespace writ::interp

#endif
