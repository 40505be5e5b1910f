//===- secp256k1.c - Check ECDSA signatures, as chains do -----------------===//
//
// n checks of ECDSA signatures over secp256k1. Every third one is of another message and
// must be refused.
//
//===----------------------------------------------------------------------===//
#include "field256.h"

/// A point in Jacobian coordinates; z is 0 at infinity.
typedef struct {
  U256 x, y, z;
} Point;

typedef struct {
  U256 x, y; ///< The public key.
  U256 hash, r, s;
} Signature;

#include "secp256k1-signatures.inc"

static const U256 prime = {{0xfffffc2f, 0xfffffffe, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
                            0xffffffff, 0xffffffff}};
static const U256 order = {{0xd0364141, 0xbfd25e8c, 0xaf48a03b, 0xbaaedce6, 0xfffffffe, 0xffffffff,
                            0xffffffff, 0xffffffff}};
static const U256 generatorX = {{0x16f81798, 0x59f2815b, 0x2dce28d9, 0x029bfcdb, 0xce870b07,
                                 0x55a06295, 0xf9dcbbac, 0x79be667e}};
static const U256 generatorY = {{0xfb10d4b8, 0x9c47d08f, 0xa6855419, 0xfd17b448, 0x0e1108a8,
                                 0x5da4fbfc, 0x26a3c465, 0x483ada77}};

static Field coordinates, scalars;

static void twice(Point *out, const Point *p) {
  const Field *f = &coordinates;
  U256 a, b, c, d, e, t;
  fieldSquare(f, &a, &p->x);
  fieldSquare(f, &b, &p->y);
  fieldSquare(f, &c, &b);
  fieldAdd(f, &d, &p->x, &b);
  fieldSquare(f, &d, &d);
  fieldSubtract(f, &d, &d, &a);
  fieldSubtract(f, &d, &d, &c);
  fieldAdd(f, &d, &d, &d); // 4 x y^2
  fieldAdd(f, &e, &a, &a);
  fieldAdd(f, &e, &e, &a); // 3 x^2
  fieldMultiply(f, &t, &p->y, &p->z);
  fieldAdd(f, &out->z, &t, &t);
  fieldSquare(f, &out->x, &e);
  fieldSubtract(f, &out->x, &out->x, &d);
  fieldSubtract(f, &out->x, &out->x, &d);
  fieldSubtract(f, &d, &d, &out->x);
  fieldMultiply(f, &d, &d, &e);
  for (u32 i = 0; i < 3; ++i)
    fieldAdd(f, &c, &c, &c); // 8 y^4
  fieldSubtract(f, &out->y, &d, &c);
}

/// Sets h and r to the differences of the two points, x and y, over a common z.
static void differences(const Point *p, const Point *q, U256 *u, U256 *s, U256 *h, U256 *r) {
  const Field *f = &coordinates;
  U256 pz, qz;
  fieldSquare(f, &pz, &p->z);
  fieldSquare(f, &qz, &q->z);
  fieldMultiply(f, u, &p->x, &qz);
  fieldMultiply(f, h, &q->x, &pz);
  fieldSubtract(f, h, h, u);
  fieldMultiply(f, &qz, &qz, &q->z);
  fieldMultiply(f, &pz, &pz, &p->z);
  fieldMultiply(f, s, &p->y, &qz);
  fieldMultiply(f, r, &q->y, &pz);
  fieldSubtract(f, r, r, s);
}

static void add(Point *out, const Point *p, const Point *q) {
  const Field *f = &coordinates;
  U256 u, s, h, r, hh, hhh;
  if (isZero(&p->z) || isZero(&q->z)) {
    *out = isZero(&p->z) ? *q : *p;
    return;
  }
  differences(p, q, &u, &s, &h, &r);
  if (isZero(&h)) {
    if (isZero(&r))
      twice(out, p);
    else
      *out = (Point){{{0}}, {{0}}, {{0}}};
    return;
  }
  fieldMultiply(f, &out->z, &p->z, &q->z);
  fieldMultiply(f, &out->z, &out->z, &h);
  fieldSquare(f, &hh, &h);
  fieldMultiply(f, &hhh, &hh, &h);
  fieldMultiply(f, &u, &u, &hh);
  fieldSquare(f, &out->x, &r);
  fieldSubtract(f, &out->x, &out->x, &hhh);
  fieldSubtract(f, &out->x, &out->x, &u);
  fieldSubtract(f, &out->x, &out->x, &u);
  fieldSubtract(f, &u, &u, &out->x);
  fieldMultiply(f, &u, &u, &r);
  fieldMultiply(f, &s, &s, &hhh);
  fieldSubtract(f, &out->y, &u, &s);
}

/// a G + b Q, bit by bit for both at once.
static void combine(Point *out, const U256 *a, const U256 *b, const Point *q) {
  Point table[4], sum = {{{0}}, {{0}}, {{0}}};
  toField(&coordinates, &table[1].x, &generatorX);
  toField(&coordinates, &table[1].y, &generatorY);
  table[1].z = coordinates.one;
  table[2] = *q;
  add(&table[3], &table[1], &table[2]);
  for (u32 bit = 256; bit-- > 0;) {
    Point doubled = sum;
    twice(&sum, &doubled);
    u32 which = bitOf(a, bit) | bitOf(b, bit) << 1;
    if (which == 0)
      continue;
    doubled = sum;
    add(&sum, &doubled, &table[which]);
  }
  *out = sum;
}

/// Whether the signature is right for `hash`; `checksum` takes in the point it led to.
static u32 isValid(const Signature *signature, const U256 *hash, u32 *checksum) {
  if (isZero(&signature->r) || isZero(&signature->s) || !isLess(&signature->r, &order) ||
      !isLess(&signature->s, &order))
    return 0;
  U256 inverse, u1, u2, x;
  toField(&scalars, &inverse, &signature->s);
  fieldInvert(&scalars, &inverse, &inverse);
  fieldMultiply(&scalars, &u1, hash, &inverse); // One factor in Montgomery form: a plain product.
  fieldMultiply(&scalars, &u2, &signature->r, &inverse);
  Point key, sum;
  toField(&coordinates, &key.x, &signature->x);
  toField(&coordinates, &key.y, &signature->y);
  key.z = coordinates.one;
  combine(&sum, &u1, &u2, &key);
  if (isZero(&sum.z))
    return 0;
  fieldInvert(&coordinates, &x, &sum.z);
  fieldSquare(&coordinates, &x, &x);
  fieldMultiply(&coordinates, &x, &x, &sum.x);
  fromField(&coordinates, &x, &x);
  *checksum = mix(*checksum, x.limb[0]);
  if (!isLess(&x, &order))
    subtractWords(&x, &x, &order);
  return isEqual(&x, &signature->r);
}

u32 run(u32 n) {
  makeField(&coordinates, &prime);
  makeField(&scalars, &order);
  u32 checksum = 1;
  for (u32 i = 0; i < n; ++i) {
    const Signature *signature = &signatures[i % (sizeof signatures / sizeof *signatures)];
    U256 hash = signature->hash;
    if (i % 3 == 2)
      hash.limb[i % 8] ^= 1;
    u32 valid = isValid(signature, &hash, &checksum);
    if (valid != (i % 3 != 2))
      __builtin_trap();
    checksum = mix(checksum, valid);
  }
  return checksum;
}
