//===- Registers.h - Which register is for what ---------------------------===//
//
// General registers have the machine's numbers, vector registers those plus 16.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_JIT_SINGLEPASS_REGISTERS_H
#define WRIT_JIT_SINGLEPASS_REGISTERS_H

#include <cstdint>

namespace writ::singlepass {

using Reg = uint8_t;
// clang-format off
enum : Reg {
  rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15,
  xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7, xmm8, xmm15 = 31,
  noReg = 0xff,
};
// clang-format on

constexpr bool isXmm(Reg reg) { return reg >= 16; }
constexpr uint32_t bit(Reg reg) { return uint32_t(1) << reg; }

// Everywhere in a function's body, as on entry.
inline constexpr Reg contextReg = rdi;
inline constexpr Reg gasReg = rsi;
/// Base of the linear memory, in functions that access it. Set again after each call.
inline constexpr Reg memoryReg = r11;
/// On entry and in calls: the metered stack left.
inline constexpr Reg stackReg = rdx;
/// Never hold a value from one op to the next.
inline constexpr Reg scratch = rax;
inline constexpr Reg floatScratch = xmm15;
/// The first result.
inline constexpr Reg resultReg = rdx, floatResultReg = xmm0;

/// Hold values within a block; nobody keeps them across calls.
inline constexpr uint32_t generalTemps =
    bit(rcx) | bit(rdx) | bit(r8) | bit(r9) | bit(r10) | bit(r11);
inline constexpr uint32_t floatTemps = 0x00ff'0000;
inline constexpr uint32_t allGeneral = 0x0000'ffff, allFloat = 0xffff'0000;

/// Kept by callees: for slots.
inline constexpr Reg generalPins[] = {rbx, rbp, r12, r13, r14, r15};
/// For slots too, but to be saved around calls: xmm8 to xmm14.
inline constexpr Reg firstFloatPin = xmm8;
inline constexpr unsigned numFloatPins = 7;

/// How parameters are passed after context, gas and stack left; the rest on the stack.
inline constexpr Reg generalParams[] = {rcx, r8, r9};
inline constexpr unsigned numFloatParams = 8; ///< From xmm0.

/// How the first arguments of a block are passed.
inline constexpr Reg generalBlockParams[] = {r10, rdx, rcx};
inline constexpr unsigned numFloatBlockParams = 4; ///< From xmm0.

} // namespace writ::singlepass

#endif
