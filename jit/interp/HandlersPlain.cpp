//===- HandlersPlain.cpp - Numbers, comparisons, loads and stores ---------===//
#include "jit/interp/Handlers.h"

#define WRIT_PLAIN(Name)                                                                           \
  WRIT_HANDLER(writ::interp::run##Name) {                                                          \
    fp[pc->a] = ops::Name::apply(ops::Name::first(pc, fp), ops::Name::second(pc, fp));             \
    WRIT_NEXT(1);                                                                                  \
  }

#define WRIT_BINARY(Name, Mnemonic, T, Expression) WRIT_PLAIN(Name) WRIT_PLAIN(Name##Imm)
#define WRIT_FLOAT_BINARY(Name, Mnemonic, T, Expression) WRIT_PLAIN(Name)
#define WRIT_UNARY(Name, Mnemonic, T, Expression) WRIT_PLAIN(Name)

#define WRIT_BRANCH(Name)                                                                          \
  WRIT_HANDLER(writ::interp::run##Name) {                                                          \
    if (ops::Name::apply(ops::Name::first(pc, fp), ops::Name::second(pc, fp)))                     \
      WRIT_NEXT(pc->imm);                                                                          \
    WRIT_NEXT(1);                                                                                  \
  }                                                                                                \
  WRIT_HANDLER(writ::interp::run##Name##Charge) {                                                  \
    if (ops::Name::apply(ops::Name::first(pc, fp), ops::Name::second(pc, fp))) {                   \
      pc += pc->imm;                                                                               \
      WRIT_CHARGE_AND_NEXT;                                                                        \
    }                                                                                              \
    pc += 1;                                                                                       \
    WRIT_CHARGE_AND_NEXT;                                                                          \
  }
#define WRIT_COMPARE(Name, Mnemonic, T, Expression)                                                \
  WRIT_PLAIN(Name) WRIT_PLAIN(Name##Imm) WRIT_BRANCH(Br##Name) WRIT_BRANCH(Br##Name##Imm)
#define WRIT_FLOAT_COMPARE(Name, Mnemonic, T, Expression) WRIT_PLAIN(Name) WRIT_BRANCH(Br##Name)

#define WRIT_LOAD_HANDLER(Name)                                                                    \
  WRIT_HANDLER(writ::interp::run##Name) {                                                          \
    Word address = effectiveAddress(ops::Name::first(pc, fp), pc);                                 \
    if (isOutside(address, ops::Name::bytes, memoryBytes))                                         \
      WRIT_TAIL_CALL(trapWith<TrapKind::MemoryOutOfBounds>);                                       \
    fp[pc->a] = ops::Name::load(memory + address);                                                 \
    WRIT_NEXT(1);                                                                                  \
  }
#define WRIT_LOAD(Name, Mnemonic, Stored, Loaded)                                                  \
  WRIT_LOAD_HANDLER(Name) WRIT_LOAD_HANDLER(Name##At)

#define WRIT_STORE_HANDLER(Name)                                                                   \
  WRIT_HANDLER(writ::interp::run##Name) {                                                          \
    Word address = effectiveAddress(ops::Name::first(pc, fp), pc);                                 \
    if (isOutside(address, ops::Name::bytes, memoryBytes))                                         \
      WRIT_TAIL_CALL(trapWith<TrapKind::MemoryOutOfBounds>);                                       \
    ops::Name::store(memory + address, ops::Name::second(pc, fp));                                 \
    WRIT_NEXT(1);                                                                                  \
  }
#define WRIT_STORE(Name, Mnemonic, Stored)                                                         \
  WRIT_STORE_HANDLER(Name) WRIT_STORE_HANDLER(Name##At) WRIT_STORE_HANDLER(Name##Imm)

#define WRIT_TO_INT(Name, Mnemonic, T, To)                                                         \
  WRIT_HANDLER(writ::interp::run##Name) {                                                          \
    T x = get<T>(fp[pc->b]);                                                                       \
    if (__builtin_expect(!truncates<To>(x), 0)) {                                                  \
      state->status = uint32_t(truncationTrap(x));                                                 \
      WRIT_TAIL_CALL(trapWithStatus);                                                              \
    }                                                                                              \
    fp[pc->a] = put(To(x));                                                                        \
    WRIT_NEXT(1);                                                                                  \
  }

/// Signed division by -1 must not reach the machine: the least value overflows.
template <typename T>
static bool isMinusOne(T y) {
  return std::is_signed_v<T> && y == T(-1);
}

namespace {
enum class DivisionKind { Quotient, Remainder };
}
static constexpr DivisionKind divisionKind(std::string_view mnemonic) {
  return mnemonic.find("rem") == mnemonic.npos ? DivisionKind::Quotient : DivisionKind::Remainder;
}

#define WRIT_DIVISION(Name, Mnemonic, T, Expression)                                               \
  WRIT_HANDLER(writ::interp::run##Name) {                                                          \
    T x = get<T>(fp[pc->b]), y = get<T>(fp[pc->c]);                                                \
    if (__builtin_expect(y == 0, 0))                                                               \
      WRIT_TAIL_CALL(trapWith<TrapKind::IntegerDivideByZero>);                                     \
    if (__builtin_expect(isMinusOne(y), 0)) {                                                      \
      constexpr bool isQuotient = divisionKind(Mnemonic) == DivisionKind::Quotient;                \
      if (isQuotient && x == std::numeric_limits<T>::min())                                        \
        WRIT_TAIL_CALL(trapWith<TrapKind::IntegerOverflow>);                                       \
      fp[pc->a] = isQuotient ? put(T(0 - std::make_unsigned_t<T>(x))) : 0;                         \
      WRIT_NEXT(1);                                                                                \
    }                                                                                              \
    fp[pc->a] = put(T(Expression));                                                                \
    WRIT_NEXT(1);                                                                                  \
  }                                                                                                \
  WRIT_HANDLER(writ::interp::run##Name##Imm) {                                                     \
    T x = get<T>(fp[pc->b]), y = static_cast<T>(pc->imm);                                          \
    fp[pc->a] = put(T(Expression));                                                                \
    WRIT_NEXT(1);                                                                                  \
  }

#include "jit/interp/Bytecode.def"

WRIT_PLAIN(Mov)
WRIT_PLAIN(ConstU32)
WRIT_PLAIN(ConstS32)
