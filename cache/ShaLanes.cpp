//===- ShaLanes.cpp - SHA-256 of several messages at a time ---------------===//
//
// FIPS 180-4 with the instructions of x86-64 that do two rounds each. Their result takes four
// cycles, and another can begin after two: so two messages take hardly longer than one.
//
//===----------------------------------------------------------------------===//
#include "cache/ShaLanes.h"

#include <algorithm>
#include <cpuid.h>
#include <cstring>
#include <immintrin.h>

using namespace writ::cache;

#define WRIT_SHA __attribute__((target("sha,sse4.1,ssse3")))

static constexpr size_t blockBytes = 64;

alignas(16) static constexpr uint32_t roundConstants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/// Found out at the start: whoever asks may be a signal handler.
static const bool hasInstructions = [] {
  __builtin_cpu_init();
  unsigned a, b, c, d;
  constexpr unsigned shaBit = 1u << 29;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & shaBit) &&
         __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.1");
}();

bool writ::cache::hasShaInstructions() noexcept { return hasInstructions; }

namespace {

/// A message on its way: its blocks, and then the one or two that have its end and length.
struct Lane {
  // As the instructions have it: words A, B, E, F and C, D, G, H, the first one in the high lane.
  __m128i abef, cdgh;
  const uint8_t *next = nullptr;
  size_t blocks = 0; ///< From `next` on.
  bool isAtEnd = false;
  uint8_t end[2 * blockBytes];
  size_t endBlocks = 0;
  Digest *to = nullptr;

  void begin(std::span<const uint8_t> message, Digest *digest) noexcept;
  /// To its end, once its blocks are done; false if that is done too.
  bool goOn() noexcept;
  WRIT_SHA void finish() noexcept;
};

} // namespace

void Lane::begin(std::span<const uint8_t> message, Digest *digest) noexcept {
  abef = _mm_set_epi32(0x6a09e667, int(0xbb67ae85), 0x510e527f, int(0x9b05688c));
  cdgh = _mm_set_epi32(0x3c6ef372, int(0xa54ff53a), 0x1f83d9ab, 0x5be0cd19);
  next = message.data();
  blocks = message.size() / blockBytes;
  isAtEnd = false;
  to = digest;
  size_t left = message.size() % blockBytes;
  endBlocks = left + 1 + sizeof(uint64_t) <= blockBytes ? 1 : 2;
  std::memset(end, 0, sizeof(end));
  if (left != 0)
    std::memcpy(end, message.data() + blocks * blockBytes, left);
  end[left] = 0x80;
  uint64_t bits = __builtin_bswap64(8 * uint64_t(message.size()));
  std::memcpy(end + endBlocks * blockBytes - sizeof(bits), &bits, sizeof(bits));
}

bool Lane::goOn() noexcept {
  if (blocks != 0)
    return true;
  if (isAtEnd)
    return false;
  isAtEnd = true;
  next = end;
  blocks = endBlocks;
  return true;
}

/// The words in their order, the high byte of each first.
void Lane::finish() noexcept {
  const __m128i bigEndian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  __m128i abcd = _mm_blend_epi16(feba, dchg, 0xf0), efgh = _mm_alignr_epi8(dchg, feba, 8);
  auto *out = reinterpret_cast<__m128i *>(to->bytes.data());
  _mm_storeu_si128(out, _mm_shuffle_epi8(abcd, bigEndian));
  _mm_storeu_si128(out + 1, _mm_shuffle_epi8(efgh, bigEndian));
}

/// As many blocks of each lane.
template <size_t Lanes>
WRIT_SHA static void compress(Lane *const *lanes, size_t blocks) noexcept {
  const __m128i bigEndian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i abef[Lanes], cdgh[Lanes], words[Lanes][4];
  for (size_t lane = 0; lane < Lanes; ++lane) {
    abef[lane] = lanes[lane]->abef;
    cdgh[lane] = lanes[lane]->cdgh;
  }
  for (size_t block = 0; block < blocks; ++block) {
    __m128i abefBefore[Lanes], cdghBefore[Lanes];
    for (size_t lane = 0; lane < Lanes; ++lane) {
      abefBefore[lane] = abef[lane];
      cdghBefore[lane] = cdgh[lane];
    }
#pragma clang loop unroll(full)
    for (size_t four = 0; four < 16; ++four) {
      const __m128i constants =
          _mm_load_si128(reinterpret_cast<const __m128i *>(roundConstants + 4 * four));
#pragma clang loop unroll(full)
      for (size_t lane = 0; lane < Lanes; ++lane) {
        __m128i *w = words[lane];
        __m128i &now = w[four % 4];
        if (four < 4) {
          const uint8_t *from = lanes[lane]->next + block * blockBytes + 16 * four;
          now =
              _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i *>(from)), bigEndian);
        } else {
          // Word i is made of those 16, 15, 7 and 2 before it.
          __m128i seven = _mm_alignr_epi8(w[(four + 3) % 4], w[(four + 2) % 4], 4);
          now = _mm_add_epi32(_mm_sha256msg1_epu32(now, w[(four + 1) % 4]), seven);
          now = _mm_sha256msg2_epu32(now, w[(four + 3) % 4]);
        }
        __m128i sum = _mm_add_epi32(now, constants);
        cdgh[lane] = _mm_sha256rnds2_epu32(cdgh[lane], abef[lane], sum);
        abef[lane] = _mm_sha256rnds2_epu32(abef[lane], cdgh[lane], _mm_shuffle_epi32(sum, 0x0e));
      }
    }
    for (size_t lane = 0; lane < Lanes; ++lane) {
      abef[lane] = _mm_add_epi32(abef[lane], abefBefore[lane]);
      cdgh[lane] = _mm_add_epi32(cdgh[lane], cdghBefore[lane]);
    }
  }
  for (size_t lane = 0; lane < Lanes; ++lane) {
    lanes[lane]->abef = abef[lane];
    lanes[lane]->cdgh = cdgh[lane];
    lanes[lane]->next += blocks * blockBytes;
    lanes[lane]->blocks -= blocks;
  }
}

void writ::cache::digestsInLanes(std::span<const std::span<const uint8_t>> messages,
                                 std::span<Digest> to) noexcept {
  Lane both[2];
  Lane *lanes[2] = {&both[0], &both[1]};
  size_t running = 0, begun = 0;
  for (;;) {
    for (; running < 2 && begun < messages.size(); ++running, ++begun)
      lanes[running]->begin(messages[begun], &to[begun]);
    for (size_t i = running; i-- > 0;)
      if (!lanes[i]->goOn()) {
        lanes[i]->finish();
        std::swap(lanes[i], lanes[--running]);
      }
    if (running == 2)
      compress<2>(lanes, std::min(lanes[0]->blocks, lanes[1]->blocks));
    else if (running == 1 && begun == messages.size())
      compress<1>(lanes, lanes[0]->blocks);
    else if (running == 0 && begun == messages.size())
      return;
  }
}
