//===- Digest.h - SHA-256, the name of contents ---------------------------===//
#ifndef WRIT_CACHE_DIGEST_H
#define WRIT_CACHE_DIGEST_H

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace writ::cache {

/// A SHA-256 (FIPS 180-4) of some bytes.
struct Digest {
  std::array<uint8_t, 32> bytes = {};

  auto operator<=>(const Digest &) const = default;

  /// 64 lower-case digits.
  std::string hex() const;
  /// From 64 digits of either case; none if `text` is anything else.
  static std::optional<Digest> fromHex(std::string_view text);
};

/// Async-signal-safe.
Digest digestOf(std::span<const uint8_t> bytes) noexcept;
Digest digestOf(std::string_view bytes);
/// Of each message, in less time than one after the other where the processor can. `to` has as
/// many. Async-signal-safe.
void digestsOf(std::span<const std::span<const uint8_t>> messages, std::span<Digest> to) noexcept;

/// Of the parts one after the other, each with its length before it: no two lists of parts share
/// one by moving bytes from part to part.
Digest digestOfParts(std::span<const std::string_view> parts);

} // namespace writ::cache

#endif
