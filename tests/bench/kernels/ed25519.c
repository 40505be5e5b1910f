//===- ed25519.c - Check Ed25519 signatures -------------------------------===//
//
// n checks of Ed25519 signatures (RFC 8032) with SHA-512. Every third one is of another
// message and must be refused.
//
//===----------------------------------------------------------------------===//
#include "field256.h"
#include "sha512.h"

/// A point of the curve in extended coordinates: x/z, y/z, and t = x y / z.
typedef struct {
  U256 x, y, z, t;
} Point;

typedef struct {
  u8 key[32], message[32], r[32], s[32];
} Signature;

#include "ed25519-signatures.inc"

static const U256 prime = {{0xffffffed, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
                            0xffffffff, 0x7fffffff}};
static const U256 order = {{0x5cf5d3ed, 0x5812631a, 0xa2f79cd6, 0x14def9de, 0, 0, 0, 0x10000000}};
static const U256 baseY = {{0x66666658, 0x66666666, 0x66666666, 0x66666666, 0x66666666, 0x66666666,
                            0x66666666, 0x66666666}};

static Field coordinates, scalars;
static U256 curveD, curveTwiceD, rootOfMinusOne;

static U256 fromBytes(const u8 bytes[32]) {
  U256 out;
  for (u32 i = 0; i < 8; ++i)
    out.limb[i] = (u32)bytes[4 * i] | (u32)bytes[4 * i + 1] << 8 | (u32)bytes[4 * i + 2] << 16 |
                  (u32)bytes[4 * i + 3] << 24;
  return out;
}

static void small(U256 *out, u32 value) {
  U256 plain = {{value}};
  toField(&coordinates, out, &plain);
}

/// d = -121665 / 121666, and the root of -1, which is 2^((p - 1) / 4).
static void makeCurve(void) {
  const Field *f = &coordinates;
  static const U256 zero = {{0}};
  U256 a, b, exponent = prime;
  makeField(&coordinates, &prime);
  makeField(&scalars, &order);
  small(&a, 121665);
  small(&b, 121666);
  fieldInvert(f, &b, &b);
  fieldMultiply(f, &curveD, &a, &b);
  fieldSubtract(f, &curveD, &zero, &curveD);
  fieldAdd(f, &curveTwiceD, &curveD, &curveD);
  exponent.limb[0] -= 1;
  for (u32 i = 0; i < 8; ++i)
    exponent.limb[i] = exponent.limb[i] >> 2 | (i < 7 ? exponent.limb[i + 1] << 30 : 0);
  small(&a, 2);
  fieldPower(f, &rootOfMinusOne, &a, &exponent);
}

static void add(Point *out, const Point *p, const Point *q) {
  const Field *f = &coordinates;
  U256 a, b, c, d, u;
  fieldSubtract(f, &a, &p->y, &p->x);
  fieldSubtract(f, &u, &q->y, &q->x);
  fieldMultiply(f, &a, &a, &u);
  fieldAdd(f, &b, &p->y, &p->x);
  fieldAdd(f, &u, &q->y, &q->x);
  fieldMultiply(f, &b, &b, &u);
  fieldMultiply(f, &c, &p->t, &q->t);
  fieldMultiply(f, &c, &c, &curveTwiceD);
  fieldMultiply(f, &d, &p->z, &q->z);
  fieldAdd(f, &d, &d, &d);
  U256 e, g, h;
  fieldSubtract(f, &e, &b, &a);
  fieldSubtract(f, &u, &d, &c);
  fieldAdd(f, &g, &d, &c);
  fieldAdd(f, &h, &b, &a);
  fieldMultiply(f, &out->x, &e, &u);
  fieldMultiply(f, &out->y, &g, &h);
  fieldMultiply(f, &out->t, &e, &h);
  fieldMultiply(f, &out->z, &u, &g);
}

static void twice(Point *out, const Point *p) {
  const Field *f = &coordinates;
  U256 a, b, c, e, g, h, u;
  fieldSquare(f, &a, &p->x);
  fieldSquare(f, &b, &p->y);
  fieldSquare(f, &c, &p->z);
  fieldAdd(f, &c, &c, &c);
  fieldAdd(f, &h, &a, &b);
  fieldAdd(f, &u, &p->x, &p->y);
  fieldSquare(f, &u, &u);
  fieldSubtract(f, &e, &h, &u);
  fieldSubtract(f, &g, &a, &b);
  fieldAdd(f, &u, &c, &g);
  fieldMultiply(f, &out->x, &e, &u);
  fieldMultiply(f, &out->y, &g, &h);
  fieldMultiply(f, &out->t, &e, &h);
  fieldMultiply(f, &out->z, &u, &g);
}

