//===- Text.h - Numbers and tables for people -----------------------------===//
#ifndef WRIT_TOOLS_WRIT_TEXT_H
#define WRIT_TOOLS_WRIT_TEXT_H

#include <string>
#include <vector>

namespace writ::cli {

/// Three digits, then `prefix` and `unit`: "12.3 MB/s".
std::string threeDigits(double value, const char *prefix, const char *unit);
/// "12.3 ms", "1.25 GB": three digits and a unit. "-" for 0.
std::string secondsText(double seconds);
std::string bytesText(double bytes);
/// "1.25 G": the same without a unit.
std::string countText(double count);

/// Rows of cells; the first column is aligned left and the others right.
class Table {
public:
  void add(std::vector<std::string> row) { rows.push_back(std::move(row)); }
  bool isEmpty() const { return rows.empty(); }
  std::string text() const;

private:
  std::vector<std::vector<std::string>> rows;
};

} // namespace writ::cli

#endif
