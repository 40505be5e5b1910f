//===- ReportText.cpp - Results as tables for a terminal ------------------===//
#include "tools/writ/bench/Report.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace writ::bench {

/// Three digits, then `prefix` and `unit`.
static std::string threeDigits(double value, const char *prefix, const char *unit) {
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

namespace {

/// Rows of cells; the first column is aligned left and the others right.
class Table {
public:
  void add(std::vector<std::string> row) { rows.push_back(std::move(row)); }
  std::string text() const;

private:
  std::vector<std::vector<std::string>> rows;
};

} // namespace

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

static std::string ratioText(double ratio) {
  return ratio > 0 ? fmt::format("{:.2f}", ratio) : "-";
}

static std::string percentText(double ratio) {
  return ratio > 0 ? fmt::format("{:+.1f} %", (ratio - 1) * 100) : "-";
}

static std::string overallTable(const Results &results) {
  Table table;
  table.add({"", "run/native", "spread", "metering", "compile", "code size", "first call", "gas/s",
             "peak memory"});
  for (const Overall &line : overall(results)) {
    if (line.spread == 0 && line.megabytesPerSecond == 0 && line.peakBytes == 0)
      continue;
    table.add(
        {results.configurations[line.configuration].name, ratioText(line.ratio),
         line.ratio > 0 || line.spread > 0 ? fmt::format("±{:.1f} %", line.spread * 100) : "-",
         percentText(line.metering),
         line.megabytesPerSecond > 0 ? threeDigits(line.megabytesPerSecond, "", "MB/s") : "-",
         line.inflation > 0 ? ratioText(line.inflation) + "x" : "-", secondsText(line.readySeconds),
         countText(line.gasPerSecond), bytesText(line.peakBytes)});
  }
  return table.text();
}

/// Whether anything was run there.
static bool hasRuns(const Results &results, size_t configuration) {
  for (size_t i = 0; i < results.workloads.size(); ++i)
    if (results.summarize(i, configuration).run)
      return true;
  return false;
}

/// Run times: ratios where there is a native build, else seconds.
static std::string runTable(const Results &results) {
  Table table;
  std::vector<std::string> head = {"module"};
  std::vector<size_t> columns;
  for (size_t i = 0; i < results.configurations.size(); ++i)
    if (hasRuns(results, i)) {
      columns.push_back(i);
      head.push_back(results.configurations[i].name);
    }
  if (columns.empty())
    return {};
  table.add(head);
  for (size_t workload = 0; workload < results.workloads.size(); ++workload) {
    std::vector<std::string> row = {results.workloads[workload].name};
    for (size_t configuration : columns) {
      Summary s = results.summarize(workload, configuration);
      bool isNative = results.configurations[configuration].kind == EngineKind::Native;
      row.push_back(!s.error.empty()           ? "error"
                    : s.ratio > 0 && !isNative ? ratioText(s.ratio)
                                               : secondsText(s.run.median));
    }
    table.add(row);
  }
  return "\nRun time, median: over that of the fastest native build, or in seconds\n" +
         table.text();
}

static std::string compileTable(const Results &results) {
  Table table;
  table.add({"module", "tier", "compile", "speed", "code section", "code", "inflation",
             "first call", "peak memory"});
  size_t rows = 0;
  for (size_t workload = 0; workload < results.workloads.size(); ++workload)
    for (size_t i = 0; i < results.configurations.size(); ++i) {
      Summary s = results.summarize(workload, i);
      if (!s.compile)
        continue;
      ++rows;
      double section = double(results.workloads[workload].codeSectionBytes);
      table.add(
          {results.workloads[workload].name, results.configurations[i].name,
           fmt::format("{} ±{:.0f} %", secondsText(s.compile.median), s.compile.spread() * 100),
           threeDigits(s.megabytesPerSecond, "", "MB/s"), bytesText(section),
           bytesText(double(s.codeBytes)), s.inflation > 0 ? ratioText(s.inflation) + "x" : "-",
           secondsText(s.ready.median), bytesText(s.peakBytes.median)});
    }
  return rows == 0 ? "" : "\nCompile, median of processes\n" + table.text();
}

static std::string stageTable(const Results &results) {
  std::string text;
  for (size_t i = 0; i < results.configurations.size(); ++i) {
    std::string line;
    for (const auto &[stage, share] : stageShares(results, i))
      line += fmt::format("{}{} {:.0f} %", line.empty() ? "" : ", ", stage, share * 100);
    if (!line.empty())
      text += fmt::format("{}: {}\n", results.configurations[i].name, line);
  }
  return text.empty() ? "" : "\nWhere compile time goes, over all modules\n" + text;
}

static std::string errorLines(const Results &results) {
  std::string text;
  for (const auto &[key, series] : results.series)
    for (const Measurement &m : series)
      if (!m.error.empty())
        text += fmt::format("error: {} on {}: {}\n", results.workloads[key.first].name,
                            results.configurations[key.second].name, m.error);
  return text.empty() ? "" : "\n" + text;
}

std::string textReport(const Results &results) {
  std::string text = fmt::format(
      "{}, {} cores, load {:.1f}; {} time\n\n", results.machine.processor, results.machine.cores,
      results.machine.load, results.time == TimeKind::Cpu ? "CPU" : "wall");
  text += overallTable(results) + runTable(results) + compileTable(results) + stageTable(results) +
          errorLines(results);
  if (!results.complete)
    text += "\ninterrupted: this is what was done until then\n";
  return text;
}

} // namespace writ::bench
