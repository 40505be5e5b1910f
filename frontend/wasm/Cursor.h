//===- Cursor.h - Reads the binary format's values off bytes --------------===//
//
// Nothing here throws or stops by itself: the first failure is kept, a failed
// read gives zero, and whoever loops over input asks `failure.isSet()`.
//
//===----------------------------------------------------------------------===//
#ifndef WRIT_FRONTEND_WASM_CURSOR_H
#define WRIT_FRONTEND_WASM_CURSOR_H

#include "hostabi/Result.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace writ::wasm {

/// The first thing found wrong with a module. Later reports are ignored, so that code
/// may run on for a few steps after one.
class Failure {
public:
  bool isSet() const { return found; }
  /// `offset` is in bytes from the start of the module.
  [[gnu::cold, gnu::noinline]] void report(uint32_t offset, std::string message,
                                           ErrorKind kind = ErrorKind::BadInput);

  uint32_t offset() const { return position; }
  const std::string &message() const { return text; }
  ErrorKind kind() const { return errorKind; }

private:
  bool found = false;
  uint32_t position = 0;
  std::string text;
  ErrorKind errorKind = ErrorKind::BadInput;
};

/// A LEB128 number as read: `next` is null if it is malformed, `value` then says how.
struct LebNumber {
  uint64_t value;
  const uint8_t *next;
};
enum class LebError : uint64_t { UnexpectedEnd, TooLong, TooLarge };

/// Reads an unsigned or (sign-extended) signed number of `bits` bits from [pos, end).
template <unsigned bits, bool isSigned>
LebNumber readLeb(const uint8_t *pos, const uint8_t *end);

/// A position in a range of a module's bytes. Cheap to copy; the bytes and the failure
/// are the owner's.
class Cursor {
public:
  Cursor(std::span<const uint8_t> module, Failure &failure)
      : base(module.data()), pos(base), end(base + module.size()), failure(&failure) {}

  uint32_t offset() const { return uint32_t(pos - base); }
  size_t remaining() const { return size_t(end - pos); }
  bool atEnd() const { return pos == end; }
  bool failed() const { return failure->isSet(); }
  const uint8_t *position() const { return pos; }

  /// The next `size` bytes as a range of their own, which this cursor skips; an empty
  /// one if there are fewer.
  Cursor take(size_t size);
  /// The module's bytes from `start` to `stop`, both within it.
  Cursor between(const uint8_t *start, const uint8_t *stop) const {
    Cursor part = *this;
    part.pos = start;
    part.end = stop;
    return part;
  }
  std::span<const uint8_t> bytes() const { return {pos, end}; }

  uint8_t readByte() {
    if (pos == end) [[unlikely]] {
      reportEnd();
      return 0;
    }
    return *pos++;
  }
  uint32_t readU32() {
    if (pos != end && *pos < 0x80) [[likely]]
      return *pos++;
    return uint32_t(accept(readLeb<32, false>(pos, end)));
  }
  int32_t readS32() {
    if (pos != end && *pos < 0x80) [[likely]]
      return int8_t(*pos++ << 1) >> 1;
    return int32_t(accept(readLeb<32, true>(pos, end)));
  }
  int64_t readS33() { return int64_t(accept(readLeb<33, true>(pos, end))); }
  int64_t readS64() {
    if (pos != end && *pos < 0x80) [[likely]]
      return int8_t(*pos++ << 1) >> 1;
    return int64_t(accept(readLeb<64, true>(pos, end)));
  }
  /// A little-endian number of `size` bytes, at most 8.
  uint64_t readFixed(unsigned size);

  void fail(std::string message, ErrorKind kind = ErrorKind::BadInput) {
    failure->report(offset(), std::move(message), kind);
  }
  void failAt(uint32_t at, std::string message, ErrorKind kind = ErrorKind::BadInput) {
    failure->report(at, std::move(message), kind);
  }

private:
  uint64_t accept(LebNumber number) {
    if (!number.next) [[unlikely]] {
      reportLeb(LebError(number.value));
      return 0;
    }
    pos = number.next;
    return number.value;
  }
  [[gnu::cold, gnu::noinline]] void reportEnd() const;
  [[gnu::cold, gnu::noinline]] void reportLeb(LebError error) const;

  const uint8_t *base;
  const uint8_t *pos;
  const uint8_t *end;
  Failure *failure;
};

extern template LebNumber readLeb<32, false>(const uint8_t *, const uint8_t *);
extern template LebNumber readLeb<32, true>(const uint8_t *, const uint8_t *);
extern template LebNumber readLeb<33, true>(const uint8_t *, const uint8_t *);
extern template LebNumber readLeb<64, true>(const uint8_t *, const uint8_t *);

/// Whether `bytes` are well-formed UTF-8 (no surrogates, nothing overlong).
bool isUtf8(std::span<const uint8_t> bytes);

/// `text` fit for one line of a message: control characters escaped, cut if long.
std::string printable(std::string_view text);

} // namespace writ::wasm

#endif
