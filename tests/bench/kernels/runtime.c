//===- runtime.c - What the compiler calls on its own ---------------------===//
//
// For wasm32 only, where there is no C library.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

typedef __SIZE_TYPE__ Size;

void *memcpy(void *restrict to, const void *restrict from, Size size) {
  u8 *out = to;
  const u8 *in = from;
  for (; size >= 8; size -= 8, out += 8, in += 8) {
    u64 word;
    __builtin_memcpy(&word, in, 8);
    __builtin_memcpy(out, &word, 8);
  }
  for (; size > 0; --size)
    *out++ = *in++;
  return to;
}

void *memset(void *to, int byte, Size size) {
  u8 *out = to;
  for (; size > 0; --size)
    *out++ = (u8)byte;
  return to;
}
