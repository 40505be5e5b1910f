//===- keccak256.h - Keccak-256, as Ethereum uses it ----------------------===//
#ifndef WRIT_TESTS_BENCH_KECCAK256_H
#define WRIT_TESTS_BENCH_KECCAK256_H

#include "kernel.h"

static inline u64 rotateLeft64(u64 x, u32 n) { return n == 0 ? x : x << n | x >> (64 - n); }

/// The round constants come from a shift register: one bit for each power of two.
static void makeRoundConstants(u64 constants[24]) {
  u32 bits = 1;
  for (u32 round = 0; round < 24; ++round) {
    constants[round] = 0;
    for (u32 j = 0; j < 7; ++j) {
      if (bits & 1)
        constants[round] |= 1ull << ((1u << j) - 1);
      bits = bits << 1 ^ (bits & 0x80 ? 0x171 : 0);
    }
  }
}

static u64 keccakConstants[24];

static NOINLINE void keccakPermute(u64 a[25]) {
  static const u8 shifts[24] = {1,  3,  6,  10, 15, 21, 28, 36, 45, 55, 2,  14,
                                27, 41, 56, 8,  25, 43, 62, 18, 39, 61, 20, 44};
  static const u8 places[24] = {10, 7,  11, 17, 18, 3, 5,  16, 8,  21, 24, 4,
                                15, 23, 19, 13, 12, 2, 20, 14, 22, 9,  6,  1};
  for (u32 round = 0; round < 24; ++round) {
    u64 columns[5], row[5];
    for (u32 x = 0; x < 5; ++x)
      columns[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (u32 x = 0; x < 5; ++x) {
      u64 d = columns[(x + 4) % 5] ^ rotateLeft64(columns[(x + 1) % 5], 1);
      for (u32 y = 0; y < 25; y += 5)
        a[x + y] ^= d;
    }
    u64 moving = a[1];
    for (u32 i = 0; i < 24; ++i) {
      u64 next = a[places[i]];
      a[places[i]] = rotateLeft64(moving, shifts[i]);
      moving = next;
    }
    for (u32 y = 0; y < 25; y += 5) {
      for (u32 x = 0; x < 5; ++x)
        row[x] = a[y + x];
      for (u32 x = 0; x < 5; ++x)
        a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
    }
    a[0] ^= keccakConstants[round];
  }
}

static void keccak256(const u8 *data, u32 size, u8 out[32]) {
  u64 state[25] = {0};
  if (keccakConstants[0] == 0)
    makeRoundConstants(keccakConstants);
  u32 place = 0;
  for (u32 i = 0; i < size; ++i) {
    state[place / 8] ^= (u64)data[i] << 8 * (place % 8);
    if (++place == 136) {
      keccakPermute(state);
      place = 0;
    }
  }
  state[place / 8] ^= 1ull << 8 * (place % 8);
  state[16] ^= 1ull << 63;
  keccakPermute(state);
  for (u32 i = 0; i < 32; ++i)
    out[i] = (u8)(state[i / 8] >> 8 * (i % 8));
}

#endif
