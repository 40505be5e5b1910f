//===- SinglepassEncoderTest.cpp - Instructions by hand and by asmjit -----===//
#include "jit/singlepass/Encoder.h"

#include <cstring>
#include <doctest/doctest.h>
#include <vector>

using namespace asmjit;
using namespace writ::singlepass;
namespace Inst = asmjit::x86::Inst;

namespace {
/// Encodes both ways and compares.
class Comparison {
public:
  Comparison() {
    code.init(Environment(Arch::kX64));
    code.attach(&assembler);
  }

  void check(InstId inst, const Operand_ &first, const Operand_ &second) {
    uint8_t byHand[maxInstructionBytes];
    size_t size = encode(byHand, inst, first, second);
    if (size == 0)
      return;
    ++numKnown;
    assembler.setOffset(0);
    bool isSame = assembler.emit(inst, first, second) == kErrorOk && assembler.offset() == size &&
                  std::memcmp(byHand, assembler.bufferData(), size) == 0;
    numDifferent += !isSame;
  }

  unsigned numKnown = 0, numDifferent = 0;

private:
  CodeHolder code;
  x86::Assembler assembler;
};
} // namespace

static const std::vector<InstId> instructions = {
    Inst::kIdMov, Inst::kIdAdd, Inst::kIdOr,   Inst::kIdAnd, Inst::kIdSub,
    Inst::kIdXor, Inst::kIdCmp, Inst::kIdTest, Inst::kIdLea, Inst::kIdImul};
static const std::vector<int64_t> immediates = {
    0, 1, -1, 127, 128, -128, -129, INT32_MAX, INT32_MIN, int64_t(UINT32_MAX), int64_t(1) << 32};
static const std::vector<int32_t> offsets = {0,    1,       127,       -128,     128,
                                             -129, 1 << 24, INT32_MAX, INT32_MIN};

static x86::Gp reg(uint32_t id, bool isWide) {
  return isWide ? x86::Gp(x86::gpq(id)) : x86::Gp(x86::gpd(id));
}

static void checkMemory(Comparison &comparison, InstId inst, const x86::Gp &other, uint32_t base) {
  auto both = [&](const x86::Mem &memory) {
    comparison.check(inst, other, memory);
    comparison.check(inst, memory, other);
  };
  for (int32_t offset : offsets) {
    both(x86::ptr(x86::gpq(base), offset));
    for (uint32_t index = 0; index < 16; ++index)
      if (index != x86::Gp::kIdSp)
        both(x86::ptr(x86::gpq(base), x86::gpq(index), index % 4, offset));
  }
}

TEST_CASE("instructions that are encoded by hand have the bytes that asmjit gives them") {
  Comparison comparison;
  for (InstId inst : instructions) {
    for (uint32_t id = 0; id < 32; ++id) {
      x86::Gp first = reg(id % 16, id >= 16);
      for (uint32_t second = 0; second < 32; ++second)
        comparison.check(inst, first, reg(second % 16, second >= 16));
      for (uint32_t base = 0; base < 16; ++base)
        checkMemory(comparison, inst, first, base);
      for (int64_t immediate : immediates)
        comparison.check(inst, first, Imm(immediate));
    }
  }
  CHECK(comparison.numDifferent == 0);
  CHECK(comparison.numKnown > 100'000);
}

TEST_CASE("memory at labels and behind the instruction pointer is left to asmjit") {
  uint8_t bytes[maxInstructionBytes];
  CHECK(encode(bytes, Inst::kIdMov, x86::rax, x86::ptr(x86::rip, 8)) == 0);
  CHECK(encode(bytes, Inst::kIdMov, x86::rax, x86::ptr(x86::ebx)) == 0);
  CHECK(encode(bytes, Inst::kIdMov, x86::xmm0, x86::ptr(x86::rbx)) == 0);
}
