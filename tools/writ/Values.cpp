//===- Values.cpp - Typed values as text, both ways -----------------------===//
#include "tools/writ/Values.h"

#include "hostabi/Context.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

namespace writ::cli {
namespace {

/// The two float types, as far as text is concerned.
template <typename Float>
struct FloatFormat;
template <>
struct FloatFormat<float> {
  using Bits = uint32_t;
  static constexpr unsigned payloadBits = 23;
};
template <>
struct FloatFormat<double> {
  using Bits = uint64_t;
  static constexpr unsigned payloadBits = 52;
};

/// A number without its sign, and the sign.
struct Signed {
  std::string digits;
  bool negative = false;
};

} // namespace

static Signed takeSign(std::string_view text) {
  Signed result;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    result.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  result.digits = text;
  return result;
}

static bool takePrefix(std::string_view &text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix)
    return false;
  text.remove_prefix(prefix.size());
  return true;
}

static std::optional<uint64_t> parseDigits(std::string_view text) {
  int base = takePrefix(text, "0x") || takePrefix(text, "0X") ? 16 : 10;
  std::string digits;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_')
      digits += text[i];
    else if (i == 0 || i + 1 == text.size() || text[i + 1] == '_')
      return std::nullopt;
  }
  uint64_t value = 0;
  auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (status != std::errc() || end != digits.data() + digits.size())
    return std::nullopt;
  return value;
}

/// `width` is 32 or 64.
static std::optional<uint64_t> parseInteger(std::string_view text, unsigned width) {
  auto [digits, negative] = takeSign(text);
  auto magnitude = parseDigits(digits);
  uint64_t largest = ~uint64_t(0) >> (64 - width);
  uint64_t largestNegative = uint64_t(1) << (width - 1);
  if (!magnitude || *magnitude > (negative ? largestNegative : largest))
    return std::nullopt;
  return (negative ? -*magnitude : *magnitude) & largest;
}

/// After "nan:": the payload, which must not be zero.
template <typename Float>
static std::optional<Float> parseNan(std::string_view payload) {
  using Format = FloatFormat<Float>;
  using Bits = typename Format::Bits;
  Bits infinity = std::bit_cast<Bits>(std::numeric_limits<Float>::infinity());
  auto bits = parseDigits(payload);
  if (!payload.starts_with("0x") || !bits || *bits == 0 || *bits >> Format::payloadBits)
    return std::nullopt;
  return std::bit_cast<Float>(Bits(infinity | Bits(*bits)));
}

template <typename Float>
static std::optional<uint64_t> parseFloat(std::string_view text) {
  using Format = FloatFormat<Float>;
  auto [digits, negative] = takeSign(text);
  std::string_view rest = digits;
  std::optional<Float> value;
  if (rest == "inf" || rest == "infinity") {
    value = std::numeric_limits<Float>::infinity();
  } else if (rest == "nan" || rest == "nan:canonical") {
    value = std::numeric_limits<Float>::quiet_NaN();
  } else if (takePrefix(rest, "nan:")) {
    value = parseNan<Float>(rest);
  } else {
    bool hex = takePrefix(rest, "0x") || takePrefix(rest, "0X");
    Float number = 0;
    auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), number,
                                         hex ? std::chars_format::hex : std::chars_format::general);
    bool starts = !rest.empty() && (std::isxdigit((unsigned char)rest[0]) || rest[0] == '.');
    if (starts && status == std::errc() && end == rest.data() + rest.size())
      value = number;
  }
  if (!value)
    return std::nullopt;
  auto bits = std::bit_cast<typename Format::Bits>(*value);
  constexpr unsigned signBit = sizeof(Float) * 8 - 1;
  return bits | uint64_t(negative) << signBit;
}

static std::optional<uint64_t> parseReference(std::string_view text, ValueType type) {
  if (text == "ref.null" || text == "null")
    return 0;
  auto handle = type == ValueType::ExternRef ? parseDigits(text) : std::nullopt;
  return handle && *handle != 0 ? handle : std::nullopt;
}

static std::optional<uint64_t> parse(std::string_view text, ValueType type) {
  switch (type) {
  case ValueType::I32:
    return parseInteger(text, 32);
  case ValueType::I64:
    return parseInteger(text, 64);
  case ValueType::F32:
    return parseFloat<float>(text);
  case ValueType::F64:
    return parseFloat<double>(text);
  case ValueType::FuncRef:
  case ValueType::ExternRef:
    return parseReference(text, type);
  }
  return std::nullopt;
}

Result<uint64_t> parseValue(std::string_view text, ValueType type) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  if (auto bits = parse(text, type))
    return *bits;
  return badInput(fmt::format("'{}' is not a value of type {}", text, valueTypeName(type)));
}

Result<uint64_t> parseCount(std::string_view text, uint64_t max, std::string_view what) {
  auto value = parseDigits(text);
  if (!value)
    return badInput(fmt::format("{} '{}' is not a number", what, text));
  if (*value > max)
    return badInput(fmt::format("{} {} is more than the greatest possible, {}", what, text, max));
  return *value;
}

template <typename Float>
static std::string formatFloat(Float value) {
  using Format = FloatFormat<Float>;
  auto bits = std::bit_cast<typename Format::Bits>(value);
  if (!std::isnan(value))
    return fmt::format("{}", value);
  auto payload = bits & ((typename Format::Bits(1) << Format::payloadBits) - 1);
  std::string sign = std::signbit(value) ? "-nan" : "nan";
  bool canonical = payload == typename Format::Bits(1) << (Format::payloadBits - 1);
  return canonical ? sign : fmt::format("{}:{:#x}", sign, payload);
}

std::string formatValue(uint64_t bits, ValueType type) {
  switch (type) {
  case ValueType::I32:
    return fmt::format("{}", int32_t(bits));
  case ValueType::I64:
    return fmt::format("{}", int64_t(bits));
  case ValueType::F32:
    return formatFloat(std::bit_cast<float>(uint32_t(bits)));
  case ValueType::F64:
    return formatFloat(std::bit_cast<double>(bits));
  case ValueType::FuncRef:
    if (bits == 0)
      return "ref.null";
    return fmt::format("ref.func {}", reinterpret_cast<const FuncRef *>(bits)->index);
  case ValueType::ExternRef:
    return bits == 0 ? "ref.null" : fmt::format("{}", bits);
  }
  return {};
}

} // namespace writ::cli
