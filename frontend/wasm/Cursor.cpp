//===- Cursor.cpp - LEB128, UTF-8 and the first failure -------------------===//
#include "frontend/wasm/Cursor.h"

#include <fmt/format.h>

namespace writ::wasm {

void Failure::report(uint32_t offset, std::string message, ErrorKind kind) {
  if (found)
    return;
  found = true;
  position = offset;
  text = std::move(message);
  errorKind = kind;
}

static LebNumber lebError(LebError error) { return {uint64_t(error), nullptr}; }

template <unsigned bits, bool isSigned>
LebNumber readLeb(const uint8_t *pos, const uint8_t *end) {
  constexpr unsigned maxBytes = (bits + 6) / 7;
  // The last byte that may occur has this many bits to give.
  constexpr unsigned lastBits = bits - 7 * (maxBytes - 1);
  uint64_t value = 0;
  for (unsigned i = 0, shift = 0; i < maxBytes; ++i, shift += 7) {
    if (pos == end)
      return lebError(LebError::UnexpectedEnd);
    uint8_t byte = *pos++;
    value |= uint64_t(byte & 0x7f) << shift;
    if (i + 1 == maxBytes) {
      if (byte & 0x80)
        return lebError(LebError::TooLong);
      // The bits beyond must be zero, or copies of the sign.
      uint8_t rest = isSigned ? uint8_t(byte << 1) >> lastBits : uint8_t(byte >> lastBits);
      uint8_t ones = isSigned ? 0xff >> lastBits : 0;
      if (rest != 0 && rest != ones)
        return lebError(LebError::TooLarge);
    }
    if (byte & 0x80)
      continue;
    if (isSigned && (byte & 0x40) && shift + 7 < 64)
      value |= ~uint64_t(0) << (shift + 7);
    return {value, pos};
  }
  return lebError(LebError::TooLong);
}

template LebNumber readLeb<32, false>(const uint8_t *, const uint8_t *);
template LebNumber readLeb<32, true>(const uint8_t *, const uint8_t *);
template LebNumber readLeb<33, true>(const uint8_t *, const uint8_t *);
template LebNumber readLeb<64, true>(const uint8_t *, const uint8_t *);

Cursor Cursor::take(size_t size) {
  if (size > remaining()) {
    fail(fmt::format("unexpected end: {} bytes expected, {} left", size, remaining()));
    size = 0;
  }
  pos += size;
  return between(pos - size, pos);
}

uint64_t Cursor::readFixed(unsigned size) {
  if (remaining() < size) {
    reportEnd();
    return 0;
  }
  uint64_t value = 0;
  for (unsigned i = 0; i < size; ++i)
    value |= uint64_t(pos[i]) << (8 * i);
  pos += size;
  return value;
}

void Cursor::reportEnd() const { failure->report(offset(), "unexpected end"); }

void Cursor::reportLeb(LebError error) const {
  switch (error) {
  case LebError::UnexpectedEnd:
    return failure->report(uint32_t(end - base), "unexpected end");
  case LebError::TooLong:
    return failure->report(offset(), "integer representation too long");
  case LebError::TooLarge:
    return failure->report(offset(), "integer too large");
  }
}

/// Bytes in the sequence that starts with `lead`, or 0 if none can.
static unsigned utf8Length(uint8_t lead) {
  if (lead < 0x80)
    return 1;
  if (lead >= 0xc2 && lead < 0xe0)
    return 2;
  if (lead >= 0xe0 && lead < 0xf0)
    return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

bool isUtf8(std::span<const uint8_t> bytes) {
  for (size_t i = 0; i < bytes.size();) {
    uint8_t lead = bytes[i];
    unsigned length = utf8Length(lead);
    if (length == 0 || bytes.size() - i < length)
      return false;
    for (unsigned k = 1; k < length; ++k)
      if ((bytes[i + k] & 0xc0) != 0x80)
        return false;
    // Overlong forms, surrogates and numbers above 0x10ffff show in the second byte.
    uint8_t second = length > 1 ? bytes[i + 1] : 0;
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second >= 0xa0) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second >= 0x90))
      return false;
    i += length;
  }
  return true;
}

std::string printable(std::string_view text) {
  constexpr size_t longest = 100;
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    uint8_t byte = uint8_t(text[i]);
    bool startsCharacter = (byte & 0xc0) != 0x80;
    if (startsCharacter && result.size() >= longest)
      return result + "...";
    if (byte < 0x20 || byte == 0x7f)
      result += fmt::format("\\x{:02x}", byte);
    else
      result += char(byte);
  }
  return result;
}

} // namespace writ::wasm
