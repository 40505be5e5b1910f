//===- rlp.c - Encode and decode transactions in RLP ----------------------===//
//
// n transactions, each encoded as Ethereum does it (a list of integers and strings with an
// access list inside), decoded with the checks that make the encoding unique, and encoded
// again. Every fourth one is also decoded with a byte changed, whatever comes of it.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

enum { maxData = 200, maxKeys = 6, bufferSize = 1024 };

typedef struct {
  u64 nonce, gasPrice, gas, value;
  u8 to[20];
  u8 data[maxData];
  u32 dataSize;
  u8 keys[maxKeys][32];
  u32 keyCount;
} Transaction;

/// Encodings are written from the back, since a list starts with its size.
typedef struct {
  u8 *start, *at;
} Writer;

static void putByte(Writer *w, u8 byte) { *--w->at = byte; }

/// Bytes of a number, the last one first; how many.
static u32 putBigEndian(Writer *w, u64 value) {
  u32 size = 0;
  for (; value != 0; value >>= 8, ++size)
    putByte(w, (u8)value);
  return size;
}

/// `base` is 0x80 for strings and 0xc0 for lists.
static void putHeader(Writer *w, u8 base, u32 size) {
  if (size < 56)
    putByte(w, (u8)(base + size));
  else
    putByte(w, (u8)(base + 55 + putBigEndian(w, size)));
}

static void putString(Writer *w, const u8 *bytes, u32 size) {
  for (u32 i = size; i-- > 0;)
    putByte(w, bytes[i]);
  if (size != 1 || bytes[0] >= 0x80)
    putHeader(w, 0x80, size);
}

static void putNumber(Writer *w, u64 value) {
  u32 size = putBigEndian(w, value);
  if (size != 1 || value >= 0x80)
    putHeader(w, 0x80, size);
}

static NOINLINE void encode(Writer *w, const Transaction *t) {
  u8 *end = w->at;
  for (u32 i = t->keyCount; i-- > 0;)
    putString(w, t->keys[i], 32);
  putHeader(w, 0xc0, (u32)(end - w->at));
  putString(w, t->data, t->dataSize);
  putNumber(w, t->value);
  putString(w, t->to, 20);
  putNumber(w, t->gas);
  putNumber(w, t->gasPrice);
  putNumber(w, t->nonce);
  putHeader(w, 0xc0, (u32)(end - w->at));
}

typedef struct {
  const u8 *at, *end;
  u32 failed;
} Reader;

/// What an item holds; the reader goes past it.
static Reader getItem(Reader *r, u8 base) {
  Reader item = {r->at, r->at, 1};
  u32 room = (u32)(r->end - r->at);
  if (r->failed || room == 0) {
    r->failed = 1;
    return item;
  }
  u32 first = *r->at, header = 1, size = first - base;
  if (base == 0x80 && first < 0x80) {
    header = 0;
    size = 1;
  } else if (first < base || size > 63) {
    r->failed = 1;
    return item;
  } else if (size > 55) {
    header = 1 + size - 55;
    size = 0;
    for (u32 i = 1; i < header && i < room && header <= 4; ++i)
      size = size << 8 | r->at[i];
    r->failed |= header > 4 || header > room || size < 56 || r->at[1] == 0;
  }
  r->failed |= header > room || size > room - header;
  // One byte below 0x80 is its own encoding.
  r->failed |= !r->failed && base == 0x80 && header == 1 && size == 1 && r->at[1] < 0x80;
  if (r->failed)
    return item;
  item = (Reader){r->at + header, r->at + header + size, 0};
  r->at = item.end;
  return item;
}

static u64 getNumber(Reader *r) {
  u64 value = 0;
  Reader item = getItem(r, 0x80);
  if (item.end - item.at > 8 || (item.at != item.end && *item.at == 0))
    r->failed = 1;
  for (; !r->failed && item.at != item.end; ++item.at)
    value = value << 8 | *item.at;
  return value;
}

/// At most `limit` bytes; how many.
static u32 getString(Reader *r, u8 *out, u32 limit) {
  Reader item = getItem(r, 0x80);
  u32 size = (u32)(item.end - item.at);
  if (size > limit)
    r->failed = 1;
  for (u32 i = 0; !r->failed && i < size; ++i)
    out[i] = item.at[i];
  return size;
}

/// Whether the bytes are one transaction and no more.
static NOINLINE u32 decode(const u8 *bytes, u32 size, Transaction *t) {
  Reader all = {bytes, bytes + size, 0};
  Reader list = getItem(&all, 0xc0);
  t->nonce = getNumber(&list);
  t->gasPrice = getNumber(&list);
  t->gas = getNumber(&list);
  list.failed |= getString(&list, t->to, 20) != 20;
  t->value = getNumber(&list);
  t->dataSize = getString(&list, t->data, maxData);
  Reader keys = getItem(&list, 0xc0);
  for (t->keyCount = 0; !keys.failed && keys.at != keys.end; ++t->keyCount)
    if (t->keyCount == maxKeys || getString(&keys, t->keys[t->keyCount], 32) != 32)
      return 0;
  return !all.failed && !list.failed && !keys.failed && all.at == all.end && list.at == list.end;
}

static void make(Transaction *t, u64 *state) {
  u64 random = nextRandom(state);
  t->nonce = random % 300;
  t->gasPrice = nextRandom(state) >> 28;
  t->gas = 21000 + random % 100000;
  t->value = random >> 33 & 1 ? nextRandom(state) : 0;
  for (u32 i = 0; i < 20; ++i)
    t->to[i] = (u8)nextRandom(state);
  t->dataSize = (random >> 40) % (maxData + 1);
  for (u32 i = 0; i < t->dataSize; ++i)
    t->data[i] = (u8)(random >> i % 57);
  t->keyCount = (random >> 50) % (maxKeys + 1);
  for (u32 i = 0; i < t->keyCount; ++i)
    for (u32 j = 0; j < 32; ++j)
      t->keys[i][j] = (u8)(random >> (i + j) % 50);
}

u32 run(u32 n) {
  static u8 first[bufferSize], second[bufferSize];
  static Transaction made, read;
  u64 state = 13;
  u32 checksum = 1;
  for (u32 i = 0; i < n; ++i) {
    make(&made, &state);
    Writer a = {first, first + bufferSize}, b = {second, second + bufferSize};
    encode(&a, &made);
    u32 size = (u32)(first + bufferSize - a.at);
    if (!decode(a.at, size, &read))
      __builtin_trap();
    encode(&b, &read);
    for (u32 j = 0; j < size; ++j)
      if (a.at[j] != b.at[j])
        __builtin_trap();
    checksum = mixBytes(checksum, b.at, size);
    if (i % 4 == 0) {
      a.at[nextRandom(&state) % size] ^= 1 << i / 4 % 8;
      checksum = mix(checksum, decode(a.at, size, &read));
    }
  }
  return checksum;
}
