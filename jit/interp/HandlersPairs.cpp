//===- HandlersPairs.cpp - Two ops in one handler -------------------------===//
//
// A pair does what its two cells say, one after the other. What it saves is a dispatch and,
// where the second takes the first's result, the way through memory.
//
//===----------------------------------------------------------------------===//
#include "jit/interp/Handlers.h"
#include "jit/interp/Pairs.h"

using namespace writ;
using namespace writ::interp;

/// An operand of the second op, which is the first's result if the link says so.
template <Link Which, Link Operand>
static Word linked(Word result, Word own) {
  return Which == Operand ? result : own;
}

/// Runs the op at `pc`; its result, if it has one, is then in `result`.
#define WRIT_RUN_FIRST                                                                             \
  Word result = 0;                                                                                 \
  if constexpr (First::kind == Kind::Load) {                                                       \
    Word address = effectiveAddress(First::first(pc, fp), pc);                                     \
    if (isOutside(address, First::bytes, memoryBytes))                                             \
      WRIT_TAIL_CALL(trapWith<TrapKind::MemoryOutOfBounds>);                                       \
    result = First::load(memory + address);                                                        \
    fp[pc->a] = result;                                                                            \
  } else if constexpr (First::kind == Kind::Store) {                                               \
    Word address = effectiveAddress(First::first(pc, fp), pc);                                     \
    if (isOutside(address, First::bytes, memoryBytes))                                             \
      WRIT_TAIL_CALL(trapWith<TrapKind::MemoryOutOfBounds>);                                       \
    First::store(memory + address, First::second(pc, fp));                                         \
  } else if constexpr (std::is_same_v<First, ops::Charge>) {                                       \
    Word price = prices[pc->uimm];                                                                 \
    if (__builtin_expect(gas < price, 0))                                                          \
      WRIT_TAIL_CALL(chargeFails);                                                                 \
    gas -= price;                                                                                  \
  } else if constexpr (std::is_same_v<First, ops::GlobalGet>) {                                    \
    result = *ownGlobal(context, pc->uimm);                                                        \
    fp[pc->a] = result;                                                                            \
  } else if constexpr (std::is_same_v<First, ops::Select>) {                                       \
    result = fp[pc->b] ? fp[pc->c] : fp[pc->d];                                                    \
    fp[pc->a] = result;                                                                            \
  } else {                                                                                         \
    result = First::apply(First::first(pc, fp), First::second(pc, fp));                            \
    fp[pc->a] = result;                                                                            \
  }

template <typename First, typename Second, Link Linked>
static __attribute__((preserve_none)) void runPair(WRIT_HANDLER_PARAMETERS) {
  WRIT_RUN_FIRST
  pc += 1;
  if constexpr (Second::kind == Kind::Other)
    WRIT_TAIL_CALL(Second::handler);
  Word x = Linked == Link::First ? result : Second::first(pc, fp);
  Word y = Linked == Link::Second ? result : Second::second(pc, fp);
  if constexpr (Second::kind == Kind::Load) {
    Word address = effectiveAddress(x, pc);
    if (isOutside(address, Second::bytes, memoryBytes))
      WRIT_TAIL_CALL(trapWith<TrapKind::MemoryOutOfBounds>);
    fp[pc->a] = Second::load(memory + address);
  } else if constexpr (Second::kind == Kind::Store) {
    Word address = effectiveAddress(x, pc);
    if (isOutside(address, Second::bytes, memoryBytes))
      WRIT_TAIL_CALL(trapWith<TrapKind::MemoryOutOfBounds>);
    Second::store(memory + address, y);
  } else if constexpr (Second::kind == Kind::Branch) {
    if (Second::apply(x, y))
      WRIT_NEXT(pc->imm);
  } else if constexpr (Second::kind == Kind::BranchCharge) {
    if (Second::apply(x, y)) {
      pc += pc->imm;
      WRIT_CHARGE_AND_NEXT;
    }
    pc += 1;
    WRIT_CHARGE_AND_NEXT;
  } else if constexpr (Second::kind == Kind::Plain) {
    fp[pc->a] = Second::apply(x, y);
  }
  WRIT_NEXT(1);
}

static constexpr Handler handlers[] = {
#define WRIT_PAIR(First, Second, Linked) runPair<ops::First, ops::Second, Link::Linked>,
#include "jit/interp/Pairs.def"
    nullptr, // So that the array is not empty.
};

const Handler *writ::interp::pairHandlers() { return handlers; }
