//===- token.c - A token ledger in linear memory --------------------------===//
//
// Accounts are 64-bit numbers. The whole supply starts with account 1. Balances
// live in an open-addressing hash table in the contract's own memory, so this needs
// nothing of a host and shows what calls, loads, stores and traps cost.
//
//===----------------------------------------------------------------------===//

typedef unsigned long long u64;
typedef unsigned int u32;

#define EXPORT(name) __attribute__((export_name(name)))

enum { slotBits = 10, slotCount = 1 << slotBits };

struct Slot {
  u64 account; // 0: free
  u64 balance;
};

static const u64 owner = 1;
static const u64 supply = 1000000000;

static struct Slot slots[slotCount];
static u32 used;

static u32 hash(u64 account) { return (u32)(account * 0x9e3779b97f4a7c15u >> (64 - slotBits)); }

/// The slot of `account`, or the free one where it would be. One slot always stays free.
static struct Slot *find(u64 account) {
  if (used == 0) {
    used = 1;
    slots[hash(owner)] = (struct Slot){owner, supply};
  }
  u32 index = hash(account);
  while (slots[index].account != account && slots[index].account != 0)
    index = (index + 1) % slotCount;
  return &slots[index];
}

/// What `account` owns; 0 for one never heard of.
EXPORT("balance") u64 balance(u64 account) { return account == 0 ? 0 : find(account)->balance; }

/// Moves `amount` from one account to another. 1 if it did, 0 if the sender owns less. Traps
/// when the ledger is full or an account is 0.
EXPORT("transfer") u32 transfer(u64 from, u64 to, u64 amount) {
  if (from == 0 || to == 0)
    __builtin_trap();
  struct Slot *sender = find(from);
  if (sender->account == 0 || sender->balance < amount)
    return 0;
  struct Slot *receiver = find(to);
  if (receiver->account == 0) {
    if (used == slotCount - 1)
      __builtin_trap();
    ++used;
    receiver->account = to;
  }
  sender->balance -= amount;
  receiver->balance += amount;
  return 1;
}

/// The sum of all balances; always the supply.
EXPORT("total") u64 total(void) {
  find(owner);
  u64 sum = 0;
  for (u32 i = 0; i < slotCount; ++i)
    sum += slots[i].balance;
  return sum;
}

/// Makes `rounds` transfers between up to 500 accounts, and traps if a token got lost. The
/// number of transfers that the sender could afford.
EXPORT("main") u32 run(u32 rounds) {
  u32 done = 0;
  u64 random = 1;
  for (u32 i = 0; i < rounds; ++i) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    u64 from = i % 2 == 0 ? owner : 1 + (random >> 40) % 500;
    u64 to = 1 + (random >> 20) % 500;
    done += transfer(from, to, (random >> 50) + 1);
  }
  if (total() != supply)
    __builtin_trap();
  return done;
}
