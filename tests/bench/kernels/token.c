//===- token.c - Transfers, allowances and events of a token --------------===//
//
// n calls of a fungible token in the manner of ERC-20: transfer, approve, transferFrom.
// Balances have 128 bits; accounts of 20 bytes are found in an open-addressing hash table.
// Each call is decoded from its bytes, and each success leaves an event in a log.
//
//===----------------------------------------------------------------------===//
#include "kernel.h"

enum { tableSize = 1 << 14, accounts = 4096, logSize = 1 << 16, callBytes = 1 + 3 * 20 + 16 };

typedef struct {
  u8 bytes[20];
} Address;

typedef struct {
  u64 low, high;
} Amount;

/// A balance if `spender` is all zero, else an allowance.
typedef struct {
  Address owner, spender;
  u32 used;
  Amount amount;
} Entry;

static Entry table[tableSize];
static u8 eventLog[logSize];
static u32 logEnd, events;

static u32 sameAddress(const Address *a, const Address *b) {
  for (u32 i = 0; i < 20; ++i)
    if (a->bytes[i] != b->bytes[i])
      return 0;
  return 1;
}

static u32 hashOf(const Address *owner, const Address *spender) {
  u64 hash = 0xcbf29ce484222325ull;
  for (u32 i = 0; i < 20; ++i)
    hash = (hash ^ owner->bytes[i]) * 0x100000001b3ull;
  for (u32 i = 0; i < 20; ++i)
    hash = (hash ^ spender->bytes[i]) * 0x100000001b3ull;
  return (u32)(hash ^ hash >> 32);
}

/// Makes the entry if there is none. Traps when the table is full.
static NOINLINE Amount *find(const Address *owner, const Address *spender) {
  u32 at = hashOf(owner, spender) % tableSize;
  for (u32 steps = 0; steps < tableSize; ++steps, at = (at + 1) % tableSize) {
    Entry *entry = &table[at];
    if (!entry->used) {
      entry->owner = *owner;
      entry->spender = *spender;
      entry->used = 1;
      return &entry->amount;
    }
    if (sameAddress(&entry->owner, owner) && sameAddress(&entry->spender, spender))
      return &entry->amount;
  }
  __builtin_trap();
}

/// Takes `amount` from `from` if there is so much.
static u32 take(Amount *from, Amount amount) {
  u32 borrow = from->low < amount.low;
  if (from->high < amount.high || from->high - amount.high < borrow)
    return 0;
  from->low -= amount.low;
  from->high -= amount.high + borrow;
  return 1;
}

static void give(Amount *to, Amount amount) {
  to->low += amount.low;
  to->high += amount.high + (to->low < amount.low);
}

static void emitEvent(u8 kind, const Address *from, const Address *to, Amount amount) {
  if (logEnd + 57 > logSize)
    logEnd = 0;
  u8 *out = eventLog + logEnd;
  *out++ = kind;
  for (u32 i = 0; i < 20; ++i)
    *out++ = from->bytes[i];
  for (u32 i = 0; i < 20; ++i)
    *out++ = to->bytes[i];
  for (u32 i = 0; i < 16; ++i)
    *out++ = (u8)((i < 8 ? amount.low : amount.high) >> 8 * (i % 8));
  logEnd += 57;
  ++events;
}

static const Address nobody;

static u32 transfer(const Address *from, const Address *to, Amount amount) {
  if (!take(find(from, &nobody), amount))
    return 0;
  give(find(to, &nobody), amount);
  emitEvent(1, from, to, amount);
  return 1;
}

static u32 approve(const Address *owner, const Address *spender, Amount amount) {
  *find(owner, spender) = amount;
  emitEvent(2, owner, spender, amount);
  return 1;
}

static u32 transferFrom(const Address *spender, const Address *from, const Address *to,
                        Amount amount) {
  Amount *allowance = find(from, spender);
  if (!take(allowance, amount))
    return 0;
  if (transfer(from, to, amount))
    return 1;
  give(allowance, amount);
  return 0;
}

/// A call in bytes: selector, sender, two addresses, amount.
static NOINLINE u32 execute(const u8 *call) {
  Address address[3];
  Amount amount = {0, 0};
  for (u32 i = 0; i < 60; ++i)
    address[i / 20].bytes[i % 20] = call[1 + i];
  for (u32 i = 0; i < 8; ++i) {
    amount.low |= (u64)call[61 + i] << 8 * i;
    amount.high |= (u64)call[69 + i] << 8 * i;
  }
  switch (call[0]) {
  case 0:
    return transfer(&address[0], &address[1], amount);
  case 1:
    return approve(&address[0], &address[1], amount);
  case 2:
    return transferFrom(&address[0], &address[1], &address[2], amount);
  default:
    __builtin_trap();
  }
}

static void putAddress(u8 *out, u32 account) {
  u64 state = account;
  for (u32 i = 0; i < 20; ++i)
    out[i] = (u8)(nextRandom(&state) >> 24);
}

static void makeCall(u8 *call, u64 *state) {
  u64 random = nextRandom(state);
  u32 owner = random % accounts, kind = (random >> 32) % 8;
  call[0] = kind < 5 ? 0 : kind < 6 ? 1 : 2;
  // Each account has one spender, so that the table does not fill.
  u32 spender = (owner + 1) % accounts;
  putAddress(call + 1, call[0] == 2 ? spender : owner);
  putAddress(call + 21, call[0] == 0   ? (u32)(random >> 40) % accounts
                        : call[0] == 1 ? spender
                                       : owner);
  putAddress(call + 41, (u32)(random >> 44) % accounts);
  u64 amount = nextRandom(state) >> 44;
  for (u32 i = 0; i < 16; ++i)
    call[61 + i] = i < 8 ? (u8)(amount >> 8 * i) : 0;
}

u32 run(u32 n) {
  u64 state = 7;
  u32 done = 0, checksum = 1;
  static const Entry empty;
  static u8 call[callBytes];
  for (u32 i = 0; i < tableSize; ++i)
    table[i] = empty;
  logEnd = events = 0;
  for (u32 i = 0; i < accounts; ++i) {
    Address owner;
    putAddress(owner.bytes, i);
    give(find(&owner, &nobody), (Amount){~0ull << 20, i % 2});
  }
  for (u32 i = 0; i < n; ++i) {
    makeCall(call, &state);
    done += execute(call);
  }
  for (u32 i = 0; i < tableSize; ++i)
    checksum = mixWide(checksum, table[i].amount.low ^ table[i].amount.high);
  return mixBytes(mix(mix(checksum, done), events), eventLog, logEnd);
}
