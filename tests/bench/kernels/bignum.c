//===- bignum.c - Multiply, divide and print long numbers -----------------===//
//
// n rounds of: a product of two numbers of 1024 bits, its remainder by a third (Knuth's
// algorithm D), a check of quotient * divisor + remainder, and the remainder in decimal.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

enum { words = 32, digits = 320 };

/// out = a * b
static NOINLINE void multiply(u32 *out, const u32 *a, u32 aWords, const u32 *b, u32 bWords) {
  for (u32 i = 0; i < aWords + bWords; ++i)
    out[i] = 0;
  for (u32 i = 0; i < aWords; ++i) {
    u64 carry = 0;
    for (u32 j = 0; j < bWords; ++j) {
      carry += (u64)a[i] * b[j] + out[i + j];
      out[i + j] = (u32)carry;
      carry >>= 32;
    }
    out[i + bWords] = (u32)carry;
  }
}

/// out += a; the carry.
static u32 addTo(u32 *out, const u32 *a, u32 count) {
  u64 carry = 0;
  for (u32 i = 0; i < count; ++i) {
    carry += (u64)out[i] + a[i];
    out[i] = (u32)carry;
    carry >>= 32;
  }
  return (u32)carry;
}

/// part -= factor * divisor, over one word more than the divisor has; the borrow.
static u32 subtractMultiple(u32 *part, const u32 *divisor, u32 count, u32 factor) {
  u64 carry = 0;
  for (u32 i = 0; i < count; ++i) {
    carry += (u64)factor * divisor[i];
    u64 difference = (u64)part[i] - (u32)carry;
    part[i] = (u32)difference;
    carry = (carry >> 32) + (difference >> 63);
  }
  u64 difference = (u64)part[count] - carry;
  part[count] = (u32)difference;
  return (u32)(difference >> 63);
}

/// A first guess of one word of the quotient: at most one too large, very rarely two.
static u32 guess(const u32 *part, const u32 *divisor, u32 count) {
  u64 top = (u64)part[count] << 32 | part[count - 1];
  u64 quotient = top / divisor[count - 1], rest = top % divisor[count - 1];
  while (quotient >> 32 || quotient * divisor[count - 2] > (rest << 32 | part[count - 2])) {
    --quotient;
    rest += divisor[count - 1];
    if (rest >> 32)
      break;
  }
  return (u32)quotient;
}

/// Divides `number` of 2 * words + 1 words, whose top word is 0, by `divisor` of `words`,
/// whose top bit is set. The remainder stays in `number`.
static NOINLINE void divide(u32 *quotient, u32 *number, const u32 *divisor) {
  for (u32 at = words + 1; at-- > 0;) {
    u32 word = guess(number + at, divisor, words);
    if (subtractMultiple(number + at, divisor, words, word)) {
      --word;
      number[at + words] += addTo(number + at, divisor, words);
    }
    quotient[at] = word;
  }
}

/// `number` in decimal, the last digit first; uses it up. How many digits.
static NOINLINE u32 print(u8 *out, u32 *number) {
  u32 length = 0;
  for (u32 top = words; top > 0;) {
    u64 rest = 0;
    for (u32 i = top; i-- > 0;) {
      rest = rest << 32 | number[i];
      number[i] = (u32)(rest / 1000000000);
      rest %= 1000000000;
    }
    while (top > 0 && number[top - 1] == 0)
      --top;
    for (u32 i = 0; i < 9; ++i, rest /= 10)
      out[length++] = (u8)('0' + rest % 10);
  }
  return length;
}

static void check(const u32 *quotient, const u32 *divisor, const u32 *rest, const u32 *product) {
  static u32 back[2 * words + 1];
  multiply(back, quotient, words + 1, divisor, words);
  u32 carry = addTo(back, rest, words);
  for (u32 i = words; carry != 0 && i < 2 * words; ++i)
    carry = ++back[i] == 0;
  for (u32 i = 0; i < 2 * words; ++i)
    if (back[i] != product[i])
      __builtin_trap();
}

u32 run(u32 n) {
  static u32 a[words], b[words], divisor[words];
  static u32 product[2 * words + 1], number[2 * words + 1], quotient[words + 1];
  static u8 text[digits];
  u64 state = 3;
  u32 checksum = 1;
  for (u32 i = 0; i < words; ++i)
    a[i] = (u32)nextRandom(&state);
  for (u32 round = 0; round < n; ++round) {
    for (u32 i = 0; i < words; ++i) {
      b[i] = (u32)nextRandom(&state);
      divisor[i] = (u32)nextRandom(&state);
    }
    divisor[words - 1] |= 1u << 31;
    multiply(product, a, words, b, words);
    for (u32 i = 0; i < 2 * words; ++i)
      number[i] = product[i];
    number[2 * words] = 0;
    divide(quotient, number, divisor);
    check(quotient, divisor, number, product);
    for (u32 i = 0; i < words; ++i)
      a[i] = number[i] | 1;
    checksum = mixBytes(checksum, text, print(text, number));
  }
  return checksum;
}