/// The root of u / v with the parity `odd`; 0 if there is none. (RFC 8032, 5.1.3)
static u32 rootOfQuotient(U256 *out, const U256 *u, const U256 *v, u32 odd) {
  const Field *f = &coordinates;
  static const U256 zero = {{0}};
  U256 cube, seventh, x, check, plain, negative, exponent = prime;
  exponent.limb[0] -= 5;
  for (u32 i = 0; i < 8; ++i)
    exponent.limb[i] = exponent.limb[i] >> 3 | (i < 7 ? exponent.limb[i + 1] << 29 : 0);
  fieldSquare(f, &cube, v);
  fieldMultiply(f, &cube, &cube, v);
  fieldSquare(f, &seventh, &cube);
  fieldMultiply(f, &seventh, &seventh, v);
  fieldMultiply(f, &x, u, &seventh);
  fieldPower(f, &x, &x, &exponent);
  fieldMultiply(f, &x, &x, &cube);
  fieldMultiply(f, &x, &x, u);
  fieldSquare(f, &check, &x);
  fieldMultiply(f, &check, &check, v);
  fieldSubtract(f, &negative, &zero, u);
  if (isEqual(&check, &negative))
    fieldMultiply(f, &x, &x, &rootOfMinusOne);
  else if (!isEqual(&check, u))
    return 0;
  fromField(f, &plain, &x);
  if ((plain.limb[0] & 1) != odd)
    fieldSubtract(f, &x, &zero, &x);
  *out = x;
  return 1;
}

/// The point with this y and the parity of x in the top bit; 0 if there is none.
static u32 decode(Point *out, U256 y) {
  const Field *f = &coordinates;
  u32 odd = y.limb[7] >> 31;
  y.limb[7] &= 0x7fffffff;
  if (!isLess(&y, &prime))
    return 0;
  U256 square, u, v;
  toField(f, &out->y, &y);
  out->z = f->one;
  fieldSquare(f, &square, &out->y);
  fieldSubtract(f, &u, &square, &f->one);
  fieldMultiply(f, &v, &square, &curveD);
  fieldAdd(f, &v, &v, &f->one);
  if (!rootOfQuotient(&out->x, &u, &v, odd))
    return 0;
  fieldMultiply(f, &out->t, &out->x, &out->y);
  return 1;
}

static U256 encode(const Point *p) {
  const Field *f = &coordinates;
  U256 inverse, x, y;
  fieldInvert(f, &inverse, &p->z);
  fieldMultiply(f, &x, &p->x, &inverse);
  fieldMultiply(f, &y, &p->y, &inverse);
  fromField(f, &x, &x);
  fromField(f, &y, &y);
  y.limb[7] |= x.limb[0] << 31;
  return y;
}

/// The hash of R, key and message, modulo the order.
static void challenge(U256 *out, const Signature *signature) {
  u8 text[96], hash[64];
  for (u32 i = 0; i < 32; ++i) {
    text[i] = signature->r[i];
    text[32 + i] = signature->key[i];
    text[64 + i] = signature->message[i];
  }
  sha512(text, sizeof text, hash);
  U256 low = fromBytes(hash), high = fromBytes(hash + 32);
  toField(&scalars, &low, &low);
  toField(&scalars, &high, &high);
  toField(&scalars, &high, &high); // high * 2^256
  fieldAdd(&scalars, &low, &low, &high);
  fromField(&scalars, out, &low);
}

/// Whether s B - k A gives R's bytes.
static u32 isValid(const Signature *signature, u32 *checksum) {
  static const U256 zero = {{0}};
  U256 s = fromBytes(signature->s), k;
  Point table[4], sum = {zero, coordinates.one, coordinates.one, zero};
  if (!isLess(&s, &order) || !decode(&table[1], baseY) ||
      !decode(&table[2], fromBytes(signature->key)))
    return 0;
  fieldSubtract(&coordinates, &table[2].x, &zero, &table[2].x);
  fieldSubtract(&coordinates, &table[2].t, &zero, &table[2].t);
  add(&table[3], &table[1], &table[2]);
  challenge(&k, signature);
  for (u32 bit = 253; bit-- > 0;) {
    twice(&sum, &sum);
    u32 which = bitOf(&s, bit) | bitOf(&k, bit) << 1;
    if (which != 0)
      add(&sum, &sum, &table[which]);
  }
  U256 got = encode(&sum), expected = fromBytes(signature->r);
  *checksum = mix(*checksum, got.limb[0]);
  return isEqual(&got, &expected);
}

u32 run(u32 n) {
  u32 checksum = 1;
  makeCurve();
  for (u32 i = 0; i < n; ++i) {
    Signature signature = signatures[i % (sizeof signatures / sizeof *signatures)];
    if (i % 3 == 2)
      signature.message[i % 32] ^= 1;
    u32 valid = isValid(&signature, &checksum);
    if (valid != (i % 3 != 2))
      __builtin_trap();
    checksum = mix(checksum, valid);
  }
  return checksum;
}
