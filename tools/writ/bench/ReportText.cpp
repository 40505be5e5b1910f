//===- ReportText.cpp - Results as tables for a terminal ------------------===//
#include "tools/writ/bench/Report.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace writ::bench {

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
