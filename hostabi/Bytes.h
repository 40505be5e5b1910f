//===- Bytes.h - Numbers and blocks as bytes, read with care --------------===//
//
// How everything that leaves a process is written: little-endian, each list behind its length, no
// padding. What is read may have been written by anybody.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_HOSTABI_BYTES_H
#define WRIT_HOSTABI_BYTES_H

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace writ {

static_assert(std::endian::native == std::endian::little);

/// Puts one thing behind the other.
class ByteWriter {
public:
  template <typename T>
  void number(std::type_identity_t<T> value) {
    static_assert(std::is_unsigned_v<T>);
    size_t at = bytes.size();
    bytes.resize(at + sizeof(T));
    std::memcpy(bytes.data() + at, &value, sizeof(T));
  }
  void number8(uint8_t value) { number<uint8_t>(value); }
  void number16(uint16_t value) { number<uint16_t>(value); }
  void number32(uint32_t value) { number<uint32_t>(value); }
  void number64(uint64_t value) { number<uint64_t>(value); }

  /// Seven bits a byte, the low ones first: small numbers are short.
  void varint(uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      number8(uint8_t(value | 0x80));
    number8(uint8_t(value));
  }
  /// The same for numbers of either sign.
  void signedVarint(int64_t value) { varint((uint64_t(value) << 1) ^ uint64_t(value >> 63)); }

  /// Less than 2^32 of them.
  void count(size_t items) { number32(uint32_t(items)); }

  void raw(std::span<const uint8_t> block) {
    bytes.insert(bytes.end(), block.begin(), block.end());
  }
  /// Behind its length.
  void block(std::span<const uint8_t> block) {
    count(block.size());
    raw(block);
  }
  void text(std::string_view text) {
    block({reinterpret_cast<const uint8_t *>(text.data()), text.size()});
  }

  std::vector<uint8_t> bytes;
};

/// Takes one thing after the other. Once something is missing or wrong it gives zeros and empty
/// blocks, and `failed` says so: users need to ask once, at the end, if zeros do them no harm.
class ByteReader {
public:
  explicit ByteReader(std::span<const uint8_t> bytes) : rest(bytes) {}

  template <typename T>
  T number() {
    static_assert(std::is_unsigned_v<T>);
    T value = 0;
    if (rest.size() < sizeof(T)) {
      fail();
      return 0;
    }
    std::memcpy(&value, rest.data(), sizeof(T));
    rest = rest.subspan(sizeof(T));
    return value;
  }
  uint8_t number8(uint8_t most = UINT8_MAX) { return limited(number<uint8_t>(), most); }
  uint16_t number16(uint16_t most = UINT16_MAX) { return limited(number<uint16_t>(), most); }
  uint32_t number32(uint32_t most = UINT32_MAX) { return limited(number<uint32_t>(), most); }
  uint64_t number64(uint64_t most = UINT64_MAX) { return limited(number<uint64_t>(), most); }

  /// In its shortest form, and at most `most`.
  uint64_t varint(uint64_t most = UINT64_MAX) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      uint8_t byte = number8();
      value |= uint64_t(byte & 0x7f) << shift;
      if (byte >= 0x80)
        continue;
      if ((byte == 0 && shift > 0) || (shift == 63 && byte > 1))
        break;
      return limited(value, most);
    }
    fail();
    return 0;
  }
  uint32_t varint32(uint32_t most = UINT32_MAX) { return uint32_t(varint(most)); }
  int64_t signedVarint() {
    uint64_t value = varint();
    return int64_t(value >> 1) ^ -int64_t(value & 1);
  }
  /// How many things follow that take `itemBytes` each, at least.
  uint32_t varcount(size_t itemBytes) {
    uint32_t items = varint32();
    if (items <= rest.size() / itemBytes)
      return items;
    fail();
    return 0;
  }

  /// How many things follow that take `itemBytes` each, at least: never more than there can be.
  uint32_t count(size_t itemBytes) {
    uint32_t items = number32();
    if (items <= rest.size() / itemBytes)
      return items;
    fail();
    return 0;
  }

  /// Views into the bytes that are read.
  std::span<const uint8_t> raw(size_t size) {
    if (size > rest.size()) {
      fail();
      return {};
    }
    auto block = rest.first(size);
    rest = rest.subspan(size);
    return block;
  }
  std::span<const uint8_t> block() { return raw(count(1)); }
  std::string_view text() {
    auto bytes = block();
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
  }

  /// Bytes that were not read yet.
  size_t left() const { return rest.size(); }

  /// What has been read does not make sense.
  void fail() {
    hasFailed = true;
    rest = {};
  }
  bool failed() const { return hasFailed; }
  /// Everything was read, and nothing was wrong.
  bool isDone() const { return !hasFailed && rest.empty(); }

private:
  template <typename T>
  T limited(T value, T most) {
    if (value <= most)
      return value;
    fail();
    return 0;
  }

  std::span<const uint8_t> rest;
  bool hasFailed = false;
};

} // namespace writ

#endif
