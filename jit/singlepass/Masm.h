//===- Masm.h - Emits x86-64 through asmjit, jumps by hand ----------------===//
//
// Instructions go through asmjit's assembler. Jumps, calls and whatever else is patched later are
// written here: they need no symbol of the library's, which costs more than the instruction.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_MASM_H
#define WRIT_JIT_SINGLEPASS_MASM_H

#include "jit/singlepass/Encoder.h"
#include "jit/singlepass/Registers.h"

#include <asmjit/x86.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace writ::singlepass {

namespace x86 = asmjit::x86;
namespace Inst = asmjit::x86::Inst;

/// The condition of a jump, move or byte set, as the machine numbers it.
enum class Cond : uint8_t { O, NO, B, AE, E, NE, BE, A, S, NS, P, NP, L, GE, LE, G };
constexpr Cond negate(Cond cond) { return Cond(uint8_t(cond) ^ 1); }

/// A place that jumps name, before or after it is known. Jumps to one that is not known yet form a
/// chain through the code: each holds the distance to the one before.
struct Label {
  static constexpr uint32_t unknown = ~0u;
  uint32_t position = unknown;
  uint32_t lastJump = unknown; ///< Position of its 32-bit displacement.
  bool isBound() const { return position != unknown; }
};

enum class Width : uint8_t { W32, W64 };

class Masm {
public:
  Masm();
  Masm(const Masm &) = delete;
  Masm &operator=(const Masm &) = delete;

  /// Forgets all code.
  void clear() { assembler.setOffset(0); }
  uint32_t here() const { return uint32_t(assembler.offset()); }
  const uint8_t *data() const { return assembler.bufferData(); }
  /// What went wrong, which is always our own fault; empty if nothing did.
  const std::string &failure() const { return handler.message; }

  template <typename... Operands>
  void emit(asmjit::InstId inst, const Operands &...operands) {
    if constexpr (sizeof...(operands) == 2)
      if (emitFrequent(inst, operands...))
        return;
    assembler.emit(inst, operands...);
  }
  void bytes(const void *data, size_t count) {
    if (assembler.remainingSpace() < count) {
      assembler.embed(data, count); // Makes room.
      return;
    }
    std::memcpy(assembler.bufferPtr(), data, count);
    advance(count);
  }
  void align(uint32_t alignment, uint8_t filler);

  static x86::Gp gp(Reg reg, Width width) {
    return width == Width::W64 ? x86::Gp(x86::gpq(reg)) : x86::Gp(x86::gpd(reg));
  }
  static x86::Gp q(Reg reg) { return x86::gpq(reg); }
  static x86::Gp d(Reg reg) { return x86::gpd(reg); }
  static x86::Xmm xmm(Reg reg) { return x86::xmm(reg - 16); }

  /// `reg` = `bits`; changes the flags only if `keepFlags` is false.
  void moveImmediate(Reg reg, uint64_t bits, bool keepFlags = false);

  //===--- Jumps and calls ------------------------------------------------===//

  void jump(Label &to);
  void jumpIf(Cond cond, Label &to);
  void bind(Label &label);
  /// `call` or `jmp`; returns the position of the displacement, for `patchRelative`.
  uint32_t callLater();
  uint32_t jumpLater();
  void patchRelative(uint32_t position, uint32_t target) {
    write32(position, target - (position + 4));
  }

  uint32_t read32(uint32_t position) const {
    uint32_t value;
    std::memcpy(&value, data() + position, 4);
    return value;
  }
  void write32(uint32_t position, uint32_t value) {
    std::memcpy(assembler.bufferData() + position, &value, 4);
  }

private:
  class Handler final : public asmjit::ErrorHandler {
  public:
    void handleError(asmjit::Error, const char *text, asmjit::BaseEmitter *) override {
      if (message.empty())
        message = text;
    }
    std::string message;
  };

  void chain(Label &to);
  /// False if it is not one of those that `encode` knows.
  bool emitFrequent(asmjit::InstId inst, const asmjit::Operand_ &first,
                    const asmjit::Operand_ &second) {
    if (assembler.remainingSpace() < maxInstructionBytes)
      return false;
    size_t size = encode(assembler.bufferPtr(), inst, first, second);
    advance(size);
    return size != 0;
  }
  void advance(size_t size) {
    assembler._bufferPtr += size;
    size_t &used = assembler.currentSection()->buffer()._size; // It grows from there.
    used = std::max(used, assembler.offset());
  }

  Handler handler;
  asmjit::CodeHolder code;
  x86::Assembler assembler;
};

} // namespace writ::singlepass

#endif
