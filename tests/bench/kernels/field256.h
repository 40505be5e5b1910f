//===- field256.h - Numbers modulo a 256-bit prime ------------------------===//
//
// Montgomery form on eight 32-bit limbs, the least first: what a contract can do with
// WebAssembly's 64-bit product.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_TESTS_BENCH_FIELD256_H
#define WRIT_TESTS_BENCH_FIELD256_H

#include "kernel.h"

typedef struct {
  u32 limb[8];
} U256;

/// A modulus and what follows from it.
typedef struct {
  U256 modulus;
  U256 one;         ///< 2^256
  U256 square;      ///< 2^512, which takes a number into Montgomery form.
  u32 minusInverse; ///< -1 / modulus, modulo 2^32.
} Field;

static inline u32 isZero(const U256 *a) {
  u32 bits = 0;
  for (u32 i = 0; i < 8; ++i)
    bits |= a->limb[i];
  return bits == 0;
}

static inline u32 isEqual(const U256 *a, const U256 *b) {
  u32 bits = 0;
  for (u32 i = 0; i < 8; ++i)
    bits |= a->limb[i] ^ b->limb[i];
  return bits == 0;
}

static inline u32 isLess(const U256 *a, const U256 *b) {
  for (u32 i = 8; i-- > 0;)
    if (a->limb[i] != b->limb[i])
      return a->limb[i] < b->limb[i];
  return 0;
}

static inline u32 bitOf(const U256 *a, u32 bit) { return a->limb[bit / 32] >> bit % 32 & 1; }

/// a - b; the borrow.
static inline u32 subtractWords(U256 *out, const U256 *a, const U256 *b) {
  u64 borrow = 0;
  for (u32 i = 0; i < 8; ++i) {
    u64 d = (u64)a->limb[i] - b->limb[i] - borrow;
    out->limb[i] = (u32)d;
    borrow = d >> 63;
  }
  return (u32)borrow;
}

/// a + b; the carry.
static inline u32 addWords(U256 *out, const U256 *a, const U256 *b) {
  u64 carry = 0;
  for (u32 i = 0; i < 8; ++i) {
    carry += (u64)a->limb[i] + b->limb[i];
    out->limb[i] = (u32)carry;
    carry >>= 32;
  }
  return (u32)carry;
}

static inline void fieldAdd(const Field *f, U256 *out, const U256 *a, const U256 *b) {
  U256 reduced;
  u32 carry = addWords(out, a, b);
  u32 borrow = subtractWords(&reduced, out, &f->modulus);
  if (carry || !borrow)
    *out = reduced;
}

static inline void fieldSubtract(const Field *f, U256 *out, const U256 *a, const U256 *b) {
  if (subtractWords(out, a, b))
    addWords(out, out, &f->modulus);
}

/// a * b / 2^256
static NOINLINE void fieldMultiply(const Field *f, U256 *out, const U256 *a, const U256 *b) {
  u32 t[10] = {0};
  for (u32 i = 0; i < 8; ++i) {
    u64 carry = 0;
    for (u32 j = 0; j < 8; ++j) {
      carry += (u64)a->limb[j] * b->limb[i] + t[j];
      t[j] = (u32)carry;
      carry >>= 32;
    }
    carry += t[8];
    t[8] = (u32)carry;
    t[9] = (u32)(carry >> 32);
    u32 m = t[0] * f->minusInverse;
    carry = ((u64)m * f->modulus.limb[0] + t[0]) >> 32;
    for (u32 j = 1; j < 8; ++j) {
      carry += (u64)m * f->modulus.limb[j] + t[j];
      t[j - 1] = (u32)carry;
      carry >>= 32;
    }
    carry += t[8];
    t[7] = (u32)carry;
    t[8] = t[9] + (u32)(carry >> 32);
  }
  U256 product, reduced;
  for (u32 i = 0; i < 8; ++i)
    product.limb[i] = t[i];
  u32 borrow = subtractWords(&reduced, &product, &f->modulus);
  *out = t[8] || !borrow ? reduced : product;
}

static inline void fieldSquare(const Field *f, U256 *out, const U256 *a) {
  fieldMultiply(f, out, a, a);
}

static inline void toField(const Field *f, U256 *out, const U256 *a) {
  fieldMultiply(f, out, a, &f->square);
}

static inline void fromField(const Field *f, U256 *out, const U256 *a) {
  static const U256 one = {{1}};
  fieldMultiply(f, out, a, &one);
}

/// base to the power of `exponent`, which is a plain number.
static void fieldPower(const Field *f, U256 *out, const U256 *base, const U256 *exponent) {
  U256 result = f->one, factor = *base;
  for (u32 bit = 256; bit-- > 0;) {
    fieldSquare(f, &result, &result);
    if (bitOf(exponent, bit))
      fieldMultiply(f, &result, &result, &factor);
  }
  *out = result;
}

/// 1 / a, by Fermat's little theorem.
static inline void fieldInvert(const Field *f, U256 *out, const U256 *a) {
  static const U256 two = {{2}};
  U256 exponent;
  subtractWords(&exponent, &f->modulus, &two);
  fieldPower(f, out, a, &exponent);
}

static void makeField(Field *f, const U256 *modulus) {
  f->modulus = *modulus;
  u32 inverse = 1;
  for (u32 i = 0; i < 5; ++i) // Newton: each step doubles the bits that are right.
    inverse *= 2 - modulus->limb[0] * inverse;
  f->minusInverse = -inverse;
  U256 power = {{1}};
  for (u32 i = 0; i < 512; ++i) {
    fieldAdd(f, &power, &power, &power);
    if (i == 255)
      f->one = power;
  }
  f->square = power;
}

#endif
