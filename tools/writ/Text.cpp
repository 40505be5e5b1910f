//===- Text.cpp - Numbers and tables for people ---------------------------===//
#include "tools/writ/Text.h"

#include <algorithm>
#include <fmt/format.h>

namespace writ::cli {

std::string threeDigits(double value, const char *prefix, const char *unit) {
  if (value < 0.995 && *prefix == '\0')
    return fmt::format("{:.2g} {}", value, unit);
  int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}{}", value, decimals, prefix, unit);
}

/// `value` with the largest prefix of 1000s that leaves it at least 1.
static std::string withPrefix(double value, const char *unit) {
  static constexpr const char *prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
  size_t prefix = 0;
  while (value >= 999.5 && prefix + 1 < std::size(prefixes)) {
    value /= 1000;
    ++prefix;
  }
  return threeDigits(value, prefixes[prefix], unit);
}

std::string secondsText(double seconds) {
  if (seconds <= 0)
    return "-";
  if (seconds >= 1)
    return threeDigits(seconds, "", "s");
  return seconds >= 1e-3 ? threeDigits(seconds * 1e3, "", "ms")
                         : threeDigits(seconds * 1e6, "", "µs");
}

std::string bytesText(double bytes) { return bytes <= 0 ? "-" : withPrefix(bytes, "B"); }
std::string countText(double count) { return count <= 0 ? "-" : withPrefix(count, ""); }

/// Columns on the screen: "µ" and "±" have two bytes.
static size_t widthOf(const std::string &text) {
  return size_t(std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string Table::text() const {
  std::vector<size_t> widths;
  for (const auto &row : rows)
    for (size_t i = 0; i < row.size(); ++i) {
      widths.resize(std::max(widths.size(), i + 1));
      widths[i] = std::max(widths[i], widthOf(row[i]));
    }
  std::string text;
  for (const auto &row : rows) {
    std::string line = row[0] + std::string(widths[0] - widthOf(row[0]), ' ');
    for (size_t i = 1; i < row.size(); ++i)
      line += std::string(2 + widths[i] - widthOf(row[i]), ' ') + row[i];
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

} // namespace writ::cli
