//===- merkle.c - SHA-256 and Merkle proofs in a contract -----------------===//
//
// A tree over any number of leaves: a leaf is SHA-256(0x00 bytes), an inner node
// SHA-256(0x01 left right), and a level of odd length passes its last node up as it is.
// A caller writes to the memory at `buffer()` and passes sizes.
//
//===----------------------------------------------------------------------===//

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define EXPORT(name) __attribute__((export_name(name)))

typedef struct {
  u8 bytes[32];
} Hash;

static const u32 roundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static u32 rotateRight(u32 x, u32 n) { return x >> n | x << (32 - n); }

static void compress(u32 state[8], const u8 block[64]) {
  u32 w[64];
  for (u32 i = 0; i < 16; ++i)
    w[i] =
        (u32)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
  for (u32 i = 16; i < 64; ++i) {
    u32 a = rotateRight(w[i - 15], 7) ^ rotateRight(w[i - 15], 18) ^ w[i - 15] >> 3;
    u32 b = rotateRight(w[i - 2], 17) ^ rotateRight(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
  u32 a = state[0], b = state[1], c = state[2], d = state[3];
  u32 e = state[4], f = state[5], g = state[6], h = state[7];
  for (u32 i = 0; i < 64; ++i) {
    u32 s1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    u32 t1 = h + s1 + ((e & f) ^ (~e & g)) + roundConstants[i] + w[i];
    u32 s0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    u32 t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void sha256(const u8 *data, u32 size, Hash *out) {
  u32 state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                  0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  u64 bits = (u64)size * 8;
  for (; size >= 64; size -= 64, data += 64)
    compress(state, data);
  u8 last[128];
  u32 lastSize = size < 56 ? 64 : 128;
  for (u32 i = 0; i < lastSize; ++i)
    last[i] = i < size ? data[i] : i == size ? 0x80 : 0;
  for (u32 i = 0; i < 8; ++i)
    last[lastSize - 1 - i] = (u8)(bits >> 8 * i);
  compress(state, last);
  if (lastSize == 128)
    compress(state, last + 64);
  for (u32 i = 0; i < 32; ++i)
    out->bytes[i] = (u8)(state[i / 4] >> (24 - 8 * (i % 4)));
}

enum { maxLeafBytes = 1024, maxLeaves = 4096 };

static u8 input[65536];

/// Where callers write what they pass.
EXPORT("buffer") u8 *buffer(void) { return input; }

static void hashLeaf(const u8 *data, u32 size, Hash *out) {
  static u8 message[1 + maxLeafBytes];
  if (size > maxLeafBytes)
    __builtin_trap();
  message[0] = 0;
  for (u32 i = 0; i < size; ++i)
    message[1 + i] = data[i];
  sha256(message, 1 + size, out);
}

static void hashPair(const Hash *left, const Hash *right, Hash *out) {
  u8 message[65] = {1};
  for (u32 i = 0; i < 32; ++i) {
    message[1 + i] = left->bytes[i];
    message[33 + i] = right->bytes[i];
  }
  sha256(message, sizeof message, out);
}

/// Takes a level up. Its new length.
static u32 hashLevel(Hash *nodes, u32 count) {
  for (u32 i = 0; i + 1 < count; i += 2)
    hashPair(&nodes[i], &nodes[i + 1], &nodes[i / 2]);
  if (count % 2 != 0)
    nodes[count / 2] = nodes[count - 1];
  return (count + 1) / 2;
}

static u32 equal(const Hash *a, const Hash *b) {
  u32 difference = 0;
  for (u32 i = 0; i < 32; ++i)
    difference |= a->bytes[i] ^ b->bytes[i];
  return difference == 0;
}

/// Walks from the leaf with number `index` of `count` to the root along `path`.
static u32 checkProof(Hash node, u32 index, u32 count, const Hash *path, const Hash *root) {
  for (; count > 1; index /= 2, count = (count + 1) / 2) {
    if (index % 2 != 0)
      hashPair(path++, &node, &node);
    else if (index + 1 < count)
      hashPair(&node, path++, &node);
  }
  return equal(&node, root);
}

/// Whether a tree with `count` leaves has the leaf of `size` bytes at place `index`. The
/// buffer holds the root, the leaf and then the sibling on each level that has one.
EXPORT("verify") u32 verify(u32 index, u32 count, u32 size) {
  Hash leaf;
  if (index >= count || size > maxLeafBytes)
    return 0;
  hashLeaf(input + 32, size, &leaf);
  return checkProof(leaf, index, count, (const Hash *)(input + 32 + size), (const Hash *)input);
}

static Hash leaves[maxLeaves], nodes[maxLeaves];

static void makeLeaves(u32 count) {
  if (count == 0 || count > maxLeaves)
    __builtin_trap();
  for (u32 i = 0; i < count; ++i) {
    u8 data[4] = {(u8)i, (u8)(i >> 8), (u8)(i >> 16), (u8)(i >> 24)};
    hashLeaf(data, 4, &leaves[i]);
  }
}

/// The first eight bytes of the root over `count` leaves, where leaf i is the number i in
/// four bytes, the low one first.
EXPORT("root") u64 root(u32 count) {
  makeLeaves(count);
  for (u32 i = 0; i < count; ++i)
    nodes[i] = leaves[i];
  while (count > 1)
    count = hashLevel(nodes, count);
  u64 start = 0;
  for (u32 i = 0; i < 8; ++i)
    start = start << 8 | nodes[0].bytes[i];
  return start;
}

/// The same tree; makes the proof of leaf `index` and checks it. 1.
EXPORT("main") u32 proveAndCheck(u32 index, u32 count) {
  Hash path[16];
  u32 steps = 0;
  makeLeaves(count);
  if (index >= count)
    __builtin_trap();
  for (u32 i = 0; i < count; ++i)
    nodes[i] = leaves[i];
  for (u32 place = index, length = count; length > 1; place /= 2) {
    if ((place ^ 1) < length)
      path[steps++] = nodes[place ^ 1];
    length = hashLevel(nodes, length);
  }
  return checkProof(leaves[index], index, count, path, &nodes[0]);
}
