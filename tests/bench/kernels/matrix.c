//===- matrix.c - Powers of a matrix modulo a prime -----------------------===//
//
// n products of 24 by 24 matrices of integers modulo 2^31 - 1: nested loops, loads and
// 64-bit remainders.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

enum { size = 24 };

static const u64 prime = 0x7fffffff;

static NOINLINE void multiply(u32 out[size][size], u32 a[size][size], u32 b[size][size]) {
  for (u32 i = 0; i < size; ++i)
    for (u32 j = 0; j < size; ++j) {
      u64 sum = 0;
      for (u32 k = 0; k < size; ++k)
        sum = (sum + (u64)a[i][k] * b[k][j]) % prime;
      out[i][j] = (u32)sum;
    }
}

u32 run(u32 n) {
  static u32 base[size][size], power[size][size], product[size][size];
  u64 state = 23;
  for (u32 i = 0; i < size; ++i)
    for (u32 j = 0; j < size; ++j) {
      base[i][j] = (u32)(nextRandom(&state) % prime);
      power[i][j] = i == j;
    }
  for (u32 round = 0; round < n; ++round) {
    multiply(product, power, base);
    for (u32 i = 0; i < size; ++i)
      for (u32 j = 0; j < size; ++j)
        power[i][j] = product[i][j];
  }
  u32 checksum = 1;
  for (u32 i = 0; i < size; ++i)
    for (u32 j = 0; j < size; ++j)
      checksum = mix(checksum, power[i][j]);
  return checksum;
}
