//===- ReadState.cpp - Counts, limits, indices and names ------------------===//
#include "frontend/wasm/ReadState.h"

#include <fmt/format.h>

namespace writ::wasm {

ReadState::ReadState(std::span<const uint8_t> bytes, const Policy &policy)
    : Checks(policy), opcodes(policy.features) {
  module.bytes = bytes;
}

bool Checks::require(Feature feature, std::string_view what, uint32_t offset) {
  if (allows(feature))
    return true;
  failure.report(offset, fmt::format("{} needs the feature {}, which is switched off", what,
                                     featureName(feature)));
  return false;
}

static std::string_view limitText(uint32_t Limits::*limit) {
#define WRIT_LIMIT(Name, Text, Default, Near)                                                      \
  if (limit == &Limits::Name)                                                                      \
    return Text;
#include "frontend/wasm/Policy.def"
  return "";
}

bool Checks::within(uint32_t Limits::*limit, uint64_t value, uint32_t offset) {
  if (value <= policy.limits.*limit)
    return true;
  failure.report(
      offset,
      fmt::format("{} {} exceeds the limit of {}", limitText(limit), value, policy.limits.*limit),
      ErrorKind::Limit);
  return false;
}

uint32_t Checks::readCount(Cursor &in, uint32_t Limits::*limit, unsigned minBytes,
                           uint64_t before) {
  uint32_t offset = in.offset();
  uint32_t count = in.readU32();
  if (failure.isSet() || !within(limit, before + count, offset))
    return 0;
  if (uint64_t(count) * minBytes <= in.remaining())
    return count;
  in.failAt(offset, fmt::format("unexpected end: {} entries in {} bytes", count, in.remaining()));
  return 0;
}

uint32_t Checks::readIndex(Cursor &in, size_t size, std::string_view what) {
  uint32_t offset = in.offset();
  uint32_t index = in.readU32();
  if (index < size)
    return index;
  in.failAt(offset, fmt::format("unknown {} {}; {} declared", what, index, size));
  return 0;
}

std::string Checks::readName(Cursor &in) {
  uint32_t offset = in.offset();
  uint32_t size = in.readU32();
  Cursor text = in.take(size);
  std::span<const uint8_t> bytes = text.bytes();
  if (!isUtf8(bytes))
    in.failAt(offset, "malformed UTF-8 encoding");
  within(&Limits::nameBytes, size, offset);
  return std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

} // namespace writ::wasm
