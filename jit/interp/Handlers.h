//===- Handlers.h - How handlers are written and what ops do --------------===//
//
// A handler is a function that ends in a tail call of the next op's handler, so that
// nothing is kept on the native stack and everything hot stays in registers. What can fail
// or call goes to functions of its own by tail call too: a handler that spills would do so
// on its hot way as well.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_INTERP_HANDLERS_H
#define WRIT_JIT_INTERP_HANDLERS_H

#include "jit/interp/FloatOps.h"
#include "jit/interp/Interpreter.h"

#include <bit>
#include <cstring>
#include <type_traits>

namespace writ::interp {

using Word = uint64_t;

#define WRIT_HANDLER(Name) __attribute__((preserve_none)) void Name(WRIT_HANDLER_PARAMETERS)
#define WRIT_ARGUMENTS pc, fp, memory, memoryBytes, gas, context, stackLeft, prices, state
#define WRIT_TAIL_CALL(Function) [[clang::musttail]] return Function(WRIT_ARGUMENTS)
/// Goes on with the cell at `pc`.
#define WRIT_DISPATCH WRIT_TAIL_CALL(pc->handler)
#define WRIT_NEXT(Cells)                                                                           \
  do {                                                                                             \
    pc += (Cells);                                                                                 \
    WRIT_DISPATCH;                                                                                 \
  } while (false)
/// Pays the charge at `pc` and goes on after it.
#define WRIT_CHARGE_AND_NEXT                                                                       \
  do {                                                                                             \
    Word price = prices[pc->uimm];                                                                 \
    if (__builtin_expect(gas < price, 0))                                                          \
      WRIT_TAIL_CALL(chargeFails);                                                                 \
    gas -= price;                                                                                  \
    WRIT_NEXT(1);                                                                                  \
  } while (false)

/// `run<Opcode>` is the handler of each op.
#define WRIT_OP(Name, Mnemonic, Format) WRIT_HANDLER(run##Name);
#include "jit/interp/Bytecode.def"

/// The charge at `pc` cannot be paid.
WRIT_HANDLER(chargeFails);
/// The op at `pc` traps.
template <TrapKind Kind>
__attribute__((preserve_none, noinline)) void trapWith(WRIT_HANDLER_PARAMETERS) {
  recordTrap(*state, pc, gas, context, prices, Kind);
}
/// So too; the kind is in `state->status`.
WRIT_HANDLER(trapWithStatus);

//===----------------------------------------------------------------------===//
// Words and values
//===----------------------------------------------------------------------===//

template <typename T>
inline T get(Word word) {
  if constexpr (std::is_same_v<T, float>)
    return std::bit_cast<float>(uint32_t(word));
  else if constexpr (std::is_same_v<T, double>)
    return std::bit_cast<double>(word);
  else
    return static_cast<T>(word);
}

inline Word put(bool value) { return value; }
inline Word put(int32_t value) { return static_cast<uint32_t>(value); }
inline Word put(uint32_t value) { return value; }
inline Word put(int64_t value) { return static_cast<Word>(value); }
inline Word put(uint64_t value) { return value; }
inline Word put(float value) { return std::bit_cast<uint32_t>(value); }
inline Word put(double value) { return std::bit_cast<Word>(value); }

//===----------------------------------------------------------------------===//
// What ops without control flow do: `apply` to `first` and `second`, in word `a`. The name
// of such a struct is that of the op.
//===----------------------------------------------------------------------===//

/// What a struct stands for.
enum class Kind { Plain, Load, Store, Branch, BranchCharge, Other };

struct RegisterOperands {
  static constexpr Kind kind = Kind::Plain;
  static Word first(const Cell *pc, const Word *fp) { return fp[pc->b]; }
  static Word second(const Cell *pc, const Word *fp) { return fp[pc->c]; }
};
struct ImmediateOperand {
  static constexpr Kind kind = Kind::Plain;
  static Word first(const Cell *pc, const Word *fp) { return fp[pc->b]; }
  static Word second(const Cell *pc, const Word *) { return static_cast<Word>(int64_t(pc->imm)); }
};
struct OneOperand {
  static constexpr Kind kind = Kind::Plain;
  static Word first(const Cell *pc, const Word *fp) { return fp[pc->b]; }
  static Word second(const Cell *, const Word *) { return 0; }
};

/// An op of which only the handler is known.
template <Handler Run>
struct OtherOp {
  static constexpr Kind kind = Kind::Other;
  static constexpr Handler handler = Run;
  static Word first(const Cell *, const Word *) { return 0; }
  static Word second(const Cell *, const Word *) { return 0; }
};

namespace ops {

#define WRIT_APPLY(T, Expression)                                                                  \
  static Word apply(Word first, Word second) {                                                     \
    [[maybe_unused]] T x = get<T>(first), y = get<T>(second);                                      \
    return put(Expression);                                                                        \
  }
#define WRIT_BINARY(Name, Mnemonic, T, Expression)                                                 \
  struct Name : RegisterOperands {                                                                 \
    WRIT_APPLY(T, Expression)                                                                      \
  };                                                                                               \
  struct Name##Imm : ImmediateOperand {                                                            \
    WRIT_APPLY(T, Expression)                                                                      \
  };
#define WRIT_FLOAT_BINARY(Name, Mnemonic, T, Expression)                                           \
  struct Name : RegisterOperands {                                                                 \
    WRIT_APPLY(T, Expression)                                                                      \
  };
#define WRIT_UNARY(Name, Mnemonic, T, Expression)                                                  \
  struct Name : OneOperand {                                                                       \
    WRIT_APPLY(T, Expression)                                                                      \
  };
#define WRIT_COMPARE(Name, Mnemonic, T, Expression)                                                \
  WRIT_BINARY(Name, Mnemonic, T, Expression)                                                       \
  struct Br##Name : Name {                                                                         \
    static constexpr Kind kind = Kind::Branch;                                                     \
    static Word first(const Cell *pc, const Word *fp) { return fp[pc->a]; }                        \
    static Word second(const Cell *pc, const Word *fp) { return fp[pc->b]; }                       \
  };                                                                                               \
  struct Br##Name##Imm : Br##Name {                                                                \
    static Word second(const Cell *pc, const Word *) {                                             \
      return static_cast<Word>(int64_t(int16_t(pc->b)));                                           \
    }                                                                                              \
  };                                                                                               \
  struct Br##Name##Charge : Br##Name {                                                             \
    static constexpr Kind kind = Kind::BranchCharge;                                               \
  };                                                                                               \
  struct Br##Name##ImmCharge : Br##Name##Imm {                                                     \
    static constexpr Kind kind = Kind::BranchCharge;                                               \
  };
