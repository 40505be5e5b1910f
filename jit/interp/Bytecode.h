//===- Bytecode.h - Cells, ops and formats of the interpreter's code ------===//
//
// Code is a row of 16-byte cells, mostly one an op: a handler to jump to and operands. Operands
// are indices of 64-bit words of the function's frame (README.md). i32 and f32 are
// zero-extended, everywhere.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_INTERP_BYTECODE_H
#define WRIT_JIT_INTERP_BYTECODE_H

#include "hostabi/Context.h"

#include <cstdint>

namespace writ::interp {

enum class Opcode : uint16_t {
#define WRIT_OP(Name, Mnemonic, Format) Name,
#include "jit/interp/Bytecode.def"
#define WRIT_PAIR(First, Second, Link) First##_##Second##_##Link,
#include "jit/interp/Pairs.def"
};

inline constexpr unsigned numPlainOps = 0
#define WRIT_OP(Name, Mnemonic, Format) +1
#include "jit/interp/Bytecode.def"
    ;
inline constexpr unsigned numOps = numPlainOps
#define WRIT_PAIR(First, Second, Link) +1
#include "jit/interp/Pairs.def"
    ;

/// Where a cell's operands are. D is a word that the op writes, S one that it reads, in the
/// fields a, b, c, d in this order; I is `imm`, H the field b as a signed number, J a jump by
/// `imm` cells.
enum class Format : uint8_t {
  None,
  D,
  DS,
  DSS,
  DSSS,
  DSI,
  DI,
  DataWord, ///< D; the 64-bit value is `data[0..1]` of the next cell.
  SI,
  SSI,
  SSS,
  I,
  J,
  SSJ,
  SHJ,
  Load,     ///< D, address S, offset I.
  LoadAt,   ///< D, address I.
  Store,    ///< Address S, value S, offset I.
  StoreAt,  ///< Value S, address I.
  StoreImm, ///< Address S, value H, offset I.
  DSSData,  ///< Two more numbers in `data[0..1]` of the next cell; so with SSSData.
  SSSData,
  SwitchTable, ///< Index S, `imm` targets and a default in the `data` of the next cells.
  CallJ,       ///< Entry J. Next: CallData.
  CallI,       ///< Function I. Next: CallData.
  CallS,       ///< Element S of table I. Next: CallTypeData, CallData.
  TailJ,
  TailI,     ///< b: number of results; next: CallTypeData.
  TailS,     ///< As CallS; next: CallTypeData.
  EnterData, ///< Metered bytes I, first word to clear D; next: `EnterData`.
};

struct Cell;
struct RunState;

/// Every handler has the same signature, with all of it in registers, and ends in a jump to
/// the next one (Handlers.h).
#define WRIT_HANDLER_PARAMETERS                                                                    \
  const ::writ::interp::Cell *pc, uint64_t *fp, uint8_t *memory, uint64_t memoryBytes,             \
      uint64_t gas, ::writ::InstanceContext *context, uint64_t stackLeft, const uint64_t *prices,  \
      ::writ::interp::RunState *state
using Handler = __attribute__((preserve_none)) void (*)(WRIT_HANDLER_PARAMETERS);

struct Cell {
  union {
    Handler handler;
    uint32_t extra[2]; ///< Of cells that are data.
  };
  union {
    struct {
      uint16_t a, b;
      union {
        struct {
          uint16_t c, d;
        };
        int32_t imm;
        uint32_t uimm;
      };
    };
    uint32_t data[2];
  };
};
static_assert(sizeof(Cell) == 16);

/// The cell before the one that a call returns to: `data[0]` is the word for the result, if there
/// is one, `data[1]` the words from the caller's frame to the callee's; `extra[0]` is the
/// number of results, `extra[1]` of parameters.
///
/// CallTypeData: `data[0]` is the interned signature, `extra` as above.
///
/// EnterData: `data[0]` is how many words to clear, `data[1]` how many the frame needs with
/// all that is written beyond its end before a callee checks.

struct OpInfo {
  const char *mnemonic;
  Format format;
  Opcode op;
};

/// Of the first op, for a pair: that is what is left when its second is not to run.
const OpInfo &opInfo(Opcode op);
Handler handlerOf(Opcode op);

/// The op whose handler `handler` is.
Opcode opOf(Handler handler);

/// How many cells an op with its data takes, switches excepted (`switchCells`).
constexpr unsigned cellsOf(Format format) {
  constexpr auto bit = [](Format f) { return uint64_t(1) << unsigned(f); };
  constexpr uint64_t two = bit(Format::DataWord) | bit(Format::DSSData) | bit(Format::SSSData) |
                           bit(Format::CallJ) | bit(Format::CallI) | bit(Format::TailJ) |
                           bit(Format::TailI) | bit(Format::TailS) | bit(Format::EnterData);
  return format == Format::CallS ? 3 : 1 + (two >> unsigned(format) & 1);
}
inline unsigned switchCells(const Cell &cell) { return 1 + (cell.uimm + 1 + 3) / 4; }

/// How the second op of a pair takes the first's result.
enum class Link : uint8_t { None, First, Second };

} // namespace writ::interp

#endif
