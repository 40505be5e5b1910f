//===- borsh.c - Write and read records in a binary format ----------------===//
//
// n rounds over a batch of 64 orders: written as NEAR's contracts do it (little-endian
// integers, lengths of four bytes, one byte for what is optional), read back with every
// check, changed, and written again.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

enum { orders = 64, maxFills = 8, maxName = 24, bufferSize = 1 << 16 };

typedef struct {
  u64 price;
  u64 amount;
  u32 time;
} Fill;

typedef struct {
  u64 id;
  u8 owner[maxName];
  u32 ownerSize;
  u8 side;
  u8 hasLimit;
  u64 limit;
  u64 amountLow, amountHigh;
  Fill fills[maxFills];
  u32 fillCount;
} Order;

/// Bytes that are written or read, one after the other. Reading past the end sets `failed`.
typedef struct {
  u8 *at, *end;
  u32 failed;
} Stream;

static void put(Stream *s, u64 value, u32 size) {
  if ((u32)(s->end - s->at) < size) {
    s->failed = 1;
    return;
  }
  for (u32 i = 0; i < size; ++i)
    *s->at++ = (u8)(value >> 8 * i);
}

static u64 get(Stream *s, u32 size) {
  u64 value = 0;
  if ((u32)(s->end - s->at) < size) {
    s->failed = 1;
    return 0;
  }
  for (u32 i = 0; i < size; ++i)
    value |= (u64)*s->at++ << 8 * i;
  return value;
}

static NOINLINE void putOrder(Stream *s, const Order *order) {
  put(s, order->id, 8);
  put(s, order->ownerSize, 4);
  for (u32 i = 0; i < order->ownerSize; ++i)
    put(s, order->owner[i], 1);
  put(s, order->side, 1);
  put(s, order->hasLimit, 1);
  if (order->hasLimit)
    put(s, order->limit, 8);
  put(s, order->amountLow, 8);
  put(s, order->amountHigh, 8);
  put(s, order->fillCount, 4);
  for (u32 i = 0; i < order->fillCount; ++i) {
    put(s, order->fills[i].price, 8);
    put(s, order->fills[i].amount, 8);
    put(s, order->fills[i].time, 4);
  }
}

/// A byte that says yes or no; any other fails.
static u8 getFlag(Stream *s) {
  u8 flag = (u8)get(s, 1);
  if (flag > 1)
    s->failed = 1;
  return flag;
}

/// A length of at most `limit`.
static u32 getLength(Stream *s, u32 limit) {
  u32 length = (u32)get(s, 4);
  if (length > limit) {
    s->failed = 1;
    return 0;
  }
  return length;
}

static NOINLINE void getOrder(Stream *s, Order *order) {
  order->id = get(s, 8);
  order->ownerSize = getLength(s, maxName);
  for (u32 i = 0; i < order->ownerSize; ++i)
    order->owner[i] = (u8)get(s, 1);
  order->side = getFlag(s);
  order->hasLimit = getFlag(s);
  order->limit = order->hasLimit ? get(s, 8) : 0;
  order->amountLow = get(s, 8);
  order->amountHigh = get(s, 8);
  order->fillCount = getLength(s, maxFills);
  for (u32 i = 0; i < order->fillCount; ++i) {
    order->fills[i].price = get(s, 8);
    order->fills[i].amount = get(s, 8);
    order->fills[i].time = (u32)get(s, 4);
  }
}

static void makeOrder(Order *order, u64 *state) {
  u64 random = nextRandom(state);
  order->id = random;
  order->ownerSize = 4 + random % (maxName - 3);
  for (u32 i = 0; i < order->ownerSize; ++i)
    order->owner[i] = (u8)('a' + nextRandom(state) % 26);
  order->side = random >> 32 & 1;
  order->hasLimit = random >> 33 & 1;
  order->limit = order->hasLimit ? nextRandom(state) : 0;
  order->amountLow = nextRandom(state);
  order->amountHigh = nextRandom(state) >> 40;
  order->fillCount = 0;
}

/// What a match would do: takes some of the amount.
static void fill(Order *order, u64 random, u32 time) {
  if (order->fillCount == maxFills)
    order->fillCount = 0;
  u64 amount = random >> 20;
  order->amountHigh -= order->amountLow < amount;
  order->amountLow -= amount;
  order->fills[order->fillCount++] = (Fill){random, amount, time};
}

u32 run(u32 n) {
  static Order book[orders];
  static u8 buffer[bufferSize];
  u64 state = 5;
  u32 checksum = 1;
  for (u32 i = 0; i < orders; ++i)
    makeOrder(&book[i], &state);
  for (u32 round = 0; round < n; ++round) {
    Stream out = {buffer, buffer + bufferSize, 0};
    for (u32 i = 0; i < orders; ++i)
      putOrder(&out, &book[i]);
    u32 size = (u32)(out.at - buffer);
    Stream in = {buffer, buffer + size, 0};
    for (u32 i = 0; i < orders; ++i) {
      getOrder(&in, &book[i]);
      fill(&book[i], nextRandom(&state), round);
    }
    if (out.failed || in.failed || in.at != out.at)
      __builtin_trap();
    checksum = mixWide(mix(checksum, size), book[round % orders].amountLow);
  }
  Stream out = {buffer, buffer + bufferSize, 0};
  for (u32 i = 0; i < orders; ++i)
    putOrder(&out, &book[i]);
  return mixBytes(checksum, buffer, (u32)(out.at - buffer));
}
