//===- collatz.c - Lengths of Collatz sequences ---------------------------===//
//
// 64-bit integer arithmetic and branches that cannot be guessed; no memory.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

static u32 stepsFrom(u64 number) {
  u32 steps = 0;
  while (number != 1) {
    number = number % 2 == 0 ? number / 2 : 3 * number + 1;
    ++steps;
  }
  return steps;
}

u32 run(u32 n) {
  u32 checksum = 1, longest = 0;
  for (u32 i = 1; i <= n; ++i) {
    u32 steps = stepsFrom(i);
    longest = steps > longest ? steps : longest;
    checksum = mix(checksum, steps);
  }
  return mix(checksum, longest);
}
