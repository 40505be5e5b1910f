//===- Masm.cpp - Emits x86-64 through asmjit, jumps by hand --------------===//

#include "jit/singlepass/Masm.h"

using namespace writ::singlepass;

Masm::Masm() {
  code.init(asmjit::Environment(asmjit::Arch::kX64));
  code.setErrorHandler(&handler);
  code.attach(&assembler);
}

void Masm::align(uint32_t alignment, uint8_t filler) {
  while (here() % alignment != 0)
    bytes(&filler, 1);
}

void Masm::moveImmediate(Reg reg, uint64_t bits, bool keepFlags) {
  if (bits == 0 && !keepFlags)
    emit(Inst::kIdXor, d(reg), d(reg));
  else if (bits <= UINT32_MAX)
    emit(Inst::kIdMov, d(reg), asmjit::Imm(uint32_t(bits)));
  else
    emit(Inst::kIdMov, q(reg), asmjit::Imm(int64_t(bits)));
}

//===----------------------------------------------------------------------===//
// Jumps
//===----------------------------------------------------------------------===//

void Masm::chain(Label &to) {
  uint32_t position = here() - 4;
  write32(position, to.lastJump == Label::unknown ? 0 : position - to.lastJump);
  to.lastJump = position;
}

void Masm::jump(Label &to) {
  if (!to.isBound()) {
    jumpLater();
    chain(to);
    return;
  }
  int64_t distance = int64_t(to.position) - int64_t(here() + 2);
  if (distance >= -128) {
    uint8_t code[2] = {0xeb, uint8_t(distance)};
    bytes(code, sizeof(code));
    return;
  }
  patchRelative(jumpLater(), to.position);
}

void Masm::jumpIf(Cond cond, Label &to) {
  int64_t distance = int64_t(to.position) - int64_t(here() + 2);
  if (to.isBound() && distance >= -128) {
    uint8_t code[2] = {uint8_t(0x70 | uint8_t(cond)), uint8_t(distance)};
    bytes(code, sizeof(code));
    return;
  }
  uint8_t code[6] = {0x0f, uint8_t(0x80 | uint8_t(cond)), 0, 0, 0, 0};
  bytes(code, sizeof(code));
  if (to.isBound())
    patchRelative(here() - 4, to.position);
  else
    chain(to);
}

void Masm::bind(Label &label) {
  label.position = here();
  for (uint32_t jump = label.lastJump; jump != Label::unknown;) {
    uint32_t distance = read32(jump);
    patchRelative(jump, label.position);
    jump = distance == 0 ? Label::unknown : jump - distance;
  }
  label.lastJump = Label::unknown;
}

uint32_t Masm::callLater() {
  uint8_t code[5] = {0xe8};
  bytes(code, sizeof(code));
  return here() - 4;
}

uint32_t Masm::jumpLater() {
  uint8_t code[5] = {0xe9};
  bytes(code, sizeof(code));
  return here() - 4;
}
