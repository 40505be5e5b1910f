//===- Encoder.cpp - The most frequent instructions, by hand --------------===//

#include "jit/singlepass/Encoder.h"

#include <cstring>

using namespace writ;
namespace x86 = asmjit::x86;
namespace Inst = asmjit::x86::Inst;

namespace {

/// Opcodes of one instruction; 0: there is no such form.
struct Opcodes {
  uint8_t fromRegister = 0; ///< r/m, reg: also if both are registers.
  uint8_t fromMemory = 0;   ///< reg, r/m.
  uint8_t digit = 0;        ///< With an immediate: 81 /digit and 83 /digit.
  bool hasImmediate = false;
};

class Writer {
public:
  explicit Writer(uint8_t *to) : start(to), at(to) {}

  void byte(uint8_t value) { *at++ = value; }
  void word(int32_t value) {
    std::memcpy(at, &value, 4);
    at += 4;
  }
  size_t size() const { return size_t(at - start); }

  void registers(uint8_t opcode, bool isWide, uint32_t reg, uint32_t rm) {
    rex(isWide, reg, 0, rm);
    byte(opcode);
    byte(uint8_t(0xc0 | (reg & 7) << 3 | (rm & 7)));
  }

  /// False, with nothing written, for memory that is not addressed by 64-bit registers.
  bool memory(uint8_t opcode, bool isWide, uint32_t reg, const x86::Mem &mem) {
    bool isPlain = mem.baseType() == asmjit::RegType::kX86_Gpq && !mem.hasSegment() &&
                   (!mem.hasIndex() || mem.indexType() == asmjit::RegType::kX86_Gpq);
    if (!isPlain)
      return false;
    uint32_t base = mem.baseId(), index = mem.hasIndex() ? mem.indexId() : noIndex;
    rex(isWide, reg, mem.hasIndex() ? index : 0, base);
    byte(opcode);
    address(reg, base, index, mem.shift(), mem.offsetLo32());
    return true;
  }

private:
  static constexpr uint32_t noIndex = 4; ///< rsp is none.

  void rex(bool isWide, uint32_t reg, uint32_t index, uint32_t rm) {
    uint32_t bits = uint32_t(isWide) << 3 | (reg >> 3) << 2 | (index >> 3) << 1 | rm >> 3;
    if (bits != 0)
      byte(uint8_t(0x40 | bits));
  }

  void address(uint32_t reg, uint32_t base, uint32_t index, uint32_t shift, int32_t offset) {
    bool isByte = offset == int8_t(offset);
    bool isNone = offset == 0 && (base & 7) != 5; // rbp and r13 always have an offset.
    bool hasSib = index != noIndex || (base & 7) == 4;
    uint32_t mode = isNone ? 0x00 : isByte ? 0x40 : 0x80;
    byte(uint8_t(mode | (reg & 7) << 3 | (hasSib ? 4 : base & 7)));
    if (hasSib)
      byte(uint8_t(shift << 6 | (index & 7) << 3 | (base & 7)));
    if (isNone)
      return;
    if (isByte)
      byte(uint8_t(offset));
    else
      word(offset);
  }

  uint8_t *start, *at;
};

} // namespace

/// add, or, and, sub, xor, cmp.
static constexpr Opcodes arithmetic(uint8_t digit) {
  auto base = uint8_t(digit << 3);
  return {uint8_t(base | 1), uint8_t(base | 3), digit, true};
}

static Opcodes opcodesOf(asmjit::InstId inst) {
  switch (inst) {
  case Inst::kIdMov:
    return {0x89, 0x8b};
  case Inst::kIdLea:
    return {0, 0x8d};
  case Inst::kIdTest:
    return {0x85, 0};
  case Inst::kIdAdd:
    return arithmetic(0);
  case Inst::kIdOr:
    return arithmetic(1);
  case Inst::kIdAnd:
    return arithmetic(4);
  case Inst::kIdSub:
    return arithmetic(5);
  case Inst::kIdXor:
    return arithmetic(6);
  case Inst::kIdCmp:
    return arithmetic(7);
  default:
    return {};
  }
}

static bool isGeneral(const asmjit::Operand_ &operand) {
  return x86::Reg::isGpq(operand) || x86::Reg::isGpd(operand);
}

/// What `opcodes` say with an immediate, of 32 bits with its sign.
static size_t encodeImmediate(uint8_t *to, const Opcodes &opcodes, const asmjit::Operand_ &first,
                              int64_t value) {
  bool isWide = x86::Reg::isGpq(first);
  if (!opcodes.hasImmediate || value != int32_t(value))
    return 0;
  Writer writer(to);
  uint32_t id = first.id();
  if (value == int8_t(value)) {
    writer.registers(0x83, isWide, opcodes.digit, id);
    writer.byte(uint8_t(value));
  } else if (id == 0) { // rax has an opcode of its own.
    if (isWide)
      writer.byte(0x48);
    writer.byte(uint8_t(opcodes.digit << 3 | 5));
    writer.word(int32_t(value));
  } else {
    writer.registers(0x81, isWide, opcodes.digit, id);
    writer.word(int32_t(value));
  }
  return writer.size();
}

size_t singlepass::encode(uint8_t *to, asmjit::InstId inst, const asmjit::Operand_ &first,
                          const asmjit::Operand_ &second) {
  Opcodes opcodes = opcodesOf(inst);
  Writer writer(to);
  if (isGeneral(first) && second.isImm())
    return encodeImmediate(to, opcodes, first, second.as<asmjit::Imm>().value());
  bool isDone = false;
  if (isGeneral(first) && second.isMem()) {
    isDone = opcodes.fromMemory && writer.memory(opcodes.fromMemory, x86::Reg::isGpq(first),
                                                 first.id(), second.as<x86::Mem>());
  } else if (isGeneral(second) && opcodes.fromRegister) {
    bool isWide = x86::Reg::isGpq(second);
    if (first.isMem()) {
      isDone = writer.memory(opcodes.fromRegister, isWide, second.id(), first.as<x86::Mem>());
    } else if (first.signature() == second.signature()) {
      writer.registers(opcodes.fromRegister, isWide, second.id(), first.id());
      isDone = true;
    }
  }
  return isDone ? writer.size() : 0;
}
