//===- ByteSource.h - Choices read from a string of bytes -----------------===//
#ifndef WRIT_TESTS_DIFFERENTIAL_BYTESOURCE_H
#define WRIT_TESTS_DIFFERENTIAL_BYTESOURCE_H

#include <cstdint>
#include <span>
#include <vector>

namespace writ::test {

/// Turns bytes into choices. When they are used up every choice is the first one, so
/// cutting bytes off makes what is generated from them smaller: that is how failures
/// shrink, and how libFuzzer drives a generator.
class ByteSource {
public:
  explicit ByteSource(std::span<const uint8_t> bytes) : bytes(bytes) {}

  bool empty() const { return bytes.empty(); }

  uint8_t byte() {
    if (bytes.empty())
      return 0;
    uint8_t value = bytes.front();
    bytes = bytes.subspan(1);
    return value;
  }

  /// Little endian.
  uint64_t number(unsigned count) {
    uint64_t value = 0;
    for (unsigned i = 0; i < count; ++i)
      value |= uint64_t(byte()) << (8 * i);
    return value;
  }

  /// 0 to `bound` - 1; `bound` is at most 256.
  unsigned below(unsigned bound) { return bound <= 1 ? 0 : byte() % bound; }

  /// True in `outOf256` of 256 cases; false when the bytes are used up.
  bool chance(unsigned outOf256) { return !empty() && byte() < outOf256; }

  template <typename Items>
  const auto &pick(const Items &items) {
    return items[below(unsigned(std::size(items)))];
  }

private:
  std::span<const uint8_t> bytes;
};

/// `count` bytes that depend on `seed` alone.
std::vector<uint8_t> seededBytes(uint64_t seed, size_t count);

} // namespace writ::test

#endif
