//===- ArtifactLayout.h - Where an artifact has what ----------------------===//
//
// docs/artifact.md in C++. Internal to cache: little-endian, no padding that is not stated.
//
//   header      512 bytes
//   directory   24 bytes for each section
//   leaves      32 bytes for each chunk of contents
//   root        32 bytes: SHA-256 of all before it
//   mac         32 bytes: HMAC-SHA256 of the root, or zeros
//   contents    sections, one right behind the other
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_CACHE_ARTIFACTLAYOUT_H
#define WRIT_CACHE_ARTIFACTLAYOUT_H

#include <bit>
#include <cstddef>
#include <cstdint>

namespace writ::cache {

/// The start tells apart what was sent as text.
inline constexpr uint8_t artifactMagic[8] = {0x7f, 'w', 'r', 'i', 't', '\r', '\n', 0x1a};

struct RawHeader {
  uint8_t magic[8];
  uint32_t format;
  uint32_t abi;
  uint64_t fileBytes;
  uint32_t numSections;
  uint32_t numChunks;
  uint64_t cpuFeatures;
  uint64_t work;
  uint8_t code[32]; ///< SHA-256 of the contract.
  uint8_t ir[32];
  // Texts, with zeros behind them:
  char compiler[64];
  char tier[16];
  char target[32];
  char options[256];
  uint32_t flags;
  uint8_t zeros[28];
};
static_assert(sizeof(RawHeader) == 512 && std::endian::native == std::endian::little);

inline constexpr uint32_t flagHasMac = 1;

struct RawSection {
  uint32_t id;
  uint32_t zero;
  uint64_t offset; ///< From the start of the artifact.
  uint64_t size;
};
static_assert(sizeof(RawSection) == 24);

inline constexpr size_t digestBytes = 32;
inline constexpr size_t sealBytes = 2 * digestBytes; ///< Root and MAC.

/// Not for size: so that nothing that is read is larger than it can be.
inline constexpr uint32_t maxSections = 64;
inline constexpr uint32_t maxChunks = 1 << 18;

/// All before the contents.
constexpr uint64_t headBytes(uint32_t numSections, uint32_t numChunks) {
  return sizeof(RawHeader) + numSections * sizeof(RawSection) + numChunks * digestBytes + sealBytes;
}

} // namespace writ::cache

#endif
