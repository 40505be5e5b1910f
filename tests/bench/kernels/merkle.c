//===- merkle.c - Make and check Merkle proofs with Keccak-256 ------------===//
//
// n proofs in a tree of 256 leaves, whose pairs are hashed the smaller first. Each proof is
// checked as it is and with one bit changed.
//
//===----------------------------------------------------------------------===//
#include "keccak256.h"

enum { levels = 8, leaves = 1 << levels };

typedef struct {
  u8 bytes[32];
} Hash;

/// The root at 1, the children of i at 2 i and 2 i + 1, the leaves at `leaves` and after.
static Hash tree[2 * leaves];

static i32 compare(const Hash *a, const Hash *b) {
  for (u32 i = 0; i < 32; ++i)
    if (a->bytes[i] != b->bytes[i])
      return a->bytes[i] < b->bytes[i] ? -1 : 1;
  return 0;
}

static void hashPair(const Hash *a, const Hash *b, Hash *out) {
  Hash both[2] = {*a, *b};
  if (compare(a, b) > 0) {
    both[0] = *b;
    both[1] = *a;
  }
  keccak256(both[0].bytes, sizeof both, out->bytes);
}

static void makeTree(void) {
  for (u32 i = 0; i < leaves; ++i) {
    u8 text[4] = {(u8)i, (u8)(i >> 8), 'w', 'r'};
    keccak256(text, sizeof text, tree[leaves + i].bytes);
  }
  for (u32 i = leaves; i-- > 1;)
    hashPair(&tree[2 * i], &tree[2 * i + 1], &tree[i]);
}

static void makeProof(u32 leaf, Hash proof[levels]) {
  for (u32 level = 0, at = leaves + leaf; level < levels; ++level, at /= 2)
    proof[level] = tree[at ^ 1];
}

static NOINLINE u32 checkProof(const Hash proof[levels], Hash node, const Hash *root) {
  for (u32 level = 0; level < levels; ++level)
    hashPair(&node, &proof[level], &node);
  return compare(&node, root) == 0;
}

u32 run(u32 n) {
  u64 state = 11;
  makeTree();
  u32 checksum = mixBytes(1, tree[1].bytes, 32);
  for (u32 i = 0; i < n; ++i) {
    Hash proof[levels];
    u64 random = nextRandom(&state);
    u32 leaf = random % leaves;
    makeProof(leaf, proof);
    u32 right = checkProof(proof, tree[leaves + leaf], &tree[1]);
    proof[(random >> 16) % levels].bytes[(random >> 24) % 32] ^= 1 << (random >> 32) % 8;
    u32 wrong = checkProof(proof, tree[leaves + leaf], &tree[1]);
    if (!right || wrong)
      __builtin_trap();
    checksum = mix(checksum, leaf);
  }
  return checksum;
}