#define WRIT_FLOAT_COMPARE(Name, Mnemonic, T, Expression)                                          \
  WRIT_FLOAT_BINARY(Name, Mnemonic, T, Expression)                                                 \
  struct Br##Name : Name {                                                                         \
    static constexpr Kind kind = Kind::Branch;                                                     \
    static Word first(const Cell *pc, const Word *fp) { return fp[pc->a]; }                        \
    static Word second(const Cell *pc, const Word *fp) { return fp[pc->b]; }                       \
  };                                                                                               \
  struct Br##Name##Charge : Br##Name {                                                             \
    static constexpr Kind kind = Kind::BranchCharge;                                               \
  };
#define WRIT_LOAD(Name, Mnemonic, Stored, Loaded)                                                  \
  struct Name {                                                                                    \
    static constexpr Kind kind = Kind::Load;                                                       \
    static constexpr unsigned bytes = sizeof(Stored);                                              \
    static Word first(const Cell *pc, const Word *fp) { return fp[pc->b]; }                        \
    static Word second(const Cell *, const Word *) { return 0; }                                   \
    static Word load(const uint8_t *from) {                                                        \
      Stored value;                                                                                \
      std::memcpy(&value, from, sizeof(value));                                                    \
      return put(Loaded(value));                                                                   \
    }                                                                                              \
  };                                                                                               \
  struct Name##At : Name {                                                                         \
    static Word first(const Cell *, const Word *) { return 0; }                                    \
  };
#define WRIT_STORE(Name, Mnemonic, Stored)                                                         \
  struct Name {                                                                                    \
    static constexpr Kind kind = Kind::Store;                                                      \
    static constexpr unsigned bytes = sizeof(Stored);                                              \
    static Word first(const Cell *pc, const Word *fp) { return fp[pc->a]; }                        \
    static Word second(const Cell *pc, const Word *fp) { return fp[pc->b]; }                       \
    static void store(uint8_t *to, Word word) {                                                    \
      auto value = static_cast<Stored>(word);                                                      \
      std::memcpy(to, &value, sizeof(value));                                                      \
    }                                                                                              \
  };                                                                                               \
  struct Name##At : Name {                                                                         \
    static Word first(const Cell *, const Word *) { return 0; }                                    \
    static Word second(const Cell *pc, const Word *fp) { return fp[pc->a]; }                       \
  };                                                                                               \
  struct Name##Imm : Name {                                                                        \
    static Word second(const Cell *pc, const Word *) {                                             \
      return static_cast<Word>(int64_t(int16_t(pc->b)));                                           \
    }                                                                                              \
  };
#define WRIT_TO_INT(Name, Mnemonic, T, To)                                                         \
  struct Name : OtherOp<run##Name> {};
#define WRIT_DIVISION(Name, Mnemonic, T, Expression)                                               \
  struct Name : OtherOp<run##Name> {};                                                             \
  struct Name##Imm : ImmediateOperand {                                                            \
    WRIT_APPLY(T, Expression)                                                                      \
  };
#define WRIT_MOVE(Name, Mnemonic, Format)
#define WRIT_OP(Name, Mnemonic, Format)                                                            \
  struct Name : OtherOp<run##Name> {};
#include "jit/interp/Bytecode.def"

struct Mov : OneOperand {
  static Word apply(Word first, Word) { return first; }
};
struct ConstU32 : OneOperand {
  static Word first(const Cell *pc, const Word *) { return pc->uimm; }
  static Word apply(Word first, Word) { return first; }
};
struct ConstS32 : OneOperand {
  static Word first(const Cell *pc, const Word *) { return static_cast<Word>(int64_t(pc->imm)); }
  static Word apply(Word first, Word) { return first; }
};

} // namespace ops

/// Where a load or store begins. Cannot overflow: both parts are below 2^32.
inline Word effectiveAddress(Word address, const Cell *pc) { return address + pc->uimm; }

/// Is an access of so many bytes there not wholly in the memory?
inline bool isOutside(Word address, unsigned bytes, Word memoryBytes) {
  return __builtin_expect(address + bytes > memoryBytes, 0);
}

} // namespace writ::interp

#endif
