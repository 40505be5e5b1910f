//===- Digest.cpp - SHA-256, the name of contents -------------------------===//
#include "cache/Digest.h"

#include "cache/ShaLanes.h"

// The functions of old are a bare loop: no look-up of a provider, no memory, no lock.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

using namespace writ::cache;

static int valueOfDigit(char digit) {
  if (digit >= '0' && digit <= '9')
    return digit - '0';
  if (digit >= 'a' && digit <= 'f')
    return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F')
    return digit - 'A' + 10;
  return -1;
}

std::string Digest::hex() const {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (uint8_t byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::optional<Digest> Digest::fromHex(std::string_view text) {
  Digest digest;
  if (text.size() != 2 * digest.bytes.size())
    return std::nullopt;
  for (size_t i = 0; i < digest.bytes.size(); ++i) {
    int high = valueOfDigit(text[2 * i]), low = valueOfDigit(text[2 * i + 1]);
    if (high < 0 || low < 0)
      return std::nullopt;
    digest.bytes[i] = uint8_t(high << 4 | low);
  }
  return digest;
}

Digest writ::cache::digestOf(std::span<const uint8_t> bytes) noexcept {
  Digest digest;
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, bytes.data(), bytes.size());
  SHA256_Final(digest.bytes.data(), &state);
  return digest;
}

Digest writ::cache::digestOf(std::string_view bytes) {
  return digestOf({reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()});
}

void writ::cache::digestsOf(std::span<const std::span<const uint8_t>> messages,
                            std::span<Digest> to) noexcept {
  if (messages.size() > 1 && hasShaInstructions())
    return digestsInLanes(messages, to);
  for (size_t i = 0; i < messages.size(); ++i)
    to[i] = digestOf(messages[i]);
}

Digest writ::cache::digestOfParts(std::span<const std::string_view> parts) {
  std::string all;
  for (std::string_view part : parts) {
    for (unsigned shift = 0; shift < 64; shift += 8)
      all += char(uint64_t(part.size()) >> shift);
    all += part;
  }
  return digestOf(all);
}
