//===- kernel.h - What all kernels share ----------------------------------===//
//
// A kernel is one C file that exports `run`: n units of some work, and a checksum of what
// came out. The same file is built for wasm32 and natively, and needs no library. Each run
// starts from the same state, so that it can be called again.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_TESTS_BENCH_KERNEL_H
#define WRIT_TESTS_BENCH_KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int i32;
typedef long long i64;

#define EXPORT __attribute__((visibility("default"), used))
#define NOINLINE __attribute__((noinline))

EXPORT u32 run(u32 n);

/// The next of a sequence of pseudo-random numbers; any start is good.
static inline u64 nextRandom(u64 *state) {
  u64 x = *state += 0x9e3779b97f4a7c15ull;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ x >> 27) * 0x94d049bb133111ebull;
  return x ^ x >> 31;
}

/// A checksum of all that was mixed in, in order.
static inline u32 mix(u32 checksum, u32 value) {
  checksum = (checksum ^ value) * 0x85ebca6b;
  return checksum ^ checksum >> 15;
}

static inline u32 mixWide(u32 checksum, u64 value) {
  return mix(mix(checksum, (u32)value), (u32)(value >> 32));
}

static inline u32 mixBytes(u32 checksum, const u8 *bytes, u32 size) {
  for (u32 i = 0; i < size; ++i)
    checksum = (checksum ^ bytes[i]) * 0x01000193;
  return mix(checksum, size);
}

#endif
